import type { Currency, Symbol } from "#domain/kernel/ids.ts"
import { averageCost, withoutTrade } from "./average-cost.ts"

/** Money of one currency: all of it, and what open orders hold back. */
export type Balance = { total: bigint; reserved: bigint }
/** Units of an instrument: all of them, what open sells hold back, and what they cost: it goes where they go. */
export type Holding = { total: bigint; reserved: bigint; cost: bigint }

export type Balances = { readonly cash: Map<Currency, Balance>; readonly holdings: Map<Symbol, Holding> }

export const noBalances = (): Balances => ({ cash: new Map(), holdings: new Map() })

const NOTHING: Readonly<Holding> = Object.freeze({ total: 0n, reserved: 0n, cost: 0n })
const NO_MONEY: Readonly<Balance> = Object.freeze({ total: 0n, reserved: 0n })
export const cashOf = (balances: Balances, currency: Currency): Readonly<Balance> =>
  balances.cash.get(currency) ?? NO_MONEY
export const holdingOf = (balances: Balances, symbol: Symbol): Readonly<Holding> =>
  balances.holdings.get(symbol) ?? NOTHING

export const moveCash = (balances: Balances, currency: Currency, total: bigint, reserved: bigint): void => {
  const balance = balances.cash.get(currency)
  if (balance === undefined) balances.cash.set(currency, { total, reserved })
  else {
    balance.total += total
    balance.reserved += reserved
  }
}

const holdingFor = ({ holdings }: Balances, symbol: Symbol): Holding => {
  const known = holdings.get(symbol)
  if (known !== undefined) return known
  const holding = { total: 0n, reserved: 0n, cost: 0n }
  holdings.set(symbol, holding)
  return holding
}

export const moveHolding = (balances: Balances, symbol: Symbol, total: bigint, reserved: bigint): void => {
  const holding = holdingFor(balances, symbol)
  holding.total += total
  holding.reserved += reserved
}

/** Units came (above 0) or went for `value` of the same sign: by a trade, one that is `undone`, or with their cost. */
export const moveUnits = (
  balances: Balances,
  symbol: Symbol,
  quantity: bigint,
  value: bigint,
  undone = false
): void => {
  const holding = holdingFor(balances, symbol)
  const held = { quantity: holding.total, cost: holding.cost, realized: 0n }
  const after = undone ? withoutTrade(held, -quantity, -value) : averageCost(held, quantity, value)
  holding.total = after.quantity
  holding.cost = after.cost
}

/** The same position in other units, less what a part of it cost that was paid out. */
export const restateUnits = (balances: Balances, symbol: Symbol, total: bigint, paidOut: bigint): void => {
  const holding = holdingFor(balances, symbol)
  holding.total = total
  holding.cost -= paidOut
}
