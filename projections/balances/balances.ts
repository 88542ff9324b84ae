import { define, NEVER, NONE, type RowOf } from "#projections/projection.ts"

/** Money of an account by currency, and where it came from. */
const columns = {
  account: "text",
  currency: "text",
  total: "amount",
  deposited: "amount",
  withdrawn: "amount",
  traded: "amount",
  fees: "amount",
  updatedAt: "time"
} as const
export type BalanceRow = RowOf<typeof columns>

export const balances = define<typeof columns>({
  name: "balances",
  version: 1,
  columns,
  key: ["account", "currency"],
  keysOf: (event) => {
    if (event.type === "AccountOpened" || event.type === "Deposited" || event.type === "Withdrawn") {
      return [[event.account ?? "", event.data.currency]]
    }
    if (event.type !== "OrderFilled") return NONE
    const { settlement, feeCurrency } = event.data
    const account = event.account ?? ""
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
      case "OrderFilled": {
        const { side, notional, settlement, fee, feeCurrency } = event.data
        const traded = row.currency !== settlement ? 0n : side === "buy" ? -notional : notional
        const fees = row.currency === feeCurrency ? fee : 0n
        return {
          ...row,
          total: row.total + traded - fees,
          traded: row.traded + traded,
          fees: row.fees + fees,
          updatedAt
        }
      }
      default:
        return row
    }
  }
})
