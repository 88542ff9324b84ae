import { formatFixed } from "#domain/kernel/money.ts"
import type { Time } from "#domain/kernel/time.ts"
import { LIMIT_NAMES, type Limits } from "#domain/risk/limits.ts"
import type { Scope } from "#domain/risk/scope.ts"
import type { MovedAccount, MovedGroup, MovedScope } from "./move-events.ts"
import type { Account, Group, HaltState, State } from "./state.ts"

/** Whose accounts are in a group, in the order in which they came. */
export const membersOf = (state: State, group: Group): ReadonlyArray<Account> =>
  [...state.accounts.values()].filter((account) => account.group === group)

/** Halts of a group and of its accounts; those of the firm and of symbols are the partition's own. */
export const haltsOfGroup = (state: State, group: Group): ReadonlyArray<HaltState> =>
  [...state.halts.values()].filter(
    ({ scope, id }) =>
      (scope === "group" && id === group.id) ||
      (scope === "account" && state.accounts.get(id as Account["id"])?.group === group)
  )

/**
 * All that decisions about a group depend on, as it goes to another partition. Nothing in it is numbered by events, so
 * that it is the same text again where it has arrived. The group has no open orders, and nothing of it is in transit.
 */
export const packGroup = (state: State, group: Group, moves: number): MovedGroup => {
  const members = membersOf(state, group)
  const halts = haltsOfGroup(state, group)
  const scopes = [group.risk, ...members.map(({ risk }) => risk)]
  const symbols = new Set(members.flatMap(({ risk }) => risk.symbols.held().map(([symbol]) => symbol)))
  return {
    group: group.id,
    owner: group.owner,
    moves,
    risk: packScope(group.risk),
    accounts: members.map((account) => packAccount(state, account)),
    halts: halts.map(({ scope, id, symbol, reason, mode }) => ({
      scope,
      id: id!,
      ...(symbol !== undefined && { symbol }),
      reason,
      ...(mode !== undefined && { mode })
    })),
    breaches: scopes.flatMap((scope) =>
      [...(state.breaches.get(scope) ?? [])].map(([code, haltId]) => ({
        scope: scope.kind,
        id: scope.id,
        code,
        halt: halts.findIndex((halt) => halt.haltId === haltId)
      }))
    ),
    marks: [...symbols].toSorted().flatMap((symbol) => {
      const mark = state.marks.get(symbol)
      return mark === undefined ? [] : [{ symbol, price: formatFixed(mark.price) }]
    })
  }
}

const packAccount = (state: State, account: Account): MovedAccount => {
  const { id, owner, type, currency, openedAt, balances, habits, margin, risk } = account
  return {
    account: id,
    owner,
    accountType: type,
    currency,
    openedAt,
    ...(margin && {
      initialMargin: formatFixed(margin.initialRate),
      maintenanceMargin: formatFixed(margin.maintenanceRate)
    }),
    called: margin?.calledNo !== undefined,
    cash: [...balances.cash].map(([of, { total }]) => ({ currency: of, total: formatFixed(total) })),
    holdings: [...balances.holdings].map(([symbol, { total, cost }]) => {
      const { settlement, base, multiplier } = state.instruments.get(symbol)!
      const units = { quantity: formatFixed(total), cost: formatFixed(cost) }
      return { symbol, ...units, currency: settlement, base, multiplier: formatFixed(multiplier) }
    }),
    sizes: [...habits.sizes].map(([symbol, { sum, count, average }]) => ({
      symbol,
      sum: formatFixed(sum),
      count,
      average: formatFixed(average)
    })),
    recent: [...habits.recent.values()].map(({ symbol, side, quantity, price, stopPrice, micros }) => ({
      symbol,
      side,
      quantity: formatFixed(quantity),
      ...(price !== undefined && { price: formatFixed(price) }),
      ...(stopPrice !== undefined && { stopPrice: formatFixed(stopPrice) }),
      at: micros
    })),
    risk: packScope(risk)
  }
}

const packScope = ({ limits, waiting, symbols, worth, orderRate, cancelRate }: Scope): MovedScope => ({
  limits: packLimits(limits),
  waiting: packWaiting(waiting),
  positions: symbols.held().map(([symbol, { position, value }]) => ({
    symbol,
    quantity: formatFixed(position),
    value: formatFixed(value)
  })),
  paidIn: formatFixed(worth.paidIn),
  result: formatFixed(worth.result),
  day: worth.day,
  dayStart: formatFixed(worth.dayStart),
  dayPeak: formatFixed(worth.dayPeak),
  peak: formatFixed(worth.peak),
  orders: orderRate.taken.slice(orderRate.from),
  cancels: cancelRate.taken.slice(cancelRate.from)
})

export const packWaiting = (waiting: Scope["waiting"]): MovedScope["waiting"] =>
  waiting.map(({ from, limits }) => ({ from: from as Time, limits: packLimits(limits) }))

export const packLimits = (limits: Limits): MovedScope["limits"] =>
  LIMIT_NAMES.flatMap((name) => {
    const value = limits[name]
    if (value === undefined) return []
    return [{ name, value: typeof value === "bigint" ? formatFixed(value) : String(value) }]
  })
