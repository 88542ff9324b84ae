import { Schema } from "effect"
import { OrderType, Side, TimeInForce } from "#domain/orders/events.ts"
import { DecimalText, TimeText } from "./fields.ts"

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

export const VenueOrderPage = Schema.Struct({
  items: Schema.Array(VenueOrderBody),
  next: Schema.optionalKey(Schema.String)
}).annotate({ identifier: "VenueOrderPage" })
