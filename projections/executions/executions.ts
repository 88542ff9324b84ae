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
  at: "time",
  recordedAt: "time"
} as const
export type ExecutionRow = RowOf<typeof columns>

export const executions = define<typeof columns>({
  name: "executions",
  version: 1,
  columns,
  key: ["orderId", "execId"],
  keysOf: (event) => (event.type === "OrderFilled" ? [[event.data.orderId, event.data.execId]] : NONE),
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
    at: NEVER,
    recordedAt: NEVER
  }),
  fold: (row, event) => {
    if (event.type !== "OrderFilled") return row
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
      tradeDate,
      mdNo
    }
    return { ...row, ...traded, account: event.account ?? "", at: event.effectiveAt, recordedAt: event.recordedAt }
  },
  isFinished: () => true
})
