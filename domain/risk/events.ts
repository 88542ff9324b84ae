import { Schema } from "effect"
import { defineEvent, type FactOf } from "#domain/kernel/event.ts"
import { OrderId, Symbol } from "#domain/kernel/ids.ts"
import { Cash, Price, Quantity, Rate } from "#domain/kernel/money.ts"

export const LimitScope = Schema.Literals(["account", "group", "firm"])
export type LimitScope = typeof LimitScope.Type

/** What may be limited; what is absent has its default or none. */
export const limitFields = {
  /** notional of one order, quote currency */
  maxOrderNotional: Schema.optionalKey(Cash),
  /** units of a symbol held, with every open order of the side filled */
  maxPosition: Schema.optionalKey(Quantity),
  maxOpenOrders: Schema.optionalKey(Schema.Int),
  maxOrdersPerSecond: Schema.optionalKey(Schema.Int),
  /** 20 is 20 % from the reference price */
  collarPercent: Schema.optionalKey(Rate)
}
export const Limits = Schema.Struct(limitFields)
export type Limits = typeof Limits.Type

/** The limits of a scope as they hold from here on, all of them. */
export const LimitsSet = defineEvent("LimitsSet", {
  scope: LimitScope,
  id: Schema.String,
  ...limitFields,
  reason: Schema.String
})
export const TradingHalted = defineEvent("TradingHalted", {
  haltId: Schema.String,
  scope: LimitScope,
  id: Schema.optionalKey(Schema.String),
  symbol: Schema.optionalKey(Symbol),
  reason: Schema.String
})
export const TradingResumed = defineEvent("TradingResumed", { haltId: Schema.String })

/**
 * The decision on the request that caused it (an order or a replace), in the same commit. `checks` is one text of all of
 * them, each `CODE ok|no LIMIT USED REQUESTED [SCOPE]`, with semicolons between (see `check-text.ts`): they are most of
 * the ledger's bytes, and nobody computes with them again.
 */
export const OrderRiskDecided = defineEvent("OrderRiskDecided", {
  orderId: OrderId,
  decision: Schema.Literals(["approved", "denied"]),
  checks: Schema.String,
  price: Schema.optionalKey(Price),
  /** `last`, `ask` or `stop`: which price the checks compared with */
  priceSource: Schema.optionalKey(Schema.String),
  priceMdNo: Schema.optionalKey(Schema.Int),
  priceAgeMicros: Schema.optionalKey(Schema.Int),
  /** what the order holds back from here on: money of the settlement currency, or units when it sells */
  reservedCash: Schema.optionalKey(Cash),
  reservedUnits: Schema.optionalKey(Quantity)
})

export type RiskEvent =
  | FactOf<typeof LimitsSet>
  | FactOf<typeof TradingHalted>
  | FactOf<typeof TradingResumed>
  | FactOf<typeof OrderRiskDecided>
export type OrderRiskDecidedData = FactOf<typeof OrderRiskDecided>["data"]
