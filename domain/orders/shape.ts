import type { Refusal } from "#domain/kernel/shapes.ts"
import { fits, type Price, type Quantity } from "#domain/kernel/money.ts"
import type { Time } from "#domain/kernel/time.ts"
import type { OrderType, TimeInForce } from "#domain/venue/messages.ts"

/** The parts of an order request that must fit together, whoever sends it. */
export type OrderShape = {
  readonly orderType: OrderType
  readonly timeInForce: TimeInForce
  readonly quantity: Quantity
  readonly price?: Price
  readonly stopPrice?: Price
  readonly expireAt?: Time
}

const needsPrice: Record<OrderType, boolean> = { market: false, limit: true, stop: false, "stop-limit": true }
const needsStop: Record<OrderType, boolean> = { market: false, limit: false, stop: true, "stop-limit": true }

/** What is missing, out of place or impossible in an order, or undefined (FIX 4.4 NewOrderSingle, conditional tags). */
export const shapeProblem = (order: OrderShape): Refusal | undefined => {
  const { orderType: type, timeInForce, expireAt } = order
  return (
    presence("price", order.price, needsPrice[type], `a ${type} order`) ??
    presence("stopPrice", order.stopPrice, needsStop[type], `a ${type} order`) ??
    presence("expireAt", expireAt, timeInForce === "GTD", `time in force ${timeInForce}`) ??
    positive("quantity", order.quantity) ??
    positive("price", order.price) ??
    positive("stopPrice", order.stopPrice) ??
    (type === "market" && timeInForce !== "IOC" && timeInForce !== "FOK"
      ? refuse("InvalidTimeInForce", "timeInForce", `a market order is IOC or FOK, not ${timeInForce}`)
      : undefined)
  )
}

const presence = (field: string, value: unknown, needed: boolean, what: string): Refusal | undefined => {
  if (needed === (value !== undefined)) return undefined
  return needed
    ? refuse("MissingField", field, `${what} needs ${field}`)
    : refuse("UnexpectedField", field, `${what} has no ${field}`)
}

/** A number that must be above zero and within what is stored. */
export const positive = (field: string, value: bigint | undefined): Refusal | undefined =>
  value === undefined || (value > 0n && fits(value))
    ? undefined
    : refuse("OutOfRange", field, `${field} must be above 0 and below 10^18`)

const refuse = (code: string, field: string, detail: string): Refusal => ({ code, detail, field })
