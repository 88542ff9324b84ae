import type { VenueReport } from "#domain/venue/messages.ts"
import type { OrdStatus } from "./status.ts"

/** What a venue can say of an order (FIX ExecType 150, and OrderCancelReject). */
export type ReportType = VenueReport["type"]

/** What is done with a report: it becomes a fact of the order, or is kept in suspense for a person to look at. */
export type Verdict = { readonly does: "applies" | "suspense"; readonly remark?: string }

const fine: Verdict = { does: "applies" }
const odd = (remark: string): Verdict => ({ does: "applies", remark })
const suspense = (remark: string): Verdict => ({ does: "suspense", remark })

const OPEN = ["PendingNew", "New", "PartiallyFilled", "Stopped", "Suspended", "DoneForDay"] as const
type Row = Partial<Record<OrdStatus, Verdict>>
const all = (statuses: ReadonlyArray<OrdStatus>, verdict: Verdict): Row =>
  Object.fromEntries(statuses.map((status) => [status, verdict]))

const over = suspense("the order is over")
const trade: Row = {
  ...all(OPEN, fine),
  PendingNew: odd("a fill overtook the acknowledgement: it counts, and the acknowledgement may still come"),
  Suspended: odd("traded before the halt, reported late: it counts"),
  DoneForDay: odd("traded before the end of the day, reported late: it counts"),
  Canceled: odd("traded before the cancel took effect: it counts, and the order stays canceled"),
  Expired: odd("traded before it expired: it counts, and the order stays expired"),
  Filled: suspense("more than was ordered (overfill): no balance moves before a person has looked"),
  Rejected: suspense("a fill of an order that was rejected")
}
const execution: Row = {
  ...all([...OPEN, "Filled", "Canceled", "Expired"], fine),
  Filled: odd("the order may be open again by it"),
  Canceled: odd("the order stays canceled"),
  Expired: odd("the order stays expired"),
  PendingNew: suspense("nothing was filled"),
  New: suspense("nothing was filled"),
  Rejected: suspense("nothing was filled")
}
const ends: Row = {
  ...all(OPEN, fine),
  Filled: suspense("the order was filled before"),
  ...all(["Canceled", "Expired", "Rejected"], over)
}
const answer: Row = {
  ...all([...OPEN, "Filled"], fine),
  ...all(["Canceled", "Expired", "Rejected"], odd("too late to matter: noted"))
}

/**
 * What happens for each (status, report); the status is the settled one, what is only asked for does not hinder anything.
 * What is not in a row cannot come of a report. FIX 4.4 volume 4, appendix D, has most of the surprising pairs.
 */
export const LIFE_CYCLE: Readonly<Record<ReportType, Row>> = {
  New: {
    ...all(["New", "Stopped", "PartiallyFilled", "Filled"], suspense("the order was acknowledged before")),
    PendingNew: fine,
    Suspended: odd("the halt is over: the order stands again"),
    DoneForDay: odd("a new day: the order stands again"),
    ...all(["Canceled", "Expired", "Rejected"], suspense("an acknowledgement of an order that is over"))
  },
  Triggered: { ...all(OPEN, fine), Filled: over, ...all(["Canceled", "Expired", "Rejected"], over) },
  Trade: trade,
  TradeCancel: execution,
  TradeCorrect: execution,
  Replaced: {
    ...all(OPEN, fine),
    Filled: odd("a filled order was given more quantity: it is open again"),
    ...all(["Canceled", "Expired", "Rejected"], over)
  },
  Restated: {
    ...all([...OPEN, "Filled"], fine),
    Canceled: odd("the venue took the order back: it is open again"),
    Expired: odd("the venue took the order back: it is open again"),
    Rejected: over
  },
  PendingCancel: answer,
  PendingReplace: answer,
  Stopped: { ...all(OPEN, fine), ...all(["Filled", "Canceled", "Expired", "Rejected"], over) },
  Suspended: { ...all(OPEN, fine), ...all(["Filled", "Canceled", "Expired", "Rejected"], over) },
  DoneForDay: { ...all(OPEN, fine), ...all(["Filled", "Canceled", "Expired", "Rejected"], over) },
  Canceled: ends,
  Rejected: { ...ends, PartiallyFilled: odd("its fills stand, the rest is over") },
  Expired: ends,
  CancelRejected: answer,
  ReplaceRejected: answer
}

export const verdictOn = (status: OrdStatus, report: ReportType): Verdict =>
  LIFE_CYCLE[report][status] ?? suspense(`${report} of an order that is ${status}`)
