import { Schema } from "effect"
import { AccountId } from "#domain/kernel/ids.ts"
import { DecimalText, readFields, TimeText } from "./fields.ts"

export const PnlQuery = Schema.Struct({ account: AccountId, ...readFields })
export type PnlQuery = typeof PnlQuery.Type

/** One position with its valuation; without a mark there is no unrealised profit. `markAge` is in seconds. */
export const PnlPositionBody = Schema.Struct({
  symbol: Schema.String,
  quantity: DecimalText,
  avgPrice: DecimalText,
  mark: Schema.optionalKey(DecimalText),
  markAt: Schema.optionalKey(TimeText),
  markAge: Schema.optionalKey(Schema.Finite),
  realized: DecimalText,
  unrealized: Schema.optionalKey(DecimalText),
  income: Schema.optionalKey(DecimalText)
}).annotate({ identifier: "PnlPosition" })
export type PnlPositionBody = typeof PnlPositionBody.Type

/** Profit and loss of an account as of `position`. */
export const PnlBody = Schema.Struct({
  account: Schema.String,
  currency: Schema.String,
  at: TimeText,
  position: Schema.String,
  cash: DecimalText,
  equity: DecimalText,
  realized: DecimalText,
  unrealized: DecimalText,
  fees: DecimalText,
  /** interest and dividends; left out while there were none */
  income: Schema.optionalKey(DecimalText),
  positions: Schema.Array(PnlPositionBody)
}).annotate({ identifier: "Pnl" })
export type PnlBody = typeof PnlBody.Type
