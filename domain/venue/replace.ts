import type { Quantity } from "#domain/kernel/money.ts"
import { unpark, type Desk } from "./desk.ts"
import type { VenueRequest } from "./messages.ts"
import { hasTrigger, isDormant, isHeld, isTrailing } from "./order-kinds.ts"
import { NO_PEG, termsProblem } from "./order-problems.ts"
import { pegPrice } from "./peg.ts"
import { shownOf } from "./portions.ts"
import { POST_ONLY, queueFor, wouldTake } from "./take.ts"
import { limitAt } from "./trail.ts"
import { leavesOf, stricterOf, type VenueOrder } from "./venue-order.ts"
import { work } from "./work.ts"

type ReplaceOrder = Extract<VenueRequest, { type: "ReplaceOrder" }>
type NewTerms = Partial<Pick<VenueOrder, "quantity" | "price" | "pegLimit" | "stopPrice" | "displayQuantity">>

/**
 * New terms for an open order. It keeps its place only when its price stays and neither its quantity nor what it shows
 * grows. A quantity of no more than what is filled ends it: FIX 4.4 (Appendix D, C.3.b) has it replaced to what is filled.
 */
export const replace = (desk: Desk, order: VenueOrder, request: ReplaceOrder): void => {
  const terms = termsOf(desk, order, request)
  const next = { ...order, ...terms }
  const refuse = (reason: string) => desk.report(order, { type: "ReplaceRejected", reason }, request.clOrdId)
  const problem = changeProblem(order, next, request)
  if (problem !== undefined) return refuse(problem)
  const isEnd = leavesOf(next) === 0n
  const staysPut = !isEnd && (keepsPlace(order, next) || desk.waiting.has(order) || isHeld(order))
  const notThere = staysPut || isEnd ? undefined : placeProblem(desk, next)
  if (notThere !== undefined) return refuse(notThere)
  if (!staysPut) unpark(desk, order)
  Object.assign(order, terms)
  if (!staysPut) order.queueAhead = isEnd ? (0n as Quantity) : queueFor(desk, order)
  const { quantity, stopPrice, queueAhead } = order
  const price = order.orderType === "pegged" ? order.pegLimit : order.price
  const prices = { ...(price !== undefined && { price }), ...(stopPrice !== undefined && { stopPrice }) }
  desk.report(order, { type: "Replaced", quantity, ...prices, queueAhead }, request.clOrdId)
  if (leavesOf(order) === 0n) desk.onFinished(order)
  else if (!staysPut) work(desk, order)
}

/** What a request makes of the terms of an order, and of the prices that follow from them. */
const termsOf = (desk: Desk, order: VenueOrder, request: ReplaceOrder): NewTerms => {
  const { price, stopPrice, displayQuantity } = request
  const terms: NewTerms = {
    quantity: request.quantity > 0n && request.quantity <= order.cumQty ? order.cumQty : request.quantity,
    ...(stopPrice !== undefined && { stopPrice }),
    ...(displayQuantity !== undefined && { displayQuantity })
  }
  if (order.orderType === "pegged") {
    const pegLimit = price ?? order.pegLimit
    const limited = pegLimit === undefined ? order : { ...order, pegLimit }
    const place = pegPrice(limited, desk.shown)
    return { ...terms, ...(pegLimit !== undefined && { pegLimit }), ...(place !== undefined && { price: place }) }
  }
  if (limitFollowsStop(order)) {
    const limit = stopPrice && limitAt(order, stopPrice)
    return { ...terms, ...(limit !== undefined && { price: limit }) }
  }
  return { ...terms, ...(price !== undefined && { price }) }
}

/** For as long as it is open, so that a restart finds the limit price in the stop price. */
const limitFollowsStop = ({ orderType }: VenueOrder): boolean => orderType === "trailing-stop-limit"

const keepsPlace = (order: VenueOrder, next: VenueOrder): boolean =>
  !isDormant(order) && next.price === order.price && next.quantity <= order.quantity && shownOf(next) <= shownOf(order)

/** Why an order cannot have new terms, whatever the market. */
const changeProblem = (order: VenueOrder, next: VenueOrder, request: ReplaceOrder): string | undefined => {
  if (next.stopPrice !== order.stopPrice) {
    if (!hasTrigger(order)) return "the order has no stop price"
    if (order.triggered) return "the stop price has been reached"
    if (isTrailing(order) && stricterOf(order.side, next.stopPrice!, order.stopPrice) !== next.stopPrice) {
      return "a trailing stop is only moved towards the market"
    }
  }
  if (limitFollowsStop(order) && isStricter(next, request.price)) {
    return "the limit price of a trailing stop follows its stop price"
  }
  if (request.displayQuantity !== undefined && order.displayQuantity === undefined) {
    return "the order is not an iceberg: it shows all of its quantity"
  }
  return termsProblem(next)
}

/** A looser limit than the one that holds is what a ledger without news of that still knows: nothing is asked for. */
const isStricter = ({ side, price: limit }: VenueOrder, price: ReplaceOrder["price"]): boolean =>
  price !== undefined && price !== limit && stricterOf(side, price, limit) === price

/** Why an order cannot be placed anew with its new terms. */
const placeProblem = (desk: Desk, next: VenueOrder): string | undefined => {
  if (next.orderType === "pegged") return pegPrice(next, desk.shown) === undefined ? NO_PEG : undefined
  return next.postOnly === true && !isDormant(next) && wouldTake(desk, next) ? POST_ONLY : undefined
}
