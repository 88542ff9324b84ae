import type { Recorded } from "#domain/kernel/event.ts"
import type { Currency } from "#domain/kernel/ids.ts"
import { moveCash } from "#domain/ledger/balances.ts"
import type { Contingency } from "#domain/orders/contingency.ts"
import { remember } from "./answered.ts"
import { allot, applyDue, setLimits } from "./evolve-limits.ts"
import { evolveEntry } from "./evolve-entries.ts"
import { evolveMove } from "./evolve-moves.ts"
import { evolveOrder } from "./evolve-orders.ts"
import { adoptInstrument, payIn, revalueByMark } from "./evolve-risk.ts"
import type { AccountEvent } from "./events.ts"
import { forgetBreaches, rememberBreach } from "./losses.ts"
import { openAccount, type Account, type State } from "./state.ts"
import { refuse } from "./transit.ts"

/** Writes a fact into the state. Facts were decided once: nothing is judged here, what cannot be stops the line. */
export const evolve = (state: State, event: Recorded<AccountEvent>): State => {
  if (event.eventNo !== state.eventNo + 1)
    throw new Error(`event ${event.eventNo} does not follow event ${state.eventNo}`)
  state.eventNo = event.eventNo
  state.recordedAt = event.recordedAt
  applyDue(state, event.recordedAt)
  const account = event.account === undefined ? undefined : state.accounts.get(event.account)
  apply(state, event, account)
  if (state.breaches.size > 0) forgetBreaches(state)
  const named = account ?? (event.account === undefined ? undefined : state.accounts.get(event.account)) // just opened
  remember(state.answered, event, named?.no, state.orders)
  return state
}

const apply = (state: State, event: Recorded<AccountEvent>, account: Account | undefined): void => {
  switch (event.type) {
    case "InstrumentAdopted":
      return adoptInstrument(state, event.data)
    case "MarkRecorded":
      return revalueByMark(state, event.data.symbol, event.data.price, event.recordedAt)
    case "AccountOpened":
      return openAccount(state, event.data, event.recordedAt)
    case "Deposited":
      return moveMoney(known(account, event), event.data.currency, event.data.amount)
    case "Withdrawn":
      return moveMoney(known(account, event), event.data.currency, -event.data.amount)
    case "TransferredOut":
    case "TransferredIn":
    case "TransferReturned":
    case "FeeCharged":
    case "InterestPosted":
    case "DividendPaid":
    case "SplitApplied":
    case "SymbolChanged":
    case "PositionExpired":
      return evolveEntry(state, known(account, event), event)
    case "TransferArrived":
      return void state.transit.onTheirWay.delete(event.data.transferId)
    case "TransferRefused": {
      const { fromPartition, transitNo, code } = event.data
      return refuse(state.transit, fromPartition, transitNo, code)
    }
    case "GroupMovedOut":
    case "GroupMovedIn":
    case "AnswersMovedIn":
    case "GroupRefused":
    case "GroupArrived":
    case "GroupReturned":
      return evolveMove(state, event)
    case "LimitsSet":
      return setLimits(state, event)
    case "LimitAllotted":
    case "LimitReturned":
      return allot(state, event)
    case "TradingHalted":
      state.halts.set(event.data.haltId, {
        ...event.data,
        at: event.recordedAt,
        eventNo: event.eventNo,
        actor: event.actor
      })
      return rememberBreach(state, event)
    case "TradingResumed":
      state.halts.delete(event.data.haltId)
      return
    case "MarginCalled":
    case "MarginRestored": {
      const { margin } = known(account, event)
      if (margin !== undefined) margin.calledNo = event.type === "MarginCalled" ? event.eventNo : undefined
      return
    }
    case "CancelAllRequested":
    case "KillRequested":
      return
    case "GroupPlaced":
      return placeGroup(state, event.data)
    case "ReportSuspended":
      if (account === undefined && state.away.has(event.account!)) return // of an order of before it left
      return evolveOrder(state, known(account, event), event)
    default:
      return evolveOrder(state, known(account, event), event)
  }
}

const placeGroup = (state: State, { groupId, clOrdId, kind }: Omit<Contingency, "members">): void =>
  void state.contingencies.set(groupId, { groupId, clOrdId, kind, members: [] })

const moveMoney = (account: Account, currency: Currency, amount: bigint): void => {
  moveCash(account.balances, currency, amount, 0n)
  payIn(account, currency, amount)
}

const known = (account: Account | undefined, { eventNo, account: id }: Recorded<AccountEvent>): Account => {
  if (account === undefined) throw new Error(`event ${eventNo} names an account ${id} that was never opened`)
  return account
}
