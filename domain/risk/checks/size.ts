import type { Price } from "#domain/kernel/money.ts"
import { AMOUNT, heldAt, lowest } from "#domain/risk/book.ts"
import { heldOutcome, outcome, type RiskCheck } from "#domain/risk/outcome.ts"

const isOff = (price: Price | undefined, tick: Price): boolean => price !== undefined && price % tick !== 0n

export const tickSize: RiskCheck = ({ instrument: { tick }, price, stopPrice }) => {
  const off = isOff(price, tick) ? price : isOff(stopPrice, tick) ? stopPrice : undefined
  return outcome("TICK_SIZE", off === undefined, tick, undefined, off ?? price ?? stopPrice)
}

export const lotSize: RiskCheck = ({ instrument: { lot }, quantity }) =>
  outcome("LOT_SIZE", quantity >= lot && quantity % lot === 0n, lot, undefined, quantity)

export const maxQuantity: RiskCheck = ({ instrument: { maxQuantity: most }, quantity }) =>
  most === undefined ? undefined : outcome("MAX_QUANTITY", quantity <= most, most, undefined, quantity)

/** Unknown without a price: then the collar denies, and this one has nothing to compare. */
export const minNotional: RiskCheck = ({ instrument: { minNotional: least }, notional }) =>
  outcome("MIN_NOTIONAL", notional === undefined || notional >= least, least, undefined, notional)

export const maxOrderQuantity: RiskCheck = ({ book, quantity }) => {
  const level = lowest(book, AMOUNT.maxOrderQuantity)
  if (level < 0) return undefined
  const { limit } = heldAt(book, level, AMOUNT.maxOrderQuantity)!
  return heldOutcome(book[level]!, AMOUNT.maxOrderQuantity, quantity <= limit, undefined, quantity)
}

export const maxOrderNotional: RiskCheck = ({ book, notional }) => {
  const level = lowest(book, AMOUNT.maxOrderNotional)
  if (level < 0) return undefined
  const { limit } = heldAt(book, level, AMOUNT.maxOrderNotional)!
  const passed = notional === undefined || notional <= limit
  return heldOutcome(book[level]!, AMOUNT.maxOrderNotional, passed, undefined, notional)
}
