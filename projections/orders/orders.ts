import { formatFixed, ONE, parseFixed, ratioHalfEven, type Quantity } from "#domain/kernel/money.ts"
import { bookedBy, type Booked } from "#domain/orders/booked.ts"
import { instructionsOf } from "#domain/orders/instructions.ts"
import { isLive, leavesQty } from "#domain/orders/open-order.ts"
import { ordStatus, type Progress } from "#domain/orders/status.ts"
import type { TimeInForce } from "#domain/venue/messages.ts"
import { define, NEVER, NONE, type LedgerEvent, type RowOf } from "#projections/projection.ts"

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
  /** what the status is made of, as it is kept: see {@link RowProgress} */
  progress: "json",
  /** how it is to be worked, beyond its prices */
  instructions: "json",
  groupId: "text",
  parentId: "text",
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
  version: 3,
  columns,
  key: ["orderId"],
  keysOf: (event) => ("orderId" in event.data ? [[event.data.orderId]] : NONE),
  empty: ([orderId]) => ({ ...EMPTY, orderId: String(orderId) }),
  // a venue may name an order that was never placed: that is a fact, and no order
  fold: (row, event) =>
    row.createdAt === NEVER && event.type !== "OrderPlaced"
      ? row
      : changed(row, changeBy(row, event), event.recordedAt),
  isFinished: (row) => row.createdAt !== NEVER && isFinished(row)
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
  progress: "",
  instructions: "",
  groupId: "",
  parentId: "",
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

type Pending = {
  readonly kind: "cancel" | "replace"
  readonly clOrdId: string
  readonly acknowledged: boolean
  /** of a replace that asks for others */
  readonly quantity?: string
  readonly displayQuantity?: string
}
/** Of the order's progress what the columns do not say. */
type RowProgress = Omit<Progress, "quantity" | "cumQty"> & { readonly pending: ReadonlyArray<Pending> }
const BEGUN: RowProgress = {
  acknowledged: false,
  ended: undefined,
  doneForDay: false,
  stopped: false,
  suspended: false,
  pending: []
}
const progressOf = (row: Pick<OrderRow, "progress">): RowProgress =>
  row.progress === "" ? BEGUN : { ...BEGUN, ...(JSON.parse(row.progress) as Partial<RowProgress>) }
/** Only what is not as it begins. */
const kept = (progress: RowProgress): string => {
  const changed = Object.entries(progress).filter(([name, value]) => {
    const begun = BEGUN[name as keyof RowProgress]
    return Array.isArray(value) ? value.length > 0 : value !== begun
  })
  return changed.length === 0 ? "" : JSON.stringify(Object.fromEntries(changed))
}

/** A row in the domain's words. */
const orderOf = (row: OrderRow) => {
  const { pending, ...flags } = progressOf(row)
  return {
    ...flags,
    quantity: row.quantity as Quantity,
    cumQty: row.cumQty as Quantity,
    timeInForce: row.timeInForce as TimeInForce,
    pending: pending.map(({ kind, acknowledged, quantity }) => ({
      kind,
      acknowledged,
      ...(quantity !== undefined && { terms: { quantity: parseFixed(quantity) } })
    }))
  }
}

/** Over, as far as is known: a venue may still correct it. */
export const isFinished = (row: OrderRow): boolean => !isLive(orderOf(row))

const changed = (before: OrderRow, change: Partial<OrderRow>, updatedAt: OrderRow["updatedAt"]): OrderRow => {
  const row = { ...before, ...change, updatedAt }
  const order = orderOf(row)
  const { ended, doneForDay, stopped, suspended } = order
  // why it is over or held is told as long as it is; why a change was refused, until something else happens
  const lasts = ended !== undefined || doneForDay || stopped || suspended
  const reason = change.reason ?? (lasts ? before.reason : "")
  return { ...row, reason, leavesQty: leavesQty(order), status: ordStatus(order, "asked") }
}

