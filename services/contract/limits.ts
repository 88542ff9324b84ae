import { Schema } from "effect"
import { AccountId, ClOrdId, GroupId, OrderId, Symbol } from "#domain/kernel/ids.ts"
import { AllottedLimit, HaltMode } from "#domain/risk/events.ts"
import { LimitScope, SELF_TRADE_MODES } from "#domain/risk/limits.ts"
import { CashInput, CashLimitInput, QuantityLimitInput, RateInput } from "#services/http/decimals.ts"
import {
  DecimalText,
  Note,
  pageFields,
  type PageQuery,
  PartitionText,
  readFields,
  TimeInput,
  TimeText
} from "./fields.ts"
import { CheckBody } from "./orders.ts"

export const Scope = LimitScope
export type Scope = typeof Scope.Type
/** Of an account, a group, a symbol or the firm: the firm's own id too, since halts of it may be asked without one. */
const ScopeId = Schema.String.check(Schema.isPattern(/^[A-Za-z0-9_.:-]{1,64}$/u))
const Count = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 1_000_000_000 }))
const Symbols = Schema.Array(Symbol).check(Schema.isMaxLength(1000))
const SelfTrade = Schema.Literals(SELF_TRADE_MODES)
const WashTrade = Schema.Literals(["allow", "block"])

const change = <S extends Schema.Constraint>(value: S) => Schema.optionalKey(Schema.NullOr(value))

/** What is left out stays, `null` clears. */
const LimitChanges = Schema.Struct({
  maxOrderNotional: change(CashLimitInput),
  maxPosition: change(QuantityLimitInput),
  maxOpenOrders: change(Count),
  maxOrdersPerSecond: change(Count),
  collarPercent: change(RateInput),
  maxOrderQuantity: change(QuantityLimitInput),
  maxGrossNotional: change(CashLimitInput),
  maxConcentrationPercent: change(RateInput),
  maxOpenNotional: change(CashLimitInput),
  maxCancelsPerSecond: change(Count),
  maxPriceAgeSeconds: change(Count),
  maxDailyLoss: change(CashLimitInput),
  maxTrailingLoss: change(CashLimitInput),
  maxDrawdown: change(CashLimitInput),
  fatFingerMultiple: change(RateInput),
  duplicateWindowMillis: change(Count),
  selfTrade: change(SelfTrade),
  washTrade: change(WashTrade),
  restricted: change(Symbols),
  shortAllowed: change(Schema.Boolean),
  locateRequired: change(Schema.Boolean)
}).annotate({ identifier: "LimitChanges" })
export type LimitChanges = typeof LimitChanges.Type

const Parts = Schema.Record(Schema.String.check(Schema.isPattern(/^(?:0|[1-9]\d{0,3})$/u)), RateInput).annotate({
  identifier: "Parts"
})

/** Body of `PUT /risk/limits`; with `effectiveFrom` the change holds from then on. */
export const SetLimits = Schema.Struct({
  scope: Scope,
  id: ScopeId,
  limits: LimitChanges,
  reason: Note,
  proposedBy: Schema.optionalKey(Note),
  approvedBy: Schema.optionalKey(Note),
  effectiveFrom: Schema.optionalKey(TimeInput),
  /** of the firm or of a symbol, where there are several: the one that is meant; the gateway divides among all of them */
  partition: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))),
  /** which share of what is divided each partition gets, `{"0": "0.6", "1": "0.4"}`: 1 at most together; evenly without */
  parts: Schema.optionalKey(Parts)
}).annotate({ identifier: "SetLimits" })
export type SetLimits = typeof SetLimits.Type

