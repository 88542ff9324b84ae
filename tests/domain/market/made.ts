// Short ways to make market data for tests. Decimals are given as text, times in microseconds from a fixed moment.
import type { Symbol } from "#domain/kernel/ids.ts"
import { parseFixed, type Price, type Quantity } from "#domain/kernel/money.ts"
import { timeOfMicros, type Time } from "#domain/kernel/time.ts"
import type { Depth, Level, Quote, Trade } from "#domain/market/messages.ts"

export const BTC = "BTCUSDT" as Symbol
export const price = (text: string | number): Price => parseFixed(String(text)) as Price
export const quantity = (text: string | number): Quantity => parseFixed(String(text)) as Quantity
const START_MICROS = Date.UTC(2026, 0, 5, 12) * 1000
export const at = (micros: number): Time => timeOfMicros(START_MICROS + micros)

type Levels = ReadonlyArray<readonly [string | number, string | number]>
const levels = (list: Levels): ReadonlyArray<Level> => list.map(([p, q]) => [price(p), quantity(q)])

export const quote = (
  no: number,
  [bid, bidSize]: readonly [string | number, string | number],
  [ask, askSize]: readonly [string | number, string | number],
  symbol = BTC
): Quote => ({
  kind: "quote",
  no,
  at: at(no * 1000),
  symbol,
  bid: price(bid),
  bidSize: quantity(bidSize),
  ask: price(ask),
  askSize: quantity(askSize)
})

export const trade = (
  no: number,
  aggressor: "buy" | "sell",
  [p, q]: readonly [string | number, string | number],
  symbol = BTC
): Trade => ({
  kind: "trade",
  no,
  at: at(no * 1000),
  symbol,
  price: price(p),
  quantity: quantity(q),
  aggressor,
  tradeId: String(no)
})

export const depth = (no: number, bids: Levels, asks: Levels, snapshot = true, symbol = BTC): Depth => ({
  kind: "depth",
  no,
  at: at(no * 1000),
  symbol,
  snapshot,
  bids: levels(bids),
  asks: levels(asks)
})
