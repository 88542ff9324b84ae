import { formatFixed } from "#domain/kernel/money.ts"
import { EXEC_TYPE_CODES, ORD_STATUS_CODES, type ExecutionReport } from "#domain/orders/execution-report.ts"

/** What a broker told, in the form that a scenario compares: plain numbers, names and codes. */
export type Told = Readonly<Record<string, unknown>>

const numberOf = (scaled: bigint | undefined): number | undefined =>
  scaled === undefined ? undefined : Number(formatFixed(scaled))

export const told = (report: ExecutionReport, also: Told = {}): Told => ({
  ...report,
  execTypeCode: report.execType === undefined ? undefined : EXEC_TYPE_CODES[report.execType],
  ordStatusCode: ORD_STATUS_CODES[report.ordStatus],
  orderQty: numberOf(report.orderQty),
  cumQty: numberOf(report.cumQty),
  leavesQty: numberOf(report.leavesQty),
  avgPx: numberOf(report.avgPx),
  lastQty: numberOf(report.lastQty),
  lastPx: numberOf(report.lastPx),
  dayOrderQty: numberOf(report.dayOrderQty),
  dayCumQty: numberOf(report.dayCumQty),
  // a broker who declines a request on an open order need not say why: there is no reason that must be told
  cxlRejReason: report.cxlRejReason === "BrokerOption" ? undefined : report.cxlRejReason,
  ordRejReason: report.execType === "Rejected" ? report.text : undefined,
  ...also
})

/** Of an order that there is not. */
const NO_ORDER: Told = {
  msg: "ExecutionReport",
  ordStatus: "Rejected",
  ordStatusCode: "8",
  orderQty: 0,
  cumQty: 0,
  leavesQty: 0,
  lastQty: 0,
  lastPx: 0,
  avgPx: 0
}

/** The answer to a question about an order that nobody knows. */
export const unknownOrder = (clOrdId: string | undefined): Told => ({
  ...NO_ORDER,
  clOrdId,
  execType: "OrderStatus",
  execTypeCode: "I",
  ordRejReason: "UnknownOrder"
})

/** An order that the desk itself does not take. */
export const refusedOrder = (clOrdId: string, orderQty: number): Told => ({
  ...NO_ORDER,
  clOrdId,
  orderQty,
  execType: "Rejected",
  execTypeCode: "8"
})

/** A cancel or replace that the desk itself does not take; `order` is how the order stands, where there is one. */
export const cancelReject = (
  clOrdId: string,
  origClOrdId: string,
  cxlRejReason: string,
  order: Told = NO_ORDER
): Told => ({
  ...order,
  msg: "OrderCancelReject",
  execType: undefined,
  execTypeCode: undefined,
  clOrdId,
  origClOrdId,
  cxlRejReason
})
