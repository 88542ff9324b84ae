import { digestOf } from "#domain/kernel/chance.ts"
import type { Recorded } from "#domain/kernel/event.ts"
import type { Time } from "#domain/kernel/time.ts"
import type { AccountEvent } from "./events.ts"
import type { Request } from "./commands.ts"

/**
 * A digest of what a command asked: equal digests are the same content. The event that a command left gives the same
 * ({@link contentOfEvent}), so that after a restart a repeat is still told from another command under the same id.
 * A movement's event does not tell whether its time was given, when that is `recordedAt`: then it counts as not given.
 */
export const contentOfRequest = (request: Request, recordedAt: Time): number => {
  switch (request.type) {
    case "SubmitOrder": {
      const { symbol, side, orderType, timeInForce, quantity, price, stopPrice, expireAt } = request
      return digestOf("order", symbol, side, orderType, timeInForce, quantity, price, stopPrice, expireAt)
    }
    case "ReplaceOrder":
      return digestOf("replace", request.orderId, request.quantity, request.price, request.stopPrice)
    case "CancelOrder":
      return digestOf("cancel", request.orderId)
    case "CancelAll":
      return digestOf("cancel-all", request.symbol)
    case "Deposit":
    case "Withdraw": {
      const { type, currency, amount, reference, effectiveAt } = request
      const asked = effectiveAt === recordedAt ? undefined : effectiveAt
      return digestOf(type === "Deposit" ? "deposit" : "withdraw", currency, amount, asked, reference)
    }
    default:
      return 0 // a venue's ExecID stands for one report; the others have no account, or are compared by state
  }
}

export const contentOfEvent = (event: Recorded<AccountEvent>): number => {
  switch (event.type) {
    case "OrderPlaced": {
      const { symbol, side, orderType, timeInForce, quantity, price, stopPrice, expireAt } = event.data
      const asked = timeInForce === "GTD" ? expireAt : undefined // the end of a DAY order was not asked for
      return digestOf("order", symbol, side, orderType, timeInForce, quantity, price, stopPrice, asked)
    }
    case "ReplaceRequested":
      return digestOf("replace", event.data.orderId, event.data.quantity, event.data.price, event.data.stopPrice)
    case "CancelRequested":
      return digestOf("cancel", event.data.orderId)
    case "CancelAllRequested":
      return digestOf("cancel-all", event.data.symbol)
    case "Deposited":
    case "Withdrawn": {
      const { currency, amount, reference } = event.data
      const effectiveAt = event.effectiveAt === event.recordedAt ? undefined : event.effectiveAt
      return digestOf(event.type === "Deposited" ? "deposit" : "withdraw", currency, amount, effectiveAt, reference)
    }
    default:
      return 0
  }
}
