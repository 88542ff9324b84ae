import type { AccountEvent } from "#domain/account/events.ts"
import type { ClOrdId, OrderId } from "#domain/kernel/ids.ts"
import type { Reaction } from "#domain/kernel/shapes.ts"
import type { Time } from "#domain/kernel/time.ts"
import {
  isReplace,
  pendingReplaces,
  worstPrice,
  type OpenOrder,
  type PendingReplace
} from "#domain/orders/open-order.ts"
import { protectionAfter } from "#domain/orders/terms.ts"
import type { NewOrder } from "./venue-order.ts"
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
    const order = "orderId" in event.data ? openOrder(event.data.orderId) : undefined
    if (order === undefined || order.held) return []
    switch (event.type) {
      case "CancelRequested":
        return [cancelRequest(order, event.eventNo, event.recordedAt, partition)]
      case "OrderRiskDecided": {
        if (event.data.decision === "denied") return []
        const change = pendingReplaces(order).find(({ clOrdId }) => clOrdId === event.cause)
        return change === undefined
          ? [newOrderRequest(order, event.recordedAt, partition)]
          : [replaceRequest(order, change, event.recordedAt, partition)]
      }
      case "OrderTriggered":
        return event.data.by === "local" ? [newOrderRequest(order, event.recordedAt, partition)] : []
      default:
        return []
    }
  }
})

/** What must be asked again after a restart: requests that the venue has not answered, in the order of their events. */
export const unanswered = (order: OpenOrder, at: Time, partition: number): ReadonlyArray<VenueRequest> => {
  if (order.held) return []
  const pending = order.pending.map((request) =>
    isReplace(request)
      ? replaceRequest(order, request, at, partition)
      : cancelRequest(order, request.requestNo, at, partition)
  )
  return order.acknowledged ? pending : [newOrderRequest(order, at, partition), ...pending]
}

export const newOrderRequest = (order: OpenOrder, at: Time, partition: number): NewOrder => {
  const price = worstPrice(order)
  const { displayQuantity } = order
  return {
    type: "NewOrder",
    at,
    account: order.account,
    orderId: order.orderId,
    clOrdId: venueClOrdId(partition, order.placedNo),
    symbol: order.symbol,
    side: order.side,
    timeInForce: order.timeInForce,
    quantity: order.quantity,
    ...(price !== undefined && { price }),
    ...(order.expireAt !== undefined && { expireAt: order.expireAt }),
    ...order.instructions,
    ...(displayQuantity !== undefined && { displayQuantity }),
    ...triggerOf(order)
  }
}

/** A stop that a watcher of ours has triggered goes out as what it has become. */
const triggerOf = ({
  orderType,
  stopPrice,
  instructions,
  triggered
}: OpenOrder): Pick<NewOrder, "orderType" | "stopPrice"> =>
  instructions.triggerBy === "local" && triggered
    ? { orderType: orderType === "stop-limit" || orderType === "limit-if-touched" ? "limit" : "market" }
    : { orderType, ...(stopPrice !== undefined && { stopPrice }) }

const replaceRequest = (
  order: OpenOrder,
  { terms, requestNo }: PendingReplace,
  at: Time,
  partition: number
): VenueRequest => {
  const price = terms.price ?? protectionAfter(order, terms.stopPrice)
  return {
    type: "ReplaceOrder",
    at,
    account: order.account,
    orderId: order.orderId,
    clOrdId: venueClOrdId(partition, requestNo),
    quantity: terms.quantity,
    ...(price !== undefined && { price }),
    ...(terms.stopPrice !== undefined && { stopPrice: terms.stopPrice }),
    ...(terms.displayQuantity !== undefined && { displayQuantity: terms.displayQuantity })
  }
}

const cancelRequest = (order: OpenOrder, requestNo: number, at: Time, partition: number): VenueRequest => ({
  type: "CancelOrder",
  at,
  account: order.account,
  orderId: order.orderId,
  clOrdId: venueClOrdId(partition, requestNo)
})
