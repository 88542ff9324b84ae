import type { Refusal } from "#domain/kernel/shapes.ts"
import { refused, type RefusalStatus, type Refused } from "#services/http/answer.ts"
import { LogUnavailable } from "#streams/ports/event-log.ts"
import { NotTheWriter } from "#streams/writer.ts"

/** Refusals that are not about a value in the request (422): the state of what they name is in the way. */
const STATUS: Readonly<Record<string, RefusalStatus>> = {
  ClOrdIdReused: 409,
  AccountExists: 409,
  GroupOfAnother: 409,
  OrderNotOpen: 409,
  QuantityOfGroup: 409,
  OpenOrders: 409,
  InTransit: 409,
  Allotted: 409,
  OrderPendingCancel: 409,
  OrderPendingReplace: 409,
  OverAllotted: 409,
  BelowAllotted: 409,
  AllotmentInUse: 409,
  NotLimited: 409,
  CancelRate: 429,
  UnknownHalt: 404
}

/** A decider's refusal as the problem that callers see. */
export const problemOf = ({ code, detail, field }: Refusal): { readonly problem: Refused } =>
  code === "Moving" || code === "MovedAway"
    ? refused(503, "NotTheWriter", `${detail}: nothing was recorded`, { retryAfterSeconds: 1 })
    : refused(STATUS[code] ?? 422, code, detail, field === undefined ? {} : { errors: [{ field, reason: detail }] })

/** Why a command could not be decided at all; anything else is a fault and thrown on. */
export const unavailable = (error: unknown): { readonly problem: Refused } => {
  if (error instanceof LogUnavailable) {
    return refused(503, "NoSpace", `nothing was recorded: ${error.message}`, { retryAfterSeconds: 5 })
  }
  if (error instanceof NotTheWriter) {
    return refused(503, "NotTheWriter", `nothing can be said of this command here: ${error.message}`, {
      retryAfterSeconds: 1
    })
  }
  throw error
}
