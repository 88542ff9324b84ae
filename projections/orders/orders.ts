import { formatFixed, ONE, ratioHalfEven } from "#domain/kernel/money.ts"
import { readChecks } from "#domain/risk/check-text.ts"
import { define, NEVER, NONE, type LedgerEvent, type RowOf } from "#projections/projection.ts"
import { statusOf } from "./status.ts"

/** Every order with its FIX status, quantities and the risk decision that allowed or refused it. */
const columns = {
  orderId: "text",
  clOrdId: "text",
  account: "text",
  symbol: "text",
  side: "text",
  type: "text",
  timeInForce: "text",
  quantity: "amount",
  price: "amount",
  stopPrice: "amount",
  expireAt: "time",
  status: "text",
  /** the status without what is pending */
  settled: "text",
  pendingReplace: "text",
  pendingCancel: "text",
  cumQty: "amount",
  leavesQty: "amount",
  avgPx: "amount",
  /** price × quantity of the fills, multiplier not counted: what avgPx is made of */
  filledValue: "amount",
  fees: "amount",
  reason: "text",
  risk: "json",
  createdAt: "time",
  updatedAt: "time"
} as const
export type OrderRow = RowOf<typeof columns>

export const orders = define<typeof columns>({
  name: "orders",
  version: 1,
  columns,
  key: ["orderId"],
  keysOf: (event) => ("orderId" in event.data ? [[event.data.orderId]] : NONE),
  empty: ([orderId]) => ({ ...EMPTY, orderId: String(orderId) }),
  // a venue may name an order that was never placed: that is a fact, and no order
  fold: (row, event) =>
    row.createdAt === NEVER && event.type !== "OrderPlaced"
      ? row
      : withStatus({ ...row, ...changeBy(row, event), updatedAt: event.recordedAt }),
  isFinished: (row) => isFinished(row)
})

const EMPTY: OrderRow = {
  orderId: "",
  clOrdId: "",
  account: "",
  symbol: "",
  side: "",
  type: "",
  timeInForce: "",
  quantity: 0n,
  price: 0n,
  stopPrice: 0n,
  expireAt: NEVER,
  status: "",
  settled: "",
  pendingReplace: "",
  pendingCancel: "",
  cumQty: 0n,
  leavesQty: 0n,
  avgPx: 0n,
  filledValue: 0n,
  fees: 0n,
  reason: "",
  risk: "",
  createdAt: NEVER,
  updatedAt: NEVER
}

const FINISHED = new Set(["Filled", "Canceled", "Rejected", "Expired"])
export const isFinished = (row: Pick<OrderRow, "settled">): boolean => FINISHED.has(row.settled)

const withStatus = (row: OrderRow): OrderRow => {
  const leavesQty = isFinished(row) || row.quantity < row.cumQty ? 0n : row.quantity - row.cumQty
  return { ...row, leavesQty, status: statusOf(row.settled, row.pendingCancel !== "", row.pendingReplace !== "") }
}

const nothingPending = { pendingCancel: "", pendingReplace: "" }
const ended = (settled: string, reason: string) => ({ ...nothingPending, settled, reason })
const openStatus = (cumQty: bigint) => (cumQty > 0n ? "PartiallyFilled" : "New")

const changeBy = (row: OrderRow, event: LedgerEvent): Partial<OrderRow> => {
  switch (event.type) {
    case "OrderPlaced": {
      const {
        clOrdId,
        symbol,
        side,
        orderType,
        timeInForce,
        quantity,
        price = 0n,
        stopPrice = 0n,
        expireAt = NEVER
      } = event.data
      const placed = { clOrdId, account: event.account ?? "", symbol, side, type: orderType, timeInForce, quantity }
      const head = { settled: "PendingNew", createdAt: event.recordedAt }
      return { ...placed, price, stopPrice, expireAt, ...head }
    }
    case "OrderRiskDecided":
      return decided(row, event)
    case "OrderAcknowledged":
      return { settled: openStatus(row.cumQty) }
    case "OrderTriggered":
      return {}
    case "OrderFilled": {
      const { cumQty, leavesQty, price, quantity, fee } = event.data
      // the products are exact for what venues trade; an odd one is rounded here as it is in the posting
      const filledValue = row.filledValue + ratioHalfEven(price, quantity, ONE)
      const avgPx = cumQty > 0n ? ratioHalfEven(filledValue, ONE, cumQty) : 0n
      const done = leavesQty === 0n ? { ...nothingPending, settled: "Filled" } : { settled: "PartiallyFilled" }
      return { cumQty, filledValue, avgPx, fees: row.fees + fee, ...done }
    }
    case "ReplaceRequested":
      return { pendingReplace: event.data.clOrdId }
    case "OrderReplaced": {
      const { quantity, price, stopPrice } = event.data
      // what the venue calls the price of a market or stop order is its protection, not a limit
      const limit = price !== undefined && row.price > 0n ? { price } : {}
      const done = quantity <= row.cumQty ? { settled: "Filled" } : {}
      const clOrdId = row.pendingReplace === "" ? {} : { clOrdId: row.pendingReplace }
      return {
        quantity,
        ...limit,
        ...(stopPrice !== undefined && { stopPrice }),
        ...clOrdId,
        pendingReplace: "",
        ...done
      }
    }
    case "ReplaceRejected":
      return { pendingReplace: "", reason: event.data.reason }
    case "CancelRequested":
      return { pendingCancel: event.data.clOrdId }
    case "CancelRejected":
      return { pendingCancel: "", reason: event.data.reason }
    case "OrderCanceled":
      return ended("Canceled", event.data.reason)
    case "OrderRejected":
      return ended("Rejected", event.data.reason)
    case "OrderExpired":
      return ended("Expired", event.data.reason)
    default:
      return {}
  }
}

const decided = (row: OrderRow, { data, cause }: LedgerEvent & { type: "OrderRiskDecided" }): Partial<OrderRow> => {
  const risk = JSON.stringify({
    decision: data.decision,
    checks: data.checks,
    ...(data.price !== undefined && { price: formatFixed(data.price), priceSource: data.priceSource }),
    ...(data.priceAgeMicros !== undefined && { priceAgeMicros: data.priceAgeMicros })
  })
  if (data.decision === "approved") return { risk }
  const failed = readChecks(data.checks).filter((check) => !check.passed)
  const reason = `refused by ${failed.map((check) => check.code).join(", ")}`
  return cause === row.pendingReplace ? { risk, reason, pendingReplace: "" } : { risk, ...ended("Rejected", reason) }
}
