import type { Price, Quantity } from "#domain/kernel/money.ts"
import type { Time } from "#domain/kernel/time.ts"
import { park, unpark, type Desk } from "./desk.ts"
import type { VenueRequest } from "./messages.ts"
import { queueFor, work } from "./take.ts"
import {
  isDormant,
  isImmediate,
  isStop,
  leavesOf,
  termsProblem,
  venueOrder,
  type NewOrder,
  type VenueOrder
} from "./venue-order.ts"

type ReplaceOrder = Extract<VenueRequest, { type: "ReplaceOrder" }>
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

/** Why an order cannot be taken, or undefined. */
export const orderProblem = (order: VenueOrder, desk: Desk, now: Time): string | undefined => {
  const problem = termsProblem(order, order.instrument)
  if (problem !== undefined) return problem
  if (order.timeInForce === "GTD" && order.expireAt === undefined) return "the time when it expires is missing"
  if (order.expireAt !== undefined && order.expireAt <= now) return "the time when it expires has passed"
  if (order.orderType === "market" && !desk.shown.isKnown) return "there is no market data yet"
  return undefined
}

export const acknowledge = (desk: Desk, order: VenueOrder): void => {
  const { venueOrderId, clOrdId } = order
  order.queueAhead = queueFor(desk, order)
  desk.report(order, { type: "New", venueOrderId, queueAhead: order.queueAhead }, clOrdId)
  work(desk, order)
}

/** Puts an open order back. What acts at once waits for the market: the reports that would have finished it are lost. */
export const putBack = (desk: Desk, restored: RestoredOrder, order: VenueOrder): void => {
  order.cumQty = restored.cumQty
  order.queueAhead = restored.queueAhead
  order.triggered = restored.triggered
  order.reports = restored.reports
  if (isImmediate(order) && !isDormant(order)) desk.waiting.add(order)
  else park(desk, order)
}

export const restoredOrder = (restored: RestoredOrder, instrument: VenueOrder["instrument"]): VenueOrder =>
  venueOrder(restored.request, instrument, restored.venueOrderId)

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

/**
 * New terms for an open order. It keeps its place only when its price stays and its quantity does not grow. A quantity
 * of no more than what is filled ends it: FIX 4.4 (Appendix D, C.3.b) has it replaced to what is filled.
 */
export const replace = (desk: Desk, order: VenueOrder, request: ReplaceOrder): void => {
  const isEnd = request.quantity > 0n && request.quantity <= order.cumQty
  const quantity = isEnd ? order.cumQty : request.quantity
  const price = request.price ?? order.price
  const stopPrice = request.stopPrice ?? order.stopPrice
  const problem = replaceProblem(order, { quantity, price, stopPrice })
  if (problem !== undefined) {
    return desk.report(order, { type: "ReplaceRejected", reason: problem }, request.clOrdId)
  }
  const keepsPlace = !isDormant(order) && price === order.price && quantity <= order.quantity
  const staysPut = !isEnd && (keepsPlace || desk.waiting.has(order))
  if (!staysPut) unpark(desk, order)
  order.quantity = quantity
  if (price !== undefined) order.price = price
  if (stopPrice !== undefined) order.stopPrice = stopPrice
  if (!staysPut) order.queueAhead = isEnd ? (0n as Quantity) : queueFor(desk, order)
  const terms = { ...(price !== undefined && { price }), ...(stopPrice !== undefined && { stopPrice }) }
  desk.report(order, { type: "Replaced", quantity, ...terms, queueAhead: order.queueAhead }, request.clOrdId)
  if (leavesOf(order) === 0n) desk.onFinished(order)
  else if (!staysPut) work(desk, order)
}

type NewTerms = {
  readonly quantity: Quantity
  readonly price: Price | undefined
  readonly stopPrice: Price | undefined
}

const replaceProblem = (order: VenueOrder, { quantity, price, stopPrice }: NewTerms): string | undefined => {
  if (stopPrice !== order.stopPrice) {
    if (!isStop(order)) return "the order has no stop price"
    if (order.triggered) return "the stop price has been reached"
  }
  const terms = {
    orderType: order.orderType,
    quantity,
    ...(price !== undefined && { price }),
    ...(stopPrice !== undefined && { stopPrice })
  }
  return termsProblem(terms, order.instrument)
}