const set = (row: OrderRow, change: Partial<RowProgress>): Pick<OrderRow, "progress"> => ({
  progress: kept({ ...progressOf(row), ...change })
})
const standing = { acknowledged: true, ended: undefined, doneForDay: false, suspended: false } as const
type Asked = { readonly clOrdId: string; readonly quantity?: bigint; readonly displayQuantity?: bigint }
const ask = (row: OrderRow, kind: Pending["kind"], { clOrdId, quantity, displayQuantity }: Asked) => {
  const request = {
    kind,
    clOrdId,
    acknowledged: false,
    ...(quantity !== undefined && { quantity: formatFixed(quantity) }),
    ...(displayQuantity !== undefined && { displayQuantity: formatFixed(displayQuantity) })
  }
  return set(row, { pending: [...progressOf(row).pending, request] })
}
/** The request of that id; without one, the oldest of its kind. */
const requestOf = (row: OrderRow, kind: Pending["kind"], clOrdId: string | undefined): Pending | undefined =>
  progressOf(row).pending.find((one) => one.kind === kind && (clOrdId === undefined || one.clOrdId === clOrdId))
const answered = (row: OrderRow, kind: Pending["kind"], clOrdId: string | undefined) => {
  const request = requestOf(row, kind, clOrdId)
  return set(row, {
    pending: progressOf(row).pending.filter((one) => one.clOrdId !== request?.clOrdId || one.kind !== kind)
  })
}
const taken = (row: OrderRow, kind: Pending["kind"], clOrdId: string | undefined) => {
  const request = requestOf(row, kind, clOrdId)
  const pending = progressOf(row).pending
  return set(row, {
    pending: pending.map((one) =>
      one.clOrdId === request?.clOrdId && one.kind === kind ? { ...one, acknowledged: true } : one
    )
  })
}
const ended = (row: OrderRow, how: NonNullable<RowProgress["ended"]>, reason: string) => ({
  ...set(row, { ended: how, pending: [] }),
  reason
})

const changeBy = (row: OrderRow, event: LedgerEvent): Partial<OrderRow> => {
  switch (event.type) {
    case "OrderPlaced":
      return placed(event)
    case "OrderRiskDecided":
      return decided(row, event)
    case "OrderAcknowledged":
      return set(row, standing)
    case "OrderFilled":
    case "ExecutionBusted":
    case "ExecutionCorrected":
      return bookedBy(event).reduce<Executed>((before, one) => executed(before, one, event), row)
    case "ReplaceRequested":
      return ask(row, "replace", event.data)
    case "CancelRequested":
      return ask(row, "cancel", event.data)
    case "CancelPending":
      return taken(row, "cancel", event.data.clOrdId)
    case "ReplacePending":
      return taken(row, "replace", event.data.clOrdId)
    case "OrderReplaced": {
      const request = requestOf(row, "replace", event.data.clOrdId)
      const accepted =
        request === undefined ? {} : { clOrdId: request.clOrdId, ...displayed(row, request.displayQuantity) }
      return { ...newTerms(row, event.data), ...accepted, ...answered(row, "replace", event.data.clOrdId) }
    }
    case "HeldOrderReplaced": {
      const { clOrdId, displayQuantity } = event.data
      return {
        ...newTerms(row, event.data),
        clOrdId,
        ...displayed(row, displayQuantity && formatFixed(displayQuantity))
      }
    }
    case "OrderRestated": {
      const { cumQty, reason } = event.data
      return { ...newTerms(row, event.data), ...set(row, standing), reason, ...(cumQty !== undefined && { cumQty }) }
    }
    case "OrderReleased":
      return { quantity: event.data.quantity }
    case "ReplaceRejected":
      return { ...answered(row, "replace", event.data.clOrdId), reason: event.data.reason }
    case "CancelRejected":
      return { ...answered(row, "cancel", event.data.clOrdId), reason: event.data.reason }
    case "OrderStopped":
      return { ...set(row, { stopped: true }), reason: event.data.reason }
    case "OrderSuspended":
      return { ...set(row, { suspended: true }), reason: event.data.reason }
    case "OrderDoneForDay":
      return { ...set(row, { doneForDay: true }), reason: event.data.reason }
    case "OrderCanceled":
    case "HeldOrderCanceled":
      return ended(row, "Canceled", event.data.reason)
    case "OrderRejected":
      return ended(row, "Rejected", event.data.reason)
    case "OrderExpired":
      return ended(row, "Expired", event.data.reason)
    default:
      return {}
  }
}

