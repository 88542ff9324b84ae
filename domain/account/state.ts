import type { AccountId, Currency, GroupId, OwnerId, Symbol } from "#domain/kernel/ids.ts"
import { EPOCH, type Time } from "#domain/kernel/time.ts"
import { noBalances, type Balances } from "#domain/ledger/balances.ts"
import type { Instrument } from "#domain/market/instrument.ts"
import type { Contingency } from "#domain/orders/contingency.ts"
import { FinishedOrders } from "#domain/orders/finished-orders.ts"
import { AccountOrders, OpenOrders } from "#domain/orders/open-orders.ts"
import type { Price, Rate } from "#domain/kernel/money.ts"
import { NO_LIMITS, type LimitBook } from "#domain/risk/book.ts"
import { noHabits, type Habits, type Sizes } from "#domain/risk/habits.ts"
import type { LimitScope } from "#domain/risk/limits.ts"
import type { LossCode } from "#domain/risk/breaches.ts"
import { newMargin, type Margin } from "#domain/risk/margin.ts"
import type { Halted } from "#domain/risk/question.ts"
import {
  exposureOf,
  limitsHeldAt,
  moveExposure,
  newScope,
  totalsOf,
  type Move,
  type Scope,
  type SymbolExposure
} from "#domain/risk/scope.ts"
import { nothingAnswered, type AnsweredCommands } from "./answered.ts"
import { nothingInTransit, type InTransit } from "./transit.ts"

export type Account = {
  readonly id: AccountId
  /** counted as they were opened: by it their commands are remembered */
  readonly no: number
  readonly owner: OwnerId
  readonly group: Group
  readonly type: "cash" | "margin"
  readonly currency: Currency
  readonly openedAt: Time
  readonly balances: Balances
  readonly orders: AccountOrders
  readonly risk: Scope
  /** its own scope, its group's and the firm's */
  readonly scopes: readonly [account: Scope, group: Scope, firm: Scope]
  /** what they have of each symbol that it has had to do with: found by one look, where every order needs all of it */
  readonly lines: Lines
  readonly habits: Habits
  /** undefined for a cash account */
  readonly margin: Margin | undefined
}
/** What an account, its group and the firm have of one symbol, and what the account's orders in it were like. */
export type Line = {
  readonly own: SymbolExposure
  readonly group: SymbolExposure
  readonly firm: SymbolExposure
  sizes: Sizes | undefined
}
/** They say nothing that the scopes do not say: where a state is kept or compared, they are not. */
export class Lines {
  readonly #bySymbol = new Map<Symbol, Line>()
  get(symbol: Symbol): Line | undefined {
    return this.#bySymbol.get(symbol)
  }
  set(symbol: Symbol, line: Line): void {
    this.#bySymbol.set(symbol, line)
  }
}
/** Accounts that share an owner or limits: the boundary within which everything is consistent. */
export type Group = {
  readonly id: GroupId
  readonly owner: OwnerId
  readonly risk: Scope
  /** how often it has come from another partition */
  moves: number
}
/** An account that was here: where its group went, how often that had moved before, and by which number its commands are remembered. */
export type Away = { readonly group: GroupId; readonly partition: number; readonly no: number; readonly moves: number }

export type HaltState = {
  readonly haltId: string
  readonly scope: LimitScope
  readonly id?: string
  readonly symbol?: Symbol
  readonly reason: string
  readonly at: Time
  readonly eventNo: number
  readonly mode?: "all" | "reduce-only"
  /** who set it */
  readonly actor?: string
}

/** A symbol's last recorded mark, and the scopes that hold some of it. */
export type Marked = { price: Price; readonly holders: Set<Scope> }

/** All that a partition's decisions depend on. It belongs to the loop that evolves it. */
export type State = {
  readonly partition: number
  eventNo: number
  recordedAt: Time
  readonly instruments: Map<Symbol, Instrument>
  readonly firm: Scope
  readonly groups: Map<GroupId, Group>
  readonly accounts: Map<AccountId, Account>
  readonly owners: Map<OwnerId, Array<Account>>
  /** symbols that have limits of their own */
  readonly symbols: Map<Symbol, Scope>
  readonly marks: Map<Symbol, Marked>
  /** when limits that wait begin to hold, the next of them */
  limitsDueAt: string | undefined
  readonly orders: OpenOrders
  readonly finished: FinishedOrders
  readonly contingencies: Map<string, Contingency>
  readonly halts: Map<string, HaltState>
  /** losses that a scope was halted for, and by which halt, until they are below their limits again */
  readonly breaches: Map<Scope, Map<LossCode, string>>
  readonly answered: AnsweredCommands
  readonly transit: InTransit
  /** accounts that have left with their group */
  readonly away: Map<AccountId, Away>
  /** how many accounts there have ever been */
  accountsOpened: number
}

export const initialState = (partition: number): State => ({
  partition,
  eventNo: 0,
  recordedAt: EPOCH,
  instruments: new Map(),
  firm: newScope("firm", "firm"),
  groups: new Map(),
  accounts: new Map(),
  owners: new Map(),
  symbols: new Map(),
  marks: new Map(),
  limitsDueAt: undefined,
  orders: new OpenOrders(),
  finished: new FinishedOrders(),
  contingencies: new Map(),
  halts: new Map(),
  breaches: new Map(),
  answered: nothingAnswered(),
  transit: nothingInTransit(),
  away: new Map(),
  accountsOpened: 0
})

