import { absOf, formatFixed, ONE, ratioHalfEven, type Cash, type Price, type Quantity } from "#domain/kernel/money.ts"
import type { Instrument } from "#domain/market/instrument.ts"
import type { Side } from "#domain/venue/messages.ts"
import type { Check } from "./check-text.ts"
import type { Limits } from "./events.ts"
import { exposureOf, rateUsed, type Scope } from "./scope.ts"

/** Everything a check may look at. Quantities and money are of the order's open part. */
export type RiskQuestion = {
  readonly instrument: Instrument
  readonly side: Side
  /** the order's whole quantity */
  readonly quantity: Quantity
  /** what is still to be filled */
  readonly leaves: Quantity
  readonly price?: Price
  readonly stopPrice?: Price
  /** price × leaves × multiplier at the worst price, or at the reference price for a market sell */
  readonly notional: Cash | undefined
  /** money that a buy must be able to pay, fee included; unknown while nothing bounds its price */
  readonly need: Cash | undefined
  /** the price that the collar measures from */
  readonly reference: Price | undefined
  /** money and units free for this order: what it already holds itself is counted in */
  readonly available: { readonly total: bigint; readonly reserved: bigint }
  readonly holdings: { readonly total: bigint; readonly reserved: bigint }
  /** what the order already counts in the scopes' totals (a replace) */
  readonly counted: { readonly leaves: bigint; readonly open: boolean }
  readonly halted: string | undefined
  readonly scopes: ReadonlyArray<Scope>
  readonly nowMicros: () => number
}

type RiskCheck = (question: RiskQuestion) => Check

const text = formatFixed
const DEFAULT_COLLAR_PERCENT = 20n * ONE

const halted: RiskCheck = ({ halted: reason }) =>
  reason === undefined ? { code: "HALTED", passed: true } : { code: "HALTED", passed: false, scope: reason }

const tickSize: RiskCheck = ({ instrument: { tick }, price, stopPrice }) => {
  const off = [price, stopPrice].find((p) => p !== undefined && p % tick !== 0n)
  const shown = off ?? price ?? stopPrice
  return { code: "TICK_SIZE", passed: off === undefined, limit: text(tick), ...(shown && { requested: text(shown) }) }
}

const lotSize: RiskCheck = ({ instrument: { lot }, quantity }) => ({
  code: "LOT_SIZE",
  passed: quantity >= lot && quantity % lot === 0n,
  limit: text(lot),
  requested: text(quantity)
})

/** Unknown without a price: then the collar denies, and this one has nothing to compare. */
const minNotional: RiskCheck = ({ instrument, notional }) => ({
  code: "MIN_NOTIONAL",
  passed: notional === undefined || notional >= instrument.minNotional,
  limit: text(instrument.minNotional),
  ...(notional !== undefined && { requested: text(notional) })
})

const maxOrderNotional: RiskCheck = ({ scopes, notional }) =>
  tightest("MAX_ORDER_NOTIONAL", scopes, "maxOrderNotional", notional, undefined)

/**
 * Bites on the aggressive side only: a buy far above the reference or a sell far below it. A market buy has a price by
 * its protection; without an ask it has none, and could trade at any.
 */
const priceCollar: RiskCheck = ({ scopes, side, price, reference }) => {
  if (reference === undefined) return { code: "PRICE_COLLAR", passed: false, ...(price && { requested: text(price) }) }
  let percent: bigint | undefined
  let scope: string | undefined
  for (const { limits, kind } of scopes) {
    if (limits.collarPercent !== undefined && (percent === undefined || limits.collarPercent < percent)) {
      percent = limits.collarPercent
      scope = kind
    }
  }
  percent ??= DEFAULT_COLLAR_PERCENT
  const width = ratioHalfEven(reference, percent, 100n * ONE)
  const limit = side === "buy" ? reference + width : reference - width
  const passed = price === undefined ? side === "sell" : side === "buy" ? price <= limit : price >= limit
  return {
    code: "PRICE_COLLAR",
    passed,
    limit: text(limit),
    used: text(reference),
    ...(price !== undefined && { requested: text(price) }),
    ...(scope !== undefined && { scope })
  }
}

