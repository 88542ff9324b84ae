import type { Currency, Symbol } from "#domain/kernel/ids.ts"

/** Money of one currency: all of it, and what open orders hold back. */
export type Balance = { total: bigint; reserved: bigint }
/** Units of an instrument: all of them, and what open sells hold back. */
export type Holding = { total: bigint; reserved: bigint }

export type Balances = { readonly cash: Map<Currency, Balance>; readonly holdings: Map<Symbol, Holding> }

export const noBalances = (): Balances => ({ cash: new Map(), holdings: new Map() })

const NOTHING: Readonly<Balance> = Object.freeze({ total: 0n, reserved: 0n })
export const cashOf = (balances: Balances, currency: Currency): Readonly<Balance> =>
  balances.cash.get(currency) ?? NOTHING
export const holdingOf = (balances: Balances, symbol: Symbol): Readonly<Holding> =>
  balances.holdings.get(symbol) ?? NOTHING

export const moveCash = (balances: Balances, currency: Currency, total: bigint, reserved: bigint): void =>
  move(balances.cash, currency, total, reserved)
export const moveHolding = (balances: Balances, symbol: Symbol, total: bigint, reserved: bigint): void =>
  move(balances.holdings, symbol, total, reserved)

const move = <K>(map: Map<K, Balance>, key: K, total: bigint, reserved: bigint): void => {
  const balance = map.get(key)
  if (balance === undefined) map.set(key, { total, reserved })
  else {
    balance.total += total
    balance.reserved += reserved
  }
}
