import type { OwnerId } from "#domain/kernel/ids.ts"
import { parseFixed, type Cash, type Price, type Quantity, type Rate } from "#domain/kernel/money.ts"
import { microsOf, type Time } from "#domain/kernel/time.ts"
import { moveCash, moveUnits } from "#domain/ledger/balances.ts"
import { moveWorth, payInto, type Worth } from "#domain/risk/equity.ts"
import { rememberOrder, rememberSizes } from "#domain/risk/habits.ts"
import { limitFields, type LimitName, type Limits } from "#domain/risk/limits.ts"
import type { LossCode } from "#domain/risk/breaches.ts"
import { moveMargin } from "#domain/risk/margin.ts"
import { holdLimits, totalsOf, type Scope } from "#domain/risk/scope.ts"
import { scopeOf } from "./evolve-limits.ts"
import type { MovedAccount, MovedGroup, MovedScope } from "./move-events.ts"
import { membersOf } from "./pack-group.ts"
import { openAccount, type Account, type Group, type State } from "./state.ts"

/** What `eventNo` brings becomes a part of the state: its limits were set by that event from here on. */
export const bringIn = (state: State, moved: MovedGroup, eventNo: number): void => {
  for (const account of moved.accounts) bringAccount(state, moved, account, eventNo)
  const group = state.groups.get(moved.group)!
  group.moves = moved.moves
  bringScope(state, group.risk, moved.risk, eventNo)
  for (const { symbol, price } of moved.marks)
    if (!state.marks.has(symbol)) state.marks.set(symbol, { price: parseFixed(price) as Price, holders: new Set() })
  for (const account of membersOf(state, group)) countInFirm(state, account, 1n)
  hold(state, group)
  for (const { scope, id, code, halt } of moved.breaches) {
    // its halts follow, each by an event of its own
    const haltId = halt < 0 ? LIFTED : haltIdOf(state, eventNo, halt)
    const of = scopeOf(state, scope, id)!
    const known = state.breaches.get(of) ?? new Map<LossCode, string>()
    state.breaches.set(of, known.set(code as LossCode, haltId))
  }
}
const LIFTED = "lifted"
/** Of the halts that follow an event in its commit. */
export const haltIdOf = ({ partition }: State, eventNo: number, place: number): string =>
  `halt-${partition}-${eventNo + 1 + place}`

const bringAccount = (state: State, { group }: MovedGroup, moved: MovedAccount, eventNo: number): void => {
  const { initialMargin, maintenanceMargin, currency, accountType, owner, account: id } = moved
  const rates = {
    ...(initialMargin !== undefined && { initialMargin: parseFixed(initialMargin) as Rate }),
    ...(maintenanceMargin !== undefined && { maintenanceMargin: parseFixed(maintenanceMargin) as Rate })
  }
  openAccount(state, { account: id, owner, group, accountType, currency, ...rates }, moved.openedAt)
  const account = state.accounts.get(id)!
  for (const { currency: of, total } of moved.cash) moveCash(account.balances, of, parseFixed(total), 0n)
  for (const { symbol, quantity, cost } of moved.holdings)
    moveUnits(account.balances, symbol, parseFixed(quantity), parseFixed(cost))
  for (const { symbol, sum, count, average } of moved.sizes)
    rememberSizes(account.habits, symbol, { sum: parseFixed(sum), count, average: parseFixed(average) })
  for (const { symbol, side, quantity, price, stopPrice, at } of moved.recent) {
    const prices = {
      ...(price !== undefined && { price: parseFixed(price) as Price }),
      ...(stopPrice !== undefined && { stopPrice: parseFixed(stopPrice) as Price })
    }
    rememberOrder(account.habits, { symbol, side, quantity: parseFixed(quantity) as Quantity, ...prices }, at, Infinity)
  }
  bringScope(state, account.risk, moved.risk, eventNo)
  if (account.margin === undefined) return
  if (moved.called) account.margin.calledNo = eventNo
  for (const [symbol, { value }] of account.risk.symbols)
    moveMargin(account.margin, state.instruments.get(symbol)!, 0n, value)
}