const buyingPower: RiskCheck = ({ side, need, available }) => {
  if (side === "sell") return { code: "BUYING_POWER", passed: true }
  const { total, reserved } = available
  return {
    code: "BUYING_POWER",
    passed: need !== undefined && need <= total - reserved,
    limit: text(total),
    used: text(reserved),
    ...(need !== undefined && { requested: text(need) })
  }
}

/** A cash account sells only what it holds. */
const holdingsCheck: RiskCheck = ({ side, leaves, holdings }) => {
  if (side === "buy") return { code: "HOLDINGS", passed: true }
  const { total, reserved } = holdings
  return {
    code: "HOLDINGS",
    passed: leaves <= total - reserved,
    limit: text(total),
    used: text(reserved),
    requested: text(leaves)
  }
}

/** Counts as if every open order of the side were filled. An order that only brings the position down passes. */
const maxPosition: RiskCheck = ({ scopes, instrument, side, leaves, counted }) => {
  const usedOf = (scope: Scope) => {
    const { position, buying, selling } = exposureOf(scope, instrument.symbol)
    return side === "buy" ? position + buying - counted.leaves : position - selling + counted.leaves
  }
  const by = side === "buy" ? leaves : -leaves
  return tightest("MAX_POSITION", scopes, "maxPosition", leaves, usedOf, (used, limit) => {
    const after = absOf(used + by)
    return after <= absOf(used) ? 0n : limit - after
  })
}

const maxOpenOrders: RiskCheck = ({ scopes, counted }) =>
  tightest(
    "MAX_OPEN_ORDERS",
    scopes,
    "maxOpenOrders",
    counted.open ? 0n : ONE,
    (scope) => BigInt(scope.openOrders) * ONE
  )

const orderRate: RiskCheck = ({ scopes, nowMicros }) => {
  let now: number | undefined
  return tightest("ORDER_RATE", scopes, "maxOrdersPerSecond", ONE, (scope, limit) => {
    now ??= nowMicros()
    return BigInt(rateUsed(scope, Number(limit / ONE), now)) * ONE
  })
}

type Used = (scope: Scope, limit: bigint) => bigint
/** What is left of a limit; below 0 it is exceeded. */
type Room = (used: bigint, limit: bigint, requested: bigint) => bigint
const plainRoom: Room = (used, limit, requested) => (requested === 0n ? 0n : limit - used - requested)

/** Of account, group and firm the one with the least room: all three must hold, and the one that bites is named. */
const tightest = (
  code: Check["code"],
  scopes: ReadonlyArray<Scope>,
  name: Exclude<keyof Limits, "collarPercent">,
  requested: bigint | undefined,
  usedOf: Used | undefined,
  roomOf: Room = plainRoom
): Check => {
  let tightestRoom: bigint | undefined
  let limitOfIt = 0n
  let usedOfIt = 0n
  let scopeOfIt: Scope["kind"] | undefined
  for (const scope of scopes) {
    const set = scope.limits[name]
    if (set === undefined) continue
    const limit = typeof set === "number" ? BigInt(set) * ONE : set
    const used = usedOf === undefined ? 0n : usedOf(scope, limit)
    const room = roomOf(used, limit, requested ?? 0n)
    if (tightestRoom !== undefined && room >= tightestRoom) continue
    tightestRoom = room
    limitOfIt = limit
    usedOfIt = used
    scopeOfIt = scope.kind
  }
  if (tightestRoom === undefined) return { code, passed: true }
  return {
    code,
    passed: tightestRoom >= 0n,
    limit: text(limitOfIt),
    ...(usedOf !== undefined && { used: text(usedOfIt) }),
    ...(requested !== undefined && { requested: text(requested) }),
    scope: scopeOfIt!
  }
}

/** Every check, in the order of their codes; all are made, so that a refusal names everything that is wrong. */
export const RISK_CHECKS: ReadonlyArray<RiskCheck> = [
  halted,
  tickSize,
  lotSize,
  minNotional,
  maxOrderNotional,
  priceCollar,
  buyingPower,
  holdingsCheck,
  maxPosition,
  maxOpenOrders,
  orderRate
]
