import { Schema } from "effect"
import { OrderType, Side, TimeInForce } from "#domain/orders/events.ts"
import { DecimalText, Note, TimeText } from "./fields.ts"

/** An order that rests at a venue. `queueAhead` is what stands before it at its price, where the venue knows. */
export const VenueOrderBody = Schema.Struct({
  orderId: Schema.String,
  account: Schema.String,
  symbol: Schema.String,
  side: Side,
  type: OrderType,
  timeInForce: TimeInForce,
  leavesQty: DecimalText,
  price: Schema.optionalKey(DecimalText),
  stopPrice: Schema.optionalKey(DecimalText),
  queueAhead: Schema.optionalKey(DecimalText)
}).annotate({ identifier: "VenueOrder" })
export type VenueOrderBody = typeof VenueOrderBody.Type

/** A venue's state: `mdNo` is the market-data message it stands at. */
export const VenueStatusBody = Schema.Struct({
  venue: Schema.String,
  status: Schema.Literals(["trading", "halted", "disconnected"]),
  mdNo: Schema.Int,
  openOrders: Schema.Int,
  symbols: Schema.Array(Schema.Struct({ symbol: Schema.String, at: Schema.optionalKey(TimeText) }))
}).annotate({ identifier: "VenueStatus" })
export type VenueStatusBody = typeof VenueStatusBody.Type

/** A report in suspense: as it came, when, and why it could not be booked. */
export const SuspendedBody = Schema.Struct({
  id: Schema.String,
  venue: Schema.String,
  receivedAt: TimeText,
  reason: Schema.String,
  raw: Schema.String,
  /** how `raw` is written */
  encoding: Schema.Literals(["text", "base64"]),
  /** the event that keeps it in the ledger, where one does */
  position: Schema.optionalKey(Schema.String)
}).annotate({ identifier: "SuspendedReport" })
export type SuspendedBody = typeof SuspendedBody.Type

export const SuspendedPage = Schema.Struct({
  items: Schema.Array(SuspendedBody),
  next: Schema.optionalKey(Schema.String)
}).annotate({ identifier: "SuspendedReportPage" })

/**
 * Body of `POST /venue/suspense/ID`: `retry` decodes and records it once more (the account is there now, the decoder was
 * corrected); `dismiss` closes it, for what was seen to otherwise. `note` says why, and is kept.
 */
export const ResolveSuspended = Schema.Struct({
  action: Schema.Literals(["retry", "dismiss"]),
  note: Note
}).annotate({ identifier: "ResolveSuspended" })
export type ResolveSuspended = typeof ResolveSuspended.Type

export const ResolvedBody = Schema.Struct({
  id: Schema.String,
  resolution: Schema.Literals(["recorded", "dismissed"])
}).annotate({ identifier: "ResolvedReport" })
export type ResolvedBody = typeof ResolvedBody.Type

export const VenueOrderPage = Schema.Struct({
  items: Schema.Array(VenueOrderBody),
  next: Schema.optionalKey(Schema.String)
}).annotate({ identifier: "VenueOrderPage" })
