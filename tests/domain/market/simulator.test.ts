import { describe, expect, it } from "vitest"
import { chanceOf } from "#domain/kernel/chance.ts"
import { formatFixed, ONE } from "#domain/kernel/money.ts"
import type { Quote } from "#domain/market/messages.ts"
import { defaultInstruments } from "#domain/market/default-instruments.ts"
import { simulatedMarket } from "#domain/market/simulator.ts"
import { ShownMarket } from "#domain/venue/shown-market.ts"
import { at, price } from "./made.ts"

const AT = at(0)
const STARTS: Readonly<Record<string, number>> = { BTCUSDT: 45_000, ETHUSDT: 2_500, SOLUSDT: 100 }
const instrumentOf = new Map(defaultInstruments.map((instrument) => [instrument.symbol as string, instrument]))

describe("the simulated market", () => {
  it("starts at the start prices, with a quote, a trade and the depth of every symbol", () => {
    const market = simulatedMarket(1)
    const first = Array.from({ length: 9 }, (_, i) => market.message(i + 1, AT))
    expect(first.map(({ symbol, kind }) => `${symbol} ${kind}`)).toEqual(
      ["quote", "trade", "depth"].flatMap((kind) => Object.keys(STARTS).map((symbol) => `${symbol} ${kind}`))
    )
    for (const message of first.slice(0, 3) as ReadonlyArray<Quote>) {
      expect(Math.abs(Number(message.bid) / 1e8 / STARTS[message.symbol]! - 1)).toBeLessThan(0.001)
    }
    expect(market.messagesPerSecond).toBe(30)
  })

  it("shows enough for a small order at any moment, also while its last depth is of before the price moved", () => {
    const market = simulatedMarket(1)
    const shown = new Map(Object.keys(STARTS).map((symbol) => [symbol, new ShownMarket()]))
    const worth = price("5000")
    for (let no = 1; no <= 60_000; no++) {
      const message = market.message(no, AT)
      const { symbol } = message
      shown.get(symbol)!.apply(message)
      if (no <= 9) continue
      for (const side of ["bid", "ask"] as const) {
        let sum = 0n
        shown.get(symbol)!.walk(side, (at, free) => (sum += (at * free) / ONE) < worth)
        if (sum < worth) expect.fail(`message ${no}: ${symbol} shows ${formatFixed(sum)} of ${side}s`)
      }
    }
  })

  it("keeps widely sampled messages whole: in range, on tick and lot, not crossed", () => {
    const markets = [1, 2, 2 ** 31 + 5].map((seed) => simulatedMarket(seed))
    const extremes = new Map<string, [number, number]>()
    let broken = 0
    const see = (symbol: string, value: bigint) => {
      const ratio = Number(value) / 1e8 / STARTS[symbol]!
      const known = extremes.get(symbol)
      if (known === undefined) extremes.set(symbol, [ratio, ratio])
      else if (ratio < known[0]) known[0] = ratio
      else if (ratio > known[1]) known[1] = ratio
      if (value % instrumentOf.get(symbol)!.tick !== 0n) broken++
    }
    for (let i = 0; i < 200_000; i++) {
      // half of them in the first month, half up to a thousand years from the start
      const no = 1 + (i % 2 === 0 ? chanceOf(i) % 78_000_000 : chanceOf(i) * 220 + (i % 220))
      const message = markets[i % 3]!.message(no, AT)
      const { lot } = instrumentOf.get(message.symbol)!
      if (message.no !== no) broken++
      if (message.kind === "quote") {
        see(message.symbol, message.bid)
        see(message.symbol, message.ask)
        if (message.bid >= message.ask || message.ask - message.bid > price("0.04")) broken++
        if (message.bidSize < lot || message.askSize < lot || message.bidSize % lot !== 0n) broken++
      } else if (message.kind === "trade") {
        see(message.symbol, message.price)
        if (message.quantity < lot || message.quantity % lot !== 0n) broken++
      } else {
        if (message.bids.length !== 20 || message.asks.length !== 20) broken++
        for (let k = 0; k < 20; k++) {
          see(message.symbol, message.bids[k]![0])
          see(message.symbol, message.asks[k]![0])
          if (k > 0 && message.bids[k]![0] >= message.bids[k - 1]![0]) broken++
          if (k > 0 && message.asks[k]![0] <= message.asks[k - 1]![0]) broken++
        }
      }
    }
    expect(broken).toBe(0)
    for (const [low, high] of extremes.values()) {
      expect(low).toBeGreaterThan(0.85)
      expect(high).toBeLessThan(1.15)
      expect(high - low).toBeGreaterThan(0.1) // it does move
    }
  })

  it("trades at the bid or ask of the newest quote, no more than is shown, and its depth begins there", () => {
    const market = simulatedMarket(7)
    const quotes = new Map<string, Quote>()
    const sides = { buy: 0, sell: 0 }
    for (let no = 1; no <= 30_000; no++) {
      const message = market.message(no, AT)
      const newest = quotes.get(message.symbol)!
      if (message.kind === "quote") quotes.set(message.symbol, message)
      else if (message.kind === "trade") {
        const buys = message.aggressor === "buy"
        sides[message.aggressor]++
        expect(message.price).toBe(buys ? newest.ask : newest.bid)
        expect(message.quantity <= (buys ? newest.askSize : newest.bidSize)).toBe(true)
      } else {
        expect(message.bids[0]).toEqual([newest.bid, newest.bidSize])
        expect(message.asks[0]).toEqual([newest.ask, newest.askSize])
      }
    }
    expect(Math.min(sides.buy, sides.sell)).toBeGreaterThan(3000)
  })

  it("is alive: within ten seconds every symbol's price moves, and it comes back to its start within days", () => {
    const market = simulatedMarket(3)
    const bidsOf = (symbol: string, numbers: Iterable<number>) =>
      [...numbers]
        .map((no) => market.message(no, AT))
        .filter((m): m is Quote => m.kind === "quote" && m.symbol === symbol)
        .map((m) => m.bid)
    for (const [symbol, start] of Object.entries(STARTS)) {
      expect(
        new Set(
          bidsOf(
            symbol,
            Array.from({ length: 300 }, (_, i) => i + 1)
          )
        ).size
      ).toBeGreaterThan(3)
      const days = bidsOf(
        symbol,
        Array.from({ length: 3 * 24 * 60 * 5 }, (_, i) => 1 + (i % 3) + Math.floor(i / 3) * 1800)
      )
      const above = days.map((bid) => bid > price(start))
      expect(above.filter((isAbove, i) => i > 0 && isAbove !== above[i - 1]).length).toBeGreaterThan(4)
    }
  })

  it("depends on seed and number alone", () => {
    const one = simulatedMarket(5)
    const other = simulatedMarket(5)
    for (const no of [900, 3, 77_777, 4, 1]) expect(one.message(no, AT)).toEqual(other.message(no, AT))
    expect(one.message(9_001, AT)).not.toEqual(simulatedMarket(6).message(9_001, AT))
    // written down once: the market of a seed is a promise to ledgers that stand on it
    const golden = [1, 1001, 1_000_003]
      .map((no) => one.message(no, AT))
      .map((m) => (m.kind === "quote" ? `${m.symbol} ${m.bid} ${m.ask}` : m.kind))
    expect(golden).toMatchInlineSnapshot(`
      [
        "BTCUSDT 4499999000000 4500002000000",
        "ETHUSDT 250078000000 250082000000",
        "trade",
      ]
    `)
  })
})
