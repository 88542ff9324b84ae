import type { Quantity } from "#domain/kernel/money.ts"

/** FIX OrdStatus 39, in the order of its precedence (FIX 4.4 volume 4, appendix D): the first that is true is told. */
export const ORD_STATUSES = [
  "PendingCancel",
  "PendingReplace",
  "DoneForDay",
  "Filled",
  "Stopped",
  "Suspended",
  "Canceled",
  "Expired",
  "PartiallyFilled",
  "New",
  "Rejected",
  "PendingNew"
] as const
export type OrdStatus = (typeof ORD_STATUSES)[number]

/** What an order's status is made of. */
export type Progress = {
  quantity: Quantity
  cumQty: Quantity
  /** a venue has it */
  acknowledged: boolean
  ended: "Canceled" | "Expired" | "Rejected" | undefined
  doneForDay: boolean
  stopped: boolean
  suspended: boolean
}

/** The status without what is only asked for. */
export const settledStatus = (order: Progress): OrdStatus => {
  const { quantity, cumQty, acknowledged, ended } = order
  if (order.doneForDay) return "DoneForDay"
  if (ended === undefined && cumQty > 0n && cumQty >= quantity) return "Filled"
  if (order.stopped && ended === undefined) return "Stopped"
  if (order.suspended && ended === undefined) return "Suspended"
  if (ended !== undefined) return ended
  if (cumQty > 0n) return "PartiallyFilled"
  return acknowledged ? "New" : "PendingNew"
}

type Pending = ReadonlyArray<{
  readonly kind: "cancel" | "replace"
  readonly acknowledged: boolean
  readonly terms?: { readonly quantity: bigint }
}>

/**
 * FIX OrdStatus. `venue`: as an execution report tells it, where a request counts once the venue has said that it has it.
 * `asked`: as its owner sees it, where a request counts from when it was made until it is answered or has become moot:
 * of an order that is filled, all but a change that would give it more.
 */
export const ordStatus = (order: Progress & { readonly pending: Pending }, view: "venue" | "asked"): OrdStatus => {
  const settled = settledStatus(order)
  if (order.pending.length === 0) return settled
  const counts = order.pending.filter(
    ({ acknowledged, terms }) =>
      acknowledged ||
      (view === "asked" &&
        order.ended === undefined &&
        (settled !== "Filled" || (terms?.quantity ?? 0n) > order.cumQty))
  )
  if (counts.some(({ kind }) => kind === "cancel")) return "PendingCancel"
  return counts.length > 0 ? "PendingReplace" : settled
}
