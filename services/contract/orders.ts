import { Schema } from "effect"
import { AccountId, ClOrdId, OrderId, Symbol } from "#domain/kernel/ids.ts"
import { GroupKind, OrderType, Side, TimeInForce } from "#domain/orders/events.ts"
import { instructionFields } from "#domain/orders/instructions.ts"
import { PRICES } from "#domain/orders/shape.ts"
import { ORD_STATUSES } from "#domain/orders/status.ts"
import { PriceInput, QuantityInput, RateInput } from "#services/http/decimals.ts"
import { DecimalText, pageFields, TimeInput, TimeText } from "./fields.ts"

/** FIX OrdStatus. */
export const OrderStatus = Schema.Literals(ORD_STATUSES)

type Priced = {
  readonly type: typeof OrderType.Type
  readonly price?: unknown
  readonly stopPrice?: unknown
  readonly timeInForce?: string
  readonly expireAt?: unknown
}
const fieldsFit = (order: Priced) => {
  const faults: Array<{ path: [string]; issue: string }> = []
  const { price, stop } = PRICES[order.type]
  for (const [field, presence] of [
    ["price", price],
    ["stopPrice", stop]
  ] as const) {
    const needed = presence === "needed"
    if (presence === "may" || needed === (order[field] !== undefined)) continue
    faults.push({ path: [field], issue: needed ? `a ${order.type} order needs it` : `a ${order.type} order has none` })
  }
  const gtd = order.timeInForce === "GTD"
  if (gtd !== (order.expireAt !== undefined))
    faults.push({ path: ["expireAt"], issue: gtd ? "GTD needs it" : "only GTD has one" })
  return faults
}

/** How an order is to be worked, as a caller writes it; what each means and goes with stands in docs/orders.md. */
const instructionInputs = {
  ...instructionFields,
  trailAmount: Schema.optionalKey(PriceInput),
  trailPercent: Schema.optionalKey(RateInput),
  limitOffset: Schema.optionalKey(PriceInput),
  displayQuantity: Schema.optionalKey(QuantityInput),
  minQuantity: Schema.optionalKey(QuantityInput),
  pegOffset: Schema.optionalKey(PriceInput)
}
/** Where it comes from. */
const originInputs = {
  capacity: Schema.optionalKey(Schema.Literals(["agency", "principal", "riskless-principal"])),
  algorithm: Schema.optionalKey(Schema.String.check(Schema.isPattern(/^[A-Za-z0-9_.:@/-]{1,64}$/u))),
  manual: Schema.optionalKey(Schema.Boolean),
  parentId: Schema.optionalKey(OrderId),
  short: Schema.optionalKey(Schema.Boolean),
  locate: Schema.optionalKey(Schema.String.check(Schema.isPattern(/^[A-Za-z0-9_.:-]{1,64}$/u)))
}

const orderInputs = {
  symbol: Symbol,
  side: Side,
  type: OrderType,
  quantity: QuantityInput,
  price: Schema.optionalKey(PriceInput),
  stopPrice: Schema.optionalKey(PriceInput),
  timeInForce: Schema.optionalKey(TimeInForce),
  expireAt: Schema.optionalKey(TimeInput),
  ...instructionInputs,
  ...originInputs
}

/** Body of `POST /orders`. */
export const NewOrder = Schema.Struct({ account: AccountId, ...orderInputs, clOrdId: Schema.optionalKey(ClOrdId) })
  .check(Schema.makeFilter(fieldsFit))
  .annotate({ identifier: "NewOrder" })
export type NewOrder = typeof NewOrder.Type

/** Body of `POST /orders/groups`: orders that hang together; of OTO and bracket the first is the parent. */
export const NewGroup = Schema.Struct({
  account: AccountId,
  kind: GroupKind,
  orders: Schema.Array(Schema.Struct(orderInputs).check(Schema.makeFilter(fieldsFit)).annotate({ identifier: "Leg" })),
  clOrdId: Schema.optionalKey(ClOrdId)
}).annotate({ identifier: "NewGroup" })
export type NewGroup = typeof NewGroup.Type

/** Body of `PATCH /orders/ID`. What is left out stays; something must change. */
export const ReplaceOrder = Schema.Struct({
  quantity: Schema.optionalKey(QuantityInput),
  price: Schema.optionalKey(PriceInput),
  stopPrice: Schema.optionalKey(PriceInput),
  displayQuantity: Schema.optionalKey(QuantityInput),
  /** the clOrdId of a change that is on its way, when this one is to follow it */
  origClOrdId: Schema.optionalKey(ClOrdId),
  clOrdId: Schema.optionalKey(ClOrdId)
})
  .check(
    Schema.makeFilter(({ price, quantity, stopPrice, displayQuantity }) =>
      [price, quantity, stopPrice, displayQuantity].some((value) => value !== undefined)
        ? undefined
        : { path: ["quantity"], issue: "nothing to change: give quantity, price, stopPrice or displayQuantity" }
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
  /** the event that set the limit */
  setBy: Schema.optionalKey(Schema.String),
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

const instructionTexts = {
  ...instructionFields,
  trailAmount: Schema.optionalKey(DecimalText),
  trailPercent: Schema.optionalKey(DecimalText),
  limitOffset: Schema.optionalKey(DecimalText),
  displayQuantity: Schema.optionalKey(DecimalText),
  minQuantity: Schema.optionalKey(DecimalText),
  pegOffset: Schema.optionalKey(DecimalText)
}

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
  ...instructionTexts,
  groupId: Schema.optionalKey(Schema.String),
  parentId: Schema.optionalKey(Schema.String),
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

/** A group as it was placed: its orders in the order in which they were given. */
export const GroupBody = Schema.Struct({
  groupId: Schema.String,
  clOrdId: Schema.String,
  account: Schema.String,
  kind: GroupKind,
  orders: Schema.Array(OrderBody),
  position: Schema.String
}).annotate({ identifier: "Group" })
export type GroupBody = typeof GroupBody.Type

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
