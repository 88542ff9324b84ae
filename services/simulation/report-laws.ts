import type { Command } from "#domain/account/commands.ts"
import type { AccountEvent } from "#domain/account/events.ts"
import type { Recorded } from "#domain/kernel/event.ts"
import type { VenueReport } from "#domain/venue/messages.ts"
import { must } from "./broken-law.ts"
import { requestOf } from "./follow.ts"
import type { Followed } from "./followed.ts"
import type { SecondOpinion } from "./second-opinion.ts"

type Event = Recorded<AccountEvent>

/** Facts cannot be refused: a venue's report is recorded as what it says, or kept for a person; never dropped. */
export const checkReport = (events: ReadonlyArray<Event>, { request }: Command, opinion: SecondOpinion): void => {
  if (request.type !== "VenueReported") return
  const { report } = request
  const [event] = events
  const names =
    event !== undefined && events.length === 1 && "execId" in event.data && event.data.execId === report.execId
  must(names, () => `report ${report.execId} was not recorded as one event`)
  const known = opinion.orders.known(report.orderId)
  const order = known?.account === request.account ? known : undefined
  const type = executionType(report, order)
  if (type !== undefined) must(event!.type === type, () => `${report.type} ${report.execId} became ${event!.type}`)
  if (event!.type === "OrderFilled" || event!.type === "ExecutionCorrected") {
    const { quantity, price, fee, feeCurrency, liquidity } = event!.data
    const told = report as VenueReport & { type: "Trade" }
    const same = quantity === told.quantity && price === told.price && fee === told.fee
    must(
      same && feeCurrency === told.feeCurrency && liquidity === told.liquidity,
      () => `${report.type} ${report.execId} was not recorded as it was reported`
    )
  }
  if (order !== undefined) checkRequest(report, event!, order)
}

/** What an execution report must become: it counts wherever it fits, also of an order that is over. */
const executionType = (report: VenueReport, order: Followed | undefined): Event["type"] | undefined => {
  if (report.type !== "Trade" && report.type !== "TradeCancel" && report.type !== "TradeCorrect") return undefined
  if (order === undefined) return "ReportSuspended"
  const fill =
    report.type === "Trade" ? undefined : order.fills.find(({ execIds }) => execIds.includes(report.execRefId))
  if (report.type === "TradeCancel") return fill === undefined ? "ReportSuspended" : "ExecutionBusted"
  const open = order.terms.quantity - order.cumQty + (fill?.quantity ?? 0n)
  const isFitting = report.quantity > 0n && report.price > 0n && report.quantity <= open
  if (report.type === "TradeCorrect") return isFitting && fill !== undefined ? "ExecutionCorrected" : "ReportSuspended"
  // done for the day precedes rejected (FIX 4.4 appendix D): what traded on that day counts
  const isRejected = order.ended === "Rejected" && !order.doneForDay
  return isFitting && !isRejected ? "OrderFilled" : "ReportSuspended"
}

/** The request that a venue answers is the one that it names, or else the oldest that waits. */
const checkRequest = ({ type, clOrdId, execId }: VenueReport, event: Event, order: Followed): void => {
  if (!("clOrdId" in event.data) && event.type !== "ReplaceRejected" && event.type !== "CancelRejected") return
  const kind = type === "Replaced" || type === "ReplaceRejected" || type === "PendingReplace" ? "replace" : "cancel"
  const asked = requestOf(order, kind, ({ askedNo }) => clOrdId === undefined || clOrdId === `0-${askedNo}`)
  const told = "clOrdId" in event.data ? event.data.clOrdId : undefined
  must(
    asked === undefined
      ? requestOf(order, kind, (one) => told === undefined || one.clOrdId === told) === undefined
      : told === asked.clOrdId,
    () => `${type} ${execId} answers another request than it names`
  )
}
