import { absOf, ratioHalfEven } from "#domain/kernel/money.ts"

/** Units held (below 0: owed), what they cost without fees, and what closing some of them has brought. */
export type Cost = { readonly quantity: bigint; readonly cost: bigint; readonly realized: bigint }

/**
 * Average cost: what is sold takes its share of the cost with it, half to even. `quantity` and `value` are signed
 * (above 0 buys). A trade through zero closes what was held and opens the rest at its own price.
 */
export const averageCost = (held: Cost, quantity: bigint, value: bigint): Cost => {
  const after = held.quantity + quantity
  const adds = held.quantity === 0n || held.quantity > 0n === quantity > 0n
  if (adds) return { quantity: after, cost: held.cost + value, realized: held.realized }
  const closed = absOf(quantity) <= absOf(held.quantity) ? quantity : -held.quantity
  const removed = ratioHalfEven(held.cost, absOf(closed), absOf(held.quantity))
  const closedValue = closed === quantity ? value : ratioHalfEven(value, absOf(closed), absOf(quantity))
  const realized = held.realized - closedValue - removed
  const opened = value - closedValue
  return { quantity: after, cost: closed === quantity ? held.cost - removed : opened, realized }
}

/**
 * A trade that never was. What opened comes out of the cost as it went in; what closed is bought back at the price that
 * it was sold at, so that realised and unrealised P&L together are as if it had not been.
 */
export const withoutTrade = (held: Cost, quantity: bigint, value: bigint): Cost => {
  const opened = held.quantity > 0n === quantity > 0n && absOf(quantity) <= absOf(held.quantity)
  if (!opened) return averageCost(held, -quantity, -value)
  const { quantity: units, cost, realized } = held
  const after = units - quantity
  // of the last unit the cost must be nothing: what was realised on it at another average stays in the P&L
  return after === 0n
    ? { quantity: after, cost: 0n, realized: realized + value - cost }
    : { quantity: after, cost: cost - value, realized }
}

/** What units that leave take with them of the cost, half to even: nothing is realised by it. `total` is not 0. */
export const costOf = ({ total, cost }: { readonly total: bigint; readonly cost: bigint }, quantity: bigint): bigint =>
  ratioHalfEven(cost, absOf(quantity), absOf(total))
