// What a venue says is on disk before it is looked at; what nobody understands waits for a person, and holds nothing up.
import { join } from "node:path"
import { afterEach, describe, expect, it } from "vitest"
import { parseFixed } from "#domain/kernel/money.ts"
import type { Time } from "#domain/kernel/time.ts"
import { memoryLog } from "#infra/memory/event-log.ts"
import { memoryRaw } from "#infra/memory/raw-store.ts"
import { openSqliteRaw } from "#infra/sqlite/raw-store.ts"
import type { SuspendedBody } from "#services/contract/venue.ts"
import { venueRoutes } from "#services/live-gateway/handlers.ts"
import { venueDesk } from "#services/platform/venue-desk.ts"
import { LogUnavailable } from "#streams/ports/event-log.ts"
import type { RawStore } from "#streams/ports/raw-store.ts"
import { ask, serve } from "#tests/services/http/served.ts"
import { paperPlatform, type PaperPlatform } from "#tests/services/risk/paper-platform.ts"
import { tempDir } from "#tests/support/temp-dir.ts"

type SuspendedPage = { readonly items: ReadonlyArray<SuspendedBody> }

const cleanups: Array<() => Promise<unknown> | void> = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})
const platform = async (options: Parameters<typeof paperPlatform>[0]) => {
  const found = await paperPlatform(options)
  cleanups.push(found.close)
  found.market("100")
  return found
}
const order = {
  type: "SubmitOrder",
  account: "demo",
  symbol: "BTCUSDT",
  side: "buy",
  orderType: "limit",
  timeInForce: "GTC",
  quantity: parseFixed("0.1"),
  price: parseFixed("95")
}
/** An order that rests at the venue. */
const resting = async ({ engine, run }: PaperPlatform): Promise<string> => {
  const [placed] = await run(order)
  const { orderId } = placed!.data as { orderId: string }
  await expect.poll(() => engine.orders.get(orderId as never)?.row.status).toBe("New")
  return orderId
}
const report = (orderId: string, execId: string, more: object = {}) => ({
  type: "Trade",
  at: "2026-11-28T10:00:00.000000000Z",
  account: "demo",
  orderId,
  execId,
  mdNo: 1,
  quantity: "0.1",
  price: "95",
  liquidity: "maker",
  fee: "0.01",
  feeCurrency: "USDT",
  queueAhead: "0",
  ...more
})
const lines = (...reports: ReadonlyArray<object | string>) =>
  Buffer.from(reports.map((one) => (typeof one === "string" ? one : JSON.stringify(one))).join("\n"))
const rawReports = async (store: RawStore) => {
  const texts: Array<string> = []
  for await (const batch of store.read({ venue: "paper", channel: "reports" }, 1)) {
    texts.push(...batch.map(({ bytes }) => Buffer.from(bytes).toString("utf8")))
  }
  return texts
}

describe("a venue's report", () => {
  it("is kept as it came, before it is in the ledger", async () => {
    const raw = memoryRaw()
    let held = true
    const slow: ReturnType<typeof memoryRaw> = {
      ...raw,
      append: async (channel, records) => {
        if (held && channel.channel === "reports") throw new LogUnavailable("the disk is full")
        return raw.append(channel, records)
      }
    }
    const one = await platform({ raw: slow })
    const { engine, run } = one
    const [placed] = await run(order)
    const { orderId } = placed!.data as unknown as { orderId: never }
    await expect.poll(() => engine.intake.trouble).toBe("the disk is full")
    expect(engine.orders.get(orderId)?.row.status, "nobody has looked at it").toBe("PendingNew")
    held = false
    await expect.poll(() => engine.orders.get(orderId)?.row.status).toBe("New")
    expect(engine.intake.trouble).toBeUndefined()
    expect((await rawReports(raw)).join("\n")).toContain(`"type":"New"`)
  })

  it("that comes once more after a crash with many others is not looked up by itself", async () => {
    const [log, raw] = [memoryLog(), memoryRaw()]
    const first = await platform({ log, raw })
    const orderId = await resting(first)
    const reports = Array.from({ length: 200 }, (_, n) =>
      report(orderId, `part-${n}`, { quantity: "0.0001", account: n === 150 ? "nobody" : "demo" })
    )
    for (const one of reports) first.engine.intake.receive(lines(one))
    await expect.poll(() => first.engine.orders.get(orderId as never)?.row.cumQty).toBe(parseFixed("0.0199"))
    await expect.poll(() => first.engine.intake.suspense.size).toBe(1)
    const before = first.engine.writer.head().eventNo
    await first.close()

    let reads = 0
    // as after a kill: nobody knows how far it was settled
    const unsettled: typeof raw = {
      ...raw,
      newest: async (channel) => (channel.channel === "settled" ? undefined : raw.newest(channel))
    }
    const counted: typeof log = { ...log, read: (...args) => (reads++, log.read(...args)) }
    const second = await platform({ log: counted, raw: unsettled })
    expect(second.engine.writer.head().eventNo).toBe(before)
    expect(second.engine.intake.suspense.size).toBe(1)
    // the replay, and some halving for each batch of raw messages
    expect(reads).toBeLessThan(150)
  })

  it("that came before a crash and is not in the ledger is recorded at the next start, once", async () => {
    using dir = tempDir("intake")
    const log = memoryLog()
    const openRaw = () => openSqliteRaw({ file: join(dir.path, "raw.sqlite") })
    let raw = openRaw()
    const first = await paperPlatform({ log, raw })
    first.market("100")
    const orderId = await resting(first)
    await first.close()
    await raw.append({ venue: "paper", channel: "reports" }, [
      { at: "2026-11-28T10:00:00.000000000Z" as Time, bytes: lines(report(orderId, "late-1")) }
    ])
    await raw.close()
    let eventNo = 0
    for (const start of [1, 2]) {
      raw = openRaw()
      const next = await paperPlatform({ log, raw })
      expect(next.engine.orders.get(orderId as never)?.row.status, `start ${start}`).toBe("Filled")
      const balance = await next.engine.writer.look(({ accounts }) =>
        accounts
          .get("demo" as never)
          ?.balances.cash.get("USDT" as never)
          ?.total.toString()
      )
      expect(balance).toBe(parseFixed("999990.49").toString())
      if (start === 1) eventNo = next.engine.writer.head().eventNo
      else expect(next.engine.writer.head().eventNo, "nothing was recorded again").toBe(eventNo)
      await next.close()
      await raw.close()
    }
  })
})

