import { Schema } from "effect"
import { Currency, Symbol } from "#domain/kernel/ids.ts"
import { Time } from "#domain/kernel/time.ts"
import { Cash, Price, Quantity, Rate } from "#domain/kernel/money.ts"

/** When an instrument trades: on `days` (1 Monday to 7 Sunday) from `opens` to `closes`, `HH:MM` in its time zone. */
export const Session = Schema.Struct({
  timeZone: Schema.String,
  opens: Schema.String,
  closes: Schema.String,
  days: Schema.Array(Schema.Int),
  /** days without trading, `YYYY-MM-DD` */
  holidays: Schema.optionalKey(Schema.Array(Schema.String))
})
export type Session = typeof Session.Type

/** What can be traded, as one version of it. Fees are rates of the notional; amounts are in the quote currency. */
export const instrumentFields = {
  symbol: Symbol,
  version: Schema.Int,
  base: Currency,
  quote: Currency,
  settlement: Currency,
  tick: Price,
  lot: Quantity,
  minNotional: Cash,
  multiplier: Rate,
  makerFee: Rate,
  takerFee: Rate,
  /** largest quantity of one order */
  maxQuantity: Schema.optionalKey(Quantity),
  /** the market identifier code of ISO 10383 */
  mic: Schema.optionalKey(Schema.String),
  /** absent: round the clock */
  session: Schema.optionalKey(Session),
  /** whether it may be sold short, and its margin rates where they differ from the account's */
  shortable: Schema.optionalKey(Schema.Boolean),
  initialMargin: Schema.optionalKey(Rate),
  maintenanceMargin: Schema.optionalKey(Rate),
  /** trading days from trade to settlement; 0 where absent */
  settlementDays: Schema.optionalKey(Schema.Int),
  /** when it ends to exist */
  expiresAt: Schema.optionalKey(Time)
}
export const Instrument = Schema.Struct(instrumentFields)
export type Instrument = typeof Instrument.Type
