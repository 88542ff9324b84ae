import type { Refusal } from "#domain/kernel/shapes.ts"
import type { SessionAnswer } from "#services/contract/order-entry.ts"
import { viewOf } from "#services/desk/live-orders.ts"
import type { LedgerEvent } from "#projections/projection.ts"
import type { Refused } from "#services/http/answer.ts"

type Decided = LedgerEvent & { readonly type: "OrderRiskDecided" }

/** The answer to a number from the events that it left, as JSON text: the same whenever it is asked. */
export const answerText = (no: number, events: ReadonlyArray<LedgerEvent>, partition: number): string => {
  const [first, second] = events
  const position = `${partition}:${events.at(-1)?.eventNo ?? 0}`
  if (first === undefined || !("orderId" in first.data)) return JSON.stringify({ no, position } satisfies SessionAnswer)
  const { orderId } = first.data
  // nearly all: put together from pieces that need no escapes
  if (first.type === "OrderPlaced" && events.length === 2 && isApproved(second))
    return `{"no":${no},"orderId":"${orderId}","status":"PendingNew","position":"${position}"}`
  const decided = events.find(
    (event): event is Decided => event.type === "OrderRiskDecided" && event.data.orderId === orderId
  )
  const status = first.type === "OrderPlaced" ? viewOf(ofOrder(events, orderId))?.row.status : CHANGES[first.type]
  return JSON.stringify({
    no,
    orderId,
    ...(decided?.data.decision === "denied"
      ? { ...(first.type === "OrderPlaced" && { status: "Rejected" }), ...deniedBy(decided) }
      : status !== undefined && { status }),
    position
  } satisfies SessionAnswer)
}

/** Where a request for a change leaves the order. */
const CHANGES: Partial<Record<LedgerEvent["type"], string>> = {
  ReplaceRequested: "PendingReplace",
  CancelRequested: "PendingCancel",
  HeldOrderCanceled: "Canceled"
}
const isApproved = (event: LedgerEvent | undefined): boolean =>
  event?.type === "OrderRiskDecided" && event.data.decision === "approved"
const ofOrder = (events: ReadonlyArray<LedgerEvent>, orderId: string) =>
  events.filter(({ data }) => "orderId" in data && data.orderId === orderId)

const deniedBy = ({ data }: Decided): Pick<SessionAnswer, "reason" | "failed"> => {
  const failed = data.checks.read().flatMap(({ code, passed }) => (passed ? [] : [code]))
  return { reason: `refused by ${failed.join(", ")}`, failed }
}

/** The answer to a number that recorded nothing. */
export const refusedText = (no: number, { code, detail, errors }: Omit<Refused, "status">): string =>
  JSON.stringify({ no, code, detail, ...(errors !== undefined && { errors }) } satisfies SessionAnswer)

/** A decider's refusal, as HTTP tells it. */
export const refusalText = (no: number, { code, detail, field }: Refusal): string =>
  refusedText(no, { code, detail, ...(field !== undefined && { errors: [{ field, reason: detail }] }) })
