import { Result } from "effect"
import { formatFixed } from "#domain/kernel/money.ts"
import { verdictOn } from "#domain/orders/life-cycle.ts"
import { isLive, type OpenOrder, type PendingRequest } from "#domain/orders/open-order.ts"
import { settledStatus } from "#domain/orders/status.ts"
import type { VenueReport } from "#domain/venue/messages.ts"
import type { VenueReported } from "./commands.ts"
import { busted, corrected, filled, type Executed } from "./decide-executions.ts"
import { refused, type Decided } from "./refused.ts"
import type { AccountEvent } from "./events.ts"
import type { Account, State } from "./state.ts"

/**
 * A venue's report becomes a fact of its order. Facts cannot be refused: what the table of the life cycle has no place
 * for is kept as it came (ReportSuspended) for a person to look at, and changes no balance.
 */
export const venueReported = ({ report: said, venue }: VenueReported, account: Account, state: State): Decided => {
  // the account that it came for is the one whose order it fills, whatever the report calls it
  const report = said.account === account.id ? said : { ...said, account: account.id }
  const order = account.orders.get(report.orderId) ?? finishedOf(state, account, report)
  if (order !== undefined) return Result.succeed([factOf(report, venue, order, state.partition)])
  // "too late to cancel" is what a venue says of an order that is finished: a remark, not a break
  if (report.type === "CancelRejected" || report.type === "ReplaceRejected") {
    return Result.succeed([{ type: report.type, ...head(report), data: { ...ids(report), reason: report.reason } }])
  }
  if (!/^\d+-\d+$/u.test(report.orderId))
    return refused("UnknownOrder", `the venue names an order ${report.orderId} that was never sent`)
  return Result.succeed([suspended(report, "the order is not known, or was over long ago")])
}

const finishedOf = (state: State, account: Account, { orderId }: VenueReport): OpenOrder | undefined => {
  const order = state.finished.find(orderId)
  return order?.account === account.id ? order : undefined
}

const head = ({ account, at }: VenueReport) => ({ account, effectiveAt: at })
const ids = ({ orderId, execId, mdNo }: VenueReport) => ({ orderId, execId, mdNo })

const factOf = (report: VenueReport, venue: string, order: OpenOrder, partition: number): AccountEvent => {
  const settled = settledStatus(order)
  // filled, and perhaps given more at the venue already: until that is answered it is not over
  const verdict = verdictOn(settled === "Filled" && isLive(order) ? "PartiallyFilled" : settled, report.type)
  // a first acknowledgement has its place wherever fills have overtaken it
  const isFirst = report.type === "New" && !order.acknowledged && order.ended === undefined
  // rejected after a part of it was filled: what was filled may have been otherwise
  const isOfFill = (report.type === "TradeCancel" || report.type === "TradeCorrect") && order.fills.length > 0
  if (verdict.does === "suspense" && !isFirst && !isOfFill) return suspended(report, verdict.remark ?? "")
  const fact = fromReport(report, venue, order, partition)
  return typeof fact === "string" ? suspended(report, fact) : ({ ...head(report), ...fact } as AccountEvent)
}

/** The fact, or why the report cannot be one. */
const fromReport = (
  report: VenueReport,
  venue: string,
  order: OpenOrder,
  partition: number
): Omit<AccountEvent, "account"> | string => {
  const about = ids(report)
  switch (report.type) {
    case "New": {
      const { venueOrderId, queueAhead } = report
      return { type: "OrderAcknowledged", data: { ...about, venueOrderId, queueAhead } }
    }
    case "Triggered": {
      const { queueAhead, price, source } = report
      const evidence = { ...(price !== undefined && { price }), ...(source !== undefined && { source }) }
      return { type: "OrderTriggered", data: { ...about, queueAhead, ...evidence } }
    }
    case "Trade":
      return executed(filled(report, venue, order), (data) => ({ type: "OrderFilled", data: { ...about, ...data } }))
    case "TradeCancel":
      return executed(busted(report, order), (data) => ({ type: "ExecutionBusted", data: { ...about, ...data } }))
    case "TradeCorrect":
      return executed(corrected(report, venue, order), (data) => ({
        type: "ExecutionCorrected",
        data: { ...about, ...data }
      }))
    case "Replaced":
      return replaced(report, order, partition)
    case "Restated":
      return restated(report, order)
    case "PendingCancel":
    case "PendingReplace": {
      const kind = report.type === "PendingCancel" ? "cancel" : "replace"
      const names = answeredBy(report, order, partition, kind)
      if (names === undefined) return `no ${kind} was asked for`
      return { type: kind === "cancel" ? "CancelPending" : "ReplacePending", data: { ...about, ...names } }
    }
    case "Stopped": {
      const { quantity, price, reason } = report
      const guarantee = { ...(quantity !== undefined && { quantity }), ...(price !== undefined && { price }) }
      return { type: "OrderStopped", data: { ...about, reason, ...guarantee } }
    }
    case "Suspended":
      return { type: "OrderSuspended", data: { ...about, reason: report.reason } }
    case "DoneForDay":
      return { type: "OrderDoneForDay", data: { ...about, reason: report.reason } }
    case "Rejected":
      return { type: "OrderRejected", data: { ...about, reason: report.reason } }
    case "Expired":
      return { type: "OrderExpired", data: { ...about, reason: report.reason } }
    case "Canceled":
      // without a name it is the venue's own doing
      return answer(
        "OrderCanceled",
        report,
        report.clOrdId === undefined ? undefined : answeredBy(report, order, partition, "cancel")
      )
    case "CancelRejected":
      return answer("CancelRejected", report, answeredBy(report, order, partition, "cancel") ?? named(report))
    case "ReplaceRejected":
      return answer("ReplaceRejected", report, answeredBy(report, order, partition, "replace") ?? named(report))
  }
}

