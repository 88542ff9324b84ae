import { afterEach, describe, expect, it } from "vitest"
import { parseFixed } from "#domain/kernel/money.ts"
import { memoryLog } from "#infra/memory/event-log.ts"
import { ledgerCodec } from "#streams/ledger-codec.ts"
import { eventsBetween } from "#streams/events-between.ts"
import { BTC, paperPlatform, type PaperPlatform } from "#tests/services/risk/paper-platform.ts"

let open: PaperPlatform | undefined
afterEach(() => open?.close())

const order = (side: string, quantity: string, price?: string) => ({
  type: "SubmitOrder",
  account: "M",
  symbol: BTC,
  side,
  orderType: price === undefined ? "market" : "limit",
  timeInForce: price === undefined ? "IOC" : "GTC",
  quantity: parseFixed(quantity),
  ...(price !== undefined && { price: parseFixed(price) })
})

describe("a liquidation", () => {
  it("that a restart interrupts goes on to its end", async () => {
    const log = memoryLog()
    const first = (open = await paperPlatform({ log }))
    first.market("100")
    const account = { account: "M", owner: "o", group: "G", accountType: "margin", currency: "USDT" }
    await first.run({ type: "OpenAccount", ...account })
    await first.run({ type: "Deposit", account: "M", currency: "USDT", amount: parseFixed("1000") })
    await first.run(order("buy", "19"))
    const position = () => open!.engine.writer.look(({ accounts }) => accounts.get("M" as never)!)
    await expect.poll(async () => (await position()).risk.symbols.get(BTC)?.position).toBe(parseFixed("19"))
    await first.run(order("sell", "1", "110"))
    await expect.poll(() => [...first.engine.orders.open()].map(({ row }) => row.status)).toEqual(["New"])
    // the venue cannot confirm the cancel: the liquidation stands still when the platform ends
    first.engine.session.venueConnected(false)
    const markedAt = await first.engine.writer.look(({ recordedAt }) => recordedAt)
    await first.run({ type: "RecordMark", symbol: BTC, price: parseFixed("62"), source: "mid", mdNo: 9, markedAt })
    await expect.poll(() => [...first.engine.orders.open()].map(({ row }) => row.status)).toEqual(["PendingCancel"])
    await first.close()
    const before = first.engine.writer.head().eventNo

    const second = (open = await paperPlatform({ log }))
    second.market("62")
    await expect.poll(async () => (await position()).margin?.calledNo, { timeout: 9000 }).toBeUndefined()
    const { eventNo } = second.engine.writer.head()
    const events = await eventsBetween(log, ledgerCodec, 0, before + 1, eventNo)
    const liquidation = events.filter(({ actor }) => actor === "system:liquidation").map(({ type }) => type)
    expect(liquidation).toEqual(["OrderPlaced", "OrderRiskDecided", "MarginRestored"])
    const left = (await position()).risk.symbols.get(BTC)!.position
    expect(left > parseFixed("8") && left < parseFixed("9")).toBe(true)
  }, 20_000)
})
