import { absOf, ONE, ratioHalfEven } from "#domain/kernel/money.ts"
import { averageCost, withoutTrade, type Cost } from "#domain/ledger/average-cost.ts"
import { bookedBy, type Booked } from "#domain/orders/booked.ts"
import { define, NEVER, type RowOf } from "#projections/projection.ts"
import { changesBy, type PositionChange } from "./changes.ts"

/** Units held with their average cost and what sales of them brought, fees apart (they are a column of their own). */
const columns = {
  account: "text",
  symbol: "text",
  currency: "text",
  quantity: "amount",
  /** what the units held cost, without fees */
  cost: "amount",
  avgPrice: "amount",
  realized: "amount",
  /** dividends, less the tax withheld on them */
  income: "amount",
  fees: "amount",
  bought: "amount",
  sold: "amount",
  /** units that came (above 0) or went without a trade: transfers, splits, changes of symbol, expiries */
  moved: "amount",
  fills: "integer",
  multiplier: "amount",
  updatedAt: "time"
} as const
export type PositionRow = RowOf<typeof columns>

export const positions = define<typeof columns>({
  name: "positions",
  version: 3,
  columns,
  key: ["account", "symbol"],
  keysOf: (event) => {
    const [booked] = bookedBy(event)
    if (booked !== undefined) return [[event.account ?? "", booked.symbol]]
    return changesBy(event).map(({ symbol, account = event.account }) => [account ?? "", symbol])
  },
  empty: ([account, symbol]) => ({
    account: String(account),
    symbol: String(symbol),
    currency: "",
    quantity: 0n,
    cost: 0n,
    avgPrice: 0n,
    realized: 0n,
    income: 0n,
    fees: 0n,
    bought: 0n,
    sold: 0n,
    moved: 0n,
    fills: 0,
    multiplier: ONE,
    updatedAt: NEVER
  }),
  fold: (row, event) => {
    const traded = bookedBy(event).reduce(withExecution, row)
    const own = changesBy(event).filter(
      ({ symbol, account = row.account }) => symbol === row.symbol && account === row.account
    )
    const after = own.reduce(withChange, traded)
    return after === row ? row : { ...after, updatedAt: event.recordedAt }
  }
})

const withExecution = (row: PositionRow, execution: Booked): PositionRow => {
  const { side, quantity, notional, fee, settlement, multiplier, undone } = execution
  const [units, value] = side === "buy" ? [quantity, notional] : [-quantity, -notional]
  const after = undone ? withoutTrade(row, units, value) : averageCost(row, units, value)
  const by = undone ? -quantity : quantity
  return {
    ...row,
    ...costing(after, multiplier),
    currency: settlement,
    fees: row.fees + (undone ? -fee : fee),
    bought: row.bought + (side === "buy" ? by : 0n),
    sold: row.sold + (side === "sell" ? by : 0n),
    fills: row.fills + (undone ? -1 : 1)
  }
}

const withChange = (row: PositionRow, change: PositionChange): PositionRow => {
  const { currency, multiplier = row.multiplier, moved = 0n, income = 0n, after } = change
  return {
    ...row,
    ...(after !== undefined && costing(after(row), multiplier)),
    currency,
    income: row.income + income,
    moved: row.moved + moved
  }
}

const costing = ({ quantity, cost, realized }: Cost, multiplier: bigint) => {
  const units = ratioHalfEven(quantity, multiplier, ONE)
  const avgPrice = units === 0n ? 0n : ratioHalfEven(absOf(cost), ONE, absOf(units))
  return { quantity, cost, realized, avgPrice, multiplier }
}
