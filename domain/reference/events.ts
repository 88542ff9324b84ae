import { Schema } from "effect"
import { defineEvent, type FactOf } from "#domain/kernel/event.ts"
import { Symbol } from "#domain/kernel/ids.ts"
import { Price } from "#domain/kernel/money.ts"
import { Time } from "#domain/kernel/time.ts"
import { instrumentFields } from "#domain/market/instrument.ts"

/** An instrument's version as this partition uses it from here on. */
export const InstrumentAdopted = defineEvent("InstrumentAdopted", instrumentFields, {
  v: 2,
  upcasts: { 1: (data) => data } // what was added is optional
})

/** A valuation mark: unrealised P&L is rebuilt from these, never from prices that were not recorded. */
export const MarkRecorded = defineEvent("MarkRecorded", {
  symbol: Symbol,
  price: Price,
  source: Schema.Literals(["mid", "last"]),
  /** the market-data message it was taken from, and when that reached us */
  mdNo: Schema.Int,
  markedAt: Time
})

export type ReferenceEvent = FactOf<typeof InstrumentAdopted> | FactOf<typeof MarkRecorded>
