import { ONE, ratioHalfEven } from "#domain/kernel/money.ts"
import { AMOUNT, heldAt, lowest } from "#domain/risk/book.ts"
import { heldOutcome, outcome, outcomeBy, type RiskCheck } from "#domain/risk/outcome.ts"

const DEFAULT_PERCENT = 20n * ONE
const HUNDRED = 100n * ONE

/**
 * Bites on the aggressive side only: a buy far above the reference or a sell far below it. A market buy has a price by
 * its protection; without an ask it has none, and could trade at any.
 */
export const priceCollar: RiskCheck = ({ book, side, price, evidence }) => {
  if (evidence === undefined) return outcome("PRICE_COLLAR", false, undefined, undefined, price)
  const reference = evidence.price
  const level = lowest(book, AMOUNT.collarPercent)
  const width = widthOf(reference, heldAt(book, level, AMOUNT.collarPercent)?.limit ?? DEFAULT_PERCENT)
  const limit = side === "buy" ? reference + width : reference - width
  const passed = price === undefined ? side === "sell" : side === "buy" ? price <= limit : price >= limit
  return outcomeBy(book[level], AMOUNT.collarPercent, "PRICE_COLLAR", passed, limit, reference, price)
}

const widthOf = (reference: bigint, percent: bigint): bigint => {
  if (reference === lastReference && percent === lastPercent) return lastWidth
  lastReference = reference
  lastPercent = percent
  return (lastWidth = ratioHalfEven(reference, percent, HUNDRED))
}
// Many orders come between two trades: the newest width is kept.
let lastReference = 0n
let lastPercent = 0n
let lastWidth = 0n

/** Of what is judged by a stop price no age is known, and none matters. */
export const priceAge: RiskCheck = ({ book, evidence }) => {
  const level = lowest(book, AMOUNT.maxPriceAgeSeconds)
  if (level < 0 || evidence?.ageMicros === undefined) return undefined
  const age = evidence.ageMicros / 1e6
  const { count } = heldAt(book, level, AMOUNT.maxPriceAgeSeconds)!
  return heldOutcome(book[level]!, AMOUNT.maxPriceAgeSeconds, age <= count, undefined, age)
}
