import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { Symbol } from "#domain/kernel/ids.ts"
import { createBinanceNormaliser, LINE_CHARS_MAX, type Normalised } from "#domain/market/binance.ts"
import { BTC, price, quantity } from "./made.ts"

const NANOS = 1723161254087891268n
const lineOf = (message: unknown, no = 0) => `${NANOS + BigInt(no) * 1000n} ${JSON.stringify(message)}`
const stream = (channel: string, data: unknown) => ({ stream: `btcusdt@${channel}`, data })
const bookTicker = { u: 1, s: "BTCUSDT", b: "61837.63000000", B: "3.78826000", a: "61837.64000000", A: "1.54698000" }
const tradeData = { e: "trade", E: 1, s: "BTCUSDT", t: 3735683259, p: "61837.63", q: "0.02", T: 1723161255342, m: true }
const diff = (U: number, u: number, b: ReadonlyArray<unknown> = [["10", String(u)]], s = "BTCUSDT") =>
  stream("depth@100ms", { e: "depthUpdate", E: 1, s, U, u, b, a: [] })
const futuresDiff = (U: number, u: number, pu: number) =>
  stream("depth@0ms", { e: "depthUpdate", E: 1, T: 1, s: "BTCUSDT", U, u, pu, b: [["10", String(u)]], a: [] })
const snapshot = (lastUpdateId: number) => ({
  lastUpdateId,
  bids: [
    ["10", "100"],
    ["9", "1"]
  ],
  asks: [["11", "1"]]
})

const run = (messages: ReadonlyArray<unknown>, normaliser = createBinanceNormaliser()): ReadonlyArray<Normalised> =>
  messages.map((message, i) => normaliser.line(lineOf(message, i)))
const codes = (results: ReadonlyArray<Normalised>) =>
  results.map(({ message, reason }) => reason?.split(":")[0] ?? (message === undefined ? "-" : message.kind))

