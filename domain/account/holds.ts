import type { Recorded } from "#domain/kernel/event.ts"
import type { Cash, Quantity } from "#domain/kernel/money.ts"
import { moveCash, moveHolding } from "#domain/ledger/balances.ts"
import { exclusive, type Contingency } from "#domain/orders/contingency.ts"
import { isLive, leavesQty, pendingReplaces, worstPrice, type OpenOrder } from "#domain/orders/open-order.ts"
import { needOf, protectionAfter } from "#domain/orders/terms.ts"
import type { OrderRiskDecidedData } from "#domain/risk/events.ts"
import { unpin } from "./answered.ts"
import { acceptOrder, countOrder, moveScopes, openNotional } from "./evolve-risk.ts"
import type { Account, State } from "./state.ts"

// What orders hold back of balances and count in the scopes' totals moves here and nowhere else.

/** An approved order counts and holds from here on; a denied one leaves, a denied change leaves the order as it was. */
export const decided = (
  state: State,
  account: Account,
  order: OpenOrder,
  { data, recordedAt, cause }: Pick<Recorded, "recordedAt" | "cause"> & { readonly data: OrderRiskDecidedData }
): void => {
  const replaces = pendingReplaces(order) // none mostly: looking for the last of them takes longer than asking first
  const change = replaces.length === 0 ? undefined : replaces.findLast(({ clOrdId }) => clOrdId === cause)
  if (data.decision === "denied") {
    if (change !== undefined) order.pending = order.pending.filter((request) => request !== change)
    else {
      order.ended = "Rejected"
      finish(state, account, order, 0n) // a child counts from when it is let go
    }
    return
  }
  acceptOrder(state, account, order, recordedAt)
  settle(state, account, order)
}

/**
 * After anything that changes what is open of an order: it counts and holds back what it needs while it is live, gives
 * everything back when it is over, and counts again when it is open again. `position` is what a fill added to the units.
 */
export const settle = (state: State, account: Account, order: OpenOrder, position = 0n): void => {
  if (!isLive(order)) return finish(state, account, order, position)
  if (!order.counted) {
    order.counted = true
    countOrder(account, order, 1)
    account.orders.put(order)
    state.finished.drop(order)
  }
  const group = order.groupId === undefined ? undefined : state.contingencies.get(order.groupId)
  if (group === undefined || !exclusive(group).includes(order.orderId)) return hold(state, account, order, position)
  if (position !== 0n) expose(state, account, order, order.exposed, position)
  shareOut(state, account, group)
}

/** Moves what the scopes count of a symbol: units held by `position`, and of the order's open part to `exposed`. */
const expose = (state: State, account: Account, order: OpenOrder, exposed: Quantity, position: bigint): void => {
  moveScopes(account, order, exposed, openNotional(state, order, exposed), position)
}

type Need = { readonly units: Quantity; readonly cash: bigint }
const NO_NEED: Need = { units: 0n as Quantity, cash: 0n }

/** What the open part needs; while replaces are on their way, what the dearest of all the forms needs. */
const needs = (order: OpenOrder): Need => {
  const leaves = leavesQty(order)
  let units = leaves
  let cash = order.side === "buy" ? needAt(order, worstPrice(order), leaves) : 0n
  for (const { terms } of pendingReplaces(order)) {
    const left = (terms.quantity > order.cumQty ? terms.quantity - order.cumQty : 0n) as Quantity
    if (left > units) units = left
    if (order.side === "sell") continue
    const need = needAt(order, terms.price ?? protectionAfter(order, terms.stopPrice), left)
    if (need > cash) cash = need
  }
  return { units, cash }
}

