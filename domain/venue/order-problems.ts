import { fits } from "#domain/kernel/money.ts"
import type { Time } from "#domain/kernel/time.ts"
import type { Desk } from "./desk.ts"
import { hasTrigger, isDormant, isHeld, isImmediate, isTrailing } from "./order-kinds.ts"
import { pegPrice } from "./peg.ts"
import { POST_ONLY, wouldTake } from "./take.ts"
import { TRAIL_PERCENT_MAX } from "./trail.ts"
import type { VenueOrder } from "./venue-order.ts"

/** Why an order cannot be taken, or undefined. */
export const orderProblem = (order: VenueOrder, desk: Desk, now: Time): string | undefined =>
  termsProblem(order) ?? timeProblem(order, now) ?? marketProblem(order, desk)

/** What is wrong with the terms of an order, as a reason to reject it. Ticks and limits are the ledger's to judge. */
export const termsProblem = (order: VenueOrder): string | undefined =>
  numbersProblem(order) ?? portionsProblem(order) ?? trailProblem(order) ?? mixtureProblem(order)

const numbersProblem = (order: VenueOrder): string | undefined => {
  const { orderType, quantity, stopPrice, instrument } = order
  const price = order.pegLimit ?? order.price
  if (quantity <= 0n || !fits(quantity)) return "the quantity is not above 0"
  if (quantity % instrument.lot !== 0n) return "the quantity is not a multiple of the lot"
  if (NEEDS_PRICE.has(orderType) && price === undefined) return "the limit price is missing"
  if (hasTrigger(order) && !isTrailing(order) && stopPrice === undefined) return "the stop price is missing"
  if (price !== undefined && (price <= 0n || !fits(price))) return "the price is not above 0"
  if (stopPrice !== undefined && (stopPrice <= 0n || !fits(stopPrice))) return "the stop price is not above 0"
  return undefined
}
const NEEDS_PRICE: ReadonlySet<VenueOrder["orderType"]> = new Set(["limit", "stop-limit", "limit-if-touched"])

const portionsProblem = (order: VenueOrder): string | undefined => {
  const { displayQuantity, minQuantity, quantity, cumQty, instrument } = order
  for (const [name, part] of [
    ["displayed", displayQuantity],
    ["minimum", minQuantity]
  ] as const) {
    if (part === undefined) continue
    if (part <= 0n) return `the ${name} quantity is not above 0`
    if (part % instrument.lot !== 0n) return `the ${name} quantity is not a multiple of the lot`
  }
  if (displayQuantity !== undefined && order.allOrNone === true) return "an all-or-none order does not show a part"
  if (minQuantity === undefined || cumQty > 0n) return undefined // it has been met
  if (minQuantity > quantity) return "the minimum quantity is more than the order"
  if (displayQuantity !== undefined && minQuantity > displayQuantity) {
    return "the minimum quantity is more than the order displays"
  }
  return undefined
}

const trailProblem = (order: VenueOrder): string | undefined => {
  if (!isTrailing(order)) return undefined
  const { orderType, trailAmount, trailPercent, limitOffset } = order
  if (trailAmount === undefined && trailPercent === undefined) return "the trail is missing"
  if (trailAmount !== undefined && trailPercent !== undefined) return "the trail is an amount or a percentage, not both"
  if (trailAmount !== undefined && (trailAmount <= 0n || !fits(trailAmount))) return "the trail is not above 0"
  if (trailPercent !== undefined && (trailPercent <= 0n || trailPercent > TRAIL_PERCENT_MAX)) {
    return "the trail is not above 0 % and up to 90 %"
  }
  if (orderType === "trailing-stop-limit" && limitOffset === undefined) return "the limit offset is missing"
  if (limitOffset !== undefined && (limitOffset < 0n || !fits(limitOffset))) return "the limit offset is below 0"
  return undefined
}

/** Instructions that cannot all be kept. */
const mixtureProblem = (order: VenueOrder): string | undefined => {
  const { orderType, timeInForce } = order
  if (orderType === "pegged" && order.peg === undefined) return "what the order is pegged to is missing"
  if (orderType === "pegged" && isImmediate(order)) return `a pegged order rests: it cannot be ${timeInForce}`
  if (orderType === "market-to-limit" && order.allOrNone === true) {
    return "a market-to-limit order takes what it can have: it cannot be all or none"
  }
  if (order.postOnly === true && (isImmediate(order) || orderType === "market-to-limit")) {
    return "post only: an order that acts at once takes"
  }
  return undefined
}

const timeProblem = (order: VenueOrder, now: Time): string | undefined => {
  const { timeInForce, expireAt, heldUntil } = order
  if (timeInForce === "GTD" && expireAt === undefined) return "the time when it expires is missing"
  if (expireAt !== undefined && expireAt <= now) return "the time when it expires has passed"
  if (timeInForce !== "OPG" && timeInForce !== "CLS") return undefined
  const moment = timeInForce === "OPG" ? "opening" : "close"
  if (order.instrument.session === undefined) return `${order.symbol} trades round the clock: it has no ${moment}`
  if (hasTrigger(order)) return `an order for the ${moment} cannot wait for a price`
  if (heldUntil === undefined) return `the calendar of ${order.symbol} has no ${moment}`
  return heldUntil <= now ? `the ${moment} has passed` : undefined
}

const marketProblem = (order: VenueOrder, desk: Desk): string | undefined => {
  if (isHeld(order) || isDormant(order)) return undefined
  const { orderType } = order
  if ((orderType === "market" || orderType === "market-to-limit") && !desk.shown.isKnown) {
    return "there is no market data yet"
  }
  if (orderType === "pegged") return pegPrice(order, desk.shown) === undefined ? NO_PEG : undefined
  return order.postOnly === true && wouldTake(desk, order) ? POST_ONLY : undefined
}
export const NO_PEG = "there is no price to peg it to"
