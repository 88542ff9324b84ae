import type { ClOrdId, Symbol } from "#domain/kernel/ids.ts"
import { timesHalfUp, type Cash, type Price, type Quantity } from "#domain/kernel/money.ts"
import { notionalOf } from "#domain/orders/terms.ts"
import type { Side } from "./messages.ts"
import { isDormant, isHeld } from "./order-kinds.ts"
import type { ReportBody } from "./report-writer.ts"
import { RestingOrders } from "./resting-orders.ts"
import { ShownMarket } from "./shown-market.ts"
import { leavesOf, type VenueOrder } from "./venue-order.ts"
import { emptyWatches, unwatch, watch, type Watches } from "./watches.ts"

/** One symbol at the venue: what the market shows, and our orders. */
export type Desk = {
  readonly symbol: Symbol
  readonly shown: ShownMarket
  readonly resting: Readonly<Record<Side, RestingOrders>>
  /** orders that wait for a price */
  readonly watches: Watches
  readonly pegs: Pegs
  /** orders that act with the next message: at an opening, or brought back before the market was seen again */
  readonly waiting: Set<VenueOrder>
  /** the number of orders that rest or wait for a price: a market without them costs nothing */
  open: number
  /** `clOrdId` where a request is answered */
  readonly report: (order: VenueOrder, body: ReportBody, clOrdId?: ClOrdId) => void
  /** called once with an order that is finished */
  readonly onFinished: (order: VenueOrder) => void
}

/** Pegged orders in the order in which they came, and the touch that they were priced by. */
type Pegs = { readonly orders: Set<VenueOrder>; bid: Price | undefined; ask: Price | undefined }

export const createDesk = (symbol: Symbol, report: Desk["report"], onFinished: Desk["onFinished"]): Desk => ({
  symbol,
  shown: new ShownMarket(),
  resting: { buy: new RestingOrders("highest"), sell: new RestingOrders("lowest") },
  watches: emptyWatches(),
  pegs: { orders: new Set(), bid: undefined, ask: undefined },
  waiting: new Set(),
  open: 0,
  report,
  onFinished
})

/** Puts an order where it waits: for a price, or in the queue at its price. One that is held waits for nothing but a time. */
export const park = (desk: Desk, order: VenueOrder): void => {
  if (isHeld(order)) return
  desk.open++
  if (isDormant(order)) return watch(desk.watches, order)
  if (order.orderType === "pegged") follow(desk.pegs, order)
  if (order.price !== undefined) desk.resting[order.side].add(order.price, order)
}

/** The touch that was seen last is forgotten: it may be old, and the order has not been priced by it. */
const follow = (pegs: Pegs, order: VenueOrder): void => {
  pegs.orders.add(order)
  pegs.bid = undefined
  pegs.ask = undefined
}

/** Takes an order from where it waits. Its prices must not have been changed since. */
export const unpark = (desk: Desk, order: VenueOrder): void => {
  if (isHeld(order) || desk.waiting.delete(order)) return
  desk.open--
  if (isDormant(order)) return unwatch(desk.watches, order)
  if (order.orderType === "pegged") desk.pegs.orders.delete(order)
  if (order.price !== undefined) desk.resting[order.side].remove(order.price, order)
}

/** Books a fill and reports it. The fee is a rate of the notional, rounded half up. */
export const fill = (
  desk: Desk,
  order: VenueOrder,
  quantity: bigint,
  price: Price,
  liquidity: "maker" | "taker"
): void => {
  const { instrument } = order
  order.cumQty = (order.cumQty + quantity) as Quantity
  const notional = notionalOf(instrument, price, quantity as Quantity)
  const rate = liquidity === "maker" ? instrument.makerFee : instrument.takerFee
  desk.report(order, {
    type: "Trade",
    quantity: quantity as Quantity,
    price,
    liquidity,
    fee: timesHalfUp(notional, rate) as Cash,
    feeCurrency: instrument.quote,
    queueAhead: order.queueAhead
  })
  if (leavesOf(order) === 0n) desk.onFinished(order)
}
