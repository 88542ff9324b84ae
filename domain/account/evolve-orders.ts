import type { Recorded } from "#domain/kernel/event.ts"
import type { ClOrdId } from "#domain/kernel/ids.ts"
import type { Quantity } from "#domain/kernel/money.ts"
import type { OrderStory } from "#domain/orders/events.ts"
import { instructionsOf } from "#domain/orders/instructions.ts"
import { blankOrder, type OpenOrder, type PendingRequest, type ReplaceTerms } from "#domain/orders/open-order.ts"
import { orderNumber } from "#domain/orders/open-orders.ts"
import { protectionAfter } from "#domain/orders/terms.ts"
import type { RiskEvent } from "#domain/risk/events.ts"
import { busted, corrected, filled } from "./evolve-executions.ts"
import { decided, settle } from "./holds.ts"
import { acceptCancel } from "./evolve-risk.ts"
import type { Account, State } from "./state.ts"

type StoryEvent = Recorded<OrderStory> | Recorded<Extract<RiskEvent, { type: "OrderRiskDecided" }>>

/** Writes what is said of one order into it; money, units and counts that it holds back follow in `holds.ts`. */
export const evolveOrder = (state: State, account: Account, event: StoryEvent): void => {
  if (event.type === "OrderPlaced") return placed(state, account, event)
  const { orderId } = event.data
  const order = account.orders.get(orderId) ?? state.finished.find(orderId)
  if (order === undefined) {
    if (isRemark(event)) return
    throw new Error(`event ${event.eventNo} (${event.type}) names an order ${orderId} that is not known`)
  }
  const { execId, mdNo } = event.data as { readonly execId?: string; readonly mdNo: number }
  if (execId !== undefined) {
    order.reports++
    order.mdNo = mdNo
    order.route = undefined
  }
  switch (event.type) {
    case "OrderRiskDecided":
      return decided(state, account, order, event)
    case "ReplaceRequested":
      return ask(order, "replace", event)
    case "CancelRequested":
      acceptCancel(state, account, order.symbol, event.recordedAt)
      return ask(order, "cancel", event)
    case "OrderFilled":
      return filled(state, account, order, event.data, event.recordedAt)
    case "ExecutionBusted":
      return busted(state, account, order, event.data, event.recordedAt)
    case "ExecutionCorrected":
      return corrected(state, account, order, event.data, event.recordedAt)
    case "ReportSuspended":
      return
    case "RouteSent":
    case "RouteUnknown":
      order.route = event.type === "RouteSent" ? "sent" : "unknown"
      return
    case "HeldOrderReplaced":
      heldReplaced(order, event.data)
      return order.counted ? settle(state, account, order) : undefined
    default:
      change(order, event)
      return settle(state, account, order)
  }
}

type Change = Exclude<
  StoryEvent,
  {
    type:
      | "OrderPlaced"
      | "OrderRiskDecided"
      | "ReplaceRequested"
      | "CancelRequested"
      | "OrderFilled"
      | "ExecutionBusted"
      | "ExecutionCorrected"
      | "ReportSuspended"
      | "HeldOrderReplaced"
      | "RouteSent"
      | "RouteUnknown"
  }
>

const change = (order: OpenOrder, event: Change): void => {
  switch (event.type) {
    case "OrderAcknowledged":
      order.venueOrderId = event.data.venueOrderId
      order.queueAhead = event.data.queueAhead
      return standAgain(order)
    case "OrderTriggered":
      order.triggered = true
      order.queueAhead = event.data.queueAhead
      if (event.data.by === "local") order.held = false
      return
    case "CancelPending":
      return taken(order, "cancel", event.data.clOrdId)
    case "ReplacePending":
      return taken(order, "replace", event.data.clOrdId)
    case "OrderReplaced":
      return replaced(order, event.data)
    case "ReplaceRejected":
      return answered(order, "replace", event.data.clOrdId)
    case "CancelRejected":
      return answered(order, "cancel", event.data.clOrdId)
    case "OrderRestated":
      return restated(order, event.data)
    case "OrderStopped":
      order.stopped = true
      return
    case "OrderSuspended":
      order.suspended = true
      return
    case "OrderDoneForDay":
      order.doneForDay = true
      return
    case "OrderReleased":
      order.held = order.instructions.triggerBy === "local" && !order.triggered
      order.quantity = event.data.quantity
      if (event.data.watchedFrom !== undefined) order.watchedFrom = event.data.watchedFrom
      return
    case "OrderCanceled":
    case "HeldOrderCanceled":
      return end(order, "Canceled")
    case "OrderRejected":
      return end(order, "Rejected")
    case "OrderExpired":
      return end(order, "Expired")
  }
}

/** What may be said of an order that is long over. */
const isRemark = ({ type }: StoryEvent): boolean =>
  type === "ReportSuspended" || type === "CancelRejected" || type === "ReplaceRejected"