const placed = ({ data, account, recordedAt }: LedgerEvent & { type: "OrderPlaced" }): Partial<OrderRow> => {
  const { clOrdId, symbol, side, orderType, timeInForce, quantity } = data
  const { price = 0n, stopPrice = 0n, expireAt = NEVER, groupId = "", parentId = "" } = data
  const named = { clOrdId, account: account ?? "", symbol, side, type: orderType, timeInForce, quantity }
  const instructions = Object.entries(instructionsOf(data)).map(([name, value]) => [
    name,
    typeof value === "bigint" ? formatFixed(value) : value
  ])
  return {
    ...named,
    price,
    stopPrice,
    expireAt,
    instructions: instructions.length === 0 ? "" : JSON.stringify(Object.fromEntries(instructions)),
    groupId,
    parentId,
    createdAt: recordedAt
  }
}

type Executed = Pick<OrderRow, "cumQty" | "filledValue" | "avgPx" | "fees">
const executed = (row: Executed, one: Booked, { data }: LedgerEvent & { data: { cumQty: bigint } }): Executed => {
  // the products are exact for what venues trade; an odd one is rounded here as it is in the posting
  const value = ratioHalfEven(one.price, one.quantity, ONE)
  const filledValue = row.filledValue + (one.undone ? -value : value)
  const { cumQty } = data
  const avgPx = cumQty > 0n ? ratioHalfEven(filledValue, ONE, cumQty) : 0n
  return { cumQty, filledValue, avgPx, fees: row.fees + (one.undone ? -one.fee : one.fee) }
}

/** An iceberg's instructions with what it shows at a time from now on. */
const displayed = (row: OrderRow, displayQuantity: string | undefined): Partial<OrderRow> =>
  displayQuantity === undefined
    ? {}
    : { instructions: JSON.stringify({ ...(JSON.parse(row.instructions || "{}") as object), displayQuantity }) }

const newTerms = (
  row: OrderRow,
  { quantity, price, stopPrice }: { quantity?: bigint; price?: bigint; stopPrice?: bigint }
): Partial<OrderRow> => ({
  ...(quantity !== undefined && { quantity }),
  // what the venue calls the price of a market or stop order is its protection, not a limit
  ...(price !== undefined && (row.price > 0n || row.type === "market-to-limit") && { price }),
  ...(stopPrice !== undefined && { stopPrice })
})

const decided = (row: OrderRow, { data, cause }: LedgerEvent & { type: "OrderRiskDecided" }): Partial<OrderRow> => {
  const risk = riskTextOf(data)
  if (data.decision === "approved") return { risk }
  const failed = data.checks.read(data.rules).filter((check) => !check.passed)
  const reason = `refused by ${failed.map((check) => check.code).join(", ")}`
  const change = requestOf(row, "replace", cause)
  return change === undefined
    ? { risk, ...ended(row, "Rejected", reason) }
    : { reason, ...answered(row, "replace", cause) } // the order stands by the decision that allowed it
}

/** A decision as a row keeps it. */
export const riskTextOf = (decision: (LedgerEvent & { type: "OrderRiskDecided" })["data"]): string =>
  JSON.stringify({
    decision: decision.decision,
    rules: decision.rules,
    checks: decision.checks,
    ...(decision.price !== undefined && { price: formatFixed(decision.price), priceSource: decision.priceSource }),
    ...(decision.priceAgeMicros !== undefined && { priceAgeMicros: decision.priceAgeMicros })
  })
