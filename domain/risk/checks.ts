import { absOf, ONE, ratioHalfEven, type Cash, type Price, type Quantity } from "#domain/kernel/money.ts"
import type { Instrument } from "#domain/market/instrument.ts"
import type { Side } from "#domain/venue/messages.ts"
import type { CheckCode, CheckOutcome } from "./check-text.ts"
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
  readonly price: Price | undefined
  readonly stopPrice: Price | undefined
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

type RiskCheck = (question: RiskQuestion) => CheckOutcome

/** One shape for all outcomes: eleven of them are made for every order. */
const outcome = (
  code: CheckCode,
  passed: boolean,
  limit?: bigint,
  used?: bigint,
  requested?: bigint,
  scope?: string
): CheckOutcome => ({ code, passed, limit, used, requested, scope })

const DEFAULT_COLLAR_PERCENT = 20n * ONE

const halted: RiskCheck = ({ halted: by }) => outcome("HALTED", by === undefined, undefined, undefined, undefined, by)

const isOff = (price: Price | undefined, tick: Price): boolean => price !== undefined && price % tick !== 0n

const tickSize: RiskCheck = ({ instrument: { tick }, price, stopPrice }) => {
  const off = isOff(price, tick) ? price : isOff(stopPrice, tick) ? stopPrice : undefined
  return outcome("TICK_SIZE", off === undefined, tick, undefined, off ?? price ?? stopPrice)
}

const lotSize: RiskCheck = ({ instrument: { lot }, quantity }) =>
  outcome("LOT_SIZE", quantity >= lot && quantity % lot === 0n, lot, undefined, quantity)

/** Unknown without a price: then the collar denies, and this one has nothing to compare. */
const minNotional: RiskCheck = ({ instrument: { minNotional: least }, notional }) =>
  outcome("MIN_NOTIONAL", notional === undefined || notional >= least, least, undefined, notional)

const maxOrderNotional: RiskCheck = ({ scopes, notional }) =>
  tightest("MAX_ORDER_NOTIONAL", scopes, "maxOrderNotional", notional, undefined)

/**
 * Bites on the aggressive side only: a buy far above the reference or a sell far below it. A market buy has a price by
 * its protection; without an ask it has none, and could trade at any.
 */
const priceCollar: RiskCheck = ({ scopes, side, price, reference }) => {
  if (reference === undefined) return outcome("PRICE_COLLAR", false, undefined, undefined, price)
  let percent: bigint | undefined
  let scope: string | undefined
  for (const { limits, kind } of scopes) {
    if (limits.collarPercent !== undefined && (percent === undefined || limits.collarPercent < percent)) {
      percent = limits.collarPercent
      scope = kind
    }
  }
  const width = ratioHalfEven(reference, percent ?? DEFAULT_COLLAR_PERCENT, 100n * ONE)
  const limit = side === "buy" ? reference + width : reference - width
  const passed = price === undefined ? side === "sell" : side === "buy" ? price <= limit : price >= limit
  return outcome("PRICE_COLLAR", passed, limit, reference, price, scope)
}

const buyingPower: RiskCheck = ({ side, need, available: { total, reserved } }) =>
  side === "sell"
    ? outcome("BUYING_POWER", true)
    : outcome("BUYING_POWER", need !== undefined && need <= total - reserved, total, reserved, need)

/** A cash account sells only what it holds. */
const holdingsCheck: RiskCheck = ({ side, leaves, holdings: { total, reserved } }) =>
  side === "buy" ? outcome("HOLDINGS", true) : outcome("HOLDINGS", leaves <= total - reserved, total, reserved, leaves)

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
  code: CheckCode,
  scopes: ReadonlyArray<Scope>,
  name: Exclude<keyof Limits, "collarPercent">,
  requested: bigint | undefined,
  usedOf: Used | undefined,
  roomOf: Room = plainRoom
): CheckOutcome => {
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
  if (tightestRoom === undefined) return outcome(code, true)
  const used = usedOf === undefined ? undefined : usedOfIt
  return outcome(code, tightestRoom >= 0n, limitOfIt, used, requested, scopeOfIt)
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
