// Before a ledger runs full, new orders stop; cancels, fills and reports go on into what was kept for them.
import { randomUUID } from "node:crypto"
import { jetstreamManager } from "@nats-io/jetstream"
import { connect } from "@nats-io/transport-node"
import { afterEach, describe, expect, inject, it } from "vitest"
import { memoryLog } from "#infra/memory/event-log.ts"
import { openNatsLog } from "#infra/nats/event-log.ts"
import type { AccountId, ClOrdId } from "#domain/kernel/ids.ts"
import { parseFixed, type Price, type Quantity } from "#domain/kernel/money.ts"
import type { NewOrder } from "#services/contract/orders.ts"
import { Reserve } from "#services/session/reserve.ts"
import { decodeReply, encodeCommand } from "#streams/command-codec.ts"
import { serveCommands } from "#streams/serve-commands.ts"
import { memoryCommands } from "#infra/memory/command-port.ts"
import { BTC, META, paperPlatform, type PaperPlatform } from "#tests/services/risk/paper-platform.ts"
import { skipWithout } from "#tests/support/skip-without.ts"

const url = inject("natsUrl")
const cleanups: Array<() => Promise<unknown>> = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})
const order = (price: string): NewOrder =>
  ({
    account: "test_account" as AccountId,
    symbol: BTC,
    side: "buy",
    type: "limit",
    quantity: parseFixed("0.01") as Quantity,
    price: parseFixed(price) as Price
  }) as NewOrder
const statusOf = async ({ engine }: PaperPlatform, id: string) =>
  engine.writer.look(({ orders }) => orders.get(id as never)?.acknowledged)

describe("a ledger that is nearly full", skipWithout(url, "nats is missing"), () => {
  it("takes no new orders but cancels and fills, and orders again when there is space", async () => {
    const stream = `TEST_${randomUUID()}`
    const nc = await connect({ servers: url! })
    const jsm = await jetstreamManager(nc)
    const log = await openNatsLog({ url: url!, stream })
    cleanups.push(async () => {
      await log.close()
      await jsm.streams.delete(stream)
      await nc.close()
    })
    const platform = await paperPlatform({ log, reserveBytes: 200_000 })
    cleanups.push(platform.close)
    const { engine, oms, market } = platform
    market("45000")
    const known = { ...order("44000"), clOrdId: "c-1" as ClOrdId }
    const [resting, other] = [await oms.submit(known, META), await oms.submit(order("43000"), META)]
    if ("problem" in resting || "problem" in other) throw new Error("an order was refused")
    await expect.poll(() => statusOf(platform, other.body.orderId)).toBe(true)
    expect(engine.reserve.low).toBeUndefined()

    const { bytes } = (await jsm.streams.info(stream)).state
    await jsm.streams.update(stream, { max_bytes: bytes + 150_000 })
    await expect.poll(() => engine.reserve.low, { timeout: 5_000 }).toMatch(/are left of max_bytes of stream/)
    const before = engine.writer.head().eventNo
    const refused = await oms.submit(order("44000"), META)
    expect(refused).toMatchObject({ problem: { status: 503, code: "NoSpace", retryAfterSeconds: expect.any(Number) } })
    expect(await oms.replace(resting.body.orderId, { price: parseFixed("44001") as Price }, META)).toMatchObject({
      problem: { status: 503 }
    })
    const again = await oms.submit(known, META)
    expect(again, "what was recorded before is answered as it was").toMatchObject({
      status: 200,
      body: { orderId: resting.body.orderId }
    })
    expect(engine.writer.head().eventNo, "nothing is recorded of it").toBe(before)

    expect(await oms.cancel(other.body.orderId, {}, META)).toMatchObject({ status: 200 })
    market("43500")
    await expect
      .poll(() => engine.writer.look(({ orders }) => orders.has(resting.body.orderId)), { timeout: 5_000 })
      .toBe(false)
    const filled = engine.orders.get(resting.body.orderId)
    expect(filled?.row.cumQty).toBe(parseFixed("0.01"))

    await jsm.streams.update(stream, { max_bytes: -1 })
    await expect.poll(() => engine.reserve.low, { timeout: 5_000 }).toBeUndefined()
    expect(await oms.submit(order("44000"), META)).toMatchObject({ status: 201 })
  })
})