const placed = (state: State, account: Account, { data, eventNo }: Recorded<OrderStory & { type: "OrderPlaced" }>) => {
  const { orderId, symbol, quantity } = data
  const instrument = state.instruments.get(symbol)
  if (instrument === undefined) throw new Error(`event ${eventNo} names an instrument ${symbol} that was never adopted`)
  const order = blankOrder()
  order.orderId = orderId
  order.number = orderNumber(orderId)
  order.account = account.id
  order.clOrdId = data.clOrdId
  order.symbol = instrument.symbol
  order.instrument = instrument
  order.side = data.side
  order.orderType = data.orderType
  order.timeInForce = data.timeInForce
  order.instructions = instructionsOf(data)
  order.placedNo = eventNo
  order.quantity = quantity
  order.held = data.triggerBy === "local" || data.role === "child"
  order.price = data.price
  order.stopPrice = data.stopPrice
  order.protectionPrice = data.protectionPrice
  order.expireAt = data.expireAt
  order.displayQuantity = data.displayQuantity
  order.parentId = data.parentId
  order.locate = data.locate
  order.watchedFrom = data.watchedFrom
  const { groupId } = data
  if (groupId !== undefined) {
    order.groupId = groupId
    state.contingencies.get(groupId)?.members.push({ orderId, quantity })
  }
  account.orders.put(order)
}
const NOTHING: ReadonlyArray<never> = []

const ask = (
  order: OpenOrder,
  kind: PendingRequest["kind"],
  { eventNo, data }: Recorded<Extract<OrderStory, { type: "ReplaceRequested" | "CancelRequested" }>>
): void => {
  const { clOrdId, origClOrdId = order.clOrdId } = data
  const head = { kind, clOrdId, origClOrdId, requestNo: eventNo, acknowledged: false }
  order.pending = [...order.pending, kind === "cancel" ? head : { ...head, terms: termsOf(order, data) }]
}

/** What a replace would make of the order: what it does not name stays as the request before it left it. */
const termsOf = (
  order: OpenOrder,
  asked: { readonly [K in keyof ReplaceTerms]?: ReplaceTerms[K] } & { readonly clOrdId: ClOrdId }
) => {
  const before = order.pending.findLast(({ terms }) => terms !== undefined)?.terms ?? order
  const { quantity = before.quantity, price = before.price } = asked
  const { stopPrice = before.stopPrice, displayQuantity = before.displayQuantity } = asked
  return {
    quantity,
    ...(price !== undefined && { price }),
    ...(stopPrice !== undefined && { stopPrice }),
    ...(displayQuantity !== undefined && { displayQuantity })
  }
}

/** The request of that id; without one, the oldest of its kind. */
const requestOf = (order: OpenOrder, kind: PendingRequest["kind"], clOrdId: string | undefined) =>
  order.pending.find((request) => request.kind === kind && (clOrdId === undefined || request.clOrdId === clOrdId))

const taken = (order: OpenOrder, kind: PendingRequest["kind"], clOrdId: string | undefined): void => {
  const request = requestOf(order, kind, clOrdId)
  if (request !== undefined) request.acknowledged = true
}
const answered = (order: OpenOrder, kind: PendingRequest["kind"], clOrdId: string | undefined): void => {
  const request = requestOf(order, kind, clOrdId)
  if (request !== undefined) order.pending = order.pending.filter((other) => other !== request)
}

const end = (order: OpenOrder, ended: OpenOrder["ended"]): void => {
  order.ended = ended
  order.pending = NOTHING
}
/** The venue has it (again), whatever held it up or ended it. */
const standAgain = (order: OpenOrder): void => {
  order.acknowledged = true
  order.ended = undefined
  order.doneForDay = false
  order.suspended = false
}

const replaced = (order: OpenOrder, data: Recorded<OrderStory & { type: "OrderReplaced" }>["data"]): void => {
  const request = requestOf(order, "replace", data.clOrdId)
  if (request !== undefined) {
    order.clOrdId = request.clOrdId
    if (request.terms?.displayQuantity !== undefined) order.displayQuantity = request.terms.displayQuantity
    answered(order, "replace", request.clOrdId)
  }
  order.queueAhead = data.queueAhead
  newTerms(order, data)
}

const heldReplaced = (order: OpenOrder, data: Recorded<OrderStory & { type: "HeldOrderReplaced" }>["data"]): void => {
  order.clOrdId = data.clOrdId
  if (data.displayQuantity !== undefined) order.displayQuantity = data.displayQuantity
  if (data.watchedFrom !== undefined) order.watchedFrom = data.watchedFrom
  newTerms(order, data)
}

const restated = (order: OpenOrder, data: Recorded<OrderStory & { type: "OrderRestated" }>["data"]): void => {
  standAgain(order)
  if (data.queueAhead !== undefined) order.queueAhead = data.queueAhead
  if (data.cumQty !== undefined) order.cumQty = data.cumQty
  if (data.reason.startsWith("GT")) {
    order.fillsBefore = order.fills.length
    order.cumBefore = order.cumQty
  }
  newTerms(order, data)
}

const newTerms = (
  order: OpenOrder,
  { quantity, price, stopPrice }: { quantity?: Quantity; price?: OpenOrder["price"]; stopPrice?: OpenOrder["price"] }
): void => {
  if (quantity !== undefined) order.quantity = quantity
  // what a venue calls the price of a stop is its protection, which is ours to know; a market order has none
  if (price !== undefined && (order.price !== undefined || order.orderType === "market-to-limit")) order.price = price
  if (stopPrice !== undefined) order.stopPrice = stopPrice
  const protection = protectionAfter(order, order.stopPrice)
  if (protection !== undefined) order.protectionPrice = protection
}