/** Body of `POST /risk/halts`; with `symbol` only that one is halted. */
export const PlaceHalt = Schema.Struct({
  scope: Scope,
  id: Schema.optionalKey(ScopeId),
  symbol: Schema.optionalKey(Symbol),
  reason: Note,
  mode: Schema.optionalKey(HaltMode),
  /** of several partitions the one that is meant; the gateway asks all of them */
  partition: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)))
})
  .check(
    Schema.makeFilter(({ id, scope }) =>
      scope === "firm" || id !== undefined ? undefined : { path: ["id"], issue: `which ${scope}?` }
    )
  )
  .annotate({ identifier: "PlaceHalt" })
export type PlaceHalt = typeof PlaceHalt.Type

/** Body of `POST /risk/kill`; with `symbol` only its orders are cancelled and only it is halted. */
export const KillSwitch = Schema.Struct({
  scope: Schema.Literals(["account", "group", "firm"]),
  id: Schema.optionalKey(ScopeId),
  symbol: Schema.optionalKey(Symbol),
  reason: Note,
  clOrdId: Schema.optionalKey(ClOrdId),
  /** of several partitions the one that is meant; the gateway asks all of them */
  partition: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)))
})
  .check(
    Schema.makeFilter(({ id, scope }) =>
      scope === "firm" || id !== undefined ? undefined : { path: ["id"], issue: `which ${scope}?` }
    )
  )
  .annotate({ identifier: "KillSwitch" })
export type KillSwitch = typeof KillSwitch.Type

/** What has become of it: `requested` is `confirmed` and how many are `remaining`, which no venue has confirmed yet. */
export const KillBody = Schema.Struct({
  haltId: Schema.String,
  requested: Schema.Int,
  confirmed: Schema.Int,
  remaining: Schema.Array(OrderId),
  position: Schema.String
}).annotate({ identifier: "Killed" })
export type KillBody = typeof KillBody.Type

/** Body of `POST /risk/allotments`: a part of the firm's limit for a group, or with `return` back to the firm. */
export const Allot = Schema.Struct({
  group: GroupId,
  limit: AllottedLimit,
  amount: CashInput,
  return: Schema.optionalKey(Schema.Boolean),
  reason: Note
}).annotate({ identifier: "Allot" })
export type Allot = typeof Allot.Type

/** What a group has of the firm's limit after the change, and what the firm has handed out altogether. */
export const AllotmentBody = Schema.Struct({
  group: Schema.String,
  limit: AllottedLimit,
  allotted: DecimalText,
  allottedToAll: DecimalText,
  firmLimit: DecimalText,
  position: Schema.String
}).annotate({ identifier: "Allotment" })
export type AllotmentBody = typeof AllotmentBody.Type

export const LimitQuery = Schema.Struct({ account: AccountId, ...readFields })
export type LimitQuery = typeof LimitQuery.Type

/** Limits as they are answered; a limit that is not set is left out. */
export const LimitValues = Schema.Struct({
  maxOrderNotional: Schema.optionalKey(DecimalText),
  maxPosition: Schema.optionalKey(DecimalText),
  maxOpenOrders: Schema.optionalKey(Schema.Int),
  maxOrdersPerSecond: Schema.optionalKey(Schema.Int),
  collarPercent: Schema.optionalKey(DecimalText),
  maxOrderQuantity: Schema.optionalKey(DecimalText),
  maxGrossNotional: Schema.optionalKey(DecimalText),
  maxConcentrationPercent: Schema.optionalKey(DecimalText),
  maxOpenNotional: Schema.optionalKey(DecimalText),
  maxCancelsPerSecond: Schema.optionalKey(Schema.Int),
  maxPriceAgeSeconds: Schema.optionalKey(Schema.Int),
  maxDailyLoss: Schema.optionalKey(DecimalText),
  maxTrailingLoss: Schema.optionalKey(DecimalText),
  maxDrawdown: Schema.optionalKey(DecimalText),
  fatFingerMultiple: Schema.optionalKey(DecimalText),
  duplicateWindowMillis: Schema.optionalKey(Schema.Int),
  selfTrade: Schema.optionalKey(SelfTrade),
  washTrade: Schema.optionalKey(WashTrade),
  restricted: Schema.optionalKey(Schema.Array(Schema.String)),
  shortAllowed: Schema.optionalKey(Schema.Boolean),
  locateRequired: Schema.optionalKey(Schema.Boolean)
}).annotate({ identifier: "LimitValues" })
export type LimitValues = typeof LimitValues.Type

