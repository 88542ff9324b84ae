import type { Symbol } from "#domain/kernel/ids.ts"
import type { Price, Quantity } from "#domain/kernel/money.ts"
import type { Time } from "#domain/kernel/time.ts"

/** Price and quantity resting there; a quantity of 0 removes the level. */
export type Level = readonly [price: Price, quantity: Quantity]

/**
 * One normalised market-data message. `no` counts the messages of a feed and never goes back; `at` is when it reached us.
 * A trade's aggressor is the side that took liquidity (FIX AggressorSide 2446).
 */
export type MarketMessage = Quote | Trade | Depth
export type Quote = Head & {
  readonly kind: "quote"
  readonly bid: Price
  readonly bidSize: Quantity
  readonly ask: Price
  readonly askSize: Quantity
}
export type Trade = Head & {
  readonly kind: "trade"
  readonly price: Price
  readonly quantity: Quantity
  readonly aggressor: "buy" | "sell"
  readonly tradeId: string
}
/** Changed levels; a snapshot replaces the whole book. */
export type Depth = Head & {
  readonly kind: "depth"
  readonly snapshot: boolean
  readonly bids: ReadonlyArray<Level>
  readonly asks: ReadonlyArray<Level>
}
type Head = { readonly no: number; readonly at: Time; readonly symbol: Symbol }
