import { formatFixed, ONE } from "#domain/kernel/money.ts"
import type { CheckCode } from "./check-codes.ts"
import type { AllottedLimit } from "./events.ts"
import { SELF_TRADE_MODES, type LimitName, type Limits, type SelfTradeMode } from "./limits.ts"
import type { Scope } from "./scope.ts"

/** One limit that holds: converted when it was set, so that no order has to. */
export type Held = {
  readonly code: CheckCode
  /** as an amount of scale 8, counts too */
  readonly limit: bigint
  readonly count: number
  /** the same as a decision tells it */
  readonly text: string
  /** whose it is and which event set it: `account@1234` */
  readonly by: string
}
/** A limit that is not an amount. */
export type Rule<T> = { readonly value: T; readonly by: string }

/** The limits of one scope, ready to compare: put together when they are set, and shared by all whom they concern. */
export type HeldLimits = { readonly [K in AmountName]: Held | undefined } & {
  readonly selfTrade: Rule<SelfTradeMode> | undefined
  readonly washTrade: Rule<"allow" | "block"> | undefined
  readonly restricted: Rule<ReadonlySet<string>> | undefined
  readonly shortAllowed: Rule<boolean> | undefined
  readonly locateRequired: Rule<boolean> | undefined
}
/** What an order is judged by: the limits of its account, of the group, of the firm, and of its symbol. All must hold. */
export type LimitBook = readonly [account: HeldLimits, group: HeldLimits, firm: HeldLimits, symbol: HeldLimits]

const CODES = {
  maxOrderNotional: "MAX_ORDER_NOTIONAL",
  maxOrderQuantity: "MAX_ORDER_QUANTITY",
  collarPercent: "PRICE_COLLAR",
  maxPriceAgeSeconds: "PRICE_AGE",
  fatFingerMultiple: "FAT_FINGER",
  duplicateWindowMillis: "DUPLICATE",
  maxPosition: "MAX_POSITION",
  maxGrossNotional: "MAX_GROSS_NOTIONAL",
  maxConcentrationPercent: "MAX_CONCENTRATION",
  maxOpenOrders: "MAX_OPEN_ORDERS",
  maxOpenNotional: "MAX_OPEN_NOTIONAL",
  maxOrdersPerSecond: "ORDER_RATE",
  maxCancelsPerSecond: "ORDER_RATE",
  maxDailyLoss: "DAILY_LOSS",
  maxTrailingLoss: "TRAILING_LOSS",
  maxDrawdown: "DRAWDOWN"
} as const satisfies Partial<Record<LimitName, CheckCode>>
export type AmountName = keyof typeof CODES

/** Of a scope that has none, or of a symbol without a scope. */
export const NO_LIMITS: HeldLimits = Object.freeze({
  ...(Object.fromEntries(Object.keys(CODES).map((name) => [name, undefined])) as Record<AmountName, undefined>),
  selfTrade: undefined,
  washTrade: undefined,
  restricted: undefined,
  shortAllowed: undefined,
  locateRequired: undefined
})

type Limited = Pick<Scope, "limits" | "setBy">

