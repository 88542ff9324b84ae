import { Schema } from "effect"
import { Currency, Symbol } from "#domain/kernel/ids.ts"
import { Cash, Price, Quantity, Rate } from "#domain/kernel/money.ts"

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
  takerFee: Rate
}
export const Instrument = Schema.Struct(instrumentFields)
export type Instrument = typeof Instrument.Type
