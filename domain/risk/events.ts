import { Schema, SchemaTransformation } from "effect"
import { defineEvent, type FactOf } from "#domain/kernel/event.ts"
import { ClOrdId, GroupId, OrderId, Symbol } from "#domain/kernel/ids.ts"
import { Cash, Price, Quantity } from "#domain/kernel/money.ts"
import { Time } from "#domain/kernel/time.ts"
import { Checks } from "./check-text.ts"
import { limitFields, LimitScope } from "./limits.ts"

/** What was added since is optional: an event of before has none of it. */
const same = (data: Record<string, unknown>) => data

/** The limits of a scope as they hold from here on (from `effectiveFrom`, where that is later), all of them. */
export const LimitsSet = defineEvent(
  "LimitsSet",
  {
    scope: LimitScope,
    id: Schema.String,
    ...limitFields,
    reason: Schema.String,
    proposedBy: Schema.optionalKey(Schema.String),
    approvedBy: Schema.optionalKey(Schema.String),
    effectiveFrom: Schema.optionalKey(Time)
  },
  { v: 2, upcasts: { 1: same } }
)
/** `reduce-only` lets orders through that only bring a position nearer to zero; absent: no order passes. */
export const HaltMode = Schema.Literals(["all", "reduce-only"])
export type HaltMode = typeof HaltMode.Type
export const TradingHalted = defineEvent(
  "TradingHalted",
  {
    haltId: Schema.String,
    scope: LimitScope,
    id: Schema.optionalKey(Schema.String),
    symbol: Schema.optionalKey(Symbol),
    reason: Schema.String,
    mode: Schema.optionalKey(HaltMode)
  },
  { v: 2, upcasts: { 1: same } }
)
export const TradingResumed = defineEvent("TradingResumed", { haltId: Schema.String })

/**
 * The kill switch: the scope is halted by `haltId`, and every open order in it is to be cancelled; the CancelRequested of
 * at most a thousand follow in the same commit, those of the rest after another of these (SEC 15c3-5(c)(1)).
 */
export const KillRequested = defineEvent("KillRequested", {
  haltId: Schema.String,
  clOrdId: ClOrdId,
  scope: LimitScope,
  id: Schema.optionalKey(Schema.String),
  symbol: Schema.optionalKey(Symbol),
  reason: Schema.String
})

/** The account has less than it must keep (FINRA rule 4210): `equity` is below `requirement`, by `deficit`. */
export const MarginCalled = defineEvent("MarginCalled", { equity: Cash, requirement: Cash, deficit: Cash })
/** It has again what its positions needed at the beginning, which is `requirement`. */
export const MarginRestored = defineEvent("MarginRestored", { equity: Cash, requirement: Cash })

/** Limits of the firm that are handed out to its groups: what a group has is its own to use, the sum is the firm's. */
export const AllottedLimit = Schema.Literals(["maxGrossNotional", "maxOpenNotional"])
export type AllottedLimit = typeof AllottedLimit.Type
const allotment = { group: GroupId, limit: AllottedLimit, amount: Cash, reason: Schema.String }
/** `amount` more of the firm's limit belongs to the group from here on, or goes back to the firm. */
export const LimitAllotted = defineEvent("LimitAllotted", allotment)
export const LimitReturned = defineEvent("LimitReturned", allotment)

/** One text in the ledger. */
const ChecksText = Schema.String.pipe(
  Schema.decodeTo(
    Schema.instanceOf(Checks).annotate({ ofStoredText: (text: string) => Checks.written(text) }),
    SchemaTransformation.transform({ decode: (text) => Checks.written(text), encode: (checks) => checks.text })
  )
)

/**
 * The decision on the request that caused it (an order or a replace), in the same commit. `rules` is the version of the
 * checklist that was asked; `checks` is one text, see `check-text.ts`: it is most of the ledger's bytes, and nobody
 * computes with it again.
 */
export const OrderRiskDecided = defineEvent(
  "OrderRiskDecided",
  {
    orderId: OrderId,
    decision: Schema.Literals(["approved", "denied"]),
    rules: Schema.Int,
    checks: ChecksText,
    price: Schema.optionalKey(Price),
    /** `last`, `ask` or `stop`: which price the checks compared with */
    priceSource: Schema.optionalKey(Schema.String),
    priceMdNo: Schema.optionalKey(Schema.Int),
    priceAgeMicros: Schema.optionalKey(Schema.Int),
    /** what the order holds back from here on: money of the settlement currency, or units when it sells */
    reservedCash: Schema.optionalKey(Cash),
    reservedUnits: Schema.optionalKey(Quantity)
  },
  // the first checklist wrote each of its eleven checks into the text
  { v: 2, upcasts: { 1: (data) => ({ ...data, rules: 1 }) } }
)

export type RiskEvent =
  | FactOf<typeof LimitsSet>
  | FactOf<typeof TradingHalted>
  | FactOf<typeof TradingResumed>
  | FactOf<typeof KillRequested>
  | FactOf<typeof MarginCalled>
  | FactOf<typeof MarginRestored>
  | FactOf<typeof LimitAllotted>
  | FactOf<typeof LimitReturned>
  | FactOf<typeof OrderRiskDecided>
export type OrderRiskDecidedData = FactOf<typeof OrderRiskDecided>["data"]
