import { Result } from "effect"
import { formatFixed, type Cash, type Quantity } from "#domain/kernel/money.ts"
import { leavesQty, type OpenOrder } from "#domain/orders/open-order.ts"
import { notionalOf } from "#domain/orders/terms.ts"
import type { VenueReport } from "#domain/venue/messages.ts"
import type { VenueReported } from "./commands.ts"
import { refused, type Decided } from "./decide-orders.ts"
import type { AccountEvent } from "./events.ts"
import type { Account } from "./state.ts"

/**
 * A venue's report becomes an event of its order. Facts cannot be refused: what fits no open order, or would fill more
 * than is open, is kept as it came (ReportSuspended) for a person to look at, and changes no balance.
 */
export const venueReported = ({ report: said, venue }: VenueReported, account: Account): Decided => {
  // the account that it came for is the one whose order it fills, whatever the report calls it
  const report = said.account === account.id ? said : { ...said, account: account.id }
  const order = account.orders.get(report.orderId)
  if (order !== undefined) return Result.succeed([fromOpenOrder(report, venue, order)])
  // "too late to cancel" is what a venue says of an order that is finished: a remark, not a break
  if (report.type === "CancelRejected" || report.type === "ReplaceRejected") return Result.succeed([remark(report)])
  if (!/^\d+-\d+$/u.test(report.orderId))
    return refused("UnknownOrder", `the venue names an order ${report.orderId} that was never sent`)
  return Result.succeed([suspended(report, "the order is not open")])
}

const head = ({ account, at }: VenueReport) => ({ account, effectiveAt: at })
const ids = ({ orderId, execId, mdNo }: VenueReport) => ({ orderId, execId, mdNo })

const fromOpenOrder = (report: VenueReport, venue: string, order: OpenOrder): AccountEvent => {
  switch (report.type) {
    case "New": {
      if (order.venueOrderId !== undefined) return suspended(report, "the order was acknowledged before")
      const { venueOrderId, queueAhead } = report
      return { type: "OrderAcknowledged", ...head(report), data: { ...ids(report), venueOrderId, queueAhead } }
    }
    case "Triggered":
      return { type: "OrderTriggered", ...head(report), data: { ...ids(report), queueAhead: report.queueAhead } }
    case "Trade":
      if (report.quantity <= 0n || report.price <= 0n) return suspended(report, "a fill of nothing")
      if (report.quantity > leavesQty(order)) return suspended(report, `only ${formatFixed(leavesQty(order))} is open`)
      return filled(report, venue, order)
    case "Replaced": {
      const { quantity, price, stopPrice, queueAhead } = report
      if ([quantity, price, stopPrice].some((value) => value !== undefined && value <= 0n)) {
        return suspended(report, "terms that no order has")
      }
      const terms = { quantity, ...(price !== undefined && { price }), ...(stopPrice !== undefined && { stopPrice }) }
      return { type: "OrderReplaced", ...head(report), data: { ...ids(report), ...terms, queueAhead } }
    }
    case "Canceled":
      return { type: "OrderCanceled", ...head(report), data: { ...ids(report), reason: report.reason } }
    case "Rejected":
      return { type: "OrderRejected", ...head(report), data: { ...ids(report), reason: report.reason } }
    case "Expired":
      return { type: "OrderExpired", ...head(report), data: { ...ids(report), reason: report.reason } }
    case "CancelRejected":
    case "ReplaceRejected":
      return remark(report)
  }
}

const remark = (report: VenueReport & { type: "CancelRejected" | "ReplaceRejected" }): AccountEvent => ({
  type: report.type,
  ...head(report),
  data: { ...ids(report), reason: report.reason }
})

const filled = (report: VenueReport & { type: "Trade" }, venue: string, order: OpenOrder): AccountEvent => {
  const { instrument } = order
  const cumQty = (order.cumQty + report.quantity) as Quantity
  return {
    type: "OrderFilled",
    ...head(report),
    data: {
      ...ids(report),
      venue,
      symbol: order.symbol,
      instrumentVersion: instrument.version,
      base: instrument.base,
      settlement: instrument.settlement,
      multiplier: instrument.multiplier,
      side: order.side,
      quantity: report.quantity,
      price: report.price,
      notional: notionalOf(instrument, report.price, report.quantity),
      fee: report.fee as Cash,
      feeCurrency: report.feeCurrency,
      liquidity: report.liquidity,
      tradeDate: report.at.slice(0, 10),
      cumQty,
      leavesQty: (order.quantity - cumQty) as Quantity,
      queueAhead: report.queueAhead
    }
  }
}

const suspended = (report: VenueReport, reason: string): AccountEvent => ({
  type: "ReportSuspended",
  ...head(report),
  data: {
    ...ids(report),
    reason,
    report: JSON.stringify(report, (_, value) => (typeof value === "bigint" ? formatFixed(value) : value))
  }
})
