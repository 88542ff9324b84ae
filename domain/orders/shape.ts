import { fits, ONE, type Price, type Quantity } from "#domain/kernel/money.ts"
import type { Refusal } from "#domain/kernel/shapes.ts"
import type { Time } from "#domain/kernel/time.ts"
import type { OrderType, TimeInForce } from "#domain/venue/messages.ts"
import { isPlain, type Instructions } from "./instructions.ts"

/** The parts of an order request that must fit together, whoever sends it. */
export type OrderShape = Instructions & {
  readonly orderType: OrderType
  readonly timeInForce: TimeInForce
  readonly quantity: Quantity
  readonly price?: Price
  readonly stopPrice?: Price
  readonly expireAt?: Time
}

type Presence = "needed" | "may" | "none"
/** Which prices each order type has (FIX 4.4 NewOrderSingle, conditional tags). `stop` is also the price that is touched. */
export const PRICES: Readonly<Record<OrderType, { readonly price: Presence; readonly stop: Presence }>> = {
  market: { price: "none", stop: "none" },
  limit: { price: "needed", stop: "none" },
  stop: { price: "none", stop: "needed" },
  "stop-limit": { price: "needed", stop: "needed" },
  "market-if-touched": { price: "none", stop: "needed" },
  "limit-if-touched": { price: "needed", stop: "needed" },
  "market-to-limit": { price: "none", stop: "none" },
  "trailing-stop": { price: "none", stop: "may" },
  "trailing-stop-limit": { price: "none", stop: "may" },
  pegged: { price: "needed", stop: "none" }
}
/** Without a limit price of its own that could rest: what it cannot have at once is cancelled. */
const AT_ONCE = new Set<TimeInForce>(["IOC", "FOK", "OPG", "CLS"])

/** What is missing, out of place or impossible in an order, or undefined. */
export const shapeProblem = (order: OrderShape): Refusal | undefined => {
  const { orderType: type, timeInForce, expireAt } = order
  const { price, stop } = PRICES[type]
  return (
    presence("price", order.price, price, `a ${type} order`) ??
    presence("stopPrice", order.stopPrice, stop, `a ${type} order`) ??
    presence("expireAt", expireAt, timeInForce === "GTD" ? "needed" : "none", `time in force ${timeInForce}`) ??
    positive("quantity", order.quantity) ??
    positive("price", order.price) ??
    positive("stopPrice", order.stopPrice) ??
    roomy("stopPrice", order.stopPrice) ??
    timeProblem(order) ??
    (hasInstructions(order) ? instructionProblem(order) : undefined)
  )
}

const timeProblem = ({ orderType: type, timeInForce }: OrderShape): Refusal | undefined => {
  const refuseTime = (what: string) =>
    refuse("InvalidTimeInForce", "timeInForce", `a ${type} order is ${what}, not ${timeInForce}`)
  if (type === "market" && !AT_ONCE.has(timeInForce)) return refuseTime("IOC, FOK, OPG or CLS")
  if ((timeInForce === "OPG" || timeInForce === "CLS") && type !== "market" && type !== "limit")
    return refuseTime("DAY, GTC or GTD")
  if ((type === "market-to-limit" || type === "pegged") && AT_ONCE.has(timeInForce))
    return refuseTime("DAY, GTC or GTD")
  return undefined
}

/** Of a type that needs some, or with some of its own: what has none is judged without a look at each. */
const hasInstructions = (order: OrderShape): boolean => NEEDS_SOME.has(order.orderType) || !isPlain(order)
const NEEDS_SOME = new Set<OrderType>(["trailing-stop", "trailing-stop-limit", "pegged"])

/** Triggered by a price that is reached; a trailing one cannot be watched here, its price moves at the venue. */
export const isTriggered = (type: OrderType): boolean => PRICES[type].stop !== "none"
export const isTrailing = (type: OrderType): boolean => type === "trailing-stop" || type === "trailing-stop-limit"

