import type { Request } from "#domain/account/commands.ts"
import type { Entry } from "#domain/account/entries.ts"
import type { Account, State } from "#domain/account/state.ts"
import type { AccountId, Currency, Symbol } from "#domain/kernel/ids.ts"
import { parseFixed, type Cash, type Price, type Quantity } from "#domain/kernel/money.ts"
import type { Draw } from "./draw.ts"
import { Moves } from "./generate-moves.ts"
import { ELSEWHERE, Transit } from "./generate-transit.ts"

const USD = "USD" as Currency
const RATIOS = [
  [2, 1],
  [1, 2],
  [3, 2],
  [2, 3],
  [1, 7]
] as const

/** Draws what happens to an account besides orders and payments: entries, and transfers to another one. */
export class Entries {
  readonly #draw: Draw
  readonly #accounts: ReadonlyArray<AccountId>
  readonly #symbols: ReadonlyArray<Symbol>
  readonly #transit: Transit
  readonly #moves: Moves
  constructor(draw: Draw, accounts: ReadonlyArray<AccountId>, symbols: ReadonlyArray<Symbol>) {
    this.#draw = draw
    this.#accounts = accounts
    this.#symbols = symbols
    this.#transit = new Transit(draw, accounts)
    this.#moves = new Moves(draw, accounts[0]!)
  }

  request(state: State): Request {
    const kind = this.#draw.below(17)
    if (kind > 11) return this.#draw.below(3) > 0 ? this.#moves.request(state) : this.#transit.request(state)
    if (kind < 3) return this.#transfer(state)
    // the last is a margin account: with less than it must keep it is called
    const account = this.#draw.below(3) === 0 ? this.#accounts.at(-1)! : this.#draw.one(this.#accounts)
    if (kind < 5) {
      const amount = this.#amount(120)
      const entry: Entry = { kind: "fee", currency: USD, amount, fee: "simulation" }
      return { type: "PostEntry", account, entry }
    }
    if (kind < 7) {
      const amount = this.#amount(60)
      const entry: Entry = { kind: "interest", currency: USD, amount: kind === 5 ? amount : (-amount as Cash) }
      return { type: "PostEntry", account, entry }
    }
    const held = this.#held(state, kind > 8)
    return { type: "PostEntry", account: held.account, entry: this.#ofHolding(held.symbol, kind) }
  }

  /** With an odd last digit, so that roundings show. */
  #amount(most: number): Cash {
    return (parseFixed(String(1 + this.#draw.below(most))) + BigInt(this.#draw.below(100))) as Cash
  }
  #ofHolding(symbol: Symbol, kind: number): Entry {
    if (kind < 9) {
      const perUnit = (parseFixed("0.01") * BigInt(1 + this.#draw.below(200)) + BigInt(this.#draw.below(9))) as Price
      const isGiven = this.#draw.below(5) === 0
      const tax = this.#draw.below(3) === 0 ? { taxWithheld: parseFixed("0.01") as Cash } : {}
      return { kind: "dividend", symbol, perUnit, ...tax, ...(isGiven && { quantity: parseFixed("1.5") as Quantity }) }
    }
    if (kind === 9) {
      const price = this.#draw.below(4) === 0 ? (0n as Price) : this.#draw.price()
      return { kind: "expiry", symbol, price }
    }
    if (kind === 10) return { kind: "symbol-change", symbol, newSymbol: this.#draw.one(this.#symbols) }
    const [numerator, denominator] = this.#draw.one(RATIOS)
    const fractions = this.#draw.one([undefined, "keep", "cash", "cash"] as const)
    const rest =
      fractions === undefined ? {} : fractions === "keep" ? { fractions } : { fractions, price: this.#draw.price() }
    return { kind: "split", symbol, numerator, denominator, ...rest }
  }
  #transfer(state: State): Request {
    const account = this.#draw.one(this.#accounts)
    const isAway = this.#draw.below(4) === 0
    const to = isAway ? ELSEWHERE.account : this.#draw.one(this.#accounts)
    const where = isAway ? { toPartition: ELSEWHERE.partition } : {}
    if (this.#draw.below(2) === 0)
      return { type: "Transfer", account, to, ...where, moved: { currency: USD, amount: this.#amount(400) } }
    const held = this.#held(state, false)
    const quantity = (parseFixed("0.1") * BigInt(1 + this.#draw.below(30))) as Quantity
    return { type: "Transfer", account: held.account, to, ...where, moved: { symbol: held.symbol, quantity } }
  }
  /** Somebody who holds something, and (`whole`) has no open orders in it, where there is anybody. */
  #held({ accounts }: State, whole: boolean): { readonly account: AccountId; readonly symbol: Symbol } {
    const found: Array<{ readonly account: AccountId; readonly symbol: Symbol }> = []
    for (const account of accounts.values()) {
      for (const [symbol, { total }] of account.balances.holdings)
        if (total !== 0n && (!whole || !isOrdered(account, symbol))) found.push({ account: account.id, symbol })
    }
    if (found.length > 0 && this.#draw.below(12) > 0) return this.#draw.one(found)
    return { account: this.#draw.one(this.#accounts), symbol: this.#draw.one(this.#symbols) }
  }
}

const isOrdered = ({ orders }: Account, symbol: Symbol): boolean => {
  for (const order of orders.values()) if (order.symbol === symbol) return true
  return false
}