export const heldLimits = ({ limits, setBy }: Limited, of: Pick<Scope, "kind" | "allotted">): HeldLimits => {
  const held = (name: AmountName): Held | undefined => {
    const own = limits[name]
    const handed = of.allotted[name as AllottedLimit]
    // both compare with the same totals: the lower one is the one that can bite
    return handed === undefined || (own !== undefined && (own as bigint) <= handed.amount)
      ? own === undefined
        ? undefined
        : heldOf(name, of, own, setBy[name])
      : heldOf(name, of, handed.amount, handed.setBy)
  }
  const rule = <K extends LimitName>(name: K): Rule<NonNullable<Limits[K]>> | undefined => {
    const value = limits[name]
    return value === undefined ? undefined : { value, by: byOf(of, setBy[name]) }
  }
  const restricted = rule("restricted")
  return {
    maxOrderNotional: held("maxOrderNotional"),
    maxOrderQuantity: held("maxOrderQuantity"),
    collarPercent: held("collarPercent"),
    maxPriceAgeSeconds: held("maxPriceAgeSeconds"),
    fatFingerMultiple: held("fatFingerMultiple"),
    duplicateWindowMillis: held("duplicateWindowMillis"),
    maxPosition: held("maxPosition"),
    maxGrossNotional: held("maxGrossNotional"),
    maxConcentrationPercent: held("maxConcentrationPercent"),
    maxOpenOrders: held("maxOpenOrders"),
    maxOpenNotional: held("maxOpenNotional"),
    maxOrdersPerSecond: held("maxOrdersPerSecond"),
    maxCancelsPerSecond: held("maxCancelsPerSecond"),
    maxDailyLoss: held("maxDailyLoss"),
    maxTrailingLoss: held("maxTrailingLoss"),
    maxDrawdown: held("maxDrawdown"),
    selfTrade: rule("selfTrade"),
    washTrade: rule("washTrade"),
    restricted: restricted && { value: new Set(restricted.value.split(" ")), by: restricted.by },
    shortAllowed: rule("shortAllowed"),
    locateRequired: rule("locateRequired")
  }
}

const heldOf = (name: AmountName, scope: Pick<Scope, "kind">, value: bigint | number, setBy: number | undefined): Held => {
  const limit = typeof value === "number" ? BigInt(value) * ONE : value
  const count = typeof value === "number" ? value : Number(value) / 1e8
  return { code: CODES[name], limit, count, text: formatFixed(limit), by: byOf(scope, setBy) }
}

/** Limits whose event is not known were there before events told (tests). */
const byOf = ({ kind }: Pick<Scope, "kind">, setBy: number | undefined): string =>
  setBy === undefined ? kind : `${kind}@${setBy}`

/** Of limits that compare with nothing but the order the lowest, of equal ones the first. */
export const lowest = (book: LimitBook, name: AmountName): Held | undefined => {
  let best: Held | undefined
  for (let i = 0; i < 4; i++) {
    const held = book[i]![name]
    if (held !== undefined && (best === undefined || held.limit < best.limit)) best = held
  }
  return best
}
export const widest = (book: LimitBook, name: AmountName): Held | undefined => {
  let best: Held | undefined
  for (let i = 0; i < 4; i++) {
    const held = book[i]![name]
    if (held !== undefined && (best === undefined || held.limit > best.limit)) best = held
  }
  return best
}

/** What happens when an order would meet an own one: the strictest rule, where there is one that does not allow it. */
export const selfTradeRule = (book: LimitBook): Rule<SelfTradeMode> | undefined => {
  let best: Rule<SelfTradeMode> | undefined
  for (const { selfTrade } of book) {
    if (selfTrade === undefined) continue
    if (best === undefined || rankOf(selfTrade) > rankOf(best)) best = selfTrade
  }
  return best?.value === "allow" ? undefined : best
}
const rankOf = ({ value }: Rule<SelfTradeMode>): number => SELF_TRADE_MODES.indexOf(value)

export const washTradeRule = (book: LimitBook): Rule<"allow" | "block"> | undefined => {
  for (const { washTrade } of book) if (washTrade?.value === "block") return washTrade
  return undefined
}

/** Who restricts a symbol. */
export const restrictedBy = (book: LimitBook, symbol: string): string | undefined => {
  for (const { restricted } of book) if (restricted?.value.has(symbol) === true) return restricted.by
  return undefined
}

/** Of several levels the one that says `decisive`, the symbol's before the others, otherwise the first. */
export const decisiveRule = (
  book: LimitBook,
  name: "shortAllowed" | "locateRequired",
  decisive: boolean
): Rule<boolean> | undefined => {
  const symbol = book[3][name]
  if (symbol?.value === decisive) return symbol
  let first: Rule<boolean> | undefined
  for (let i = 0; i < 3; i++) {
    const rule = book[i]![name]
    if (rule?.value === decisive) return rule
    first ??= rule
  }
  return first ?? symbol
}