const executed = <T extends Executed>(
  data: T | string,
  fact: (data: T) => Omit<AccountEvent, "account">
): Omit<AccountEvent, "account"> | string => (typeof data === "string" ? data : fact(data))

const answer = (
  type: "OrderCanceled" | "CancelRejected" | "ReplaceRejected",
  report: VenueReport & { readonly reason: string },
  names: Partial<Names> | undefined
): Omit<AccountEvent, "account"> => ({ type, data: { ...ids(report), reason: report.reason, ...names } })

type Names = Pick<PendingRequest, "clOrdId" | "origClOrdId">
/**
 * The caller's ids of the request that a report answers: the venue knows it under an id made of the asking event. A venue
 * that names none answers the oldest. Whatever the request followed when it was made, its answer refers to the newest one
 * that was accepted (FIX 4.4 appendix D, D.2.b and D.2.d).
 */
const answeredBy = (
  { clOrdId }: VenueReport,
  { pending, clOrdId: origClOrdId }: OpenOrder,
  partition: number,
  kind: "cancel" | "replace"
): Names | undefined => {
  const request = pending.find(
    (one) => one.kind === kind && (clOrdId === undefined || `${partition}-${one.requestNo}` === clOrdId)
  )
  return request && { clOrdId: request.clOrdId, origClOrdId }
}

/** A request that waits for no answer any more: told by the venue's own name for it, so that it is not taken for another. */
const named = ({ clOrdId }: VenueReport): Partial<Names> => (clOrdId === undefined ? {} : { clOrdId })

const areTerms = (...values: ReadonlyArray<bigint | undefined>): boolean =>
  values.every((value) => value === undefined || value > 0n)

const replaced = (
  report: VenueReport & { type: "Replaced" },
  order: OpenOrder,
  partition: number
): Omit<AccountEvent, "account"> | string => {
  const { quantity, price, stopPrice, queueAhead } = report
  if (!areTerms(quantity, price, stopPrice)) return "terms that no order has"
  const terms = {
    quantity,
    ...(price !== undefined && { price }),
    ...(stopPrice !== undefined && { stopPrice }),
    queueAhead
  }
  const names = answeredBy(report, order, partition, "replace")
  return names === undefined
    ? { type: "OrderRestated", data: { ...ids(report), reason: "replaced by the venue", ...terms } }
    : { type: "OrderReplaced", data: { ...ids(report), ...terms, ...names } }
}

const restated = (
  report: VenueReport & { type: "Restated" },
  order: OpenOrder
): Omit<AccountEvent, "account"> | string => {
  const { quantity, cumQty, price, stopPrice, queueAhead, reason } = report
  if (!areTerms(quantity, price, stopPrice)) return "terms that no order has"
  if (cumQty !== undefined && (cumQty < 0n || cumQty > (quantity ?? order.quantity))) return "more filled than ordered"
  return {
    type: "OrderRestated",
    data: {
      ...ids(report),
      reason,
      ...(quantity !== undefined && { quantity }),
      ...(cumQty !== undefined && { cumQty }),
      ...(price !== undefined && { price }),
      ...(stopPrice !== undefined && { stopPrice }),
      ...(queueAhead !== undefined && { queueAhead })
    }
  }
}

export const suspended = (report: VenueReport, reason: string): AccountEvent => ({
  type: "ReportSuspended",
  ...head(report),
  data: {
    ...ids(report),
    reason,
    report: JSON.stringify(report, (_, value) => (typeof value === "bigint" ? formatFixed(value) : value))
  }
})
