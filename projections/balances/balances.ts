import { bookedBy, type Booked } from "#domain/orders/booked.ts"
import { define, NEVER, NONE, type RowOf } from "#projections/projection.ts"
import { movedCash } from "#projections/moved.ts"
import { cashEntryOf, type CashEntry } from "./entries.ts"

/** Money of an account by currency, and where it came from. */
const columns = {
  account: "text",
  currency: "text",
  total: "amount",
  deposited: "amount",
  withdrawn: "amount",
  /** by trades, and by positions that were settled in cash */
  traded: "amount",
  /** of trades, and charged to the account */
  fees: "amount",
  /** between accounts: above 0 more came than went */
  transferred: "amount",
  interest: "amount",
  /** less the tax withheld on them */
  dividends: "amount",
  /** how often its group had moved when it came to this partition: of several rows that with the most tells where it is */
  moves: "integer",
  updatedAt: "time"
} as const
export type BalanceRow = RowOf<typeof columns>

export const balances = define<typeof columns>({
  name: "balances",
  version: 4,
  columns,
  key: ["account", "currency"],
  keysOf: (event) => {
    if (event.type === "AccountOpened" || event.type === "Deposited" || event.type === "Withdrawn") {
      return [[event.account ?? "", event.data.currency]]
    }
    const account = event.account ?? ""
    const entry = cashEntryOf(event)
    if (entry !== undefined) return [[account, entry.currency]]
    const moved = movedCash(event)
    if (moved !== undefined) return moved.map((one) => [one.account, one.currency])
    const [booked] = bookedBy(event)
    if (booked === undefined) return NONE
    const { settlement, feeCurrency } = booked
    return feeCurrency === settlement
      ? [[account, settlement]]
      : [
          [account, settlement],
          [account, feeCurrency]
        ]
  },
  empty: ([account, currency]) => ({
    account: String(account),
    currency: String(currency),
    total: 0n,
    deposited: 0n,
    withdrawn: 0n,
    traded: 0n,
    fees: 0n,
    transferred: 0n,
    interest: 0n,
    dividends: 0n,
    moves: 0,
    updatedAt: NEVER
  }),
  fold: (row, event) => {
    const updatedAt = event.recordedAt
    switch (event.type) {
      case "AccountOpened":
        return { ...row, updatedAt }
      case "Deposited":
        return { ...row, total: row.total + event.data.amount, deposited: row.deposited + event.data.amount, updatedAt }
      case "Withdrawn":
        return { ...row, total: row.total - event.data.amount, withdrawn: row.withdrawn + event.data.amount, updatedAt }
      default: {
        const entry = cashEntryOf(event)
        if (entry !== undefined) return { ...entered(row, entry), updatedAt }
        const moved = movedCash(event)?.find((one) => one.account === row.account && one.currency === row.currency)
        if (moved !== undefined)
          return { ...entered(row, { ...moved, column: "transferred" }), moves: moved.moves, updatedAt }
        return bookedBy(event).reduce((before, execution) => ({ ...traded(before, execution), updatedAt }), row)
      }
    }
  }
})

const entered = (row: BalanceRow, { column, amount }: CashEntry): BalanceRow => {
  const total = row.total + amount
  if (column === "charged") return { ...row, total, fees: row.fees - amount }
  if (column === "settled") return { ...row, total, traded: row.traded + amount }
  return { ...row, total, [column]: row[column] + amount }
}

const traded = (row: BalanceRow, { side, notional, settlement, fee, feeCurrency, undone }: Booked): BalanceRow => {
  const paid = row.currency !== settlement ? 0n : (side === "buy") !== undone ? -notional : notional
  const fees = row.currency !== feeCurrency ? 0n : undone ? -fee : fee
  return { ...row, total: row.total + paid - fees, traded: row.traded + paid, fees: row.fees + fees }
}
