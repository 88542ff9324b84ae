import type { ClOrdId, Symbol } from "#domain/kernel/ids.ts"
import { timesHalfUp, type Cash, type Price, type Quantity } from "#domain/kernel/money.ts"
import { notionalOf } from "#domain/orders/terms.ts"
import type { ReportBody } from "./report-writer.ts"
import { emptyQueues, type Queues } from "./resting-orders.ts"
import { ShownMarket } from "./shown-market.ts"
import { isDormant, leavesOf, type VenueOrder } from "./venue-order.ts"

/** One symbol at the venue: what the market shows, and our orders. */
export type Desk = Queues & {
  readonly symbol: Symbol
  readonly shown: ShownMarket
  /** orders that act at once, brought back by a restart before the market was seen again */
  readonly waiting: Set<VenueOrder>
  /** the number of orders in the queues: a market without them costs nothing */
  open: number
  /** `clOrdId` where a request is answered */
  readonly report: (order: VenueOrder, body: ReportBody, clOrdId?: ClOrdId) => void
  /** called once with an order that is finished */
  readonly onFinished: (order: VenueOrder) => void
}

export const createDesk = (symbol: Symbol, report: Desk["report"], onFinished: Desk["onFinished"]): Desk => ({
  ...emptyQueues(),
  symbol,
  shown: new ShownMarket(),
  waiting: new Set(),
  open: 0,
  report,
  onFinished
})

/** Puts an order where it waits: a stop for its price, a limit order in the queue at its price. */
export const park = (desk: Desk, order: VenueOrder): void => {
  if (isDormant(order)) desk.stops[order.side].add(order.stopPrice!, order)
  else desk.resting[order.side].add(order.price!, order)
  desk.open++
}

/** Takes an order from where it waits. Its price must not have been changed since. */
export const unpark = (desk: Desk, order: VenueOrder): void => {
  if (desk.waiting.delete(order)) return
  if (isDormant(order)) desk.stops[order.side].remove(order.stopPrice!, order)
  else desk.resting[order.side].remove(order.price!, order)
  desk.open--
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