describe("a report that another process has stored", () => {
  it("is taken up in its place with the next one", async () => {
    const raw = memoryRaw()
    const one = await platform({ raw })
    const { engine } = one
    const orderId = await resting(one)
    const at = "2026-11-28T10:00:00.000000000Z" as Time
    await raw.append({ venue: "paper", channel: "reports" }, [{ at, bytes: lines(report(orderId, "other-1")) }])
    await resting(one)
    await expect.poll(() => engine.orders.get(orderId as never)?.row.status).toBe("Filled")
  })
})

describe("what cannot be understood or booked", () => {
  it("waits in suspense with its reason, and what came with it and after it goes on", async () => {
    const raw = memoryRaw()
    const log = memoryLog()
    const one = await platform({ log, raw })
    const { engine } = one
    const orderId = await resting(one)
    engine.intake.receive(Buffer.from([0xff, 0x00, 0x0a, 0xfe]))
    engine.intake.receive(
      lines(
        "8=FIX.4.4",
        report("0-999999", "e-1"),
        report("not-ours", "e-2"),
        report(orderId, "e-3", { account: "nobody" }),
        report(orderId, "e-4", { price: "abc" }),
        report(orderId, "e-5")
      )
    )
    await expect.poll(() => engine.orders.get(orderId as never)?.row.status).toBe("Filled")
    await expect.poll(() => engine.intake.suspense.size).toBe(6)
    const reasons = engine.intake.suspense.all.map(({ reason }) => reason)
    expect(reasons).toEqual([
      "it is not understood: it is not JSON",
      "it is not understood: it is not JSON",
      "the order is not known, or was over long ago",
      expect.stringMatching(/^UnknownOrder: the venue names an order not-ours/),
      expect.stringMatching(/^UnknownAccount: /),
      expect.stringMatching(/^it is not understood: .*price/s)
    ])
    const before = engine.intake.suspense.all
    await one.close()
    cleanups.length = 0
    const next = await platform({ log, raw })
    expect(next.engine.intake.suspense.all, "a restart forgets none, and adds none").toEqual(before)
  })

  it("is listed, tried again and dismissed over HTTP", async () => {
    const raw = memoryRaw()
    const log = memoryLog()
    const one = await platform({ log, raw })
    const { engine, run } = one
    const served = await serve([venueRoutes(venueDesk(engine))])
    cleanups.push(served.close)
    const list = async (query = "") => (await ask(served.port, `/venue/suspense${query}`)).json as SuspendedPage
    const resolve = (id: string, body: unknown) => ask(served.port, `/venue/suspense/${id}`, { method: "POST", body })
    expect(await list()).toEqual({ items: [] })
    engine.intake.receive(Uint8Array.from([0xff, 0xfe]))
    engine.intake.receive(lines(report("0-1", "e-1", { account: "later" }), report("0-2", "e-2", { account: "later" })))
    await expect.poll(async () => (await list()).items.length).toBe(3)
    const items = (await list()).items as [SuspendedBody, SuspendedBody, SuspendedBody]
    expect(items[0]).toMatchObject({ venue: "paper", raw: "//4=", encoding: "base64", receivedAt: expect.any(String) })
    expect(items[1]).toMatchObject({ encoding: "text", reason: expect.stringMatching(/^UnknownAccount/) })
    expect(JSON.parse(items[1].raw)).toMatchObject({ execId: "e-1" })
    const page = await list("?limit=1")
    expect(page).toEqual({ items: [items[0]], next: items[0].id })
    expect((await list(`?after=${items[0].id}`)).items).toEqual(items.slice(1))

    const retry = { action: "retry", note: "the account is there now" }
    expect((await resolve(items[1].id, retry)).json).toMatchObject({ status: 409, code: "StillSuspended" })
    const terms = { owner: "o", group: "g", accountType: "cash", currency: "USDT" }
    await run({ type: "OpenAccount", account: "later", ...terms })
    const still = await resolve(items[1].id, retry)
    expect(still.json, "it is in the ledger now, as a report without an order").toMatchObject({
      code: "StillSuspended",
      detail: expect.stringMatching(/^the order is not known/)
    })
    expect((await list()).items[1]?.position).toMatch(/^0:\d+$/)
    const dismissed = await resolve(items[1].id, { action: "dismiss", note: "booked by hand" })
    expect([dismissed.status, dismissed.json]).toEqual([200, { id: items[1].id, resolution: "dismissed" }])
    expect((await resolve(items[1].id, retry)).json).toMatchObject({ status: 404, code: "UnknownReport" })
    expect((await resolve(items[0].id, { action: "burn", note: "x" })).status).toBe(400)
    expect((await resolve(items[0].id, { action: "dismiss" })).status).toBe(400)
    expect((await list()).items.map(({ id }) => id)).toEqual([items[0].id, items[2].id])
    await one.close()
    cleanups.length = 0
    await served.close()
    const next = await platform({ log, raw })
    expect(next.engine.intake.suspense.all.map(({ id }) => id)).toEqual([items[0].id, items[2].id])
  })
})
