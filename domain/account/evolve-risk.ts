import type { Currency, Symbol } from "#domain/kernel/ids.ts"
import type { Cash, Price, Quantity } from "#domain/kernel/money.ts"
import { microsOf, type Time } from "#domain/kernel/time.ts"
import type { Instrument } from "#domain/market/instrument.ts"
import { pendingReplaces, worstPrice, type OpenOrder } from "#domain/orders/open-order.ts"
import { notionalOf } from "#domain/orders/terms.ts"
import { AMOUNT, NO_LIMITS } from "#domain/risk/book.ts"
import { moveWorth, payInto, valueOf } from "#domain/risk/equity.ts"
import { rememberOrder, rememberSize, sizesFor } from "#domain/risk/habits.ts"
import { moveMargin, moveOpening } from "#domain/risk/margin.ts"
import { spendRate } from "#domain/risk/rate.ts"
import { exposureOf, type Scope } from "#domain/risk/scope.ts"
import { bookFor, lineFor, moveExposures, scopesFor, type Account, type State } from "./state.ts"

/** What risk keeps of an order that it has let through: its budgets are spent, and what it was like is remembered. */
export const acceptOrder = (state: State, account: Account, order: OpenOrder, at: Time): void => {
  const book = bookFor(state, account, order.symbol, at)
  if (book[0] === NO_LIMITS && book[1] === NO_LIMITS && book[2] === NO_LIMITS && book[3] === NO_LIMITS) return
  const scopes = scopesFor(state, account, order.symbol)
  const now = microsOf(at)
  let windowMillis = 0
  let judgesSize = false
  for (let i = 0; i < 4; i++) {
    const { amounts } = book[i]!
    if (amounts[AMOUNT.maxOrdersPerSecond] !== undefined) spendRate(scopes[i]!.orderRate, now)
    const window = amounts[AMOUNT.duplicateWindowMillis]
    if (window !== undefined && window.count > windowMillis) windowMillis = window.count
    if (amounts[AMOUNT.fatFingerMultiple] !== undefined) judgesSize = true
  }
  if (windowMillis > 0) rememberOrder(account.habits, order, now, windowMillis * 1000)
  if (!judgesSize) return
  const line = lineFor(account, order.symbol)
  rememberSize((line.sizes ??= sizesFor(account.habits, order.symbol)), order.quantity)
}

/** A cancel spends its budget too. */
export const acceptCancel = (state: State, account: Account, symbol: Symbol, at: Time): void => {
  const scopes = scopesFor(state, account, symbol)
  for (const [level, { amounts }] of bookFor(state, account, symbol, at).entries())
    if (amounts[AMOUNT.maxCancelsPerSecond] !== undefined) spendRate(scopes[level]!.cancelRate, microsOf(at))
}

/** One open order more (1) or less (-1). */
export const countOrder = (account: Account, { symbol }: OpenOrder, by: 1 | -1): void => {
  for (const scope of account.scopes) scope.openOrders += by
  lineFor(account, symbol).firm.orders += by // the firm's are the symbol's
}

/** What the open part of an order is worth at its price; while replaces are on their way, at the highest of all. */
export const openNotional = (state: State, order: OpenOrder, units: Quantity): bigint => {
  if (units === 0n) return 0n
  let price = worstPrice(order) ?? order.stopPrice ?? state.marks.get(order.symbol)?.price
  for (const { terms } of pendingReplaces(order)) {
    if (terms.price !== undefined && (price === undefined || terms.price > price)) price = terms.price
  }
  return price === undefined ? 0n : notionalOf(order.instrument, price, units)
}

