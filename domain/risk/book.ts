import { formatFixed, ONE } from "#domain/kernel/money.ts"
import type { CheckCode } from "./check-codes.ts"
import type { AllottedLimit } from "./events.ts"
import { SELF_TRADE_MODES, type LimitName, type Limits, type SelfTradeMode } from "./limits.ts"
import type { Scope } from "./scope.ts"

/**
 * One limit that holds: converted when it was set, so that no order has to. Scopes with equal limits share it, because
 * thousands of accounts that each have their own would not fit the processor's cache.
 */
export type Held = {
  readonly code: CheckCode
  /** as an amount of scale 8, counts too */
  readonly limit: bigint
  readonly count: number
  /** the same as a decision tells it */
  readonly text: string
}
/** A limit that is not an amount. */
export type Rule<T> = { readonly value: T; readonly by: string }

/** The limits of one scope, ready to compare: put together when they are set, and shared by all whom they concern. */
export type HeldLimits = {
  /** by {@link AMOUNT}: found by a number, because a name that varies takes longer than the comparison */
  readonly amounts: ReadonlyArray<Held | undefined>
  /** whose each is and which event set it: `account@1234` */
  readonly by: ReadonlyArray<string | undefined>
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
type AmountName = keyof typeof CODES
const AMOUNT_NAMES = Object.keys(CODES) as ReadonlyArray<AmountName>
/** Where each limit stands among a scope's amounts. */
export const AMOUNT = Object.fromEntries(AMOUNT_NAMES.map((name, at) => [name, at])) as Readonly<
  Record<AmountName, number>
>

export const heldLimits = (
  { limits, setBy }: Pick<Scope, "limits" | "setBy">,
  of: Pick<Scope, "kind" | "allotted">
): HeldLimits => {
  const amounts: Array<Held | undefined> = []
  const by: Array<string | undefined> = []
  for (const name of AMOUNT_NAMES) {
    const own = limits[name]
    const handed = of.allotted[name as AllottedLimit]
    // both compare with the same totals: the lower one is the one that can bite
    const isHanded = handed !== undefined && (own === undefined || (own as bigint) > handed.amount)
    const value = isHanded ? handed.amount : own
    amounts.push(value === undefined ? undefined : heldOf(name, value))
    by.push(value === undefined ? undefined : byOf(of, isHanded ? handed.setBy : setBy[name]))
  }
  const rule = <K extends LimitName>(name: K): Rule<NonNullable<Limits[K]>> | undefined => {
    const value = limits[name]
    return value === undefined ? undefined : { value, by: byOf(of, setBy[name]) }
  }
  const restricted = rule("restricted")
  return {
    amounts: oneOf(amounts),
    by,
    selfTrade: rule("selfTrade"),
    washTrade: rule("washTrade"),
    restricted: restricted && { value: new Set(restricted.value.split(" ")), by: restricted.by },
    shortAllowed: rule("shortAllowed"),
    locateRequired: rule("locateRequired")
  }
}

const heldOf = (name: AmountName, value: bigint | number): Held => {
  const limit = typeof value === "number" ? BigInt(value) * ONE : value
  const text = formatFixed(limit)
  const key = `${name} ${text}`
  const known = shared.get(key)
  if (known !== undefined) return known
  const held = { code: CODES[name], limit, count: typeof value === "number" ? value : Number(value) / 1e8, text }
  if (shared.size === MOST_SHARED) shared.clear()
  shared.set(key, held)
  return held
}
const MOST_SHARED = 10_000
const shared = new Map<string, Held>()

/** The same for all that a scope has: most accounts of a firm have the same limits. */
const oneOf = (amounts: ReadonlyArray<Held | undefined>): ReadonlyArray<Held | undefined> => {
  const key = amounts.map((held) => held?.text).join(" ")
  const known = sharedSets.get(key)
  if (known !== undefined) return known
  if (sharedSets.size === MOST_SHARED) sharedSets.clear()
  sharedSets.set(key, amounts)
  return amounts
}
const sharedSets = new Map<string, ReadonlyArray<Held | undefined>>()

/** Limits whose event is not known were there before events told (tests). */
const byOf = ({ kind }: Pick<Scope, "kind">, setBy: number | undefined): string =>
  setBy === undefined ? kind : `${kind}@${setBy}`

/** The level whose limit is the lowest, of equal ones the first: of limits that compare with nothing but the order; -1 without. */
export const lowest = (book: LimitBook, amount: number): number => extreme(book, amount, 1)
/** Of windows the widest. */
export const widest = (book: LimitBook, amount: number): number => extreme(book, amount, -1)

const extreme = (book: LimitBook, amount: number, sign: 1 | -1): number => {
  let best: Held | undefined
  let bites = -1
  for (let level = 0; level < 4; level++) {
    const held = book[level]!.amounts[amount]
    if (held === undefined) continue
    if (best !== undefined) {
      const by = sign * (held.count - best.count)
      // what doubles cannot tell apart
      if (by > 0 || (by === 0 && (sign === 1 ? held.limit >= best.limit : held.limit <= best.limit))) continue
    }
    best = held
    bites = level
  }
  return bites
}

/** A level's limit. */
export const heldAt = (book: LimitBook, level: number, amount: number): Held | undefined =>
  level < 0 ? undefined : book[level]!.amounts[amount]

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

/** Of a scope that has none, or of a symbol without a scope. */
export const NO_LIMITS: HeldLimits = heldLimits({ limits: {}, setBy: {} }, { kind: "firm", allotted: {} })