/** Sets aside what an order needs beyond `covered`, which others hold back that it excludes. */
const hold = (state: State, account: Account, order: OpenOrder, position: bigint, covered = NO_NEED): void => {
  const need = needs(order)
  const units = (need.units > covered.units ? need.units - covered.units : 0n) as Quantity
  const cash = need.cash > covered.cash ? need.cash - covered.cash : 0n
  expose(state, account, order, units, position)
  if (order.side === "sell") {
    moveHolding(account.balances, order.symbol, 0n, units - order.reservedUnits)
    order.reservedUnits = units
  } else {
    moveCash(account.balances, order.instrument.settlement, 0n, cash - order.reservedCash)
    order.reservedCash = cash as Cash
  }
}

const needAt = (order: OpenOrder, price: OpenOrder["price"], leaves: Quantity): bigint =>
  price === undefined || leaves === 0n ? 0n : needOf(order.instrument, price, leaves)

/** A finished order gives back what it held and leaves the open ones. */
const finish = (state: State, account: Account, order: OpenOrder, position: bigint): void => {
  if (order.reservedCash !== 0n) {
    moveCash(account.balances, order.instrument.settlement, 0n, -order.reservedCash)
    order.reservedCash = 0n as Cash
  }
  if (order.reservedUnits !== 0n) {
    moveHolding(account.balances, order.symbol, 0n, -order.reservedUnits)
    order.reservedUnits = 0n as Quantity
  }
  expose(state, account, order, 0n as Quantity, position)
  if (order.counted) countOrder(account, order, -1)
  order.counted = false
  remove(state, account, order)
}

const remove = (state: State, account: Account, order: OpenOrder): void => {
  account.orders.remove(order)
  state.finished.keep(order)
  unpin(state.answered, order.number)
  if (order.groupId !== undefined) leaveGroup(state, account, order.groupId)
}

/** A group is forgotten with the last of its orders; until then the others may have to take over what it held back. */
const leaveGroup = (state: State, account: Account, groupId: string): void => {
  const group = state.contingencies.get(groupId)
  if (group === undefined) return
  if (group.members.some(({ orderId }) => account.orders.has(orderId))) shareOut(state, account, group)
  else state.contingencies.delete(groupId)
}

/** Of orders that exclude each other each holds back what it needs beyond those before it: together, what one needs. */
const shareOut = (state: State, account: Account, group: Contingency): void => {
  const units = new Map<string, Quantity>() // covered already, by symbol and side
  const cash = new Map<string, bigint>() // and money by its currency: legs may be of several symbols
  for (const orderId of exclusive(group)) {
    const order = account.orders.get(orderId)
    if (order?.counted !== true) continue
    const thing = `${order.symbol} ${order.side}`
    const { settlement } = order.instrument
    const covered = { units: units.get(thing) ?? NO_NEED.units, cash: cash.get(settlement) ?? NO_NEED.cash }
    hold(state, account, order, 0n, covered)
    const need = needs(order)
    if (need.units > covered.units) units.set(thing, need.units)
    if (need.cash > covered.cash) cash.set(settlement, need.cash)
  }
}

/** An order as risk should see it that judges its new form: what others hold back that it excludes is free for it too. */
export const withGroup = (state: State, account: Account, order: OpenOrder): OpenOrder => {
  const group = order.groupId === undefined ? undefined : state.contingencies.get(order.groupId)
  if (group === undefined || !exclusive(group).includes(order.orderId)) return order
  let { reservedCash, reservedUnits, exposed, exposedNotional } = order
  for (const orderId of exclusive(group)) {
    const other = account.orders.get(orderId)
    if (other === undefined || other === order) continue
    if (other.instrument.settlement === order.instrument.settlement)
      reservedCash = (reservedCash + other.reservedCash) as Cash
    if (other.symbol !== order.symbol || other.side !== order.side) continue
    reservedUnits = (reservedUnits + other.reservedUnits) as Quantity
    exposed = (exposed + other.exposed) as Quantity
    exposedNotional = (exposedNotional + other.exposedNotional) as Cash
  }
  return { ...order, reservedCash, reservedUnits, exposed, exposedNotional }
}
