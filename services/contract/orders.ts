import { Schema } from "effect"
import { AccountId, ClOrdId, OrderId, Symbol } from "#domain/kernel/ids.ts"
import { PriceInput, QuantityInput } from "#services/http/decimals.ts"
import { DecimalText, pageFields, TimeInput, TimeText } from "./fields.ts"

export const Side = Schema.Literals(["buy", "sell"])
export const OrderType = Schema.Literals(["market", "limit", "stop", "stop-limit"])
export const TimeInForce = Schema.Literals(["GTC", "DAY", "IOC", "FOK", "GTD"])
/** FIX OrdStatus. */
export const OrderStatus = Schema.Literals([
  "New",
  "PartiallyFilled",
  "Filled",
  "Canceled",
  "Rejected",
  "Expired",
  "PendingNew",
  "PendingCancel",
  "PendingReplace",
  "DoneForDay",
  "Suspended",
  "Stopped"
])

/** Which prices an order of each type has. */
const PRICES = {
  market: { price: false, stopPrice: false },
  limit: { price: true, stopPrice: false },
  stop: { price: false, stopPrice: true },
  "stop-limit": { price: true, stopPrice: true }
} as const
type Priced = {
  readonly type: keyof typeof PRICES
  readonly price?: unknown
  readonly stopPrice?: unknown
  readonly timeInForce?: string
  readonly expireAt?: unknown
}
const fieldsFit = (order: Priced) => {
  const faults: Array<{ path: [string]; issue: string }> = []
  for (const field of ["price", "stopPrice"] as const) {
    const needed = PRICES[order.type][field]
    if (needed === (order[field] !== undefined)) continue
    faults.push({ path: [field], issue: needed ? `a ${order.type} order needs it` : `a ${order.type} order has none` })
  }
  const gtd = order.timeInForce === "GTD"
  if (gtd !== (order.expireAt !== undefined))
    faults.push({ path: ["expireAt"], issue: gtd ? "GTD needs it" : "only GTD has one" })
  return faults
}

/** Body of `POST /orders`. */
export const NewOrder = Schema.Struct({
  account: AccountId,
  symbol: Symbol,
  side: Side,
  type: OrderType,
  quantity: QuantityInput,
  price: Schema.optionalKey(PriceInput),
  stopPrice: Schema.optionalKey(PriceInput),
  timeInForce: Schema.optionalKey(TimeInForce),
  expireAt: Schema.optionalKey(TimeInput),
  clOrdId: Schema.optionalKey(ClOrdId)
})
  .check(Schema.makeFilter(fieldsFit))
  .annotate({ identifier: "NewOrder" })
export type NewOrder = typeof NewOrder.Type

/** Body of `PATCH /orders/ID`. What is left out stays; something must change. */
export const ReplaceOrder = Schema.Struct({
  quantity: Schema.optionalKey(QuantityInput),
  price: Schema.optionalKey(PriceInput),
  stopPrice: Schema.optionalKey(PriceInput),
  clOrdId: Schema.optionalKey(ClOrdId)
})
  .check(
    Schema.makeFilter(({ price, quantity, stopPrice }) =>
      quantity !== undefined || price !== undefined || stopPrice !== undefined
        ? undefined
        : { path: ["quantity"], issue: "nothing to change: give quantity, price or stopPrice" }
    )
  )
  .annotate({ identifier: "ReplaceOrder" })
export type ReplaceOrder = typeof ReplaceOrder.Type

/** Query of `DELETE /orders/ID`. */
export const CancelOrder = Schema.Struct({ clOrdId: Schema.optionalKey(ClOrdId) }).annotate({
  identifier: "CancelOrder"
})
export type CancelOrder = typeof CancelOrder.Type

/** Body of `POST /orders/cancel-all`. */
export const CancelAll = Schema.Struct({
  account: AccountId,
  symbol: Schema.optionalKey(Symbol),
  clOrdId: Schema.optionalKey(ClOrdId)
}).annotate({ identifier: "CancelAll" })
export type CancelAll = typeof CancelAll.Type

/** Query of `GET /orders`; without `status` all of them. */
export const orderQueryFields = {
  account: Schema.optionalKey(AccountId),
  status: Schema.optionalKey(Schema.Literals(["open", "all"])),
  symbol: Schema.optionalKey(Symbol),
  ...pageFields
}
export const OrderQuery = Schema.Struct(orderQueryFields)
export type OrderQuery = typeof OrderQuery.Type

/** One risk check with the numbers that were compared, null where it has none. Ages are in seconds. */
export const CheckBody = Schema.Struct({
  code: Schema.String,
  limit: Schema.NullOr(DecimalText),
  used: Schema.NullOr(DecimalText),
  requested: Schema.NullOr(DecimalText),
  passed: Schema.Boolean,
  /** whose limit it was, or who halted: `account`, `group`, `firm`, `symbol` */
  scope: Schema.optionalKey(Schema.String),
  price: Schema.optionalKey(DecimalText),
  priceSource: Schema.optionalKey(Schema.String),
  priceAge: Schema.optionalKey(Schema.Finite)
}).annotate({ identifier: "RiskCheck" })
export type CheckBody = typeof CheckBody.Type

/** One fill of an order. */
export const FillBody = Schema.Struct({
  execId: Schema.String,
  quantity: DecimalText,
  price: DecimalText,
  fee: DecimalText,
  feeCurrency: Schema.String,
  liquidity: Schema.Literals(["maker", "taker"]),
  at: TimeText
}).annotate({ identifier: "Fill" })
export type FillBody = typeof FillBody.Type

/** An order as it is answered. */
export const OrderBody = Schema.Struct({
  orderId: OrderId,
  clOrdId: Schema.String,
  account: Schema.String,
  symbol: Schema.String,
  side: Side,
  type: OrderType,
  timeInForce: TimeInForce,
  quantity: DecimalText,
  price: Schema.optionalKey(DecimalText),
  stopPrice: Schema.optionalKey(DecimalText),
  expireAt: Schema.optionalKey(TimeText),
  status: OrderStatus,
  cumQty: DecimalText,
  leavesQty: DecimalText,
  avgPx: DecimalText,
  /** why it was rejected, cancelled or expired, where there is a reason */
  reason: Schema.optionalKey(Schema.String),
  risk: Schema.Struct({ decision: Schema.Literals(["approved", "denied"]), checks: Schema.Array(CheckBody) }),
  fills: Schema.Array(FillBody),
  createdAt: TimeText,
  updatedAt: TimeText,
  position: Schema.String
}).annotate({ identifier: "Order" })
export type OrderBody = typeof OrderBody.Type

/** What cancel-all asked to be cancelled. */
export const CancelAllBody = Schema.Struct({ requested: Schema.Array(OrderId) }).annotate({
  identifier: "CancelAllAnswer"
})
export type CancelAllBody = typeof CancelAllBody.Type

export const OrderPage = Schema.Struct({
  items: Schema.Array(OrderBody),
  next: Schema.optionalKey(Schema.String)
}).annotate({
  identifier: "OrderPage"
})
