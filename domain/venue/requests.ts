import type { AccountEvent } from "#domain/account/events.ts"
import type { ClOrdId, OrderId } from "#domain/kernel/ids.ts"
import type { Reaction } from "#domain/kernel/shapes.ts"
import type { Price } from "#domain/kernel/money.ts"
import type { Time } from "#domain/kernel/time.ts"
import { worstPrice, type OpenOrder } from "#domain/orders/open-order.ts"
import { protectionPrice } from "#domain/orders/terms.ts"
import type { VenueRequest } from "./messages.ts"

/** Each request to a venue has an id of its own, derived from the event that asks for it. */
const venueClOrdId = (partition: number, eventNo: number): ClOrdId => `${partition}-${eventNo}` as ClOrdId

/** What an event asks of a venue; `openOrder` gives an order as it is open now. */
export const venueReaction = (
  partition: number,
  openOrder: (orderId: OrderId) => OpenOrder | undefined
): Reaction<AccountEvent, VenueRequest> => ({
  name: "venue",
  react: (event) => {
    if (event.type === "CancelRequested") {
      const order = openOrder(event.data.orderId)
      return order === undefined ? [] : [cancelRequest(order, event.eventNo, event.recordedAt, partition)]
    }
    if (event.type !== "OrderRiskDecided" || event.data.decision === "denied") return []
    const order = openOrder(event.data.orderId)
    if (order === undefined) return []
    const isReplace = order.pendingReplace?.clOrdId === event.cause && event.cause !== order.clOrdId
    const request = isReplace
      ? replaceRequest(order, event.recordedAt, partition)
      : newOrderRequest(order, event.recordedAt, partition)
    return request === undefined ? [] : [request]
  }
})

/** What must be asked again after a restart: requests that the venue has not answered, in the order of their events. */
export const unanswered = (order: OpenOrder, at: Time, partition: number): ReadonlyArray<VenueRequest> => {
  const requests: Array<readonly [number, VenueRequest]> = []
  if (order.venueOrderId === undefined) requests.push([order.placedNo, newOrderRequest(order, at, partition)])
  const { pendingReplace, pendingCancel } = order
  if (pendingReplace !== undefined) requests.push([pendingReplace.requestNo, replaceRequest(order, at, partition)!])
  if (pendingCancel !== undefined) {
    requests.push([pendingCancel.requestNo, cancelRequest(order, pendingCancel.requestNo, at, partition)])
  }
  return requests.toSorted(([a], [b]) => a - b).map(([, request]) => request)
}

export const newOrderRequest = (order: OpenOrder, at: Time, partition: number): VenueRequest => {
  const price = worstPrice(order)
  return {
    type: "NewOrder",
    at,
    account: order.account,
    orderId: order.orderId,
    clOrdId: venueClOrdId(partition, order.placedNo),
    symbol: order.symbol,
    side: order.side,
    orderType: order.orderType,
    timeInForce: order.timeInForce,
    quantity: order.quantity,
    ...(price !== undefined && { price }),
    ...(order.stopPrice !== undefined && { stopPrice: order.stopPrice }),
    ...(order.expireAt !== undefined && { expireAt: order.expireAt })
  }
}

const replaceRequest = (order: OpenOrder, at: Time, partition: number): VenueRequest | undefined => {
  const next = order.pendingReplace
  if (next === undefined) return undefined
  const price = next.price ?? protectionAfter(order, next.stopPrice)
  return {
    type: "ReplaceOrder",
    at,
    account: order.account,
    orderId: order.orderId,
    clOrdId: venueClOrdId(partition, next.requestNo),
    quantity: next.quantity,
    ...(price !== undefined && { price }),
    ...(next.stopPrice !== undefined && { stopPrice: next.stopPrice })
  }
}

/** A stop's protection moves with its stop price. */
const protectionAfter = ({ orderType, instrument, side, protectionPrice: before }: OpenOrder, stopPrice?: Price) =>
  orderType === "stop" ? protectionPrice(instrument, side, "stop", stopPrice, undefined) : before

const cancelRequest = (order: OpenOrder, requestNo: number, at: Time, partition: number): VenueRequest => ({
  type: "CancelOrder",
  at,
  account: order.account,
  orderId: order.orderId,
  clOrdId: venueClOrdId(partition, requestNo)
})