describe("a line of a Binance recording", () => {
  it("becomes a quote or a trade at the time of its receipt", () => {
    const [first, second, third] = run([
      stream("bookTicker", bookTicker),
      stream("trade", tradeData),
      stream("trade", { ...tradeData, m: false })
    ])
    const at = "2024-08-08T23:54:14.087891268Z"
    const [bid, bidSize, ask, askSize] = [
      price("61837.63"),
      quantity("3.78826"),
      price("61837.64"),
      quantity("1.54698")
    ]
    expect(first).toEqual({ no: 1, message: { kind: "quote", no: 1, at, symbol: BTC, bid, bidSize, ask, askSize } })
    expect(second?.message).toEqual({
      kind: "trade",
      no: 2,
      at: "2024-08-08T23:54:14.087892268Z",
      symbol: BTC,
      price: price("61837.63"),
      quantity: quantity("0.02"),
      aggressor: "sell",
      tradeId: "3735683259"
    })
    expect(third?.message).toMatchObject({ aggressor: "buy" })
  })

  it("that is broken is refused with its reason, takes a number, and the next goes on", () => {
    const broken: ReadonlyArray<readonly [string, string]> = [
      ["", "InvalidReceiveTime"],
      ["not a line", "InvalidReceiveTime"],
      ["-1723161254087891268 {}", "InvalidReceiveTime"],
      ["99999999999999999999999 {}", "InvalidReceiveTime"],
      [`${NANOS}`, "InvalidMessage"],
      [`${NANOS} `, "InvalidJson"],
      [`${NANOS} {"stream":"btcusdt@trade","data":{"e":"tra`, "InvalidJson"],
      [`${NANOS} []`, "InvalidMessage"],
      [`${NANOS} null`, "InvalidMessage"],
      [`${NANOS} {}`, "UnknownMessage"],
      [lineOf({ stream: 1, data: tradeData }), "UnknownMessage"],
      [lineOf({ stream: "btcusdt@trade" }), "InvalidMessage"],
      [lineOf(stream("aggTrade", { ...tradeData, e: "aggTrade" })), "UnknownEvent"],
      [lineOf(stream("trade", { ...tradeData, e: "x".repeat(900) })), "UnknownEvent"],
      [lineOf(stream("trade", { ...tradeData, s: "btc/usdt" })), "InvalidSymbol"],
      [lineOf(stream("trade", { ...tradeData, s: undefined })), "InvalidSymbol"],
      [lineOf(stream("trade", { ...tradeData, p: "-1" })), "InvalidNumber"],
      [lineOf(stream("trade", { ...tradeData, p: "NaN" })), "InvalidNumber"],
      [lineOf(stream("trade", { ...tradeData, p: "1e5" })), "InvalidNumber"],
      [lineOf(stream("trade", { ...tradeData, p: "Infinity" })), "InvalidNumber"],
      [lineOf(stream("trade", { ...tradeData, p: 61837.63 })), "InvalidNumber"],
      [lineOf(stream("trade", { ...tradeData, p: "0" })), "InvalidNumber"],
      [lineOf(stream("trade", { ...tradeData, p: "0.123456789" })), "InvalidNumber"],
      [lineOf(stream("trade", { ...tradeData, q: "0.000" })), "InvalidNumber"],
      [lineOf(stream("trade", { ...tradeData, q: undefined })), "InvalidNumber"],
      [lineOf(stream("trade", { ...tradeData, m: "true" })), "InvalidFlag"],
      [lineOf(stream("trade", { ...tradeData, t: 2 ** 60 })), "InvalidId"],
      [lineOf(stream("trade", { ...tradeData, t: -1 })), "InvalidId"],
      [lineOf(stream("bookTicker", { ...bookTicker, a: "61837.63" })), "CrossedQuote"],
      [lineOf(stream("bookTicker", { ...bookTicker, B: "-0.1" })), "InvalidNumber"],
      [lineOf(diff(5, 4)), "InvalidId"],
      [lineOf(diff(4, 5, [["10"]])), "InvalidLevels"],
      [lineOf(stream("depth", { e: "depthUpdate", s: "BTCUSDT", U: 1, u: 2, b: "x", a: [] })), "InvalidLevels"],
      [lineOf(snapshot(1)), "UnknownSymbol"],
      [`${NANOS - 1n} ${JSON.stringify(stream("trade", tradeData))}`, "ReceiveTimeBackwards"],
      [`${NANOS} "${"x".repeat(LINE_CHARS_MAX)}"`, "LineTooLong"]
    ]
    const normaliser = createBinanceNormaliser()
    normaliser.line(lineOf(stream("trade", tradeData)))
    for (const [i, [raw, code]] of broken.entries()) {
      const { no, message, reason } = normaliser.line(raw)
      expect([raw.slice(0, 80), no, message, reason?.split(":")[0]]).toEqual([raw.slice(0, 80), i + 2, undefined, code])
      expect(reason!.length).toBeLessThan(250)
    }
    expect(normaliser.line(lineOf(stream("trade", tradeData))).message?.no).toBe(broken.length + 2)
  })

  it("with a time far ahead does not shut out those after it when it is refused", () => {
    const normaliser = createBinanceNormaliser()
    expect(normaliser.line(`9${"0".repeat(18)} {"a":`).reason).toMatch(/^InvalidJson/)
    expect(normaliser.line(lineOf(stream("trade", tradeData))).message).toBeDefined()
  })

  it("never throws and always takes one number", () => {
    const texts = fc.oneof(
      fc.string(),
      fc.json(),
      fc.string().map((text) => `${NANOS} ${text}`),
      fc.json().map((json) => `${NANOS} ${json}`)
    )
    const pieces = fc.record(
      {
        e: fc.constantFrom("trade", "depthUpdate", "bookTicker"),
        s: fc.constantFrom("BTCUSDT", "x"),
        p: fc.anything(),
        q: fc.anything(),
        t: fc.anything(),
        m: fc.anything(),
        U: fc.anything(),
        u: fc.integer(),
        b: fc.anything(),
        a: fc.anything(),
        B: fc.anything(),
        A: fc.anything()
      },
      { requiredKeys: [] }
    )
    const almost = pieces.map((data) => {
      try {
        return lineOf(stream("trade", data))
      } catch {
        return "" // JSON has no bigint
      }
    })
    fc.assert(
      fc.property(fc.array(fc.oneof(texts, almost), { maxLength: 30 }), (lines) => {
        const normaliser = createBinanceNormaliser({ lastNo: 70 })
        for (const [i, raw] of lines.entries()) expect(normaliser.line(raw).no).toBe(71 + i)
        expect(normaliser.lastNo()).toBe(70 + lines.length)
      }),
      { numRuns: 300 }
    )
  })
})

