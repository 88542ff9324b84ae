import { define, NEVER, NONE, type RowOf } from "#projections/projection.ts"

/** Every fill as it was booked. */
const columns = {
  execId: "text",
  orderId: "text",
  account: "text",
  symbol: "text",
  venue: "text",
  side: "text",
  quantity: "amount",
  price: "amount",
  notional: "amount",
  settlement: "text",
  fee: "amount",
  feeCurrency: "text",
  liquidity: "text",
  tradeDate: "text",
  mdNo: "integer",
  /** `busted` or `corrected`, and by which report; empty for what stands as it was first told */
  state: "text",
  changedBy: "text",
  at: "time",
  recordedAt: "time"
} as const
export type ExecutionRow = RowOf<typeof columns>

export const executions = define<typeof columns>({
  name: "executions",
  version: 2,
  columns,
  key: ["orderId", "execId"],
  keysOf: (event) => {
    if (event.type === "OrderFilled") return [[event.data.orderId, event.data.execId]]
    const changes = event.type === "ExecutionBusted" || event.type === "ExecutionCorrected"
    return changes ? [[event.data.orderId, event.data.execRefId]] : NONE
  },
  empty: ([orderId, execId]) => ({
    execId: String(execId),
    orderId: String(orderId),
    account: "",
    symbol: "",
    venue: "",
    side: "",
    quantity: 0n,
    price: 0n,
    notional: 0n,
    settlement: "",
    fee: 0n,
    feeCurrency: "",
    liquidity: "",
    tradeDate: "",
    mdNo: 0,
    state: "",
    changedBy: "",
    at: NEVER,
    recordedAt: NEVER
  }),
  fold: (row, event) => {
    if (event.type === "ExecutionBusted") return { ...row, state: "busted", changedBy: event.data.execId }
    if (event.type !== "OrderFilled" && event.type !== "ExecutionCorrected") return row
    const { symbol, venue, side, quantity, price, notional, settlement, fee, feeCurrency, liquidity, tradeDate, mdNo } =
      event.data
    const traded = {
      symbol,
      venue,
      side,
      quantity,
      price,
      notional,
      settlement,
      fee,
      feeCurrency,
      liquidity,
      tradeDate
    }
    return event.type === "OrderFilled"
      ? { ...row, ...traded, mdNo, account: event.account ?? "", at: event.effectiveAt, recordedAt: event.recordedAt }
      : { ...row, ...traded, state: "corrected", changedBy: event.data.execId }
  },
  isFinished: (row) => row.recordedAt !== NEVER
})
