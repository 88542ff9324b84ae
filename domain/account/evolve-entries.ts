import type { Recorded } from "#domain/kernel/event.ts"
import type { Currency, Symbol } from "#domain/kernel/ids.ts"
import type { Price } from "#domain/kernel/money.ts"
import { microsOf, type Time } from "#domain/kernel/time.ts"
import { moveCash, moveUnits, restateUnits } from "#domain/ledger/balances.ts"
import { unitsOf, type Carried, type EntryEvent } from "#domain/ledger/entry-events.ts"
import type { TransferReturned } from "#domain/ledger/transit-events.ts"
import type { Instrument } from "#domain/market/instrument.ts"
import { moveWorth } from "#domain/risk/equity.ts"
import { payIn, revalueAfterFill, revalueCarried } from "./evolve-risk.ts"
import { moveExposures, type Account, type State } from "./state.ts"
import { leave, take, transitOf } from "./transit.ts"

/** Writes what is no trade into an account: its money and units, and what the scopes count of them. */
export const evolveEntry = (state: State, account: Account, event: Recorded<EntryEvent | TransferReturned>): void => {
  const { type, data, recordedAt: at } = event
  switch (type) {
    case "TransferredOut":
      leave(state.transit, transitOf(account.id, data, event.effectiveAt))
      return moved(state, account, data, -1n, at)
    case "TransferredIn":
      take(state.transit, data.fromPartition, data.transitNo)
      return moved(state, account, data, 1n, at, data.mark)
    case "TransferReturned":
      state.transit.onTheirWay.delete(data.transferId)
      return moved(state, account, data, 1n, at)
    case "FeeCharged":
      return earn(account, data.currency, -data.amount, at)
    case "InterestPosted":
      return earn(account, data.currency, data.amount, at)
    case "DividendPaid":
      return earn(account, data.currency, data.net, at)
    case "SplitApplied":
      return applySplit(state, account, data, at)
    case "SymbolChanged":
      return changeSymbol(state, account, data, at)
    case "PositionExpired": {
      const { symbol, quantity, price, currency, cash } = data
      pay(account, currency, cash)
      moveUnits(account.balances, symbol, -quantity, -cash)
      count(account, symbol, -quantity)
      return revalueAfterFill(state, account, instrumentOf(state, symbol), price, cash, at)
    }
  }
}

type DataOf<Type extends EntryEvent["type"]> = Extract<EntryEvent, { type: Type }>["data"]

const moved = (state: State, account: Account, data: Carried, sign: 1n | -1n, at: Time, mark?: Price): void => {
  const units = unitsOf(data)
  if (units !== undefined) {
    const { symbol, quantity, cost } = units
    return carry(state, account, instrumentOf(state, symbol), sign * quantity, sign * cost, mark, at)
  }
  const amount = sign * (data.amount ?? 0n)
  pay(account, data.currency, amount)
  payIn(account, data.currency, amount)
}

/** Units come or go with their cost; what they are worth at the mark is neither won nor lost. */
const carry = (
  state: State,
  account: Account,
  instrument: Instrument,
  quantity: bigint,
  cost: bigint,
  price: Price | undefined,
  at: Time
): void => {
  moveUnits(account.balances, instrument.symbol, quantity, cost)
  count(account, instrument.symbol, quantity)
  revalueCarried(state, account, instrument, price, at)
}

/** A new symbol that has no mark yet goes on with the old one's. */
const changeSymbol = (state: State, account: Account, data: DataOf<"SymbolChanged">, at: Time): void => {
  const { symbol, newSymbol, quantity, cost } = data
  const price = state.marks.get(symbol)?.price
  carry(state, account, instrumentOf(state, symbol), -quantity, -cost, undefined, at)
  carry(state, account, instrumentOf(state, newSymbol), quantity, cost, price, at)
}

/**
 * The last mark may be of before the split or of after it, so what the position is worth stays as it is until the next.
 * Where nothing is left of it, nothing is left of its value.
 */
const applySplit = (state: State, account: Account, data: DataOf<"SplitApplied">, at: Time): void => {
  const { symbol, quantityBefore, quantityAfter, currency, cashInLieu, costPaidOut } = data
  pay(account, currency, cashInLieu)
  restateUnits(account.balances, symbol, quantityAfter, costPaidOut)
  count(account, symbol, quantityAfter - quantityBefore)
  if (quantityAfter !== 0n) {
    // who was flat before, one account being long and another short, is concerned by the next mark again
    for (const scope of account.scopes) state.marks.get(symbol)?.holders.add(scope)
    return win(account, cashInLieu, at)
  }
  const price = data.price ?? (0n as Price)
  revalueAfterFill(state, account, instrumentOf(state, symbol), price, cashInLieu, at)
}

/** Money won (below 0: lost) without a fill; like payments only in the account's own currency. */
const earn = (account: Account, currency: Currency, amount: bigint, at: Time): void => {
  pay(account, currency, amount)
  if (currency === account.currency) win(account, amount, at)
}
const pay = (account: Account, currency: Currency, amount: bigint): void => {
  if (amount !== 0n) moveCash(account.balances, currency, amount, 0n)
}
const win = (account: Account, amount: bigint, at: Time): void => {
  if (amount !== 0n) for (const { worth } of account.scopes) moveWorth(worth, 0n, 0n, amount, microsOf(at))
}

const count = (account: Account, symbol: Symbol, position: bigint): void =>
  moveExposures(account, symbol, { position, buying: 0n, selling: 0n, notional: 0n })

const instrumentOf = (state: State, symbol: Symbol): Instrument => {
  const instrument = state.instruments.get(symbol)
  if (instrument === undefined) throw new Error(`event ${state.eventNo} names an instrument ${symbol} never adopted`)
  return instrument
}