const instructionProblem = (order: OrderShape): Refusal | undefined => {
  const { orderType: type, timeInForce, trailAmount, trailPercent, displayQuantity, minQuantity, quantity } = order
  const what = `a ${type} order`
  const only = (wanted: boolean): Presence => (wanted ? "may" : "none")
  const trails = isTrailing(type)
  return (
    presence("triggerOn", order.triggerOn, only(isTriggered(type)), what) ??
    presence("triggerBy", order.triggerBy, only(isTriggered(type) && !trails), what) ??
    presence("trailAmount", trailAmount, trails && trailPercent === undefined ? "needed" : "none", what) ??
    presence("trailPercent", trailPercent, trails && trailAmount === undefined ? "needed" : "none", what) ??
    presence("limitOffset", order.limitOffset, type === "trailing-stop-limit" ? "needed" : "none", what) ??
    presence("peg", order.peg, type === "pegged" ? "needed" : "none", what) ??
    presence("pegOffset", order.pegOffset, only(type === "pegged"), what) ??
    presence("displayQuantity", displayQuantity, only(type === "limit" && !AT_ONCE.has(timeInForce)), what) ??
    flag("postOnly", order.postOnly, (type === "limit" || type === "pegged") && !AT_ONCE.has(timeInForce), what) ??
    flag(
      "allOrNone",
      order.allOrNone,
      displayQuantity === undefined && minQuantity === undefined,
      "with part quantities, it"
    ) ??
    positive("trailAmount", trailAmount) ??
    positive("trailPercent", trailPercent) ??
    (trailPercent !== undefined && trailPercent > MOST_TRAIL
      ? refuse("OutOfRange", "trailPercent", "trailPercent is 90 at most")
      : undefined) ??
    notNegative("limitOffset", order.limitOffset) ??
    notNegative("pegOffset", order.pegOffset) ??
    roomy("trailAmount", trailAmount) ??
    roomy("limitOffset", order.limitOffset) ??
    roomy("pegOffset", order.pegOffset) ??
    part("displayQuantity", displayQuantity, quantity) ??
    part("minQuantity", minQuantity, quantity)
  )
}
/** A stop that follows at a greater distance is none: it would stand near nothing. */
const MOST_TRAIL = 90n * ONE

const presence = (field: string, value: unknown, wanted: Presence, what: string): Refusal | undefined => {
  const there = value !== undefined
  if (wanted === "may" || (wanted === "needed") === there) return undefined
  return there
    ? refuse("UnexpectedField", field, `${what} has no ${field}`)
    : refuse("MissingField", field, `${what} needs ${field}`)
}

const flag = (field: string, value: boolean | undefined, may: boolean, what: string): Refusal | undefined =>
  value === true && !may ? refuse("UnexpectedField", field, `${what} cannot be ${field}`) : undefined

/** A number that must be above zero and within what is stored. */
export const positive = (field: string, value: bigint | undefined): Refusal | undefined =>
  value === undefined || (value > 0n && fits(value))
    ? undefined
    : refuse("OutOfRange", field, `${field} must be above 0 and below 10^18`)
const notNegative = (field: string, value: bigint | undefined): Refusal | undefined =>
  value === undefined || value === 0n ? undefined : positive(field, value)
/** What further prices are computed from (protection, trail, limit, peg) must leave them room within what is stored. */
const roomy = (field: string, value: bigint | undefined): Refusal | undefined =>
  value === undefined || value < ROOM ? undefined : refuse("OutOfRange", field, `${field} must be below 10^17`)
const ROOM = 10n ** 17n * ONE
const part = (field: string, value: bigint | undefined, whole: bigint): Refusal | undefined =>
  positive(field, value) ??
  (value !== undefined && value > whole ? refuse("OutOfRange", field, `${field} is above quantity`) : undefined)

const refuse = (code: string, field: string, detail: string): Refusal => ({ code, detail, field })
