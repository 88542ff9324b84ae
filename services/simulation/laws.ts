import type { AccountEvent } from "#domain/account/events.ts"
import { scopesOf, type Account, type State } from "#domain/account/state.ts"
import type { Recorded } from "#domain/kernel/event.ts"
import type { Currency } from "#domain/kernel/ids.ts"
import { formatFixed } from "#domain/kernel/money.ts"
import { postingsOf } from "#domain/ledger/postings.ts"
import { exclusive } from "#domain/orders/contingency.ts"
import { isLive, type OpenOrder } from "#domain/orders/open-order.ts"
import { exposureOf } from "#domain/risk/scope.ts"
import { must } from "./broken-law.ts"
import { failedOf } from "./judge.ts"
import type { Recount } from "./recount.ts"

export { BrokenLaw } from "./broken-law.ts"
export { Recount } from "./recount.ts"

/** What the events of a commit must be, whatever they are. */
export const checkEvents = (events: ReadonlyArray<Recorded<AccountEvent>>): void => {
  for (const [i, event] of events.entries()) {
    if (needsDecision(event)) {
      // self-trade prevention may make it smaller in between
      const next = events[i + 1]?.type === "OrderReleased" ? events[i + 2] : events[i + 1]
      const decided = next?.type === "OrderRiskDecided" && next.data.orderId === event.data.orderId
      must(decided, () => `event ${event.eventNo}: a request without its risk decision beside it`)
    }
    if (event.type === "OrderRiskDecided") {
      const failed = failedOf(event.data.checks.text).length > 0
      must(
        failed === (event.data.decision === "denied"),
        () => `event ${event.eventNo}: the decision does not follow from its checks`
      )
    }
    const postings = postingsOf(event)
    if (postings.length === 0) continue
    const sum = new Map<string, bigint>()
    for (const { unit, amount } of postings) sum.set(unit, (sum.get(unit) ?? 0n) + amount)
    for (const [unit, left] of sum) must(left === 0n, () => `event ${event.eventNo}: ${unit} does not sum to zero`)
  }
}

type Asking = Extract<Recorded<AccountEvent>, { type: "OrderPlaced" | "ReplaceRequested" | "OrderReleased" }>
/** A child is not judged before it is let go. */
const needsDecision = (event: Recorded<AccountEvent>): event is Asking =>
  event.type === "ReplaceRequested" ||
  event.type === "OrderReleased" ||
  (event.type === "OrderPlaced" && event.data.role !== "child")

/** What must hold between commands, counted again from the open orders and from the postings. */
export const checkState = (state: State, recount: Recount): void => {
  for (const [unit, sum] of recount.unbalanced())
    must(false, () => `${unit} sums to ${formatFixed(sum)} over all ledger accounts`)
  const open = new Map<object, number>()
  for (const account of state.accounts.values()) {
    const reserved = new Map<string, bigint>()
    const add = (unit: string, amount: bigint) => reserved.set(unit, (reserved.get(unit) ?? 0n) + amount)
    for (const order of account.orders.values()) {
      must(order.cumQty >= 0n && isLive(order), () => `order ${order.orderId} is open with nothing left to fill`)
      must(
        state.orders.get(order.orderId) === order,
        () => `order ${order.orderId} is missing in the partition's index`
      )
      add(order.instrument.settlement, order.reservedCash)
      add(order.symbol, order.reservedUnits)
    }
    const checkUnit = (unit: string) => {
      const [owned, booked] = [ownedOf(state, account, unit), recount.of(account.id, unit)]
      must(owned === booked, () => `${account.id} ${unit}: ${formatFixed(owned)}, postings say ${formatFixed(booked)}`)
    }
    for (const [currency, balance] of account.balances.cash) {
      const held = reserved.get(currency) ?? 0n
      must(
        balance.reserved === held,
        () =>
          `${account.id} ${currency}: reserved ${formatFixed(balance.reserved)}, open orders hold ${formatFixed(held)}`
      )
      checkUnit(currency)
    }
    for (const [symbol, holding] of account.balances.holdings) {
      const held = reserved.get(symbol) ?? 0n
      must(
        holding.reserved === held,
        () => `${account.id} ${symbol}: reserved ${formatFixed(holding.reserved)}, open sells hold ${formatFixed(held)}`
      )
      checkUnit(state.instruments.get(symbol)!.base)
    }
    const counted = [...account.orders.values()].filter((order) => order.counted)
    for (const scope of scopesOf(state, account)) open.set(scope, (open.get(scope) ?? 0) + counted.length)
    for (const symbol of state.instruments.keys()) {
      const { position, buying, selling } = exposureOf(account.risk, symbol)
      const own = counted.filter((order) => order.symbol === symbol)
      const leaves = (side: string) =>
        unitsOf(
          state,
          own.filter((order) => order.side === side)
        )
      must(
        buying === leaves("buy") && selling === leaves("sell"),
        () => `${account.id} ${symbol}: open quantities are not those of its orders`
      )
      must(
        position === (account.balances.holdings.get(symbol)?.total ?? 0n),
        () => `${account.id} ${symbol}: position and holding differ`
      )
    }
  }
  for (const [scope, count] of open)
    must(
      (scope as { openOrders: number }).openOrders === count,
      () => "a scope counts other open orders than there are"
    )
}

/** Money of a unit and holdings in it: postings do not tell under which symbol it is held. */
const ownedOf = (state: State, { balances }: Account, unit: string): bigint => {
  let owned = balances.cash.get(unit as Currency)?.total ?? 0n
  for (const [symbol, { total }] of balances.holdings)
    if ((state.instruments.get(symbol)!.base as string) === unit) owned += total
  return owned
}

/** Units that orders of one symbol and side need: of those that exclude each other what the largest needs. */
const unitsOf = (state: State, orders: ReadonlyArray<OpenOrder>): bigint => {
  const largest = new Map<string, bigint>()
  for (const order of orders) {
    const group = order.groupId === undefined ? undefined : state.contingencies.get(order.groupId)
    const key = group !== undefined && exclusive(group).includes(order.orderId) ? group.groupId : order.orderId
    const units = openUnits(order)
    if (units > (largest.get(key) ?? 0n)) largest.set(key, units)
  }
  return [...largest.values()].reduce((sum, units) => sum + units, 0n)
}

/** Counted apart from the decider: while replaces are on their way, the largest of what is open and what would be. */
const openUnits = ({ quantity, cumQty, pending }: OpenOrder): bigint => {
  let largest: bigint = quantity
  for (const { terms } of pending) if (terms !== undefined && terms.quantity > largest) largest = terms.quantity
  return largest - cumQty
}
