import type { BalanceRow } from "#projections/balances/balances.ts"
import type { PositionRow } from "#projections/positions/positions.ts"

/** A row of an account as one partition has it; `isHere` in the one that the account is in. */
export type PlacedRow<R> = { readonly row: R; readonly isHere: boolean }

/** What an account has is where it is; what it earned and paid was in every partition that it has been in. */
export const balancesEverywhere = (rows: ReadonlyArray<PlacedRow<BalanceRow>>): ReadonlyArray<BalanceRow> =>
  together(
    rows,
    ({ currency }) => currency,
    (row) => ({ ...row, total: 0n }),
    (row, { fees, interest, dividends }) => ({
      ...row,
      fees: row.fees + fees,
      interest: row.interest + interest,
      dividends: row.dividends + dividends
    })
  )

export const positionsEverywhere = (rows: ReadonlyArray<PlacedRow<PositionRow>>): ReadonlyArray<PositionRow> =>
  together(
    rows,
    ({ symbol }) => symbol,
    (row) => ({ ...row, quantity: 0n, cost: 0n, avgPrice: 0n }),
    (row, { realized, income, fees }) => ({
      ...row,
      realized: row.realized + realized,
      income: row.income + income,
      fees: row.fees + fees
    })
  )

const together = <R>(
  rows: ReadonlyArray<PlacedRow<R>>,
  keyOf: (row: R) => string,
  left: (row: R) => R,
  add: (row: R, other: R) => R
): ReadonlyArray<R> => {
  const byKey = new Map<string, R>()
  for (const { row } of rows.filter(({ isHere }) => isHere)) byKey.set(keyOf(row), row)
  for (const { row } of rows.filter(({ isHere }) => !isHere)) {
    const known = byKey.get(keyOf(row))
    byKey.set(keyOf(row), known === undefined ? left(row) : add(known, row))
  }
  return [...byKey.values()]
}
