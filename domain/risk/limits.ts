import { Schema } from "effect"
import { Cash, Quantity, Rate } from "#domain/kernel/money.ts"

/** Whose limits: all levels must hold. A symbol's are the firm's own for that symbol. */
export const LimitScope = Schema.Literals(["account", "group", "firm", "symbol"])
export type LimitScope = typeof LimitScope.Type

/** What happens when an order would meet an own one; of several levels the strictest, which is the later one, holds. */
export const SELF_TRADE_MODES = ["allow", "decrement", "cancel-oldest", "cancel-newest", "cancel-both"] as const
export type SelfTradeMode = (typeof SELF_TRADE_MODES)[number]

/** What may be limited; what is absent has its default or none. */
export const limitFields = {
  /** notional of one order, quote currency */
  maxOrderNotional: Schema.optionalKey(Cash),
  /** units of a symbol held, with every open order of the side filled */
  maxPosition: Schema.optionalKey(Quantity),
  maxOpenOrders: Schema.optionalKey(Schema.Int),
  maxOrdersPerSecond: Schema.optionalKey(Schema.Int),
  /** 20 is 20 % from the reference price */
  collarPercent: Schema.optionalKey(Rate),
  /** units of one order */
  maxOrderQuantity: Schema.optionalKey(Quantity),
  /** what all positions are worth, long and short added up, with every open order filled */
  maxGrossNotional: Schema.optionalKey(Cash),
  /** the share of equity that one symbol may be, with every open order of the side filled */
  maxConcentrationPercent: Schema.optionalKey(Rate),
  /** what all open orders together are worth */
  maxOpenNotional: Schema.optionalKey(Cash),
  maxCancelsPerSecond: Schema.optionalKey(Schema.Int),
  /** the reference price must not be older */
  maxPriceAgeSeconds: Schema.optionalKey(Schema.Int),
  /** lost since 00:00 UTC; since the day's best; since the best ever */
  maxDailyLoss: Schema.optionalKey(Cash),
  maxTrailingLoss: Schema.optionalKey(Cash),
  maxDrawdown: Schema.optionalKey(Cash),
  /** times the average size of the account's orders in the symbol */
  fatFingerMultiple: Schema.optionalKey(Rate),
  /** the same order again within this is taken for a mistake */
  duplicateWindowMillis: Schema.optionalKey(Schema.Int),
  selfTrade: Schema.optionalKey(Schema.Literals(SELF_TRADE_MODES)),
  /** orders of one owner's accounts that would meet each other */
  washTrade: Schema.optionalKey(Schema.Literals(["allow", "block"])),
  /** symbols that must not be traded, with spaces between */
  restricted: Schema.optionalKey(Schema.String),
  /** margin accounts only: some level must say true, and none false */
  shortAllowed: Schema.optionalKey(Schema.Boolean),
  /** a short sale must name who lends */
  locateRequired: Schema.optionalKey(Schema.Boolean)
}
export const Limits = Schema.Struct(limitFields)
export type Limits = typeof Limits.Type
export type LimitName = keyof Limits
export const LIMIT_NAMES = Object.keys(limitFields) as ReadonlyArray<LimitName>

/** Limits that forbid when they are 0; of the others 0 would mean nothing and is refused. */
const MAY_BE_ZERO: ReadonlySet<LimitName> = new Set([
  "maxPosition",
  "maxOpenOrders",
  "maxGrossNotional",
  "maxOpenNotional",
  "maxConcentrationPercent"
])

/** Why a value is none of a limit, or undefined. */
export const limitProblem = (name: LimitName, value: Limits[LimitName]): string | undefined => {
  if (typeof value !== "bigint" && typeof value !== "number") return undefined
  if (value < 0 || (value < 1e-8 && !MAY_BE_ZERO.has(name))) return `${name} must be above 0`
  return undefined
}

/** Only the limits of something that has more, and only those that are there. */
export const limitsOf = (given: Limits): Limits => {
  const picked: Record<string, unknown> = {}
  for (const name of LIMIT_NAMES) if (given[name] !== undefined) picked[name] = given[name]
  return picked
}
