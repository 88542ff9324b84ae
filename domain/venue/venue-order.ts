import type { AccountId, ClOrdId, OrderId, Symbol } from "#domain/kernel/ids.ts"
import type { Price, Quantity } from "#domain/kernel/money.ts"
import { nextMidnight, type Time } from "#domain/kernel/time.ts"
import type { BookSide } from "#domain/market/book.ts"
import type { Instrument } from "#domain/market/instrument.ts"
import { nextClose, nextOpen } from "#domain/market/session.ts"
import { instructionsOf, type Instructions } from "#domain/orders/instructions.ts"
import type { OrderType, Side, TimeInForce, VenueRequest } from "./messages.ts"

export type NewOrder = Extract<VenueRequest, { type: "NewOrder" }>

/** An order as the paper venue keeps it while it is open. Only the venue writes into it. */
export type VenueOrder = Omit<Instructions, "displayQuantity"> & {
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
  displayQuantity?: Quantity
  /** limit price; of what becomes a market order its protection price; of a pegged order where it lies now */
  price?: Price
  /** beyond this a pegged order does not follow */
  pegLimit?: Price
  stopPrice?: Price
  /** when an order for the opening or the close may act; gone when it may */
  heldUntil?: Time
  cumQty: Quantity
  queueAhead: Quantity
  triggered: boolean
  /** how many reports were made of it: where execution ids come from */
  reports: number
  /** counts the orders in the order in which they came, or were brought back */
  arrivalNo: number
}

export const venueOrder = (request: NewOrder, instrument: Instrument, venueOrderId: string): VenueOrder => {
  const { orderId, account, clOrdId, symbol, side, orderType, timeInForce, quantity, price, stopPrice } = request
  const expireAt = expiryOf(request, instrument)
  const heldUntil = holdOf(request, instrument)
  return {
    ...instructionsOf(request),
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
    arrivalNo: 0,
    ...(expireAt !== undefined && { expireAt }),
    ...(heldUntil !== undefined && { heldUntil }),
    ...(price !== undefined && (orderType === "pegged" ? { pegLimit: price } : { price })),
    ...(stopPrice !== undefined && { stopPrice })
  }
}

/** DAY ends when the request says, or with the session, or with the day in UTC for what trades round the clock. */
const expiryOf = ({ timeInForce, expireAt, at }: NewOrder, { session }: Instrument): Time | undefined => {
  if (timeInForce === "GTD") return expireAt
  if (timeInForce !== "DAY") return undefined
  return expireAt ?? (session === undefined ? nextMidnight(at) : nextClose(at, session))
}

/** The opening or close that an order is for. Who knows it from before (a ledger after a restart) says so by `expireAt`. */
const holdOf = ({ timeInForce, expireAt, at }: NewOrder, { session }: Instrument): Time | undefined => {
  if (session === undefined || (timeInForce !== "OPG" && timeInForce !== "CLS")) return undefined
  return expireAt ?? (timeInForce === "OPG" ? nextOpen(at, session) : nextClose(at, session))
}

export const leavesOf = (order: VenueOrder): bigint => order.quantity - order.cumQty

/** The side of the book where an order rests, and the one that it takes from. */
export const ownSide = ({ side }: Pick<VenueOrder, "side">): BookSide => (side === "buy" ? "bid" : "ask")
export const otherSide = ({ side }: Pick<VenueOrder, "side">): BookSide => (side === "buy" ? "ask" : "bid")

/** Whether trading at `price` keeps the order's limit or protection price. */
export const accepts = ({ side, price: limit }: Pick<VenueOrder, "side" | "price">, price: Price): boolean =>
  limit === undefined || (side === "buy" ? price <= limit : price >= limit)

/** The stricter of two limits: the lower for a buy, the higher for a sale. */
export const stricterOf = (side: Side, a: Price, b: Price | undefined): Price =>
  b === undefined || (side === "buy" ? a < b : a > b) ? a : b
