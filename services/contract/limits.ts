import { Schema } from "effect"
import { AccountId, Symbol } from "#domain/kernel/ids.ts"
import { CashLimitInput, QuantityLimitInput, RateInput } from "#services/http/decimals.ts"
import { DecimalText, Note, readFields, TimeText } from "./fields.ts"

export const Scope = Schema.Literals(["account", "group", "firm"])
export type Scope = typeof Scope.Type
/** Of an account, a group or the firm: the firm's own id too, since halts of it may be asked without one. */
const ScopeId = Schema.String.check(Schema.isPattern(/^[A-Za-z0-9_.:-]{1,64}$/u))
const Count = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 1_000_000_000 }))

/** What is left out stays, `null` clears. */
const LimitChanges = Schema.Struct({
  maxOrderNotional: Schema.optionalKey(Schema.NullOr(CashLimitInput)),
  maxPosition: Schema.optionalKey(Schema.NullOr(QuantityLimitInput)),
  maxOpenOrders: Schema.optionalKey(Schema.NullOr(Count)),
  maxOrdersPerSecond: Schema.optionalKey(Schema.NullOr(Count)),
  collarPercent: Schema.optionalKey(Schema.NullOr(RateInput))
}).annotate({ identifier: "LimitChanges" })
export type LimitChanges = typeof LimitChanges.Type

/** Body of `PUT /risk/limits`. */
export const SetLimits = Schema.Struct({ scope: Scope, id: ScopeId, limits: LimitChanges, reason: Note }).annotate({
  identifier: "SetLimits"
})
export type SetLimits = typeof SetLimits.Type

/** Body of `POST /risk/halts`; with `symbol` only that one is halted. */
export const PlaceHalt = Schema.Struct({
  scope: Scope,
  id: Schema.optionalKey(ScopeId),
  symbol: Schema.optionalKey(Symbol),
  reason: Note
})
  .check(
    Schema.makeFilter(({ id, scope }) =>
      scope === "firm" || id !== undefined ? undefined : { path: ["id"], issue: `which ${scope}?` }
    )
  )
  .annotate({ identifier: "PlaceHalt" })
export type PlaceHalt = typeof PlaceHalt.Type

export const LimitQuery = Schema.Struct({ account: AccountId, ...readFields })
export type LimitQuery = typeof LimitQuery.Type

/** Limits as they are answered; a limit that is not set is left out. */
export const LimitValues = Schema.Struct({
  maxOrderNotional: Schema.optionalKey(DecimalText),
  maxPosition: Schema.optionalKey(DecimalText),
  maxOpenOrders: Schema.optionalKey(Schema.Int),
  maxOrdersPerSecond: Schema.optionalKey(Schema.Int),
  collarPercent: Schema.optionalKey(DecimalText)
}).annotate({ identifier: "LimitValues" })
export type LimitValues = typeof LimitValues.Type

/** One level's own limits. */
export const LevelBody = Schema.Struct({
  scope: Scope,
  id: Schema.String,
  limits: LimitValues,
  position: Schema.optionalKey(Schema.String)
}).annotate({ identifier: "LevelLimits" })
export type LevelBody = typeof LevelBody.Type

/** A halt; `haltId` is what `DELETE /risk/halts/ID` takes. */
export const HaltBody = Schema.Struct({
  haltId: Schema.String,
  scope: Scope,
  id: Schema.optionalKey(Schema.String),
  symbol: Schema.optionalKey(Schema.String),
  reason: Schema.String,
  at: TimeText,
  /** when it was lifted */
  resumedAt: Schema.optionalKey(TimeText),
  position: Schema.String
}).annotate({ identifier: "Halt" })
export type HaltBody = typeof HaltBody.Type

/** All that an account's orders are judged by: every level must hold, `effective` is the strictest of each. */
export const LimitsBody = Schema.Struct({
  account: Schema.String,
  levels: Schema.Array(LevelBody),
  effective: LimitValues,
  halts: Schema.Array(HaltBody),
  position: Schema.String
}).annotate({ identifier: "AccountLimits" })
export type LimitsBody = typeof LimitsBody.Type

export const HaltPage = Schema.Struct({
  items: Schema.Array(HaltBody),
  next: Schema.optionalKey(Schema.String)
}).annotate({
  identifier: "HaltPage"
})
