import { Result } from "effect"
import type { Symbol } from "#domain/kernel/ids.ts"
import { absOf, minOf, ONE, type Cash, type Quantity } from "#domain/kernel/money.ts"
import { cashOf } from "#domain/ledger/balances.ts"
import type { Instrument } from "#domain/market/instrument.ts"
import { pendingCancel, type OpenOrder } from "#domain/orders/open-order.ts"
import { initialRateOf, requiredOf, type Margin } from "#domain/risk/margin.ts"
import { exposureOf } from "#domain/risk/scope.ts"
import { repeatOf } from "./answered.ts"
import type { Command, SubmitOrder } from "./commands.ts"
import { cancelsOf } from "./decide-changes.ts"
import { submitOrder } from "./decide-orders.ts"
import type { Decided } from "./refused.ts"
import { haltOf, type Account, type State } from "./state.ts"

/** Who liquidates: the actor of every step. */
export const LIQUIDATION = "system:liquidation"

/** What is due of a margin account. The state alone tells, so that a restart goes on where it was. */
export type MarginStep = "call" | "restore" | "cancel" | "close"

/**
 * Below maintenance an account is called. From then on until its equity covers the initial margin of its positions again:
 * its open orders are cancelled first; once none is left, positions are closed (FINRA rule 4210(f)).
 */
export const marginStep = (account: Account): MarginStep | undefined => {
  const { margin } = account
  if (margin === undefined) return undefined
  const equity = equityOf(account)
  if (margin.calledNo === undefined) return equity < requiredOf(margin.maintenance) ? "call" : undefined
  if (equity >= requiredOf(margin.initial)) return "restore"
  let waits = false
  for (const order of account.orders.values()) {
    if (!isClosing(order) && pendingCancel(order) === undefined) return "cancel"
    waits = true
  }
  return waits || margin.initial === 0n ? undefined : "close"
}

const equityOf = (account: Account): Cash =>
  (cashOf(account.balances, account.currency).total + account.risk.worth.net) as Cash

/** A step of a liquidation, or something that serves as one: it is waited for, not cancelled. */
export const isClosing = ({ orderType, timeInForce, instructions }: OpenOrder): boolean =>
  orderType === "market" && timeInForce === "IOC" && instructions.reduceOnly === true

/** Takes the step that is due; which one was asked for is forgotten, so that asking twice does no harm. */
export const watchMargin = (command: Command, account: Account, state: State): Decided => {
  const { margin, id } = account
  const step = marginStep(account)
  if (margin === undefined || step === undefined) return Result.succeed([])
  const equity = equityOf(account)
  switch (step) {
    case "call": {
      const requirement = requiredOf(margin.maintenance) as Cash
      const data = { equity, requirement, deficit: (requirement - equity) as Cash }
      return Result.succeed([{ type: "MarginCalled", account: id, data }])
    }
    case "restore": {
      const data = { equity, requirement: requiredOf(margin.initial) as Cash }
      return Result.succeed([{ type: "MarginRestored", account: id, data }])
    }
    case "cancel": {
      const others = [...account.orders.values()].filter((order) => !isClosing(order))
      return Result.succeed(cancelsOf(command, others, undefined))
    }
    case "close":
      return close(command, account, margin, state)
  }
}

/**
 * The largest position that can be closed right now; one that is halted waits for the next mark. When risk lets none pass,
 * the first that it denied is recorded, with the reasons: it is tried again at the next mark.
 */
const close = (command: Command, account: Account, margin: Margin, state: State): Decided => {
  let denied: Decided | undefined
  for (const { symbol, position, instrument } of positionsOf(account, state)) {
    if (haltOf(state, account, symbol)?.reduceOnly === false) continue
    const seen = command.seenOf?.get(symbol) ?? command.seen
    const quantities = new Set([unitsToClose(account, margin, instrument, position, state), absOf(position)])
    for (const quantity of quantities) {
      const request = closing(account, symbol, position, quantity as Quantity)
      const decided = submitOrder({ ...command, request, ...(seen !== undefined && { seen }) }, request, account, state)
      if (Result.isFailure(decided)) continue
      if (isApproved(decided)) return decided
      denied ??= decided
    }
  }
  if (denied === undefined) return Result.succeed([])
  const isNew = repeatOf(state.answered, account.no, command.id, command.request, command.at) === "new"
  return isNew ? denied : Result.succeed([]) // asked twice it is recorded once
}

const isApproved = (decided: Decided): boolean =>
  Result.getOrElse(decided, () => []).some(
    ({ type, data }) => type === "OrderRiskDecided" && "decision" in data && data.decision === "approved"
  )

type Position = { readonly symbol: Symbol; readonly position: bigint; readonly instrument: Instrument }
const positionsOf = ({ risk }: Account, state: State): ReadonlyArray<Position> =>
  [...risk.symbols]
    .filter(([, { position }]) => position !== 0n)
    .toSorted(([a, one], [b, other]) => compare(absOf(other.value), absOf(one.value)) || compare(a, b))
    .flatMap(([symbol, { position }]) => {
      const instrument = state.instruments.get(symbol)
      return instrument === undefined ? [] : [{ symbol, position, instrument }]
    })
const compare = <T extends bigint | string>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0)

const closing = (account: Account, symbol: Symbol, position: bigint, quantity: Quantity): SubmitOrder => ({
  type: "SubmitOrder",
  account: account.id,
  symbol,
  side: position > 0n ? "sell" : "buy",
  orderType: "market",
  timeInForce: "IOC",
  quantity,
  reduceOnly: true
})

/**
 * Only as much as brings equity up to the initial margin again: closing a unit frees its margin and costs its fee. Whole
 * lots, and no less than the instrument's least order.
 */
const unitsToClose = (
  account: Account,
  margin: Margin,
  instrument: Instrument,
  position: bigint,
  state: State
): bigint => {
  const { lot, maxQuantity, minNotional, symbol } = instrument
  const held = absOf(position)
  const most = maxQuantity === undefined ? held : minOf(held, maxQuantity)
  const value = absOf(exposureOf(account.risk, symbol).value)
  const freed = initialRateOf(margin, instrument) - instrument.takerFee
  if (value === 0n || freed <= 0n || !state.marks.has(symbol)) return most
  // both of scale 16: what is missing, and what closing all of it would free
  const missing = margin.initial - equityOf(account) * ONE
  const units = upToLot(divideUp(held * missing, value * freed), lot)
  const least = upToLot(divideUp(held * minNotional, value), lot)
  return minOf(units > least ? units : least, most)
}
const divideUp = (a: bigint, b: bigint): bigint => (a + b - 1n) / b
const upToLot = (units: bigint, lot: bigint): bigint => divideUp(units, lot) * lot
