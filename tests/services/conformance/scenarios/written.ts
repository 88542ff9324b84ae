import type { OrderScenario } from "#services/conformance/order-lifecycle.ts"
import type { WrittenStep } from "#services/conformance/fix-steps.ts"

// A scenario is written as a table: one line a message, with the quantities in the order of the columns of FIX 4.4
// appendix D (order, cum, leaves, last). What comes of it is the form of the files that the conformance command reads.

const EXEC_TYPES = {
  New: "0",
  DoneForDay: "3",
  Canceled: "4",
  Replaced: "5",
  PendingCancel: "6",
  Stopped: "7",
  Rejected: "8",
  Suspended: "9",
  Expired: "C",
  Restated: "D",
  PendingReplace: "E",
  Trade: "F",
  TradeCorrect: "G",
  TradeCancel: "H",
  OrderStatus: "I"
} as const
const STATUSES = {
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
} as const
type Status = keyof typeof STATUSES
type Quantities = readonly [order: number, cum: number, leaves: number, last?: number]

export const scenario = (
  id: string,
  title: string,
  ...steps: ReadonlyArray<WrittenStep>
): OrderScenario & { title: string } => ({
  id,
  title,
  steps
})

/** `X`, or `Y/X` for a request Y that follows X. */
const idsOf = (names: string | null) => {
  const [clOrdId, origClOrdId] = names?.split("/") ?? []
  return { clOrdId: clOrdId ?? null, ...(origClOrdId !== undefined && { origClOrdId }) }
}

const asked =
  (msg: string) =>
  (t: string, names: string, orderQty: number | null, also: WrittenStep = {}): WrittenStep => ({
    t,
    dir: "in",
    msg,
    ...idsOf(names),
    orderQty,
    ...also
  })
export const order = asked("NewOrderSingle")
export const cancel = asked("OrderCancelRequest")
export const replace = asked("OrderCancelReplaceRequest")
export const question = (t: string, clOrdId: string): WrittenStep => asked("OrderStatusRequest")(t, clOrdId, null)
export const event = (t: string, text: string): WrittenStep => ({ t, dir: "event", text })

export const report = (
  t: string,
  names: string | null,
  execType: keyof typeof EXEC_TYPES,
  ordStatus: Status,
  [orderQty, cumQty, leavesQty, lastQty]: Quantities,
  also: WrittenStep = {}
): WrittenStep => ({
  t,
  dir: "out",
  msg: "ExecutionReport",
  ...idsOf(names),
  execType,
  execTypeCode: EXEC_TYPES[execType],
  ordStatus,
  ordStatusCode: STATUSES[ordStatus],
  orderQty,
  cumQty,
  leavesQty,
  lastQty: lastQty ?? null,
  ...also
})
export const reject = (t: string, names: string, ordStatus: Status, also: WrittenStep = {}): WrittenStep => ({
  t,
  dir: "out",
  msg: "OrderCancelReject",
  ...idsOf(names),
  ordStatus,
  ordStatusCode: STATUSES[ordStatus],
  ...also
})
/** The other thing that may happen at that time. */
export const instead = (step: WrittenStep): WrittenStep => ({ ...step, branch: "alternative" })

/** Most scenarios begin like this: an order of 10000 that may be rejected and is acknowledged. */
export const begun = (also: WrittenStep = {}): ReadonlyArray<WrittenStep> => [
  order("1", "X", 10000, also),
  instead(report("2", "X", "Rejected", "Rejected", [10000, 0, 0, 0])),
  report("2", "X", "New", "New", [10000, 0, 10000, 0])
]
