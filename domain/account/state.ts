import type { AccountId, Currency, GroupId, OrderId, OwnerId, Symbol } from "#domain/kernel/ids.ts"
import { EPOCH, type Time } from "#domain/kernel/time.ts"
import { noBalances, type Balances } from "#domain/ledger/balances.ts"
import type { Instrument } from "#domain/market/instrument.ts"
import type { OpenOrder } from "#domain/orders/open-order.ts"
import type { LimitScope } from "#domain/risk/events.ts"
import { newScope, type Scope } from "#domain/risk/scope.ts"
import { nothingAnswered, type AnsweredCommands } from "./answered.ts"

export type Account = {
  readonly id: AccountId
  readonly owner: OwnerId
  readonly group: Group
  readonly type: "cash"
  readonly currency: Currency
  readonly openedAt: Time
  readonly balances: Balances
  readonly orders: Map<OrderId, OpenOrder>
  readonly risk: Scope
}
/** Accounts that share an owner or limits: the boundary within which everything is consistent. */
export type Group = { readonly id: GroupId; readonly owner: OwnerId; readonly risk: Scope }

export type HaltState = {
  readonly haltId: string
  readonly scope: LimitScope
  readonly id?: string
  readonly symbol?: Symbol
  readonly reason: string
  readonly at: Time
  readonly eventNo: number
}

/** All that a partition's decisions depend on. It belongs to the loop that evolves it. */
export type State = {
  readonly partition: number
  eventNo: number
  recordedAt: Time
  readonly instruments: Map<Symbol, Instrument>
  readonly firm: Scope
  readonly groups: Map<GroupId, Group>
  readonly accounts: Map<AccountId, Account>
  readonly orders: Map<OrderId, OpenOrder>
  readonly halts: Map<string, HaltState>
  readonly answered: AnsweredCommands
}

export const initialState = (partition: number): State => ({
  partition,
  eventNo: 0,
  recordedAt: EPOCH,
  instruments: new Map(),
  firm: newScope("firm", "firm"),
  groups: new Map(),
  accounts: new Map(),
  orders: new Map(),
  halts: new Map(),
  answered: nothingAnswered()
})

export const scopesOf = (state: State, account: Account): ReadonlyArray<Scope> => [
  account.risk,
  account.group.risk,
  state.firm
]

/** Opens an account with nothing in it; the group comes into being with its first account. */
export const openAccount = (
  state: State,
  opened: { account: AccountId; owner: OwnerId; group: GroupId; accountType: "cash"; currency: Currency },
  openedAt: Time
): void => {
  let group = state.groups.get(opened.group)
  if (group === undefined) {
    group = { id: opened.group, owner: opened.owner, risk: newScope("group", opened.group) }
    state.groups.set(opened.group, group)
  }
  state.accounts.set(opened.account, {
    id: opened.account,
    owner: opened.owner,
    group,
    type: opened.accountType,
    currency: opened.currency,
    openedAt,
    balances: noBalances(),
    orders: new Map(),
    risk: newScope("account", opened.account)
  })
}

/** Why a symbol may not be traded by an account right now, `account`, `group`, `firm` or `symbol`; undefined when it may. */
export const haltOf = (state: State, account: Account, symbol: Symbol): string | undefined => {
  for (const halt of state.halts.values()) {
    if (halt.symbol !== undefined && halt.symbol !== symbol) continue
    if (halt.scope === "firm") return halt.symbol === undefined ? "firm" : "symbol"
    if (halt.scope === "group" && halt.id === account.group.id) return "group"
    if (halt.scope === "account" && halt.id === account.id) return "account"
  }
  return undefined
}
