import type { Price } from "#domain/kernel/money.ts"
import { RestingOrders } from "./resting-orders.ts"
import { isTouch, isTrailing } from "./order-kinds.ts"
import type { ShownMarket } from "./shown-market.ts"
import { movesAt } from "./trail.ts"
import type { VenueOrder } from "./venue-order.ts"

/** A price that orders wait for: of trades, of the two sides, and the mark, which here is the mid. */
export type Watched = "last" | "bid" | "ask" | "mark"

/** Orders by the price at which something is to be done with them: when it rises to that, when it falls to that. */
type Watch = { readonly rising: RestingOrders; readonly falling: RestingOrders }
export type Watches = Readonly<Record<Watched, Watch>>

const emptyWatch = (): Watch => ({ rising: new RestingOrders("lowest"), falling: new RestingOrders("highest") })
export const emptyWatches = (): Watches => ({
  last: emptyWatch(),
  bid: emptyWatch(),
  ask: emptyWatch(),
  mark: emptyWatch()
})

/** The price that triggers an order: of the quote the side that it would take from. */
export const watchedBy = ({ side, triggerOn = "last" }: VenueOrder): Watched => {
  if (triggerOn === "bid-ask") return side === "buy" ? "ask" : "bid"
  return triggerOn
}

export const priceOf = (shown: ShownMarket, watched: Watched): Price | undefined => {
  if (watched === "last") return shown.last
  if (watched !== "mark") return shown.best(watched)?.[0]
  const [bid, ask] = [shown.best("bid")?.[0], shown.best("ask")?.[0]]
  return bid === undefined || ask === undefined ? undefined : (((bid + ask) / 2n) as Price)
}

/** A buy stop waits for a rise and a sell stop for a fall; a touch the other way round. */
const waitsForRise = (order: VenueOrder): boolean => (order.side === "buy") !== isTouch(order)

/** Whether an order triggers when what it watches is at `price`. */
export const isThrough = (order: VenueOrder, price: Price | undefined): boolean => {
  const { stopPrice } = order
  if (price === undefined || stopPrice === undefined) return false
  return waitsForRise(order) ? price >= stopPrice : price <= stopPrice
}

/** Whether the stop price of a trail is moved when what it watches is at `price`. */
export const isBehind = (order: VenueOrder, price: Price | undefined): boolean => {
  if (price === undefined || !isTrailing(order)) return false
  return order.side === "sell" ? price >= movesAt(order) : price <= movesAt(order)
}

/** A trail waits both ways: to trigger, and on its good side to be moved. */
export const watch = (watches: Watches, order: VenueOrder): void => {
  const { rising, falling } = watches[watchedBy(order)]
  const isRise = waitsForRise(order)
  if (order.stopPrice !== undefined) (isRise ? rising : falling).add(order.stopPrice, order)
  if (isTrailing(order)) (isRise ? falling : rising).add(movesAt(order), order)
}

/** Its prices must not have been changed since it was watched. */
export const unwatch = (watches: Watches, order: VenueOrder): void => {
  const { rising, falling } = watches[watchedBy(order)]
  const isRise = waitsForRise(order)
  if (order.stopPrice !== undefined) (isRise ? rising : falling).remove(order.stopPrice, order)
  if (isTrailing(order)) (isRise ? falling : rising).remove(movesAt(order), order)
}
