import {
  downTo,
  exactNotional,
  ONE,
  ratioHalfEven,
  timesHalfUp,
  type Cash,
  type Price,
  type Quantity
} from "#domain/kernel/money.ts"
import type { Instrument } from "#domain/market/instrument.ts"
import type { OrderType, Side } from "#domain/venue/messages.ts"
import type { Instructions } from "./instructions.ts"
import type { OpenOrder } from "./open-order.ts"

/** How far above the ask (or its stop) a buy without a limit may go. */
const PROTECTION_PERCENT = 5n

/** What the worst price of an order is made of. */
type Worst = {
  readonly side: Side
  readonly orderType: OrderType
  readonly stopPrice?: Price | undefined
  readonly limitOffset?: Price | undefined
}

/**
 * The price beyond which a buy without a limit price must not trade, down to a tick: from the ask for what takes at once,
 * from the price that triggers it for a stop or touch. Undefined for what has a limit and while no ask is known.
 */
export const protectionPrice = (instrument: Instrument, order: Worst, ask: Price | undefined): Price | undefined => {
  const { side, orderType, stopPrice, limitOffset } = order
  if (side === "sell" || HAS_LIMIT.has(orderType)) return undefined
  if (orderType === "trailing-stop-limit") {
    return stopPrice === undefined ? undefined : ((stopPrice + (limitOffset ?? 0n)) as Price)
  }
  const from = FROM_ASK.has(orderType) ? ask : stopPrice
  if (from === undefined) return undefined
  return downTo((from * (100n + PROTECTION_PERCENT)) / 100n, instrument.tick) as Price
}
const HAS_LIMIT = new Set<OrderType>(["limit", "stop-limit", "limit-if-touched", "pegged"])
const FROM_ASK = new Set<OrderType>(["market", "market-to-limit"])

/** The protection price once the stop price is `stopPrice`: a stop's moves with it, a market order keeps what it got. */
export const protectionAfter = (
  order: Pick<OpenOrder, "instrument" | "side" | "orderType" | "protectionPrice" | "instructions">,
  stopPrice: Price | undefined
): Price | undefined => {
  const { instrument, side, orderType, instructions } = order
  if (FROM_ASK.has(orderType)) return order.protectionPrice
  return protectionPrice(instrument, { side, orderType, stopPrice, limitOffset: instructions.limitOffset }, undefined)
}

/** Where a trailing stop starts: its distance behind the last price, to a tick that is not nearer. */
export const trailStart = (
  instrument: Instrument,
  side: Side,
  { trailAmount, trailPercent }: Instructions,
  last: Price | undefined
): Price | undefined => {
  if (last === undefined) return undefined
  const distance = trailAmount ?? (trailPercent === undefined ? 0n : ratioHalfEven(last, trailPercent, 100n * ONE))
  const { tick } = instrument
  const start = side === "buy" ? downTo(last + distance + tick - 1n, tick) : downTo(last - distance, tick)
  return start > 0n ? (start as Price) : undefined
}

/** Notional as it is judged and reserved: exact, or half even where an exchange of odd decimals leaves more than 8. */
export const notionalOf = (instrument: Instrument, price: Price, quantity: Quantity): Cash =>
  exactNotional(price, quantity, instrument.multiplier) ??
  (ratioHalfEven(ratioHalfEven(price, quantity, ONE), instrument.multiplier, ONE) as Cash)

/** Money that a buy needs at most: notional at its worst price and the taker fee on it. */
export const needOf = (instrument: Instrument, price: Price, quantity: Quantity): Cash => {
  const notional = notionalOf(instrument, price, quantity)
  return (notional + timesHalfUp(notional, instrument.takerFee)) as Cash
}
