import { digestOf } from "#domain/kernel/chance.ts"
import type { Recorded } from "#domain/kernel/event.ts"
import type { Time } from "#domain/kernel/time.ts"
import { instructionsOf, isPlain, type Instructions } from "#domain/orders/instructions.ts"
import { isTrailing } from "#domain/orders/shape.ts"
import { contentOfEntryEvent, contentOfEntryRequest } from "./entry-content.ts"
import type { AccountEvent } from "./events.ts"
import type { ReplaceOrder, Request, SubmitGroup, SubmitOrder } from "./commands.ts"

/**
 * A digest of what a command asked: equal digests are the same content. The event that a command left gives the same
 * ({@link contentOfEvent}), so that after a restart a repeat is still told from another command under the same id.
 * A movement's event does not tell whether its time was given, when that is `recordedAt`: then it counts as not given.
 */
export const contentOfRequest = (request: Request, recordedAt: Time): number => {
  switch (request.type) {
    case "SubmitOrder":
      return orderDigest(request, request.expireAt)
    case "SubmitGroup":
      return groupDigest(request)
    case "ReplaceOrder":
      return replaceDigest(request)
    case "CancelOrder":
      return digestOf("cancel", request.orderId)
    case "CancelAll":
      return digestOf("cancel-all", request.symbol)
    case "Kill": {
      const { scope, scopeId, symbol, reason } = request
      return digestOf("kill", scope, scope === "firm" ? undefined : scopeId, symbol, reason)
    }
    case "Deposit":
    case "Withdraw": {
      const { type, currency, amount, reference, effectiveAt } = request
      const asked = effectiveAt === recordedAt ? undefined : effectiveAt
      return digestOf(type === "Deposit" ? "deposit" : "withdraw", currency, amount, asked, reference)
    }
    case "Transfer":
    case "PostEntry":
      return contentOfEntryRequest(request, recordedAt)
    default:
      return 0 // a venue's ExecID stands for one report; the others have no account, or are compared by state
  }
}

export const contentOfEvent = (event: Recorded<AccountEvent>): number => {
  switch (event.type) {
    case "OrderPlaced": {
      const { timeInForce, expireAt } = event.data
      return orderDigest(event.data, timeInForce === "GTD" ? expireAt : undefined) // the end of a DAY order was not asked for
    }
    case "ReplaceRequested":
    case "HeldOrderReplaced":
      return replaceDigest(event.data)
    case "CancelRequested":
    case "HeldOrderCanceled":
      return digestOf("cancel", event.data.orderId)
    case "CancelAllRequested":
      return digestOf("cancel-all", event.data.symbol)
    case "KillRequested": {
      const { scope, id, symbol, reason } = event.data
      return digestOf("kill", scope, id, symbol, reason)
    }
    case "GroupPlaced":
      return event.data.content
    case "Deposited":
    case "Withdrawn": {
      const { currency, amount, reference } = event.data
      const effectiveAt = event.effectiveAt === event.recordedAt ? undefined : event.effectiveAt
      return digestOf(event.type === "Deposited" ? "deposit" : "withdraw", currency, amount, effectiveAt, reference)
    }
    case "TransferredOut":
    case "TransferredIn":
    case "FeeCharged":
    case "InterestPosted":
    case "DividendPaid":
    case "SplitApplied":
    case "SymbolChanged":
    case "PositionExpired":
      return contentOfEntryEvent(event)
    default:
      return 0
  }
}

type Asked = Pick<SubmitOrder, "symbol" | "side" | "orderType" | "timeInForce" | "quantity" | "price" | "stopPrice"> &
  Instructions

const orderDigest = (order: Asked, expireAt: Time | undefined): number => {
  const { symbol, side, orderType, timeInForce, quantity, price, stopPrice } = order
  if (isPlain(order))
    return digestOf("order", symbol, side, orderType, timeInForce, quantity, price, stopPrice, expireAt)
  const how = Object.entries(instructionsOf(order)).map(([name, value]) => `${name} ${String(value)}`)
  // where a trail starts may have been added to what was asked
  const stop = isTrailing(orderType) ? undefined : stopPrice
  return digestOf("order", symbol, side, orderType, timeInForce, quantity, price, stop, expireAt, ...how)
}

const replaceDigest = (asked: Omit<ReplaceOrder, "type" | "account" | "origClOrdId">): number =>
  digestOf("replace", asked.orderId, asked.quantity, asked.price, asked.stopPrice, asked.displayQuantity)

/** Stored with the group, whose own event says less than was asked: it must stay what it is. */
export const groupDigest = ({ kind, orders }: Pick<SubmitGroup, "kind" | "orders">): number =>
  digestOf("group", kind, ...orders.map((order) => String(orderDigest(order, order.expireAt))))
