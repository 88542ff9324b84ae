import { afterEach, describe, expect, it } from "vitest"
import { memoryLog } from "#infra/memory/event-log.ts"
import type { Symbol } from "#domain/kernel/ids.ts"
import { EPOCH } from "#domain/kernel/time.ts"
import { formatFixed, parseFixed, type Price } from "#domain/kernel/money.ts"
import type { MarketMessage } from "#domain/market/messages.ts"
import { simulatedHistory, simulatedMarket } from "#domain/market/simulator.ts"
import type { LedgerEvent } from "#projections/projection.ts"
import type { MissedMarket } from "#services/session/missed-range.ts"
import type { EventLog } from "#streams/ports/event-log.ts"
import type { LogSpace } from "#streams/ports/log-space.ts"
import { eventsBetween } from "#streams/events-between.ts"
import { ledgerCodec } from "#streams/ledger-codec.ts"
import { BTC, paperPlatform, type PaperPlatform } from "#tests/services/risk/paper-platform.ts"

const opened: Array<PaperPlatform> = []
const start = async (log: EventLog & LogSpace, missed?: MissedMarket) => {
  const one = await paperPlatform({ log, ...(missed !== undefined && { missed }) })
  opened.push(one)
  return one
}
const kill = async () => opened.pop()!.close()
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close()
})
const stop = (more: object = {}) => ({
  type: "SubmitOrder",
  account: "demo",
  symbol: BTC,
  side: "buy",
  orderType: "stop",
  timeInForce: "GTC",
  quantity: parseFixed("0.1"),
  stopPrice: parseFixed("105"),
  triggerBy: "local",
  ...more
})
/** Messages as a market that can tell them again: at each number the same price for a trade and a quote. */
const told = (prices: ReadonlyArray<string>, after: number) =>
  function* (from: number, to: number): Iterable<MarketMessage> {
    for (const [i, text] of prices.entries()) {
      const no = after + 1 + i
      if (no < from || no > to) continue
      const price = parseFixed(text) as Price
      const head = { no, at: EPOCH, symbol: BTC }
      yield {
        kind: "trade",
        ...head,
        price,
        quantity: parseFixed("1"),
        aggressor: "buy",
        tradeId: "T"
      } as MarketMessage
    }
  }
const triggers = async (log: EventLog, { engine }: PaperPlatform): Promise<ReadonlyArray<LedgerEvent["data"]>> =>
  (await eventsBetween(log, ledgerCodec, 0, 1, engine.writer.head().eventNo))
    .filter(({ type }) => type === "OrderTriggered")
    .map(({ data }) => data)

describe("a stop that is watched here, after an outage", () => {
  it("is triggered by a price that came and went while nobody saw it recorded, with the message that told it", async () => {
    const log = memoryLog()
    const first = await start(log)
    first.market("100")
    await first.run(stop())
    const { mdNo } = first.engine.board
    expect(first.engine.session.watchedTo).toBe(mdNo)
    await kill()
    // two more prices had come, and the second was the one
    const missed = { watchedTo: mdNo, no: mdNo + 3, messages: told(["104", "106", "101"], mdNo) }
    const second = await start(log, missed)
    await expect
      .poll(() => triggers(log, second))
      .toMatchObject([{ price: parseFixed("106"), source: "last", by: "local", mdNo: mdNo + 2, missed: true }])
    // asked again after a second kill it is nobody's business any more
    await kill()
    const third = await start(log, missed)
    third.market("107")
    expect(await triggers(log, third)).toHaveLength(1)
  })

  it("looks at nothing before it was placed, nor at what was recorded, nor at other symbols", async () => {
    const log = memoryLog()
    const first = await start(log)
    first.market("110")
    first.market("100")
    await first.run(stop())
    const { mdNo } = first.engine.board
    await kill()
    const second = await start(log, {
      watchedTo: 0,
      no: mdNo + 1,
      messages: told(["110", "110", "110", "104"], mdNo - 3)
    })
    second.market("104")
    await second.run({ type: "RecordMark", symbol: BTC, price: parseFixed("1"), source: "mid", mdNo, markedAt: EPOCH })
    expect(await triggers(log, second)).toEqual([])
    // what is seen now was not missed
    second.market("105")
    await expect.poll(() => triggers(log, second)).toMatchObject([{ price: parseFixed("105") }])
    expect((await triggers(log, second))[0]).not.toHaveProperty("missed")
  })

  it("is flagged at the first look where the range cannot be known", async () => {
    const log = memoryLog()
    const first = await start(log)
    first.market("100")
    await first.run(stop())
    await kill()
    const second = await start(log)
    second.market("106")
    await expect.poll(() => triggers(log, second)).toMatchObject([{ price: parseFixed("106"), missed: true }])
  })

  it("in the simulated market is found exactly where it was", () => {
    const market = simulatedMarket(7)
    const trades = Array.from({ length: 3000 }, (_, i) => market.message(i + 1, EPOCH)).filter(
      ({ symbol, kind }) => kind === "trade" && symbol === ("ETHUSDT" as Symbol)
    ) as ReadonlyArray<MarketMessage & { kind: "trade" }>
    const highest = trades.reduce((best, one) => (one.price > best.price ? one : best))
    const again = [...simulatedHistory(7)(highest.no, highest.no)]
    expect(again.map((message) => message.kind === "trade" && formatFixed(message.price))).toEqual([
      formatFixed(highest.price)
    ])
  })
})