describe("a reserve", () => {
  it("holds for programs that send their commands past HTTP", async () => {
    const platform = await paperPlatform({ log: memoryLog(1_000_000), reserveBytes: 2_000_000 })
    cleanups.push(platform.close)
    const port = memoryCommands()
    cleanups.push(await serveCommands(port, platform.engine.writer))
    const command = { id: "c1", actor: "a", request: { type: "OpenAccount", account: "B", owner: "o", group: "o" } }
    const open = { ...command.request, accountType: "cash", currency: "USDT" }
    const answer = await port.request(0, "submit", encodeCommand({ ...command, request: open } as never), {
      timeoutMs: 1_000
    })
    expect(decodeReply(answer)).toMatchObject({
      kind: "unavailable",
      reason: expect.stringMatching(/are left of the memory/)
    })
  })

  it("is a tenth of what there is, and 256 MiB at most, unless told", async () => {
    const of = async (totalBytes: number | undefined, bytes?: number) => {
      const room = { freeBytes: 1e12, limit: "it", ...(totalBytes !== undefined && { totalBytes }) }
      const reserve = new Reserve({ spaces: [{ rooms: async () => [room] }], bytes })
      await reserve.look()
      reserve.stop()
      return reserve.bytes
    }
    expect(await of(1_000_000)).toBe(100_000)
    expect(await of(1e12)).toBe(268_435_456)
    expect(await of(undefined)).toBe(268_435_456)
    expect(await of(1_000_000, 7)).toBe(7)
  })

  it("looks at each limit by itself: the one with the least bytes may have the most to spare", async () => {
    const small = { freeBytes: 200_000_000, totalBytes: 300_000_000, limit: "raw messages" }
    const large = { freeBytes: 250_000_000, totalBytes: 1e11, limit: "the ledger" }
    const reserve = new Reserve({
      spaces: [{ rooms: async () => [small] }, { rooms: async () => [] }, { rooms: async () => [large] }]
    })
    await reserve.look()
    expect(reserve.low).toMatch(/238 MiB are left of the ledger, and 256 MiB are kept/)
    expect([reserve.freeBytes, reserve.bytes]).toEqual([250_000_000, 268_435_456])
    reserve.stop()
  })

  it("is nothing to watch where nothing is limited", async () => {
    const reserve = new Reserve({ spaces: [memoryLog()] })
    await reserve.look()
    expect([reserve.low, reserve.trouble, reserve.freeBytes]).toEqual([undefined, undefined, Number.POSITIVE_INFINITY])
    reserve.stop()
  })

  it("stays as it was while nobody answers, says so, and lets orders go again only with some to spare", async () => {
    let answer: number | undefined = 1_000
    const rooms = async () => {
      if (answer === undefined) throw new Error("no answer")
      return [{ freeBytes: answer, limit: "it" }]
    }
    const reserve = new Reserve({ spaces: [{ rooms }], bytes: 1_000 })
    const lowAt = async (free: number | undefined) => {
      answer = free
      await reserve.look()
      return reserve.low !== undefined
    }
    expect(await lowAt(1_000)).toBe(false)
    expect(await lowAt(999)).toBe(true)
    expect(await lowAt(undefined)).toBe(true)
    expect(reserve.trouble).toMatch(/not known: no answer/)
    expect(await lowAt(1_050)).toBe(true)
    expect(await lowAt(1_100)).toBe(false)
    expect(reserve.trouble).toBeUndefined()
    reserve.stop()
  })
})
