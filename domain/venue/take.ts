import { downTo, minOf, type Price, type Quantity } from "#domain/kernel/money.ts"
import { fill, type Desk } from "./desk.ts"
import { hasNoPlace, isImmediate, isStillMarket } from "./order-kinds.ts"
import { leastFill } from "./portions.ts"
import { accepts, leavesOf, otherSide, ownSide, type VenueOrder } from "./venue-order.ts"

/** A level that an order can have, and how much of it: whole lots. */
export type Piece = { readonly price: Price; readonly quantity: bigint }

/** What an order could take now within its limit, best price first, not more than it still needs. */
export const piecesFor = (desk: Desk, order: VenueOrder): ReadonlyArray<Piece> => {
  const pieces: Array<Piece> = []
  let needed = leavesOf(order)
  const bestOnly = isStillMarket(order)
  desk.shown.walk(otherSide(order), (price, free) => {
    if (!accepts(order, price)) return false
    const quantity = downTo(minOf(free, needed), order.instrument.lot)
    if (quantity > 0n) pieces.push({ price, quantity })
    needed -= quantity
    return needed > 0n && !(bestOnly && pieces.length > 0)
  })
  return pieces
}

export const sumOf = (pieces: ReadonlyArray<Piece>): bigint => pieces.reduce((sum, { quantity }) => sum + quantity, 0n)

/** The quantity shown at an order's price on its own side: what stands before it when it comes. */
export const queueFor = (desk: Desk, order: VenueOrder): Quantity =>
  hasNoPlace(order) ? (0n as Quantity) : desk.shown.quantityAt(ownSide(order), order.price!)

/** Whether the other side is shown at or through an order's price. */
export const wouldTake = (desk: Desk, order: VenueOrder): boolean => {
  const best = desk.shown.best(otherSide(order))?.[0]
  return best !== undefined && accepts(order, best)
}

/** Takes what an order can have now; why it has to be cancelled instead, or undefined. */
export const take = (desk: Desk, order: VenueOrder): string | undefined => {
  if (order.postOnly === true && wouldTake(desk, order)) return POST_ONLY
  const pieces = piecesFor(desk, order)
  const sum = sumOf(pieces)
  // a fill-or-kill that has fills was filled whole, and a restart lost the rest of the reports
  if (order.timeInForce === "FOK" && order.cumQty === 0n && sum < leavesOf(order)) {
    return "fill or kill: the whole quantity cannot be had within the price"
  }
  if (sum < leastFill(order)) return undefined
  if (isStillMarket(order) && !isImmediate(order) && sum < leavesOf(order)) becomeLimit(desk, order, pieces[0]!.price)
  for (const { price, quantity } of pieces) {
    desk.shown.take(otherSide(order), price, quantity)
    fill(desk, order, quantity, price, "taker")
  }
  return undefined
}
export const POST_ONLY = "post only: it would take at once"

/**
 * The rest of a market-to-limit order is a limit order at the price of its first fill. It is told before that fill, so
 * that whoever knows of the fill knows the price.
 */
const becomeLimit = (desk: Desk, order: VenueOrder, price: Price): void => {
  order.price = price
  desk.report(order, { type: "Restated", price, reason: "market-to-limit: the price of its first fill" })
}
