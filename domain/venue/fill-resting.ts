import { downTo, minOf, type Quantity } from "#domain/kernel/money.ts"
import type { Trade } from "#domain/market/messages.ts"
import { fill, park, unpark, type Desk } from "./desk.ts"
import type { Side } from "./messages.ts"
import { isPicky, isRefilledBy, leastFill, shownOf } from "./portions.ts"
import { piecesFor, queueFor, sumOf } from "./take.ts"
import { leavesOf, otherSide, type VenueOrder } from "./venue-order.ts"

/**
 * The other side is shown at or through our price: whoever offers there would have met us first, so we trade at our
 * price, as the maker, with what is shown.
 */
export const fillCrossed = (desk: Desk): void => {
  for (const side of SIDES) {
    const resting = desk.resting[side]
    const best = resting.isEmpty ? undefined : desk.shown.best(otherSide({ side }))?.[0]
    if (best === undefined) continue
    for (const order of resting.upTo(best)) {
      const pieces = piecesFor(desk, order)
      const quantity = sumOf(pieces)
      if (quantity === 0n) break // orders behind it could have no more
      if (quantity < leastFill(order)) continue
      for (const piece of pieces) desk.shown.take(otherSide(order), piece.price, piece.quantity)
      order.queueAhead = 0n as Quantity
      fillResting(desk, order, quantity)
    }
  }
}

/**
 * A trade beyond our price would have come to us first: it fills us. A trade at our price by the other side works off
 * the queue before us and then fills us; of the traded quantity nothing is had twice. An order that takes no parts must
 * find all that it wants in one trade, and may be passed over by a smaller one.
 */
export const fillByTrade = (desk: Desk, trade: Trade, side: Side): void => {
  const resting = desk.resting[side]
  if (resting.isEmpty) return
  let available: bigint = trade.quantity
  const turns: Array<Turn> = resting.upTo(trade.price).map((order) => ({ order, passed: 0n }))
  for (const turn of turns) {
    const { order } = turn
    const isBeyond = order.price !== trade.price
    if (isBeyond && !isPicky(order)) {
      order.queueAhead = 0n as Quantity
      fillResting(desk, order, leavesOf(order))
      continue
    }
    if (!isBeyond && trade.aggressor === side) return // they took from the other side
    if (isBeyond) order.queueAhead = 0n as Quantity
    const volume = available - turn.passed
    if (volume <= 0n) continue
    const before = minOf<bigint>(order.queueAhead, volume)
    order.queueAhead = (order.queueAhead - before) as Quantity
    const wanted = order.allOrNone === true ? leavesOf(order) : shownOf(order)
    const quantity = downTo(minOf(volume - before, wanted), order.instrument.lot)
    if (quantity < leastFill(order)) continue
    const isRefilled = isRefilledBy(order, quantity)
    fillResting(desk, order, quantity)
    available -= quantity
    // a new portion stands behind all others, and what was traded before it came is not for it
    if (isRefilled) turns.push({ order, passed: turn.passed + before })
  }
}

/** An order's turn at a trade, and how much of the trade had gone by when it came to stand in the queue. */
type Turn = { readonly order: VenueOrder; readonly passed: bigint }

const fillResting = (desk: Desk, order: VenueOrder, quantity: bigint): void => {
  if (quantity === leavesOf(order)) unpark(desk, order)
  else if (isRefilledBy(order, quantity)) {
    unpark(desk, order)
    order.queueAhead = queueFor(desk, order)
    park(desk, order)
  }
  fill(desk, order, quantity, order.price!, "maker")
}

const SIDES: ReadonlyArray<Side> = ["buy", "sell"]
