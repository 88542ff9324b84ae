import { Result } from "effect"
import type { Currency, Symbol } from "#domain/kernel/ids.ts"
import { fits, formatFixed } from "#domain/kernel/money.ts"
import type { Time } from "#domain/kernel/time.ts"
import { cashOf, holdingOf } from "#domain/ledger/balances.ts"
import type { EntryEvent } from "#domain/ledger/entry-events.ts"
import type { Instrument } from "#domain/market/instrument.ts"
import { positive } from "#domain/orders/shape.ts"
import type { Command } from "./commands.ts"
import { refused, type Decided } from "./refused.ts"
import type { Account, State } from "./state.ts"

/** An entry's event as far as its kind says, or why there is none. */
export type Written = Decided | { [E in EntryEvent as E["type"]]: Pick<E, "type" | "data"> }[EntryEvent["type"]]

/** What entries are refused for; each answers what is wrong, or undefined. */

export const mustBePositive = (field: string, value: bigint): Decided | undefined => {
  const problem = positive(field, value)
  return problem === undefined ? undefined : Result.fail(problem)
}

export const futureProblem = ({ at }: Command, effectiveAt: Time | undefined): Decided | undefined =>
  effectiveAt !== undefined && effectiveAt > at
    ? refused("EffectiveAtFuture", "effectiveAt must not be in the future", "effectiveAt")
    : undefined

/** Money that comes must fit; money that goes must be there, but a margin account may owe in its own currency. */
export const paymentProblem = (
  account: Account,
  currency: Currency,
  amount: bigint,
  field: string
): Decided | undefined => {
  const { total, reserved } = cashOf(account.balances, currency)
  if (!fits(amount) || !fits(total + amount))
    return refused("OutOfRange", `${field} gives an amount of more than 18 digits before the point`, field)
  const mayOwe = account.margin !== undefined && currency === account.currency
  return amount >= 0n || mayOwe || -amount <= total - reserved
    ? undefined
    : refused("InsufficientFunds", `${formatFixed(total - reserved)} ${currency} is available`, field)
}

/** Units that an account would come to have, and what they cost, must fit. */
export const positionProblem = (quantity: bigint, cost: bigint, field: string): Decided | undefined =>
  fits(quantity) && fits(cost)
    ? undefined
    : refused("PositionTooLarge", "the position would have more than 18 digits before the point", field)

export const unknownSymbol = (symbol: Symbol, field = "symbol"): Decided =>
  refused("UnknownSymbol", `there is no instrument ${symbol}`, field)

/** What is held of a symbol that is about to become something else; nothing open may refer to it. */
export const heldWhole = (
  account: Account,
  state: State,
  symbol: Symbol
): { readonly instrument: Instrument; readonly quantity: bigint; readonly cost: bigint } | Decided => {
  const instrument = state.instruments.get(symbol)
  if (instrument === undefined) return unknownSymbol(symbol)
  const open = [...account.orders.values()].filter((order) => order.symbol === symbol).map(({ orderId }) => orderId)
  if (open.length > 0)
    return refused("OpenOrders", `cancel the open orders in ${symbol} first: ${open.join(", ")}`, "symbol")
  const { total, cost } = holdingOf(account.balances, symbol)
  return total === 0n ? nothingHeld(symbol) : { instrument, quantity: total, cost }
}

export const nothingHeld = (symbol: Symbol): Decided => refused("NothingHeld", `no ${symbol} is held`, "symbol")
