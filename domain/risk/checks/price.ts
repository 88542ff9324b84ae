import { ONE, ratioHalfEven } from "#domain/kernel/money.ts"
import { lowest } from "#domain/risk/book.ts"
import { heldOutcome, outcome, type RiskCheck } from "#domain/risk/outcome.ts"

const DEFAULT_PERCENT = 20n * ONE
const HUNDRED = 100n * ONE

/**
 * Bites on the aggressive side only: a buy far above the reference or a sell far below it. A market buy has a price by
 * its protection; without an ask it has none, and could trade at any.
 */
export const priceCollar: RiskCheck = ({ book, side, price, evidence }) => {
  if (evidence === undefined) return outcome("PRICE_COLLAR", false, undefined, undefined, price)
  const reference = evidence.price
  const held = lowest(book, "collarPercent")
  const width = ratioHalfEven(reference, held?.limit ?? DEFAULT_PERCENT, HUNDRED)
  const limit = side === "buy" ? reference + width : reference - width
  const passed = price === undefined ? side === "sell" : side === "buy" ? price <= limit : price >= limit
  return outcome("PRICE_COLLAR", passed, limit, reference, price, held?.by)
}

/** Of what is judged by a stop price no age is known, and none matters. */
export const priceAge: RiskCheck = ({ book, evidence }) => {
  const held = lowest(book, "maxPriceAgeSeconds")
  if (held === undefined || evidence?.ageMicros === undefined) return undefined
  const age = evidence.ageMicros / 1e6
  return heldOutcome(held, age <= held.count, undefined, age)
}
