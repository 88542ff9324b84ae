import { timesHalfUp } from "#domain/kernel/money.ts"
import { acceptedAt, averageSize } from "#domain/risk/habits.ts"
import { closes, lower, outcome, type RiskCheck } from "#domain/risk/outcome.ts"

/** A size far above what the account usually orders in the symbol. Closing all of a position is never a slip. */
export const fatFinger: RiskCheck = (question) => {
  const { own, ofSymbol, habits, instrument, quantity } = question
  const held = lower(own.fatFingerMultiple, ofSymbol.fatFingerMultiple)
  if (held === undefined) return undefined
  const average = averageSize(habits, instrument.symbol)
  if (average === undefined) return undefined
  const most = timesHalfUp(average, held.limit)
  return outcome("FAT_FINGER", quantity <= most || closes(question), most, average, quantity, held.by)
}

const MICROS_OF_MILLI = 1000

/** The same symbol, side, quantity and prices again within the window. USED is how long ago it was, in milliseconds. */
export const duplicate: RiskCheck = (question) => {
  const { own, ofSymbol, habits, instrument, nowMicros, counted } = question
  const [ours, symbols] = [own.duplicateWindowMillis[0], ofSymbol.duplicateWindowMillis[0]]
  const held = ours === undefined || (symbols !== undefined && symbols.limit > ours.limit) ? symbols : ours
  if (held === undefined || counted.open) return undefined
  const { side, quantity, price, stopPrice } = question
  const before = acceptedAt(habits, { symbol: instrument.symbol, side, quantity, price, stopPrice })
  if (before === undefined) return undefined
  const ago = Math.max(0, nowMicros - before) / MICROS_OF_MILLI
  if (ago >= held.count) return undefined
  return outcome("DUPLICATE", false, held.limit, Math.floor(ago), undefined, held.by)
}
