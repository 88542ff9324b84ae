import type { Symbol } from "#domain/kernel/ids.ts"
import { heldLimits, NO_LIMITS, type HeldLimits } from "./book.ts"
import type { AllottedLimit } from "./events.ts"
import type { Time } from "#domain/kernel/time.ts"
import { nothingWon, type Worth } from "./equity.ts"
import type { LimitName, Limits, LimitScope } from "./limits.ts"
import { newRate, type Rate } from "./rate.ts"

/** What a scope has of a symbol, as running totals: units held and in open orders, and what the orders are worth. */
export type SymbolExposure = {
  position: bigint
  buying: bigint
  selling: bigint
  /** open orders; only the firm's are counted by symbol */
  orders: number
  notional: bigint
  /** of the position at the last mark, below 0 when short */
  value: bigint
}

/** A scope's totals by symbol. What has come to rest at zero stays, for the next order, and is as if it were not there. */
export class Totals extends Map<Symbol, SymbolExposure> {
  /** Those that say anything, in the order of their symbols. */
  held(): ReadonlyArray<readonly [Symbol, SymbolExposure]> {
    return [...this].filter(([, totals]) => !isFlat(totals)).toSorted(([a], [b]) => (a < b ? -1 : 1))
  }
}

/** Limits that were set and do not hold yet. */
export type WaitingLimits = { readonly from: string; limits: Limits; setBy: SetBy }
/** Which event set each limit. */
export type SetBy = Readonly<Partial<Record<LimitName, number>>>

/** A part of the firm's limit, and the event that made it as large as it is. */
export type Allotted = { readonly amount: bigint; readonly setBy: number }

/**
 * Who limits are set for: an account, its group, the firm, a symbol. All must hold, so each keeps its own totals; a
 * decision never adds up others. A symbol's totals are those that the firm has of it.
 */
export type Scope = {
  readonly kind: LimitScope
  readonly id: string
  limits: Limits
  setBy: SetBy
  /** both together, ready to compare */
  held: HeldLimits
  /** the event that set them, for the audit trail */
  limitsNo?: number
  readonly waiting: Array<WaitingLimits>
  /** of a group: what the firm has handed out to it; of the firm: what it has handed out altogether */
  readonly allotted: Partial<Record<AllottedLimit, Allotted>>
  openOrders: number
  openNotional: bigint
  readonly symbols: Totals
  readonly worth: Worth
  readonly orderRate: Rate
  readonly cancelRate: Rate
}

export const newScope = (kind: LimitScope, id: string, symbols = new Totals()): Scope => ({
  kind,
  id,
  limits: {},
  setBy: {},
  held: NO_LIMITS,
  waiting: [],
  allotted: {},
  openOrders: 0,
  openNotional: 0n,
  symbols,
  worth: nothingWon(),
  orderRate: newRate(),
  cancelRate: newRate()
})

/** After its limits have changed, or what it was allotted. */
export const holdLimits = (scope: Scope): void => {
  scope.held = heldLimits(scope, scope)
}
/** What holds for it at a time that may be later than all that was written in. */
export const limitsHeldAt = (scope: Scope, at: Time): HeldLimits =>
  scope.waiting.length === 0 ? scope.held : heldLimits(limitsAt(scope, at), scope)

/** The limits of a scope as they hold at a time: those that waited until then as well. */
const limitsAt = ({ limits, setBy, waiting }: Scope, at: Time): { limits: Limits; setBy: SetBy } => {
  let held = { limits, setBy }
  for (const due of waiting) if (due.from <= at) held = due
  return held
}

const FLAT: Readonly<SymbolExposure> = Object.freeze({
  position: 0n,
  buying: 0n,
  selling: 0n,
  orders: 0,
  notional: 0n,
  value: 0n
})
export const exposureOf = (scope: Scope, symbol: Symbol): Readonly<SymbolExposure> => scope.symbols.get(symbol) ?? FLAT

/** What an order, a fill or a mark changes of a scope's totals. */
export type Move = {
  readonly position: bigint
  readonly buying: bigint
  readonly selling: bigint
  readonly notional: bigint
}

/** Moves a scope's totals of a symbol, which are its own. What comes to rest at zero stays, for the next order. */
export const moveExposure = (scope: Scope, totals: SymbolExposure, move: Move): void => {
  const { position, buying, selling, notional } = move
  if (position !== 0n) totals.position += position
  if (buying !== 0n) totals.buying += buying
  if (selling !== 0n) totals.selling += selling
  if (notional !== 0n) {
    totals.notional += notional
    scope.openNotional += notional
  }
}

/** A scope's totals of a symbol, to be moved. */
export const totalsOf = (scope: Scope, symbol: Symbol): SymbolExposure => {
  const known = scope.symbols.get(symbol)
  if (known !== undefined) return known
  const totals = { position: 0n, buying: 0n, selling: 0n, orders: 0, notional: 0n, value: 0n }
  scope.symbols.set(symbol, totals)
  return totals
}

const isFlat = ({ position, buying, selling, orders, notional, value }: SymbolExposure): boolean =>
  orders === 0 && position === 0n && buying === 0n && selling === 0n && notional === 0n && value === 0n
