import type { Fact } from "#domain/kernel/event.ts"
import { ONE, ratioHalfEven } from "#domain/kernel/money.ts"
import { isLive, leavesQty, type OpenOrder } from "./open-order.ts"
import { ordStatus, type OrdStatus } from "./status.ts"

/** FIX ExecType 150 with its codes. */
export const EXEC_TYPE_CODES = {
  New: "0",
  DoneForDay: "3",
  Canceled: "4",
  Replaced: "5",
  PendingCancel: "6",
  Stopped: "7",
  Rejected: "8",
  Suspended: "9",
  PendingNew: "A",
  Expired: "C",
  Restated: "D",
  PendingReplace: "E",
  Trade: "F",
  TradeCorrect: "G",
  TradeCancel: "H",
  OrderStatus: "I",
  Triggered: "L"
} as const
export type ExecType = keyof typeof EXEC_TYPE_CODES

/** FIX OrdStatus 39 with its codes. */
export const ORD_STATUS_CODES: Readonly<Record<OrdStatus, string>> = {
  New: "0",
  PartiallyFilled: "1",
  Filled: "2",
  DoneForDay: "3",
  Canceled: "4",
  PendingCancel: "6",
  Stopped: "7",
  Rejected: "8",
  Suspended: "9",
  PendingNew: "A",
  Expired: "C",
  PendingReplace: "E"
}

/** FIX CxlRejReason 102. */
export type CxlRejReason = "TooLateToCancel" | "UnknownOrder" | "BrokerOption" | "AlreadyPendingCancelOrReplace"

/** FIX ExecutionReport (35=8), or OrderCancelReject (35=9). Quantities are scaled, `leavesQty` is what may still trade. */
export type ExecutionReport = {
  readonly msg: "ExecutionReport" | "OrderCancelReject"
  readonly execType?: ExecType
  readonly ordStatus: OrdStatus
  readonly orderId: string
  readonly clOrdId: string
  readonly origClOrdId?: string
  readonly execId?: string
  readonly execRefId?: string
  readonly orderQty: bigint
  readonly cumQty: bigint
  readonly leavesQty: bigint
  readonly avgPx: bigint
  readonly lastQty: bigint
  readonly lastPx: bigint
  readonly dayOrderQty: bigint
  readonly dayCumQty: bigint
  readonly execRestatementReason?: string
  readonly cxlRejReason?: CxlRejReason
  readonly text?: string
}

const EXEC_TYPE_OF: Readonly<Record<string, ExecType>> = {
  OrderAcknowledged: "New",
  OrderTriggered: "Triggered",
  OrderFilled: "Trade",
  ExecutionBusted: "TradeCancel",
  ExecutionCorrected: "TradeCorrect",
  CancelPending: "PendingCancel",
  ReplacePending: "PendingReplace",
  OrderReplaced: "Replaced",
  OrderRestated: "Restated",
  OrderStopped: "Stopped",
  OrderSuspended: "Suspended",
  OrderDoneForDay: "DoneForDay",
  OrderCanceled: "Canceled",
  HeldOrderCanceled: "Canceled",
  HeldOrderReplaced: "Replaced",
  OrderRejected: "Rejected",
  OrderExpired: "Expired",
  OrderPlaced: "PendingNew"
}

type Told = {
  readonly clOrdId?: string
  readonly origClOrdId?: string
  readonly execId?: string
  readonly execRefId?: string
  readonly venueRefId?: string
  readonly quantity?: bigint
  readonly price?: bigint
  readonly reason?: string
}

/** What a broker tells of an order as it stands, without anything having happened (FIX ExecType I). */
export const statusReport = (order: OpenOrder): ExecutionReport => ({
  msg: "ExecutionReport",
  execType: "OrderStatus",
  ordStatus: ordStatus(order, "venue"),
  orderId: order.orderId,
  clOrdId: order.clOrdId,
  orderQty: order.quantity,
  cumQty: order.cumQty,
  leavesQty: leavesQty(order),
  avgPx: avgPxOf(order),
  lastQty: 0n,
  lastPx: 0n,
  dayOrderQty: order.quantity - order.cumBefore,
  dayCumQty: order.cumQty - order.cumBefore
})

const avgPxOf = ({ fills, cumQty, instrument }: OpenOrder): bigint => {
  if (cumQty === 0n) return 0n
  const notional = fills.reduce((sum, fill) => sum + fill.notional, 0n)
  return ratioHalfEven(ratioHalfEven(notional, ONE, instrument.multiplier), ONE, cumQty)
}

/** What a broker tells when `fact` has happened to an order, which is given as it is after it; undefined: nothing. */
export const executionReport = (order: OpenOrder, fact: Pick<Fact, "type" | "data">): ExecutionReport | undefined => {
  const told = fact.data as Told
  const names = {
    clOrdId: told.clOrdId ?? order.clOrdId,
    ...(told.origClOrdId !== undefined && { origClOrdId: told.origClOrdId }),
    ...(told.execId !== undefined && { execId: told.execId }),
    ...(told.reason !== undefined && { text: told.reason })
  }
  const now = statusReport(order)
  if (fact.type === "CancelRejected" || fact.type === "ReplaceRejected") {
    const { execType: _, ...state } = now
    return { ...state, ...names, msg: "OrderCancelReject", cxlRejReason: rejReasonOf(order) }
  }
  const execType = EXEC_TYPE_OF[fact.type]
  if (execType === undefined) return undefined
  return {
    ...now,
    ...(execType === "PendingReplace" && asBefore(order, told.clOrdId)),
    ...names,
    execType,
    // a guarantee is told like a trade (FIX LastQty 32), but does not count as one
    ...(TELLS_LAST.has(execType) && { lastQty: told.quantity ?? 0n, lastPx: told.price ?? 0n }),
    ...(told.execRefId !== undefined && { execRefId: told.venueRefId ?? told.execRefId }),
    ...(execType === "Restated" && told.reason !== undefined && { execRestatementReason: told.reason }),
    ...(execType === "Canceled" &&
      told.clOrdId === undefined &&
      told.reason !== undefined && { execRestatementReason: told.reason })
  }
}

const TELLS_LAST: ReadonlySet<ExecType> = new Set(["Trade", "TradeCorrect", "Stopped"])

/**
 * An order as a replace that waits finds it: as the one before it leaves it, where that waits too (FIX 4.4 appendix D,
 * D.2.b); otherwise as it is.
 */
const asBefore = (order: OpenOrder, clOrdId: string | undefined) => {
  const at = order.pending.findIndex((request) => request.clOrdId === clOrdId)
  const before = order.pending.slice(0, Math.max(0, at)).findLast(({ terms }) => terms !== undefined)
  if (before?.terms === undefined) return {}
  const { quantity } = before.terms
  return { orderQty: quantity, leavesQty: leavesQty({ ...order, quantity }), dayOrderQty: quantity - order.cumBefore }
}

/** Why a request came to nothing, as far as the order itself tells. */
const rejReasonOf = (order: OpenOrder): CxlRejReason => {
  if (order.pending.length > 0) return "AlreadyPendingCancelOrReplace"
  return isLive(order) ? "BrokerOption" : "TooLateToCancel"
}
