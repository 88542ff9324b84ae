import type { Recorded } from "#domain/kernel/event.ts"
import type { AccountId, OrderId } from "#domain/kernel/ids.ts"
import { moveCash } from "#domain/ledger/balances.ts"
import { limitFields, type Limits } from "#domain/risk/events.ts"
import { remember } from "./answered.ts"
import { evolveOrder } from "./evolve-orders.ts"
import type { AccountEvent } from "./events.ts"
import { openAccount, type Account, type State } from "./state.ts"

/** Writes a fact into the state. Facts were decided once: nothing is judged here, what cannot be stops the line. */
export const evolve = (state: State, event: Recorded<AccountEvent>): State => {
  if (event.eventNo !== state.eventNo + 1)
    throw new Error(`event ${event.eventNo} does not follow event ${state.eventNo}`)
  state.eventNo = event.eventNo
  state.recordedAt = event.recordedAt
  apply(state, event)
  remember(state.answered, event, (order: OrderId) => state.orders.has(order))
  return state
}

const apply = (state: State, event: Recorded<AccountEvent>): void => {
  switch (event.type) {
    case "InstrumentAdopted":
      state.instruments.set(event.data.symbol, event.data)
      return
    case "MarkRecorded":
      return
    case "AccountOpened":
      return openAccount(state, event.data, event.recordedAt)
    case "Deposited":
      return moveCash(accountOf(state, event.account).balances, event.data.currency, event.data.amount, 0n)
    case "Withdrawn":
      return moveCash(accountOf(state, event.account).balances, event.data.currency, -event.data.amount, 0n)
    case "LimitsSet":
      return limitsSet(state, event)
    case "TradingHalted":
      state.halts.set(event.data.haltId, { ...event.data, at: event.recordedAt, eventNo: event.eventNo })
      return
    case "TradingResumed":
      state.halts.delete(event.data.haltId)
      return
    default:
      return evolveOrder(state, accountOf(state, event.account), event)
  }
}

const accountOf = (state: State, id: AccountId | undefined): Account => {
  const account = id === undefined ? undefined : state.accounts.get(id)
  if (account === undefined) throw new Error(`event ${state.eventNo} names an account ${id} that was never opened`)
  return account
}

const limitsSet = (state: State, { data, eventNo }: Recorded<AccountEvent> & { type: "LimitsSet" }): void => {
  const scope =
    data.scope === "firm"
      ? state.firm
      : (data.scope === "account"
          ? state.accounts.get(data.id as AccountId)
          : (state.groups as Map<string, Account["group"]>).get(data.id)
        )?.risk
  if (scope === undefined) throw new Error(`event ${eventNo} sets limits of an unknown ${data.scope} ${data.id}`)
  scope.limits = Object.fromEntries(
    Object.keys(limitFields).flatMap((name) => {
      const value = data[name as keyof Limits]
      return value === undefined ? [] : [[name, value]]
    })
  )
  scope.limitsNo = eventNo
}
