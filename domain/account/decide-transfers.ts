import { Result } from "effect"
import type { Currency, Symbol } from "#domain/kernel/ids.ts"
import { fits, formatFixed, type Cash } from "#domain/kernel/money.ts"
import { costOf } from "#domain/ledger/average-cost.ts"
import { cashOf, holdingOf } from "#domain/ledger/balances.ts"
import type { Instrument } from "#domain/market/instrument.ts"
import { valueOf } from "#domain/risk/equity.ts"
import { initialRateOf, requiredOf } from "#domain/risk/margin.ts"
import type { Command } from "./commands.ts"
import { availableOf } from "./decide-accounts.ts"
import type { Transfer } from "./entries.ts"
import { futureProblem, mustBePositive, nothingHeld, positionProblem, unknownSymbol } from "./entry-checks.ts"
import { refused, type Decided } from "./refused.ts"
import type { Account, State } from "./state.ts"

/**
 * Moves money or units to another account: of this partition by two events of one commit, each with its own account; of
 * another one by the first of them, and what moves is in transit until the other partition has answered.
 */
export const transfer = (command: Command, request: Transfer, account: Account, state: State): Decided => {
  const { to, moved, reference, effectiveAt, toPartition = state.partition } = request
  const receiver = state.accounts.get(to)
  if (receiver === undefined && toPartition === state.partition)
    return refused("UnknownAccount", `there is no account ${to}`, "to")
  if (receiver === account) return refused("SameAccount", "an account transfers nothing to itself", "to")
  const future = futureProblem(command, effectiveAt)
  if (future !== undefined) return future
  const what = "symbol" in moved ? unitsOut(moved, account, receiver, state) : moneyOut(moved, account, receiver)
  if (Result.isResult(what)) return what
  const transferId = `${state.partition}-${state.eventNo + 1}`
  const noted = { ...what, ...(reference !== undefined && { reference }) }
  const at = effectiveAt === undefined ? {} : { effectiveAt }
  if (receiver === undefined) {
    const transitNo = (state.transit.sent.get(toPartition) ?? 0) + 1
    const mark = "symbol" in moved ? state.marks.get(moved.symbol)?.price : undefined
    const data = { to, transferId, ...noted, toPartition, transitNo, ...(mark !== undefined && { mark }) }
    return Result.succeed([{ type: "TransferredOut", account: account.id, ...at, data }])
  }
  return Result.succeed([
    { type: "TransferredOut", account: account.id, ...at, data: { to, transferId, ...noted } },
    { type: "TransferredIn", account: to, ...at, data: { from: account.id, transferId, ...noted } }
  ])
}

/** Whether somebody of this partition can have it; one of another is asked there. */
const moneyOut = (
  moved: Extract<Transfer["moved"], { currency: unknown }>,
  account: Account,
  receiver: Account | undefined
) => {
  const { currency, amount } = moved
  const odd = mustBePositive("amount", amount)
  if (odd !== undefined) return odd
  const available = availableOf(account, currency)
  if (amount > available)
    return refused("InsufficientFunds", `${formatFixed(available)} ${currency} is available`, "amount")
  return (receiver && moneyProblem(receiver, currency, amount)) ?? { currency, amount }
}

const unitsOut = (
  { symbol, quantity }: Extract<Transfer["moved"], { symbol: unknown }>,
  account: Account,
  receiver: Account | undefined,
  state: State
) => {
  const instrument = state.instruments.get(symbol)
  if (instrument === undefined) return unknownSymbol(symbol)
  const odd = mustBePositive("quantity", quantity)
  if (odd !== undefined) return odd
  const held = holdingOf(account.balances, symbol)
  if (held.total <= 0n) return nothingHeld(symbol)
  const available = held.total - held.reserved
  if (quantity > available)
    return refused("InsufficientHoldings", `${formatFixed(available)} ${symbol} is available`, "quantity")
  const short = marginProblem(account, state, instrument, quantity)
  if (short !== undefined) return short
  const cost = costOf(held, quantity) as Cash
  const large = receiver && unitsProblem(receiver, symbol, quantity, cost)
  if (large !== undefined) return large
  const { base, multiplier, settlement: currency } = instrument
  return { currency, symbol, base, multiplier, quantity, cost }
}

/** Whether somebody can have so much more. */
export const moneyProblem = ({ id, balances }: Account, currency: Currency, amount: bigint): Decided | undefined =>
  fits(cashOf(balances, currency).total + amount)
    ? undefined
    : refused("OutOfRange", `${id} would have more than 18 digits before the point`, "amount")
export const unitsProblem = (
  { balances }: Account,
  symbol: Symbol,
  quantity: bigint,
  cost: bigint
): Decided | undefined => {
  const theirs = holdingOf(balances, symbol)
  return positionProblem(theirs.total + quantity, theirs.cost + cost, "quantity")
}

/** Units are a margin account's collateral: without them it must still have what the rest needs. */
const marginProblem = (
  { margin, balances, currency, risk }: Account,
  state: State,
  instrument: Instrument,
  quantity: bigint
): Decided | undefined => {
  if (margin === undefined) return undefined
  const mark = state.marks.get(instrument.symbol)?.price
  const value = mark === undefined ? 0n : valueOf(quantity, mark, instrument.multiplier)
  const equity = cashOf(balances, currency).total + risk.worth.net - value
  const needed = requiredOf(margin.initial + margin.opening - value * initialRateOf(margin, instrument))
  return equity >= needed
    ? undefined
    : refused("InsufficientFunds", `it would have ${formatFixed(equity)} of ${formatFixed(needed)} margin`, "quantity")
}
