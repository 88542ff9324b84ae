import type { Price } from "#domain/kernel/money.ts"
import { park, type Desk } from "./desk.ts"
import { isDormant, isHeld, isImmediate, isStillMarket } from "./order-kinds.ts"
import { queueFor, take } from "./take.ts"
import { limitAt, stopAt } from "./trail.ts"
import { leavesOf, type VenueOrder } from "./venue-order.ts"
import { isBehind, isThrough, priceOf, watchedBy } from "./watches.ts"

/**
 * What an order does that arrives, is triggered or has new terms: one with a trigger waits for its price or triggers at
 * once; a pegged one lies where its peg is; any other takes what it can have within its limit, and what is left rests or
 * is cancelled. It must not be parked.
 */
export const work = (desk: Desk, order: VenueOrder): void => {
  if (isHeld(order)) return
  if (isDormant(order)) return waitForPrice(desk, order)
  if (order.orderType === "pegged") return park(desk, order) // it has its price, and never takes
  const problem = take(desk, order)
  if (problem !== undefined) return cancel(desk, order, problem)
  if (leavesOf(order) === 0n) return
  if (isImmediate(order)) return cancel(desk, order, "no more can be had at once within the price")
  if (isStillMarket(order)) return cancel(desk, order, "too little can be had at the best price")
  order.queueAhead = queueFor(desk, order)
  park(desk, order)
}

const waitForPrice = (desk: Desk, order: VenueOrder): void => {
  const price = priceOf(desk.shown, watchedBy(order))
  if (isThrough(order, price)) return trigger(desk, order, price!)
  if (isBehind(order, price)) moveStop(desk, order, price!)
  park(desk, order)
}

/** Something happens to an order because what it watches has reached `price`. It must not be parked. */
export const reached = (desk: Desk, order: VenueOrder, price: Price): void => {
  if (isThrough(order, price)) return trigger(desk, order, price)
  moveStop(desk, order, price)
  park(desk, order)
}

/**
 * Gives a trail its new stop price, and a trailing stop-limit its limit price with it. Reported each time (FIX ExecType D,
 * ExecRestatementReason 3, repricing): what the ledger recorded last is what holds.
 */
const moveStop = (desk: Desk, order: VenueOrder, price: Price): void => {
  const stopPrice = stopAt(order, price)
  order.stopPrice = stopPrice
  const limit = limitAt(order, stopPrice)
  if (limit !== undefined) order.price = limit
  const limited = order.orderType === "trailing-stop-limit" && limit !== undefined && { price: limit }
  desk.report(order, { type: "Restated", stopPrice, ...limited, reason: "trailing stop moved" })
}

/** From now on it is a market or a limit order. The report says by which price. */
const trigger = (desk: Desk, order: VenueOrder, price: Price): void => {
  order.triggered = true
  order.queueAhead = queueFor(desk, order)
  const source = order.triggerOn ?? "last"
  desk.report(order, { type: "Triggered", queueAhead: order.queueAhead, price, source })
  work(desk, order)
}

const cancel = (desk: Desk, order: VenueOrder, reason: string): void => {
  desk.report(order, { type: "Canceled", reason })
  desk.onFinished(order)
}

/**
 * The time for which an order was held has come. The opening is what the market shows from then on, so it acts with the
 * next message; at the close there may be no other, so it acts on what is shown.
 */
export const release = (desk: Desk, order: VenueOrder): void => {
  delete order.heldUntil
  if (order.timeInForce === "OPG") desk.waiting.add(order)
  else work(desk, order)
}