describe("the diffs of a book", () => {
  it("wait for the snapshot, and those that reach beyond it are in it", () => {
    const normaliser = createBinanceNormaliser()
    const results = run([diff(1, 3), diff(4, 6), diff(7, 9), snapshot(5), diff(10, 12), diff(11, 12)], normaliser)
    expect(codes(results)).toEqual(["-", "-", "-", "depth", "depth", "-"])
    expect(results[3]?.message).toMatchObject({
      no: 4,
      snapshot: true,
      bids: [
        [price(10), quantity(9)],
        [price(9), quantity(1)]
      ],
      asks: [[price(11), quantity(1)]]
    })
    expect(results[4]?.message).toMatchObject({ no: 5, snapshot: false, bids: [[price(10), quantity(12)]] })
    expect(normaliser.syncOf(BTC)).toMatchObject({
      synced: true,
      lastUpdateId: 12,
      appliedDiffs: 3,
      droppedDiffs: 2,
      gaps: 0
    })
  })

  it("that leave a gap empty the book, until the next snapshot spans it", () => {
    const normaliser = createBinanceNormaliser()
    const results = run(
      [diff(1, 3), snapshot(3), diff(4, 6), diff(8, 9), diff(10, 11), snapshot(9), diff(12, 13)],
      normaliser
    )
    expect(codes(results)).toEqual(["-", "depth", "depth", "SequenceGap", "-", "depth", "depth"])
    expect(results[3]).toMatchObject({ no: 4, message: { snapshot: true, bids: [], asks: [] } })
    expect(results[3]?.reason).toBe("SequenceGap: BTCUSDT stood at 6, the diff follows 7")
    expect(results[5]?.message).toMatchObject({
      snapshot: true,
      bids: [
        [price(10), quantity(11)],
        [price(9), quantity(1)]
      ]
    })
    expect(normaliser.syncOf(BTC)).toMatchObject({ synced: true, lastUpdateId: 13, gaps: 1 })
  })

  it("are not taken up by a snapshot that is too old for them, nor set back by an old one", () => {
    const normaliser = createBinanceNormaliser()
    const results = run(
      [diff(5, 6), snapshot(3), diff(7, 8), snapshot(5), diff(9, 9), snapshot(4), diff(10, 10)],
      normaliser
    )
    expect(codes(results)).toEqual(["-", "SequenceGap", "-", "depth", "depth", "-", "depth"])
    expect(normaliser.syncOf(BTC)?.synced).toBe(true)
  })

  it("of futures chain by pu", () => {
    const messages = [futuresDiff(5, 9, 2), snapshot(6), futuresDiff(15, 20, 9), futuresDiff(30, 31, 21)]
    expect(codes(run(messages))).toEqual(["-", "depth", "depth", "SequenceGap"])
  })

  it("of two symbols need to be told whose a snapshot is", () => {
    const both = [diff(1, 1), diff(7, 7, [["5", "5"]], "ETHUSDT"), snapshot(7)]
    expect(codes(run(both))).toEqual(["-", "-", "UnknownSymbol"])
    const told = run(both, createBinanceNormaliser({ snapshotSymbol: "ETHUSDT" as Symbol }))
    expect(told[2]?.message).toMatchObject({ kind: "depth", symbol: "ETHUSDT" })
  })
})