export const scopesOf = (_: State, account: Account): ReadonlyArray<Scope> => account.scopes

/** Opens an account with nothing in it; the group comes into being with its first account. */
export const openAccount = (
  state: State,
  opened: {
    readonly account: AccountId
    readonly owner: OwnerId
    readonly group: GroupId
    readonly accountType: Account["type"]
    readonly currency: Currency
    readonly initialMargin?: Rate
    readonly maintenanceMargin?: Rate
  },
  openedAt: Time
): void => {
  let group = state.groups.get(opened.group)
  if (group === undefined) {
    group = { id: opened.group, owner: opened.owner, risk: newScope("group", opened.group), moves: 0 }
    state.groups.set(opened.group, group)
  }
  const risk = newScope("account", opened.account)
  const scopes = [risk, group.risk, state.firm] as const
  const account: Account = {
    id: opened.account,
    no: state.away.get(opened.account)?.no ?? state.accountsOpened++,
    owner: opened.owner,
    group,
    type: opened.accountType,
    currency: opened.currency,
    openedAt,
    balances: noBalances(),
    orders: new AccountOrders(state.orders, opened.account),
    risk,
    scopes,
    lines: new Lines(),
    habits: noHabits(),
    margin: opened.accountType === "margin" ? newMargin(opened) : undefined
  }
  state.away.delete(opened.account)
  state.accounts.set(opened.account, account)
  const owned = state.owners.get(opened.owner)
  if (owned === undefined) state.owners.set(opened.owner, [account])
  else owned.push(account)
}

/** An account's line in a symbol as it is: nothing comes into being by looking. */
export const lineOf = ({ lines, scopes: [own, group, firm], habits }: Account, symbol: Symbol): ReadLine =>
  lines.get(symbol) ?? {
    own: exposureOf(own, symbol),
    group: exposureOf(group, symbol),
    firm: exposureOf(firm, symbol),
    sizes: habits.sizes.get(symbol)
  }
type ReadLine = { readonly [K in keyof Line]: Readonly<Line[K]> }

/** The same, to be moved. */
export const lineFor = ({ lines, scopes: [own, group, firm], habits }: Account, symbol: Symbol): Line => {
  const known = lines.get(symbol)
  if (known !== undefined) return known
  const line: Line = {
    own: totalsOf(own, symbol),
    group: totalsOf(group, symbol),
    firm: totalsOf(firm, symbol),
    sizes: habits.sizes.get(symbol)
  }
  lines.set(symbol, line)
  return line
}

/** Whatever changes units or open orders of an account changes those above it as well. */
export const moveExposures = (account: Account, symbol: Symbol, move: Move): void => {
  const [own, group, firm] = account.scopes
  const line = lineFor(account, symbol)
  moveExposure(own, line.own, move)
  moveExposure(group, line.group, move)
  moveExposure(firm, line.firm, move)
}

/** The limits that hold for an account's orders in a symbol; those that have come due count, written in or not. */
export const bookFor = (state: State, { risk, group }: Account, symbol: Symbol, at: Time): LimitBook => {
  const ofSymbol = state.symbols.get(symbol)
  if (state.limitsDueAt === undefined || at < state.limitsDueAt)
    return [risk.held, group.risk.held, state.firm.held, ofSymbol === undefined ? NO_LIMITS : ofSymbol.held]
  return [
    limitsHeldAt(risk, at),
    limitsHeldAt(group.risk, at),
    limitsHeldAt(state.firm, at),
    ofSymbol === undefined ? NO_LIMITS : limitsHeldAt(ofSymbol, at)
  ]
}

/** Whom these limits are for, level by level. */
export const scopesFor = (state: State, { risk, group }: Account, symbol: Symbol): ReadonlyArray<Scope | undefined> => [
  risk,
  group.risk,
  state.firm,
  state.symbols.get(symbol)
]

/** The halt that keeps an account from trading a symbol right now; one that stops all before one that lets it close. */
export const haltOf = (state: State, account: Account, symbol: Symbol): Halted | undefined => {
  if (state.halts.size === 0) return undefined
  let found: HaltState | undefined
  for (const halt of state.halts.values()) {
    if (!concerns(halt, account, symbol)) continue
    if (halt.mode !== "reduce-only") return halted(halt)
    found ??= halt
  }
  return found === undefined ? undefined : halted(found)
}

const concerns = (halt: HaltState, account: Account, symbol: Symbol): boolean => {
  if (halt.symbol !== undefined && halt.symbol !== symbol) return false
  if (halt.scope === "symbol") return halt.id === symbol
  if (halt.scope === "group") return halt.id === account.group.id
  return halt.scope === "firm" || halt.id === account.id
}
const halted = ({ scope, symbol, eventNo, mode }: HaltState): Halted => ({
  by: `${scope === "firm" && symbol !== undefined ? "symbol" : scope}@${eventNo}`,
  reduceOnly: mode === "reduce-only"
})
