import type { Symbol } from "#domain/kernel/ids.ts"
import type { Price, Quantity } from "#domain/kernel/money.ts"
import type { Side } from "#domain/venue/messages.ts"

/** What an account's accepted orders were like: kept only where a limit asks for it. */
export type Habits = {
  readonly sizes: Map<Symbol, Sizes>
  /** orders of the last moments by a digest of what they asked; the oldest first */
  readonly recent: Map<number, Recent>
}
type Sizes = { sum: bigint; count: number; average: bigint }
export const noHabits = (): Habits => ({ sizes: new Map(), recent: new Map() })

/** So many orders have to be known before their average says anything; of more than `MEMORY` the older fade. */
export const AVERAGE_AFTER = 5
const MEMORY = 100

export const averageSize = ({ sizes }: Habits, symbol: Symbol): bigint | undefined => {
  const size = sizes.get(symbol)
  return size === undefined || size.count < AVERAGE_AFTER ? undefined : size.average
}

export const rememberSize = ({ sizes }: Habits, symbol: Symbol, quantity: Quantity): void => {
  const size = sizes.get(symbol)
  if (size === undefined) {
    sizes.set(symbol, { sum: quantity, count: 1, average: quantity })
    return
  }
  if (size.count < MEMORY) size.count++
  else size.sum -= size.sum / BigInt(MEMORY)
  size.sum += quantity
  size.average = size.sum / BigInt(size.count)
}

/** As they were kept elsewhere. */
export const rememberSizes = ({ sizes }: Habits, symbol: Symbol, kept: Sizes): void => void sizes.set(symbol, kept)

type Asked = {
  readonly symbol: Symbol
  readonly side: Side
  readonly quantity: Quantity
  readonly price?: Price | undefined
  readonly stopPrice?: Price | undefined
}
type Recent = Asked & { readonly micros: number }

/** Cheap, and not unique: what was asked is compared. Of two orders with one digest the newer is remembered. */
const digest = ({ side, quantity, price, stopPrice }: Asked): number =>
  Number(quantity) + 7 * Number(price ?? 0n) + 13 * Number(stopPrice ?? 0n) + (side === "buy" ? 0.5 : 0)

/** When the same was accepted last, or undefined. */
export const acceptedAt = ({ recent }: Habits, asked: Asked): number | undefined => {
  const found = recent.size === 0 ? undefined : recent.get(digest(asked))
  if (found === undefined || found.symbol !== asked.symbol || found.side !== asked.side) return undefined
  const isSame = found.quantity === asked.quantity && found.price === asked.price && found.stopPrice === asked.stopPrice
  return isSame ? found.micros : undefined
}

export const rememberOrder = ({ recent }: Habits, asked: Asked, nowMicros: number, windowMicros: number): void => {
  for (const [key, { micros }] of recent) {
    if (micros > nowMicros - windowMicros) break
    recent.delete(key)
  }
  const { symbol, side, quantity, price, stopPrice } = asked
  const key = digest(asked)
  recent.delete(key)
  recent.set(key, { symbol, side, quantity, price, stopPrice, micros: nowMicros })
}
