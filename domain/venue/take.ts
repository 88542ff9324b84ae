import { downTo, minOf, type Price, type Quantity } from "#domain/kernel/money.ts"
import { fill, park, type Desk } from "./desk.ts"
import { accepts, isDormant, isImmediate, leavesOf, otherSide, ownSide, type VenueOrder } from "./venue-order.ts"

/** A level that an order can have, and how much of it: whole lots. */
export type Piece = { readonly price: Price; readonly quantity: bigint }

/** What an order could take now within its limit, best price first, not more than it still needs. */
export const piecesFor = (desk: Desk, order: VenueOrder): ReadonlyArray<Piece> => {
  const pieces: Array<Piece> = []
  let needed = leavesOf(order)
  desk.shown.walk(otherSide(order), (price, free) => {
    if (!accepts(order, price)) return false
    const quantity = downTo(minOf(free, needed), order.instrument.lot)
    if (quantity > 0n) pieces.push({ price, quantity })
    needed -= quantity
    return needed > 0n
  })
  return pieces
}

export const sumOf = (pieces: ReadonlyArray<Piece>): bigint => pieces.reduce((sum, { quantity }) => sum + quantity, 0n)

/** The quantity shown at an order's price on its own side: what stands before it when it comes. */
export const queueFor = (desk: Desk, order: VenueOrder): Quantity =>
  isDormant(order) || isImmediate(order) ? (0n as Quantity) : desk.shown.quantityAt(ownSide(order), order.price!)

/**
 * What an order does that arrives, is triggered or has new terms: a stop waits for its price or triggers at once; any
 * other takes what it can have within its limit, and what is left rests or is cancelled. It must not be parked.
 */
export const work = (desk: Desk, order: VenueOrder): void => {
  if (isDormant(order)) {
    if (isThrough(order, desk.shown.last)) trigger(desk, order)
    else park(desk, order)
    return
  }
  const pieces = piecesFor(desk, order)
  // a fill-or-kill that has fills was filled whole, and a restart lost the rest of the reports
  if (order.timeInForce === "FOK" && order.cumQty === 0n && sumOf(pieces) < leavesOf(order)) {
    return cancel(desk, order, "fill or kill: the whole quantity cannot be had within the price")
  }
  for (const { price, quantity } of pieces) {
    desk.shown.take(otherSide(order), price, quantity)
    fill(desk, order, quantity, price, "taker")
  }
  if (leavesOf(order) === 0n) return
  if (isImmediate(order)) return cancel(desk, order, "no more can be had at once within the price")
  order.queueAhead = queueFor(desk, order)
  park(desk, order)
}

/** A stop triggers on the price of the last trade: a buy at or above its stop price, a sell at or below. */
export const isThrough = ({ side, stopPrice }: VenueOrder, last: Price | undefined): boolean =>
  last !== undefined && stopPrice !== undefined && (side === "buy" ? last >= stopPrice : last <= stopPrice)

/** From now on it is a market or a limit order. It must not be parked. */
export const trigger = (desk: Desk, order: VenueOrder): void => {
  order.triggered = true
  order.queueAhead = queueFor(desk, order)
  desk.report(order, { type: "Triggered", queueAhead: order.queueAhead })
  work(desk, order)
}

const cancel = (desk: Desk, order: VenueOrder, reason: string): void => {
  desk.report(order, { type: "Canceled", reason })
  desk.onFinished(order)
}
