import { Schema } from "effect"
import { defineEvent, type FactOf } from "#domain/kernel/event.ts"
import { ClOrdId, Currency, ExecId, OrderId, Symbol } from "#domain/kernel/ids.ts"
import { Cash, Price, Quantity, Rate } from "#domain/kernel/money.ts"
import { Time } from "#domain/kernel/time.ts"

export const Side = Schema.Literals(["buy", "sell"])
export const OrderType = Schema.Literals(["market", "limit", "stop", "stop-limit"])
export const TimeInForce = Schema.Literals(["DAY", "GTC", "IOC", "FOK", "GTD"])

/** Somebody asked for an order (FIX NewOrderSingle). Whether it may go on stands in the OrderRiskDecided beside it. */
export const OrderPlaced = defineEvent("OrderPlaced", {
  orderId: OrderId,
  clOrdId: ClOrdId,
  symbol: Symbol,
  instrumentVersion: Schema.Int,
  side: Side,
  orderType: OrderType,
  timeInForce: TimeInForce,
  quantity: Quantity,
  price: Schema.optionalKey(Price),
  stopPrice: Schema.optionalKey(Price),
  /** beyond this a market or stop buy must not trade */
  protectionPrice: Schema.optionalKey(Price),
  expireAt: Schema.optionalKey(Time)
})

/** A change was asked for (FIX OrderCancelReplaceRequest): only what is to change is named. */
export const ReplaceRequested = defineEvent("ReplaceRequested", {
  orderId: OrderId,
  clOrdId: ClOrdId,
  quantity: Schema.optionalKey(Quantity),
  price: Schema.optionalKey(Price),
  stopPrice: Schema.optionalKey(Price)
})
export const CancelRequested = defineEvent("CancelRequested", { orderId: OrderId, clOrdId: ClOrdId })
/** Every open order (of a symbol) is to be cancelled; the CancelRequested of each follow in the same commit. */
export const CancelAllRequested = defineEvent("CancelAllRequested", {
  clOrdId: ClOrdId,
  symbol: Schema.optionalKey(Symbol)
})

/** What a venue said (FIX ExecutionReport), after which market-data message, under its own id. */
const reported = { orderId: OrderId, execId: ExecId, mdNo: Schema.Int }
/** Quantity that stood before the order at its price: where it goes on after a restart. */
const queueAhead = Quantity

export const OrderAcknowledged = defineEvent("OrderAcknowledged", {
  ...reported,
  venueOrderId: Schema.String,
  queueAhead
})
export const OrderTriggered = defineEvent("OrderTriggered", { ...reported, queueAhead })
/** A fill (FIX ExecType F). Says all that a posting or a report needs, so that no reader looks anything up. */
export const OrderFilled = defineEvent("OrderFilled", {
  ...reported,
  venue: Schema.String,
  symbol: Symbol,
  instrumentVersion: Schema.Int,
  base: Currency,
  settlement: Currency,
  multiplier: Rate,
  side: Side,
  quantity: Quantity,
  price: Price,
  /** quantity × price × multiplier, computed once, here */
  notional: Cash,
  fee: Cash,
  feeCurrency: Currency,
  liquidity: Schema.Literals(["maker", "taker"]),
  tradeDate: Schema.String,
  cumQty: Quantity,
  leavesQty: Quantity,
  queueAhead
})
export const OrderReplaced = defineEvent("OrderReplaced", {
  ...reported,
  quantity: Quantity,
  price: Schema.optionalKey(Price),
  stopPrice: Schema.optionalKey(Price),
  queueAhead
})
const withReason = { ...reported, reason: Schema.String }
export const OrderCanceled = defineEvent("OrderCanceled", withReason)
export const OrderRejected = defineEvent("OrderRejected", withReason)
export const OrderExpired = defineEvent("OrderExpired", withReason)
export const CancelRejected = defineEvent("CancelRejected", withReason)
export const ReplaceRejected = defineEvent("ReplaceRejected", withReason)
/** A report that fits no open order waits here for a person: it changes no balance and is not lost. */
export const ReportSuspended = defineEvent("ReportSuspended", { ...withReason, report: Schema.String })

export type OrderEvent =
  | FactOf<typeof OrderPlaced>
  | FactOf<typeof ReplaceRequested>
  | FactOf<typeof CancelRequested>
  | FactOf<typeof CancelAllRequested>
  | FactOf<typeof OrderAcknowledged>
  | FactOf<typeof OrderTriggered>
  | FactOf<typeof OrderFilled>
  | FactOf<typeof OrderReplaced>
  | FactOf<typeof OrderCanceled>
  | FactOf<typeof OrderRejected>
  | FactOf<typeof OrderExpired>
  | FactOf<typeof CancelRejected>
  | FactOf<typeof ReplaceRejected>
  | FactOf<typeof ReportSuspended>

export type OrderFilledData = FactOf<typeof OrderFilled>["data"]
