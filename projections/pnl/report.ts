import { formatFixed, ONE, ratioHalfEven } from "#domain/kernel/money.ts"
import type { BalanceRow } from "#projections/balances/balances.ts"
import type { MarkRow } from "#projections/marks/marks.ts"
import type { PositionRow } from "#projections/positions/positions.ts"

/** What P&L is made from: the rows of one account as they stood at one position. */
export type PnlRows = {
  readonly balances: ReadonlyArray<BalanceRow>
  readonly positions: ReadonlyArray<PositionRow>
  readonly marks: ReadonlyMap<string, MarkRow>
}

/**
 * Average-cost P&L of an account in one currency. `realized` and `unrealized` are before fees and without interest and
 * dividends, which stand apart; equity = cash + value of positions. A position without a recorded mark is valued at its
 * cost and says so by no mark.
 */
export const pnlReport = (account: string, currency: string, rows: PnlRows) => {
  const own = rows.positions.filter((row) => row.account === account && row.currency === currency)
  const valued = own.map((row) => valuedPosition(row, rows.marks.get(row.symbol)))
  const money = rows.balances.find((row) => row.account === account && row.currency === currency)
  const cash = money?.total ?? 0n
  const sum = (of: (position: ReturnType<typeof valuedPosition>) => bigint) =>
    valued.reduce((total, p) => total + of(p), 0n)
  return {
    account,
    currency,
    cash: formatFixed(cash),
    equity: formatFixed(cash + sum((p) => p.value)),
    realized: formatFixed(sum((p) => p.row.realized)),
    unrealized: formatFixed(sum((p) => p.unrealized)),
    fees: formatFixed(money?.fees ?? 0n),
    ...incomeOf((money?.interest ?? 0n) + (money?.dividends ?? 0n)),
    positions: valued.toSorted((a, b) => (a.row.symbol < b.row.symbol ? -1 : 1)).map(shown)
  }
}

const valuedPosition = (row: PositionRow, mark: MarkRow | undefined) => {
  const units = ratioHalfEven(row.quantity, row.multiplier, ONE)
  const value = mark === undefined ? row.cost : ratioHalfEven(units, mark.price, ONE)
  return { row, mark, value, unrealized: value - row.cost }
}

const shown = ({ row, mark, unrealized }: ReturnType<typeof valuedPosition>) => ({
  symbol: row.symbol,
  quantity: formatFixed(row.quantity),
  avgPrice: formatFixed(row.avgPrice),
  ...(mark !== undefined && { mark: formatFixed(mark.price), markAt: mark.markedAt }),
  realized: formatFixed(row.realized),
  unrealized: formatFixed(unrealized),
  fees: formatFixed(row.fees),
  ...incomeOf(row.income)
})

/** Interest and dividends: told where there are any. */
const incomeOf = (income: bigint): { readonly income?: string } =>
  income === 0n ? {} : { income: formatFixed(income) }
