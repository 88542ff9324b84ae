import type { AccountId, ClOrdId, OrderId, Symbol } from "#domain/kernel/ids.ts"
import { fits, type Price, type Quantity } from "#domain/kernel/money.ts"
import { nextMidnight, type Time } from "#domain/kernel/time.ts"
import type { BookSide } from "#domain/market/book.ts"
import type { Instrument } from "#domain/market/instrument.ts"
import type { OrderType, Side, TimeInForce, VenueRequest } from "./messages.ts"

export type NewOrder = Extract<VenueRequest, { type: "NewOrder" }>

/** An order as the paper venue keeps it while it is open. Only the venue writes into it. */
export type VenueOrder = {
  readonly orderId: OrderId
  readonly venueOrderId: string
  readonly account: AccountId
  readonly clOrdId: ClOrdId
  readonly symbol: Symbol
  readonly instrument: Instrument
  readonly side: Side
  readonly orderType: OrderType
  readonly timeInForce: TimeInForce
  readonly expireAt?: Time
  quantity: Quantity
  /** limit price; of a market or stop order its protection price */
  price?: Price
  stopPrice?: Price
  cumQty: Quantity
  queueAhead: Quantity
  triggered: boolean
  /** how many reports were made of it: where execution ids come from */
  reports: number
}

export const venueOrder = (request: NewOrder, instrument: Instrument, venueOrderId: string): VenueOrder => {
  const { orderId, account, clOrdId, symbol, side, orderType, timeInForce, quantity } = request
  const expireAt = expiryOf(request)
  return {
    orderId,
    venueOrderId,
    account,
    clOrdId,
    symbol,
    instrument,
    side,
    orderType,
    timeInForce,
    quantity,
    cumQty: 0n as Quantity,
    queueAhead: 0n as Quantity,
    triggered: false,
    reports: 0,
    ...(expireAt !== undefined && { expireAt }),
    ...(request.price !== undefined && { price: request.price }),
    ...(request.stopPrice !== undefined && { stopPrice: request.stopPrice })
  }
}

/** DAY ends with the day in UTC unless the request says when. */
const expiryOf = ({ timeInForce, expireAt, at }: NewOrder): Time | undefined => {
  if (timeInForce === "DAY") return expireAt ?? nextMidnight(at)
  return timeInForce === "GTD" ? expireAt : undefined
}

export const leavesOf = (order: VenueOrder): bigint => order.quantity - order.cumQty

export const isStop = ({ orderType }: Pick<VenueOrder, "orderType">): boolean =>
  orderType === "stop" || orderType === "stop-limit"

/** A stop that still waits for its price. */
export const isDormant = (order: VenueOrder): boolean => isStop(order) && !order.triggered

/** Acts at once and never rests: what cannot be had is cancelled. */
export const isImmediate = ({ orderType, timeInForce }: VenueOrder): boolean =>
  orderType === "market" || orderType === "stop" || timeInForce === "IOC" || timeInForce === "FOK"

/** The side of the book where an order rests, and the one that it takes from. */
export const ownSide = ({ side }: Pick<VenueOrder, "side">): BookSide => (side === "buy" ? "bid" : "ask")
export const otherSide = ({ side }: Pick<VenueOrder, "side">): BookSide => (side === "buy" ? "ask" : "bid")

/** Whether trading at `price` keeps the order's limit or protection price. */
export const accepts = ({ side, price: limit }: Pick<VenueOrder, "side" | "price">, price: Price): boolean =>
  limit === undefined || (side === "buy" ? price <= limit : price >= limit)

type Terms = Pick<NewOrder, "orderType" | "quantity" | "price" | "stopPrice">

/** What is wrong with the numbers of an order, as a reason to reject it. Ticks and limits are the ledger's to judge. */
export const termsProblem = (terms: Terms, { lot }: Instrument): string | undefined => {
  const { orderType, quantity, price, stopPrice } = terms
  if (quantity <= 0n || !fits(quantity)) return "the quantity is not above 0"
  if (quantity % lot !== 0n) return "the quantity is not a multiple of the lot"
  if ((orderType === "limit" || orderType === "stop-limit") && price === undefined) return "the limit price is missing"
  if (isStop(terms) && stopPrice === undefined) return "the stop price is missing"
  if (price !== undefined && (price <= 0n || !fits(price))) return "the price is not above 0"
  if (stopPrice !== undefined && (stopPrice <= 0n || !fits(stopPrice))) return "the stop price is not above 0"
  return undefined
}
