import { minOf } from "#domain/kernel/money.ts"
import { leavesOf, type VenueOrder } from "./venue-order.ts"

/**
 * The least that an order may be filled with next: all of it where it is all or none, its minimum quantity at first. Once
 * it has a fill the condition is met: where more is open, a restart lost the rest of the reports.
 */
export const leastFill = (order: VenueOrder): bigint => {
  if (order.cumQty > 0n) return order.instrument.lot
  if (order.allOrNone === true) return leavesOf(order)
  const { minQuantity } = order
  return minQuantity === undefined ? order.instrument.lot : minOf<bigint>(minQuantity, leavesOf(order))
}

/** Whether it may refuse a fill that is too small for it. */
export const isPicky = (order: VenueOrder): boolean =>
  order.cumQty === 0n && (order.allOrNone === true || order.minQuantity !== undefined)

/**
 * What an order shows of what is open. An iceberg's portions are counted from its first unit, wherever that was filled:
 * so the filled quantity alone tells what is shown, and a restart needs nothing else.
 */
export const shownOf = ({ quantity, cumQty, displayQuantity }: VenueOrder): bigint => {
  const leaves = quantity - cumQty
  return displayQuantity === undefined ? leaves : minOf(leaves, displayQuantity - (cumQty % displayQuantity))
}

/** Whether a fill eats up what is shown and leaves something open: then a new portion comes, behind all others. */
export const isRefilledBy = (order: VenueOrder, quantity: bigint): boolean =>
  order.displayQuantity !== undefined && quantity >= shownOf(order) && quantity < leavesOf(order)
