/** One line of a double entry: `amount` of `unit` into (above 0) or out of (below 0) a ledger account. */
export type Posting = { readonly ledger: string; readonly unit: string; readonly amount: bigint }

export const transfer = (from: string, to: string, unit: string, amount: bigint): ReadonlyArray<Posting> => [
  { ledger: from, unit, amount: -amount },
  { ledger: to, unit, amount }
]