const levelFields = {
  limits: LimitValues,
  waiting: Schema.optionalKey(Schema.Array(Schema.Struct({ effectiveFrom: TimeText, limits: LimitValues }))),
  /** of the firm and of a symbol: what a partition uses of the limits that are divided, whether or not they are set */
  used: Schema.optionalKey(LimitValues),
  position: Schema.optionalKey(Schema.String)
}
/** What one of several partitions has of the firm's or of a symbol's limits. */
export const LevelPart = Schema.Struct(levelFields).annotate({ identifier: "LevelPart" })
export type LevelPart = typeof LevelPart.Type

/**
 * One level's own limits; `waiting` are changes that hold from later on. Of several partitions `parts` says what each has:
 * `limits` has the sum of what is divided, and of the others what is the same in each.
 */
export const LevelBody = Schema.Struct({
  scope: Scope,
  id: Schema.String,
  ...levelFields,
  parts: Schema.optionalKey(Schema.Record(Schema.String, LevelPart))
}).annotate({ identifier: "LevelLimits" })
export type LevelBody = typeof LevelBody.Type

/** Whose limits `GET /risk/limits/SCOPE/ID` asks for. */
export const levelParams = { scope: Scope, id: ScopeId }
export const levelQuery = { partition: Schema.optionalKey(PartitionText), ...readFields }
export type LevelQuery = { readonly scope: Scope; readonly id: string; readonly partition?: number }

/** What `GET /risk/halts` takes. */
export const haltsQuery = { partition: Schema.optionalKey(PartitionText), ...pageFields }
export type HaltsQuery = PageQuery & { readonly partition?: number }

/** Body of `POST /risk/moves`: a risk group with all of its accounts goes to another partition of the ledger. */
export const MoveGroup = Schema.Struct({
  group: GroupId,
  toPartition: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 9_999 }))
}).annotate({ identifier: "MoveGroup" })
export type MoveGroup = typeof MoveGroup.Type

/** Where a group is: `moving` while the other partition has not answered; `returned` when it did not take it. */
export const MoveBody = Schema.Struct({
  group: Schema.String,
  toPartition: Schema.Int,
  status: Schema.Literals(["moving", "arrived", "returned"]),
  /** why the other partition did not take it */
  code: Schema.optionalKey(Schema.String),
  detail: Schema.optionalKey(Schema.String),
  moveId: Schema.optionalKey(Schema.String),
  /** SHA-256 of all that the group is, the same on both sides */
  hash: Schema.optionalKey(Schema.String),
  position: Schema.String
}).annotate({ identifier: "Move" })
export type MoveBody = typeof MoveBody.Type

/** A halt; `haltId` is what `DELETE /risk/halts/ID` takes. */
export const HaltBody = Schema.Struct({
  haltId: Schema.String,
  scope: Scope,
  id: Schema.optionalKey(Schema.String),
  symbol: Schema.optionalKey(Schema.String),
  reason: Schema.String,
  mode: Schema.optionalKey(HaltMode),
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

/** What an order would get, from `POST /risk/check`; nothing is recorded. `position` is what it was judged by. */
export const RiskAnswer = Schema.Struct({
  decision: Schema.Literals(["approved", "denied"]),
  checks: Schema.Array(CheckBody),
  price: Schema.optionalKey(DecimalText),
  priceSource: Schema.optionalKey(Schema.String),
  priceAge: Schema.optionalKey(Schema.Finite),
  position: Schema.String
}).annotate({ identifier: "RiskAnswer" })
export type RiskAnswer = typeof RiskAnswer.Type
