import { formatFixed, ONE } from "#domain/kernel/money.ts"
import type { CheckCode } from "./check-codes.ts"
import type { Words } from "./check-text.ts"
import type { AllottedLimit } from "./events.ts"
import { SELF_TRADE_MODES, type LimitName, type Limits, type SelfTradeMode } from "./limits.ts"
import type { Scope } from "./scope.ts"

/** One limit that holds: converted and put into words when it was set, so that no order has to. */
export type Held = Words & {
  readonly code: CheckCode
  /** as an amount of scale 8, counts too */
  readonly limit: bigint
  readonly count: number
  readonly scope: Scope
  /** whose it is and which event set it: `account@1234` */
  readonly by: string
  /** whose exposures count: 0 the account's, 1 the group's, 2 the firm's; a symbol's are the firm's of it */
  readonly level: number
}
/** A limit that is not an amount. */
export type Rule<T> = { readonly value: T; readonly by: string }

const NONE: ReadonlyArray<never> = Object.freeze([])

type Amounts = { readonly [K in AmountName]: ReadonlyArray<Held> }
/**
 * What holds for the orders of an account (or in a symbol), put together when limits are set. Of a limit that compares
 * with nothing but the order only the lowest is kept; of the others each, since every scope has totals of its own.
 */
export type LimitBook = Amounts & {
  readonly selfTrade: Rule<SelfTradeMode> | undefined
  readonly washTrade: Rule<true> | undefined
  /** by symbol, who restricts it */
  readonly restricted: ReadonlyMap<string, string> | undefined
  readonly shortAllowed: Rule<boolean> | undefined
  readonly locateRequired: Rule<boolean> | undefined
}

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

/** Compared with the order alone: the lowest is all that matters; of the window of repeats the widest. */
const LOWEST = [
  "maxOrderNotional",
  "maxOrderQuantity",
  "collarPercent",
  "maxPriceAgeSeconds",
  "fatFingerMultiple"
] as const
const WIDEST = ["duplicateWindowMillis"] as const
const EACH = [
  "maxPosition",
  "maxGrossNotional",
  "maxConcentrationPercent",
  "maxOpenOrders",
  "maxOpenNotional",
  "maxOrdersPerSecond",
  "maxCancelsPerSecond",
  "maxDailyLoss",
  "maxTrailingLoss",
  "maxDrawdown"
] as const

/** The limits of these scopes, in this order, as one. */
export const bookOf = (scopes: ReadonlyArray<Pick<Scope, "limits" | "setBy"> & { readonly of: Scope }>): LimitBook => {
  const held = (name: AmountName): ReadonlyArray<Held> =>
    scopes.flatMap(({ limits, setBy, of }) => {
      const own = limits[name]
      const handed = of.allotted[name as AllottedLimit]
      return [
        ...(own === undefined ? NONE : [heldOf(name, of, own, setBy[name])]),
        ...(handed === undefined ? NONE : [heldOf(name, of, handed.amount, handed.setBy)])
      ]
    })
  const rules = <K extends LimitName>(name: K): ReadonlyArray<Rule<NonNullable<Limits[K]>>> =>
    scopes.flatMap(({ limits, setBy, of }) => {
      const value = limits[name] as NonNullable<Limits[K]> | undefined
      return value === undefined ? [] : [{ value, by: byOf(of, setBy[name]) }]
    })
  const first = (name: AmountName, isBetter: (a: Held, b: Held) => boolean): ReadonlyArray<Held> => {
    const all = held(name)
    return all.length < 2 ? all : [all.reduce((best, one) => (isBetter(one, best) ? one : best))]
  }
  const amounts: Partial<Record<AmountName, ReadonlyArray<Held>>> = {}
  for (const name of LOWEST) amounts[name] = first(name, (a, b) => a.limit < b.limit)
  for (const name of WIDEST) amounts[name] = first(name, (a, b) => a.limit > b.limit)
  for (const name of EACH) amounts[name] = held(name)
  const restricted = new Map<string, string>()
  for (const { value, by } of rules("restricted")) {
    for (const symbol of value.split(" ")) if (!restricted.has(symbol)) restricted.set(symbol, by)
  }
  return {
    ...(amounts as Amounts),
    selfTrade: strictest(rules("selfTrade")),
    washTrade: rules("washTrade").flatMap(({ value, by }) =>
      value === "block" ? [{ value: true as const, by }] : []
    )[0],
    restricted: restricted.size === 0 ? undefined : restricted,
    shortAllowed: choose(rules("shortAllowed"), false),
    locateRequired: choose(rules("locateRequired"), true)
  }
}

const heldOf = (name: AmountName, scope: Scope, value: bigint | number, setBy: number | undefined): Held => {
  const limit = typeof value === "number" ? BigInt(value) * ONE : value
  const code = CODES[name]
  const by = byOf(scope, setBy)
  const shown = formatFixed(limit)
  const count = typeof value === "number" ? value : Number(value) / 1e8
  const passed = `${code} ok ${shown} `
  const words = {
    passed,
    passedBare: `${passed}- `,
    failed: `${code} no ${shown} `,
    tail: ` ${by}`,
    tailBare: ` - ${by}`
  }
  return { code, limit, count, scope, by, level: LEVELS[scope.kind], ...words }
}
const LEVELS = { account: 0, group: 1, firm: 2, symbol: 2 } as const

/** Limits whose event is not known were there before events told (tests). */
const byOf = ({ kind }: Scope, setBy: number | undefined): string => (setBy === undefined ? kind : `${kind}@${setBy}`)

const strictest = (rules: ReadonlyArray<Rule<SelfTradeMode>>): Rule<SelfTradeMode> | undefined => {
  const rank = ({ value }: Rule<SelfTradeMode>) => SELF_TRADE_MODES.indexOf(value)
  const best = rules.reduce<Rule<SelfTradeMode> | undefined>(
    (worst, rule) => (worst === undefined || rank(rule) > rank(worst) ? rule : worst),
    undefined
  )
  return best?.value === "allow" ? undefined : best
}

/** Of several levels the one that says `decisive`, otherwise the first. */
const choose = (rules: ReadonlyArray<Rule<boolean>>, decisive: boolean): Rule<boolean> | undefined =>
  rules.find(({ value }) => value === decisive) ?? rules[0]

export const EMPTY_BOOK: LimitBook = bookOf([])
