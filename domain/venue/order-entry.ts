import type { Quantity } from "#domain/kernel/money.ts"
import { park, unpark, type Desk } from "./desk.ts"
import type { VenueRequest } from "./messages.ts"
import { isDormant, isHeld, isImmediate, isStillMarket } from "./order-kinds.ts"
import { pegPrice } from "./peg.ts"
import { queueFor } from "./take.ts"
import { limitAt } from "./trail.ts"
import { venueOrder, type NewOrder, type VenueOrder } from "./venue-order.ts"
import { work } from "./work.ts"

type CancelOrder = Extract<VenueRequest, { type: "CancelOrder" }>

/** An open order as the ledger tells it after a restart; `request` bears the terms that hold now. */
export type RestoredOrder = {
  readonly request: NewOrder
  readonly venueOrderId: string
  readonly cumQty: Quantity
  readonly queueAhead: Quantity
  /** market-data number of its last report */
  readonly mdNo: number
  readonly triggered: boolean
  /** how many reports of it were recorded */
  readonly reports: number
}

export const acknowledge = (desk: Desk, order: VenueOrder): void => {
  const { venueOrderId, clOrdId, stopPrice } = order
  const price = order.orderType === "pegged" ? pegPrice(order, desk.shown) : stopPrice && limitAt(order, stopPrice)
  if (price !== undefined) order.price = price
  order.queueAhead = queueFor(desk, order)
  desk.report(order, { type: "New", venueOrderId, queueAhead: order.queueAhead }, clOrdId)
  work(desk, order)
}

/** An open order as the ledger tells it. One that was held and has fills is not held any more. */
export const restoredOrder = (restored: RestoredOrder, instrument: VenueOrder["instrument"]): VenueOrder => {
  const order = venueOrder(restored.request, instrument, restored.venueOrderId)
  order.cumQty = restored.cumQty
  order.queueAhead = restored.queueAhead
  order.triggered = restored.triggered
  order.reports = restored.reports
  const { stopPrice } = order
  const limit = stopPrice && limitAt(order, stopPrice)
  if (limit !== undefined) order.price = limit
  if (order.cumQty > 0n) delete order.heldUntil
  return order
}

/**
 * Puts an open order back. What acts at once waits for the market: the reports that would have finished it are lost. A
 * pegged order has no price before there is a market to follow.
 */
export const putBack = (desk: Desk, order: VenueOrder): void => {
  if (isHeld(order)) return
  if (!isDormant(order) && (isImmediate(order) || isStillMarket(order))) desk.waiting.add(order)
  else park(desk, order)
}

export const cancelOnRequest = (desk: Desk, order: VenueOrder, { clOrdId }: CancelOrder): void => {
  unpark(desk, order)
  desk.report(order, { type: "Canceled", reason: "canceled on request" }, clOrdId)
  desk.onFinished(order)
}

export const expire = (desk: Desk, order: VenueOrder): void => {
  unpark(desk, order)
  desk.report(order, { type: "Expired", reason: `the time of a ${order.timeInForce} order ended` })
  desk.onFinished(order)
}
