import { Schema } from "effect"
import { defineEvent, type FactOf } from "#domain/kernel/event.ts"
import { AccountId, Currency, GroupId, OwnerId, Symbol } from "#domain/kernel/ids.ts"
import { Time } from "#domain/kernel/time.ts"
import { LimitScope } from "#domain/risk/limits.ts"
import { HaltMode } from "#domain/risk/events.ts"

/**
 * A group of accounts goes to another partition with all that decisions about it depend on. Amounts in these lists are
 * decimal texts, in memory as they are stored: what is hashed is the text.
 */

/** a decimal, as amounts are written everywhere */
const Decimal = Schema.String

const MovedLimits = Schema.Array(Schema.Struct({ name: Schema.String, value: Schema.String }))

/** Limits, positions at their last values, and what was won and lost, of an account or of the group. */
export const MovedScope = Schema.Struct({
  limits: MovedLimits,
  waiting: Schema.Array(Schema.Struct({ from: Time, limits: MovedLimits })),
  positions: Schema.Array(Schema.Struct({ symbol: Symbol, quantity: Decimal, value: Decimal })),
  paidIn: Decimal,
  result: Decimal,
  /** the UTC day that the next two belong to, since 1970 */
  day: Schema.Int,
  dayStart: Decimal,
  dayPeak: Decimal,
  peak: Decimal,
  /** when orders and cancels were sent that budgets still count, microseconds since 1970 */
  orders: Schema.Array(Schema.Int),
  cancels: Schema.Array(Schema.Int)
})
export type MovedScope = typeof MovedScope.Type

export const MovedAccount = Schema.Struct({
  account: AccountId,
  owner: OwnerId,
  accountType: Schema.Literals(["cash", "margin"]),
  currency: Currency,
  openedAt: Time,
  initialMargin: Schema.optionalKey(Decimal),
  maintenanceMargin: Schema.optionalKey(Decimal),
  /** it has less than it must keep, and was told so */
  called: Schema.Boolean,
  cash: Schema.Array(Schema.Struct({ currency: Currency, total: Decimal })),
  holdings: Schema.Array(
    Schema.Struct({
      symbol: Symbol,
      quantity: Decimal,
      /** what the units cost, in `currency` */
      cost: Decimal,
      currency: Currency,
      base: Currency,
      multiplier: Decimal
    })
  ),
  /** what its orders were like, where a limit asks for it */
  sizes: Schema.Array(Schema.Struct({ symbol: Symbol, sum: Decimal, count: Schema.Int, average: Decimal })),
  recent: Schema.Array(
    Schema.Struct({
      symbol: Symbol,
      side: Schema.Literals(["buy", "sell"]),
      quantity: Decimal,
      price: Schema.optionalKey(Decimal),
      stopPrice: Schema.optionalKey(Decimal),
      at: Schema.Int
    })
  ),
  risk: MovedScope
})
export type MovedAccount = typeof MovedAccount.Type

/** All of a group but what its accounts' commands were answered with. */
export const MovedGroup = Schema.Struct({
  group: GroupId,
  owner: OwnerId,
  /** how often it has moved, this time included */
  moves: Schema.Int,
  risk: MovedScope,
  accounts: Schema.Array(MovedAccount),
  /** those of the group and its accounts; they go on under new ids */
  halts: Schema.Array(
    Schema.Struct({
      scope: LimitScope,
      id: Schema.String,
      symbol: Schema.optionalKey(Symbol),
      reason: Schema.String,
      mode: Schema.optionalKey(HaltMode)
    })
  ),
  /** losses that somebody was halted for; `halt` is the place in `halts`, -1 where it was lifted */
  breaches: Schema.Array(
    Schema.Struct({ scope: LimitScope, id: Schema.String, code: Schema.String, halt: Schema.Int })
  ),
  /** of what is held, for who has none of the symbol yet */
  marks: Schema.Array(Schema.Struct({ symbol: Symbol, price: Decimal }))
})
export type MovedGroup = typeof MovedGroup.Type

/** What holds for a group besides its own: limits and halts of the firm and of symbols, where it comes from. */
export const HeldOver = Schema.Struct({
  limits: Schema.Array(
    Schema.Struct({
      scope: LimitScope,
      id: Schema.String,
      limits: MovedLimits,
      waiting: Schema.Array(Schema.Struct({ from: Time, limits: MovedLimits }))
    })
  ),
  halts: Schema.Array(
    Schema.Struct({
      scope: LimitScope,
      id: Schema.optionalKey(Schema.String),
      symbol: Schema.optionalKey(Symbol),
      mode: Schema.optionalKey(HaltMode)
    })
  )
})
export type HeldOver = typeof HeldOver.Type

/** `hash` is the SHA-256 of `moved`, as its JSON text is stored. */
const moving = { moveId: Schema.String, group: GroupId, hash: Schema.String, moved: MovedGroup }

/** The group is in no partition until one of those below says where it is. */
export const GroupMovedOut = defineEvent("GroupMovedOut", {
  ...moving,
  heldOver: HeldOver,
  toPartition: Schema.Int,
  transitNo: Schema.Int
})
/** From here on it is in this partition. */
export const GroupMovedIn = defineEvent("GroupMovedIn", { ...moving, fromPartition: Schema.Int, transitNo: Schema.Int })
/** What its accounts' commands were answered with, a part of it, before it comes itself: see `carried-answers.ts`. */
export const AnswersMovedIn = defineEvent("AnswersMovedIn", {
  moveId: Schema.String,
  group: GroupId,
  fromPartition: Schema.Int,
  part: Schema.Int,
  answers: Schema.String
})
/** The other partition does not take it, and never will under this number. */
export const GroupRefused = defineEvent("GroupRefused", {
  moveId: Schema.String,
  group: GroupId,
  fromPartition: Schema.Int,
  transitNo: Schema.Int,
  code: Schema.String,
  detail: Schema.String
})
/** In the partition that it has left: the other one has it. */
export const GroupArrived = defineEvent("GroupArrived", {
  moveId: Schema.String,
  group: GroupId,
  toPartition: Schema.Int
})
/** In the partition that it has left: it is here again, as it went. */
export const GroupReturned = defineEvent("GroupReturned", {
  ...moving,
  toPartition: Schema.Int,
  code: Schema.String,
  detail: Schema.String
})

export type MoveEvent =
  | FactOf<typeof GroupMovedOut>
  | FactOf<typeof GroupMovedIn>
  | FactOf<typeof AnswersMovedIn>
  | FactOf<typeof GroupRefused>
  | FactOf<typeof GroupArrived>
  | FactOf<typeof GroupReturned>
