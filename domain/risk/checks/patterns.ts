import { timesHalfUp } from "#domain/kernel/money.ts"
import { acceptedAt, averageSize } from "#domain/risk/habits.ts"
import { AMOUNT, heldAt, heldBy, lowest, widest } from "#domain/risk/book.ts"
import { closes, outcome, type RiskCheck } from "#domain/risk/outcome.ts"

/** A size far above what the account usually orders in the symbol. Closing all of a position is never a slip. */
export const fatFinger: RiskCheck = (question) => {
  const { book, habits, instrument, quantity } = question
  const level = lowest(book, AMOUNT.fatFingerMultiple)
  const held = heldAt(book, level, AMOUNT.fatFingerMultiple)
  if (held === undefined) return undefined
  const average = averageSize(habits, instrument.symbol)
  if (average === undefined) return undefined
  const most = timesHalfUp(average, held.limit)
  return outcome(
    "FAT_FINGER",
    quantity <= most || closes(question),
    most,
    average,
    quantity,
    heldBy(book, level, AMOUNT.fatFingerMultiple)
  )
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
  return outcome(
    "DUPLICATE",
    false,
    held.limit,
    Math.floor(ago),
    undefined,
    heldBy(book, level, AMOUNT.duplicateWindowMillis)
  )
}
