import { absOf, ONE, ratioHalfEven } from "#domain/kernel/money.ts"
import { define, NEVER, NONE, type RowOf } from "#projections/projection.ts"

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
  fees: "amount",
  bought: "amount",
  sold: "amount",
  fills: "integer",
  multiplier: "amount",
  updatedAt: "time"
} as const
export type PositionRow = RowOf<typeof columns>

export const positions = define<typeof columns>({
  name: "positions",
  version: 1,
  columns,
  key: ["account", "symbol"],
  keysOf: (event) => (event.type === "OrderFilled" ? [[event.account ?? "", event.data.symbol]] : NONE),
  empty: ([account, symbol]) => ({
    account: String(account),
    symbol: String(symbol),
    currency: "",
    quantity: 0n,
    cost: 0n,
    avgPrice: 0n,
    realized: 0n,
    fees: 0n,
    bought: 0n,
    sold: 0n,
    fills: 0,
    multiplier: ONE,
    updatedAt: NEVER
  }),
  fold: (row, event) => {
    if (event.type !== "OrderFilled") return row
    const { side, quantity, notional, fee, settlement, multiplier } = event.data
    const after = averageCost(row, side === "buy" ? quantity : -quantity, side === "buy" ? notional : -notional)
    const units = ratioHalfEven(after.quantity, multiplier, ONE)
    return {
      ...row,
      ...after,
      currency: settlement,
      multiplier,
      avgPrice: units === 0n ? 0n : ratioHalfEven(absOf(after.cost), ONE, absOf(units)),
      fees: row.fees + fee,
      bought: row.bought + (side === "buy" ? quantity : 0n),
      sold: row.sold + (side === "sell" ? quantity : 0n),
      fills: row.fills + 1,
      updatedAt: event.recordedAt
    }
  }
})

type Cost = { readonly quantity: bigint; readonly cost: bigint; readonly realized: bigint }

/**
 * Average cost: what is sold takes its share of the cost with it, half to even. `quantity` and `value` are signed
 * (above 0 buys). A trade through zero closes what was held and opens the rest at its own price.
 */
export const averageCost = (held: Cost, quantity: bigint, value: bigint): Cost => {
  const after = held.quantity + quantity
  const adds = held.quantity === 0n || held.quantity > 0n === quantity > 0n
  if (adds) return { quantity: after, cost: held.cost + value, realized: held.realized }
  const closed = absOf(quantity) <= absOf(held.quantity) ? quantity : -held.quantity
  const removed = ratioHalfEven(held.cost, absOf(closed), absOf(held.quantity))
  const closedValue = closed === quantity ? value : ratioHalfEven(value, absOf(closed), absOf(quantity))
  const realized = held.realized - closedValue - removed
  const opened = value - closedValue
  return { quantity: after, cost: closed === quantity ? held.cost - removed : opened, realized }
}
