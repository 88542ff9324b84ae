import type { Recorded } from "#domain/kernel/event.ts"
import type { AccountEvent } from "./events.ts"
import type { Request } from "./commands.ts"

type Part = string | bigint | undefined
const join = (what: string, ...parts: ReadonlyArray<Part>): string => {
  let text = what
  for (const part of parts) text += part === undefined ? "|" : `|${part}`
  return text
}

/**
 * What a command asked, as text: equal texts are the same content. The event that a command left says the same text
 * ({@link contentOfEvent}), so that after a restart a repeat is still told from another command under the same id.
 */
export const contentOfRequest = (request: Request): string => {
  switch (request.type) {
    case "SubmitOrder": {
      const { symbol, side, orderType, timeInForce, quantity, price, stopPrice, expireAt } = request
      return join("order", symbol, side, orderType, timeInForce, quantity, price, stopPrice, expireAt)
    }
    case "ReplaceOrder":
      return join("replace", request.orderId, request.quantity, request.price, request.stopPrice)
    case "CancelOrder":
      return join("cancel", request.orderId)
    case "CancelAll":
      return join("cancel-all", request.symbol)
    case "Deposit":
    case "Withdraw": {
      const { type, currency, amount, reference, effectiveAt } = request
      return join(type === "Deposit" ? "deposit" : "withdraw", currency, amount, reference, effectiveAt)
    }
    default:
      return "" // a venue's ExecID stands for one report; the others have no account, or are compared by state
  }
}

export const contentOfEvent = (event: Recorded<AccountEvent>): string => {
  switch (event.type) {
    case "OrderPlaced": {
      const { symbol, side, orderType, timeInForce, quantity, price, stopPrice, expireAt } = event.data
      const asked = timeInForce === "GTD" ? expireAt : undefined // the end of a DAY order was not asked for
      return join("order", symbol, side, orderType, timeInForce, quantity, price, stopPrice, asked)
    }
    case "ReplaceRequested":
      return join("replace", event.data.orderId, event.data.quantity, event.data.price, event.data.stopPrice)
    case "CancelRequested":
      return join("cancel", event.data.orderId)
    case "CancelAllRequested":
      return join("cancel-all", event.data.symbol)
    case "Deposited":
    case "Withdrawn": {
      const { currency, amount, reference } = event.data
      const effectiveAt = event.effectiveAt === event.recordedAt ? undefined : event.effectiveAt
      return join(event.type === "Deposited" ? "deposit" : "withdraw", currency, amount, reference, effectiveAt)
    }
    default:
      return ""
  }
}
