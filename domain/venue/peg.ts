import { downTo, type Price } from "#domain/kernel/money.ts"
import type { ShownMarket } from "./shown-market.ts"
import { stricterOf, type VenueOrder } from "./venue-order.ts"

/**
 * Where a pegged order lies (FIX OrdType P, PegPriceType 1094: 5 primary, 2 mid), a function of the market alone: on a
 * tick, within its limit, and never at or through the other side. Undefined while there is nothing to follow.
 */
export const pegPrice = (order: VenueOrder, shown: ShownMarket): Price | undefined => {
  const { side, peg, pegOffset = 0n, pegLimit, instrument } = order
  const { tick } = instrument
  const bid = shown.best("bid")?.[0]
  const ask = shown.best("ask")?.[0]
  if (side === "buy") {
    const from = peg === "mid" ? midDown(bid, ask) : bid
    if (from === undefined) return undefined
    const price = downTo(from - pegOffset, tick) as Price
    const behind = ask === undefined ? price : stricterOf("buy", price, (ask - tick) as Price)
    return positive(stricterOf("buy", behind, pegLimit))
  }
  const from = peg === "mid" ? midUp(bid, ask) : ask
  if (from === undefined) return undefined
  const price = downTo(from + pegOffset + tick - 1n, tick) as Price
  const behind = bid === undefined ? price : stricterOf("sell", price, (bid + tick) as Price)
  return positive(stricterOf("sell", behind, pegLimit))
}

const midDown = (bid: Price | undefined, ask: Price | undefined) =>
  bid === undefined || ask === undefined ? undefined : (bid + ask) / 2n
const midUp = (bid: Price | undefined, ask: Price | undefined) =>
  bid === undefined || ask === undefined ? undefined : (bid + ask + 1n) / 2n
const positive = (price: Price): Price | undefined => (price > 0n ? price : undefined)
