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
import type { OpenOrder } from "./open-order.ts"

/** How far above the ask (or its stop) a buy without a limit may go. */
const PROTECTION_PERCENT = 5n

/** The protection price of a market or stop buy, down to a tick; undefined for what has none or while no ask is known. */
export const protectionPrice = (
  instrument: Instrument,
  side: Side,
  orderType: OrderType,
  stopPrice: Price | undefined,
  ask: Price | undefined
): Price | undefined => {
  if (side === "sell" || orderType === "limit" || orderType === "stop-limit") return undefined
  const from = orderType === "stop" ? stopPrice : ask
  if (from === undefined) return undefined
  return downTo((from * (100n + PROTECTION_PERCENT)) / 100n, instrument.tick) as Price
}

/** The protection price once the stop price is `stopPrice`: a stop's moves with it, a market order keeps what it got. */
export const protectionAfter = (
  order: Pick<OpenOrder, "instrument" | "side" | "orderType" | "protectionPrice">,
  stopPrice: Price | undefined
): Price | undefined =>
  order.orderType === "stop"
    ? protectionPrice(order.instrument, order.side, "stop", stopPrice, undefined)
    : order.protectionPrice

/** Notional as it is judged and reserved: exact, or half even where an exchange of odd decimals leaves more than 8. */
export const notionalOf = (instrument: Instrument, price: Price, quantity: Quantity): Cash =>
  exactNotional(price, quantity, instrument.multiplier) ??
  (ratioHalfEven(ratioHalfEven(price, quantity, ONE), instrument.multiplier, ONE) as Cash)

/** Money that a buy needs at most: notional at its worst price and the taker fee on it. */
export const needOf = (instrument: Instrument, price: Price, quantity: Quantity): Cash => {
  const notional = notionalOf(instrument, price, quantity)
  return (notional + timesHalfUp(notional, instrument.takerFee)) as Cash
}
