import type { AccountId, Currency, Symbol } from "#domain/kernel/ids.ts"
import { balances, type BalanceRow } from "#projections/balances/balances.ts"
import { marks, type MarkRow } from "#projections/marks/marks.ts"
import { positions, type PositionRow } from "#projections/positions/positions.ts"
import { pnlReport } from "#projections/pnl/report.ts"
import type { Columns, LedgerEvent, Projection, RowOf } from "#projections/projection.ts"

/** A projection kept in memory, one row a key. */
class Rows<C extends Columns> {
  readonly rows = new Map<string, RowOf<C>>()
  readonly #projection: Projection<C>
  constructor(projection: Projection<C>) {
    this.#projection = projection
  }
  apply(event: LedgerEvent): boolean {
    const keys = this.#projection.keysOf(event)
    for (const key of keys) {
      const name = key.join(" ")
      const row = this.rows.get(name) ?? this.#projection.empty(key)
      this.rows.set(name, this.#projection.fold(row, event, { no: 0, id: "", hash: "" }))
    }
    return keys.length > 0
  }
}

/** All that live P&L is made of. */
export type PnlRows = {
  readonly eventNo: number
  readonly balances: ReadonlyMap<string, BalanceRow>
  readonly positions: ReadonlyMap<string, PositionRow>
  readonly marks: ReadonlyMap<string, MarkRow>
  readonly currencies: ReadonlyMap<AccountId, Currency>
  readonly symbols: ReadonlyMap<AccountId, ReadonlySet<Symbol>>
}

/** Live P&L: the folds of the stored report, held in memory, so that both say the same at the same position. */
export class LivePnl {
  readonly #balances = new Rows(balances)
  readonly #positions = new Rows(positions)
  readonly #marks = new Rows(marks)
  readonly #currencies = new Map<AccountId, Currency>()
  readonly #symbols = new Map<AccountId, Set<Symbol>>()
  eventNo = 0

  static of({ eventNo, balances: cash, positions: held, marks: marked, currencies, symbols }: PnlRows): LivePnl {
    const live = new LivePnl()
    live.eventNo = eventNo
    for (const [key, row] of cash) live.#balances.rows.set(key, row)
    for (const [key, row] of held) live.#positions.rows.set(key, row)
    for (const [key, row] of marked) live.#marks.rows.set(key, row)
    for (const [account, currency] of currencies) live.#currencies.set(account, currency)
    for (const [account, own] of symbols) live.#symbols.set(account, new Set(own))
    return live
  }
  rows(): PnlRows {
    return {
      eventNo: this.eventNo,
      balances: this.#balances.rows as PnlRows["balances"],
      positions: this.#positions.rows as PnlRows["positions"],
      marks: this.#marks.rows as PnlRows["marks"],
      currencies: this.#currencies,
      symbols: this.#symbols
    }
  }

  apply(event: LedgerEvent): void {
    this.eventNo = event.eventNo
    this.#balances.apply(event)
    this.#positions.apply(event)
    this.#marks.apply(event)
    if (event.type === "AccountOpened") this.#currencies.set(event.data.account, event.data.currency)
    if (event.type === "GroupMovedOut")
      for (const { account } of event.data.moved.accounts) this.#currencies.delete(account)
    if (event.type === "GroupMovedIn" || event.type === "GroupReturned")
      for (const { account, currency } of event.data.moved.accounts) this.#currencies.set(account, currency)
    for (const [account, symbol] of positions.keysOf(event) as ReadonlyArray<readonly [AccountId, Symbol]>) {
      const symbols = this.#symbols.get(account) ?? new Set()
      this.#symbols.set(account, symbols.add(symbol))
    }
  }

  /** P&L of an account in its own currency; undefined for an account that was never opened. */
  of(account: AccountId): ReturnType<typeof pnlReport> | undefined {
    const currency = this.#currencies.get(account)
    if (currency === undefined) return undefined
    const own = (symbol: Symbol): ReadonlyArray<PositionRow> => {
      const row = this.#positions.rows.get(`${account} ${symbol}`)
      return row === undefined ? [] : [row]
    }
    const balance: BalanceRow | undefined = this.#balances.rows.get(`${account} ${currency}`)
    return pnlReport(account, currency, {
      balances: balance === undefined ? [] : [balance],
      positions: [...(this.#symbols.get(account) ?? [])].flatMap(own),
      marks: this.#marks.rows as ReadonlyMap<string, MarkRow>
    })
  }

  /** Symbols that somebody holds: these need marks. */
  held(): ReadonlySet<string> {
    return new Set([...this.#positions.rows.values()].filter((row) => row.quantity !== 0n).map((row) => row.symbol))
  }
}