/** Moves what the scopes count of an order: its open part to `units` worth `notional`, by a fill the units held. */
export const moveScopes = (
  account: Account,
  order: OpenOrder,
  units: Quantity,
  notional: bigint,
  position: bigint
): void => {
  const by = units - order.exposed
  const worth = notional - order.exposedNotional
  order.exposed = units
  order.exposedNotional = notional as Cash
  if (by === 0n && worth === 0n && position === 0n) return
  const isBuy = order.side === "buy"
  moveExposures(account, order.symbol, { position, buying: isBuy ? by : 0n, selling: isBuy ? 0n : by, notional: worth })
  if (account.margin !== undefined && worth !== 0n) moveOpening(account.margin, order.instrument, worth)
}

/** A fill moved `flow` of money and, in {@link moveScopes}, units: what they are worth is counted anew. */
export const revalueAfterFill = (
  state: State,
  account: Account,
  instrument: Instrument,
  price: Price,
  flow: bigint,
  at: Time
): void => {
  let marked = state.marks.get(instrument.symbol)
  if (marked === undefined) state.marks.set(instrument.symbol, (marked = { price, holders: new Set() }))
  for (const scope of account.scopes) {
    revalue(state, scope, instrument, marked.price, flow, at)
    if (exposureOf(scope, instrument.symbol).position === 0n) marked.holders.delete(scope)
    else marked.holders.add(scope)
  }
}

/**
 * Units came or went with their cost and no money: what they are worth counts as paid in or out. `price` is the mark of
 * a symbol that has none yet.
 */
export const revalueCarried = (
  state: State,
  account: Account,
  instrument: Instrument,
  price: Price | undefined,
  at: Time
): void => {
  const { symbol, multiplier } = instrument
  let marked = state.marks.get(symbol)
  if (marked === undefined) {
    if (price === undefined) return
    state.marks.set(symbol, (marked = { price, holders: new Set() }))
  }
  for (const scope of account.scopes) {
    const { position, value } = exposureOf(scope, symbol)
    const gone = value - valueOf(position, marked.price, multiplier)
    payInto(scope.worth, -gone)
    revalue(state, scope, instrument, marked.price, gone, at)
    if (position === 0n) marked.holders.delete(scope)
    else marked.holders.add(scope)
  }
}

/** A mark changes what everybody who holds the symbol has won or lost. */
export const revalueByMark = (state: State, symbol: Symbol, price: Price, at: Time): void => {
  const marked = state.marks.get(symbol)
  if (marked === undefined) {
    state.marks.set(symbol, { price, holders: new Set() })
    return
  }
  marked.price = price
  const instrument = state.instruments.get(symbol)!
  for (const scope of marked.holders) revalue(state, scope, instrument, price, 0n, at)
}

const revalue = (state: State, scope: Scope, instrument: Instrument, price: Price, flow: bigint, at: Time): void => {
  const totals = scope.symbols.get(instrument.symbol)
  const before = totals?.value ?? 0n
  const after = totals === undefined ? 0n : valueOf(totals.position, price, instrument.multiplier)
  if (totals !== undefined) totals.value = after
  moveWorth(scope.worth, before, after, flow, microsOf(at))
  if (scope.kind !== "account") return
  const margin = state.accounts.get(scope.id as Account["id"])?.margin
  // by the rates of now, also when the order that traded is of an earlier version
  if (margin !== undefined) moveMargin(margin, state.instruments.get(instrument.symbol)!, before, after)
}

/** Money that came from outside (below 0: went there) is no profit. */
export const payIn = (account: Account, currency: Currency, amount: bigint): void => {
  if (currency === account.currency) for (const { worth } of account.scopes) payInto(worth, amount)
}

/** An instrument's new version may have other margin rates: what margin accounts must have for it is counted anew. */
export const adoptInstrument = (state: State, instrument: Instrument): void => {
  const before = state.instruments.get(instrument.symbol)
  state.instruments.set(instrument.symbol, instrument)
  if (before === undefined) return
  for (const account of state.accounts.values()) {
    if (account.margin === undefined) continue
    const { value } = exposureOf(account.risk, instrument.symbol)
    moveMargin(account.margin, before, value, 0n)
    moveMargin(account.margin, instrument, 0n, value)
  }
}
