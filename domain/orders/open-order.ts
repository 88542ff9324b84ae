import type { AccountId, ClOrdId, OrderId, Symbol } from "#domain/kernel/ids.ts"
import type { Cash, Price, Quantity } from "#domain/kernel/money.ts"
import type { Time } from "#domain/kernel/time.ts"
import type { Instrument } from "#domain/market/instrument.ts"
import type { OrderType, Side, TimeInForce } from "#domain/venue/messages.ts"

/** What a replace would make of an order, while the venue has not answered. */
export type PendingReplace = {
  readonly clOrdId: ClOrdId
  readonly quantity: Quantity
  readonly price?: Price
  readonly stopPrice?: Price
}

/** An order as the decider keeps it while it is open; finished, it leaves the state. */
export type OpenOrder = {
  readonly orderId: OrderId
  readonly account: AccountId
  readonly clOrdId: ClOrdId
  readonly symbol: Symbol
  /** the version that it was placed under: fees and multiplier do not change under an order */
  readonly instrument: Instrument
  readonly side: Side
  readonly orderType: OrderType
  readonly timeInForce: TimeInForce
  expireAt?: Time
  readonly placedNo: number
  quantity: Quantity
  price?: Price
  stopPrice?: Price
  protectionPrice?: Price
  cumQty: Quantity
  /** the venue's word that it has the order */
  venueOrderId?: string
  triggered: boolean
  queueAhead: Quantity
  mdNo: number
  /** event number of the newest request or report: where its venue ids come from */
  pendingReplace?: PendingReplace & { readonly requestNo: number }
  pendingCancel?: { readonly clOrdId: ClOrdId; readonly requestNo: number }
  reports: number
  /** held back for what is open: money of the settlement currency for a buy, units for a sell */
  reservedCash: Cash
  reservedUnits: Quantity
  /** what it counts in the scopes' totals: the open part, or while a replace is on its way the larger one */
  exposed: Quantity
}

export const leavesQty = (order: Pick<OpenOrder, "quantity" | "cumQty">): Quantity =>
  (order.quantity > order.cumQty ? order.quantity - order.cumQty : 0n) as Quantity

/** The highest price a buy may pay: its limit, or the protection price of a market or stop order. */
export const worstPrice = (order: Pick<OpenOrder, "price" | "protectionPrice">): Price | undefined =>
  order.price ?? order.protectionPrice
