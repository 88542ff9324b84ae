import { downTo, ONE, type Price, type Rate } from "#domain/kernel/money.ts"
import { stricterOf, type VenueOrder } from "./venue-order.ts"

type Limited = Pick<VenueOrder, "side" | "orderType" | "limitOffset" | "price" | "instrument">
type Trail = Pick<VenueOrder, "side" | "instrument" | "stopPrice" | "trailAmount" | "trailPercent">

const NONE = 0n as Price & Rate
const HUNDRED_PERCENT = 100n * ONE
/** From here on a step of a tenth of the trail, on top of the trail, would be more than there is. */
export const TRAIL_PERCENT_MAX = 90n * ONE

/** Where the stop price lies when the market is at `price`: on a tick, and not nearer than the trail. */
export const stopAt = (
  { side, instrument: { tick }, trailAmount, trailPercent = NONE }: Trail,
  price: Price
): Price => {
  const distance = trailAmount ?? (price * trailPercent) / HUNDRED_PERCENT
  if (side === "buy") return upTo(price + distance, tick) as Price
  const stop = downTo(price - distance, tick)
  return (stop > 0n ? stop : tick) as Price
}

/**
 * The price that the market must reach for the stop to be moved. Each move is a report and an event, so a stop is not moved
 * for every tick but in steps of at least a tenth of its trail, and a tick. Nothing but the stop price itself has to be
 * remembered: it is both the best price seen, less the trail, and what a restart knows.
 */
export const movesAt = ({ side, instrument: { tick }, stopPrice, trailAmount, trailPercent = NONE }: Trail): Price => {
  if (stopPrice === undefined) return (side === "sell" ? 0n : NEVER_ABOVE) as Price // the first price seen gives it one
  if (trailAmount !== undefined) {
    const reach = trailAmount + upTo(up(trailAmount, 10n), tick)
    return (side === "sell" ? stopPrice + reach : stopPrice - reach) as Price
  }
  const tenths = 10n * HUNDRED_PERCENT
  if (side === "sell") {
    const byStep = up(stopPrice * tenths, tenths - 11n * trailPercent)
    const byTick = up((stopPrice + tick) * HUNDRED_PERCENT, HUNDRED_PERCENT - trailPercent)
    return (byStep > byTick ? byStep : byTick) as Price
  }
  const byStep = (stopPrice * tenths) / (tenths + 11n * trailPercent)
  const byTick = ((stopPrice - tick) * HUNDRED_PERCENT) / (HUNDRED_PERCENT + trailPercent)
  return (byStep < byTick ? byStep : byTick) as Price
}
const NEVER_ABOVE = 10n ** 26n

/**
 * The limit price of a trailing stop-limit goes with its stop price, so who knows the one knows the other. A price that
 * was given may be stricter still. Any other order keeps the price that it has.
 */
export const limitAt = (order: Limited, stopPrice: Price): Price | undefined => {
  const { side, orderType, limitOffset = NONE, price, instrument } = order
  if (orderType !== "trailing-stop-limit") return price
  const limit = side === "buy" ? stopPrice + limitOffset : stopPrice - limitOffset
  return stricterOf(side, (limit > 0n ? limit : instrument.tick) as Price, price)
}

const up = (value: bigint, by: bigint): bigint => (value + by - 1n) / by
const upTo = (value: bigint, step: bigint): bigint => up(value, step) * step
