import type { Fact } from "#domain/kernel/event.ts"
import type { ExecutionBustedData, ExecutionCorrectedData, OrderFilledData } from "./events.ts"

/** An execution as it is booked, or with `undone` as it is taken out again. */
export type Booked = Pick<
  OrderFilledData,
  | "venue"
  | "symbol"
  | "base"
  | "settlement"
  | "multiplier"
  | "side"
  | "quantity"
  | "price"
  | "notional"
  | "fee"
  | "feeCurrency"
> & { readonly undone: boolean }

/** What an event books: a fill one execution; a bust takes one out; a correction takes out what was and books what is. */
export const bookedBy = (event: Pick<Fact, "type" | "data">): ReadonlyArray<Booked> => {
  switch (event.type) {
    case "OrderFilled":
      return [{ ...(event.data as OrderFilledData), undone: false }]
    case "ExecutionBusted":
      return [{ ...(event.data as ExecutionBustedData), undone: true }]
    case "ExecutionCorrected": {
      const now = event.data as ExecutionCorrectedData
      const was = { quantity: now.wasQuantity, price: now.wasPrice, notional: now.wasNotional, fee: now.wasFee }
      return [
        { ...now, ...was, undone: true },
        { ...now, undone: false }
      ]
    }
    default:
      return NOTHING
  }
}
const NOTHING: ReadonlyArray<Booked> = []
