import type { Symbol } from "#domain/kernel/ids.ts"
import type { Limits, LimitScope } from "./events.ts"

/** Units held and units in open orders of a symbol, as running totals. */
export type SymbolExposure = { position: bigint; buying: bigint; selling: bigint }

/**
 * Who limits are set for: an account, its group, the firm. All three must hold, so each keeps its own totals;
 * a decision never adds up others.
 */
export type Scope = {
  readonly kind: LimitScope
  readonly id: string
  limits: Limits
  /** the event that set them, for the audit trail */
  limitsNo?: number
  openOrders: number
  readonly symbols: Map<Symbol, SymbolExposure>
  /** when the order budget is unused again, microseconds since 1970 (GCRA, ITU-T I.371 annex A) */
  rateFreeAt: number
}

export const newScope = (kind: LimitScope, id: string): Scope => ({
  kind,
  id,
  limits: {},
  openOrders: 0,
  symbols: new Map(),
  rateFreeAt: 0
})

const FLAT: Readonly<SymbolExposure> = Object.freeze({ position: 0n, buying: 0n, selling: 0n })
export const exposureOf = (scope: Scope, symbol: Symbol): Readonly<SymbolExposure> => scope.symbols.get(symbol) ?? FLAT

/** Moves a scope's totals of a symbol; what comes to rest at zero is dropped. */
export const moveExposure = (
  scope: Scope,
  symbol: Symbol,
  move: { position?: bigint; buying?: bigint; selling?: bigint }
): void => {
  let totals = scope.symbols.get(symbol)
  if (totals === undefined) scope.symbols.set(symbol, (totals = { ...FLAT }))
  totals.position += move.position ?? 0n
  totals.buying += move.buying ?? 0n
  totals.selling += move.selling ?? 0n
  if (totals.position === 0n && totals.buying === 0n && totals.selling === 0n) scope.symbols.delete(symbol)
}

/** Microseconds that one order takes of the budget of `perSecond` orders. */
const costMicros = (perSecond: number): number => Math.ceil(1_000_000 / perSecond)

/** Orders of the last second that still count at `nowMicros`. */
export const rateUsed = (scope: Scope, perSecond: number, nowMicros: number): number =>
  Math.max(0, Math.ceil((scope.rateFreeAt - nowMicros) / costMicros(perSecond)))

export const spendRate = (scope: Scope, perSecond: number, nowMicros: number): void => {
  scope.rateFreeAt = Math.max(scope.rateFreeAt, nowMicros) + costMicros(perSecond)
}