const bringScope = (state: State, scope: Scope, moved: MovedScope, eventNo: number): void => {
  scope.limits = limitsIn(moved.limits)
  scope.setBy = setByOf(scope.limits, eventNo)
  if (moved.limits.length > 0) scope.limitsNo = eventNo
  for (const { from, limits } of moved.waiting) {
    const waiting = limitsIn(limits)
    scope.waiting.push({ from, limits: waiting, setBy: setByOf(waiting, eventNo) })
    if (state.limitsDueAt === undefined || from < state.limitsDueAt) state.limitsDueAt = from
  }
  if (moved.limits.length > 0) holdLimits(scope)
  for (const { symbol, quantity, value } of moved.positions) {
    const totals = totalsOf(scope, symbol)
    totals.position = parseFixed(quantity)
    totals.value = parseFixed(value)
  }
  bringWorth(scope, moved)
  scope.orderRate.taken.push(...moved.orders)
  scope.cancelRate.taken.push(...moved.cancels)
}

const bringWorth = ({ worth, symbols }: Scope, moved: MovedScope): void => {
  const [paidIn, result, dayStart, dayPeak, peak] = (["paidIn", "result", "dayStart", "dayPeak", "peak"] as const).map(
    (name) => parseFixed(moved[name])
  ) as [bigint, bigint, bigint, bigint, bigint]
  let [net, gross] = [0n, 0n]
  for (const { value } of symbols.values()) {
    net += value
    gross += value < 0n ? -value : value
  }
  const lost = (from: bigint): bigint => (from > result ? from - result : 0n)
  const losses = { dailyLoss: lost(dayStart), trailingLoss: lost(dayPeak), drawdown: lost(peak) }
  const brought: Worth = {
    paidIn,
    result,
    equity: paidIn + result,
    net,
    gross,
    day: moved.day,
    dayStart,
    dayPeak,
    peak,
    ...losses
  }
  Object.assign(worth, brought)
}

const limitsIn = (moved: MovedScope["limits"]): Limits =>
  Object.fromEntries(moved.map(({ name, value }) => [name, limitIn(name as LimitName, value)]))
const limitIn = (name: LimitName, value: string): unknown => {
  const { _tag } = limitFields[name].ast
  if (_tag === "BigInt") return parseFixed(value)
  if (_tag === "Number") return Number(value)
  return _tag === "Boolean" ? value === "true" : value
}
const setByOf = (limits: Limits, eventNo: number): Scope["setBy"] =>
  Object.fromEntries(Object.keys(limits).map((name) => [name, eventNo]))

/** Takes a group out of the state; what it was is in the event that says so. */
export const takeOut = (state: State, group: Group, toPartition: number): void => {
  for (const account of membersOf(state, group)) {
    countInFirm(state, account, -1n)
    state.accounts.delete(account.id)
    state.away.set(account.id, { group: group.id, partition: toPartition, no: account.no, moves: group.moves })
    disown(state, account)
    for (const { holders } of state.marks.values()) holders.delete(account.risk)
    state.breaches.delete(account.risk)
  }
  for (const { holders } of state.marks.values()) holders.delete(group.risk)
  state.breaches.delete(group.risk)
  state.groups.delete(group.id)
}

const disown = ({ owners }: State, account: Account): void => {
  const left = owners.get(account.owner as OwnerId)!.filter((other) => other !== account)
  if (left.length === 0) owners.delete(account.owner)
  else owners.set(account.owner, left)
}

/** What an account has comes to the firm's totals (1) or leaves them (-1); nothing is won or lost by it. */
const countInFirm = (state: State, { risk }: Account, sign: 1n | -1n): void => {
  const { firm, marks, recordedAt } = state
  for (const [symbol, { position, value }] of risk.symbols) {
    const totals = totalsOf(firm, symbol)
    const before = totals.value
    totals.position += sign * position
    // valued at another mark than here, and each rounded by itself: of what is no longer held nothing is left
    totals.value = totals.position === 0n ? 0n : before + sign * value
    moveWorth(firm.worth, before, totals.value, -sign * value, microsOf(recordedAt as Time))
    if (totals.position === 0n) marks.get(symbol)?.holders.delete(firm)
  }
  payInto(firm.worth, (sign * risk.worth.equity) as Cash)
}

/** Who holds something hears of its marks. */
const hold = (state: State, group: Group): void => {
  for (const { scopes } of membersOf(state, group))
    for (const scope of scopes)
      for (const [symbol, { position }] of scope.symbols)
        if (position !== 0n) state.marks.get(symbol)?.holders.add(scope)
}
