import { timesHalfUp } from "#domain/kernel/money.ts"
import { acceptedAt, averageSize } from "#domain/risk/habits.ts"
import { AMOUNT, heldAt, lowest, widest } from "#domain/risk/book.ts"
import { closes, heldOutcome, outcomeBy, type RiskCheck } from "#domain/risk/outcome.ts"

/** A size far above what the account usually orders in the symbol. Closing all of a position is never a slip. */
export const fatFinger: RiskCheck = (question) => {
  const { book, sizes, quantity } = question
  const level = lowest(book, AMOUNT.fatFingerMultiple)
  const held = heldAt(book, level, AMOUNT.fatFingerMultiple)
  if (held === undefined) return undefined
  const average = averageSize(sizes)
  if (average === undefined) return undefined
  const most = timesHalfUp(average, held.limit)
  const passed = quantity <= most || closes(question)
  return outcomeBy(book[level], AMOUNT.fatFingerMultiple, "FAT_FINGER", passed, most, average, quantity)
}

const MICROS_OF_MILLI = 1000

/** The same symbol, side, quantity and prices again within the window. USED is how long ago it was, in milliseconds. */
export const duplicate: RiskCheck = (question) => {
  const { book, habits, instrument, nowMicros, counted } = question
  const level = widest(book, AMOUNT.duplicateWindowMillis)
  const held = heldAt(book, level, AMOUNT.duplicateWindowMillis)
  if (held === undefined || counted.open) return undefined
  const { side, quantity, price, stopPrice } = question
  const before = acceptedAt(habits, { symbol: instrument.symbol, side, quantity, price, stopPrice })
  if (before === undefined) return undefined
  const ago = Math.max(0, nowMicros - before) / MICROS_OF_MILLI
  if (ago >= held.count) return undefined
  return heldOutcome(book[level]!, AMOUNT.duplicateWindowMillis, false, Math.floor(ago), undefined)
}
