import type { Symbol } from "#domain/kernel/ids.ts"
import { highHalf, lowHalf, takeHalves } from "#domain/kernel/int64.ts"
import type { Price, Quantity } from "#domain/kernel/money.ts"
import type { Side } from "#domain/venue/messages.ts"

/** What an account's accepted orders were like: kept only where a limit asks for it. */
export type Habits = {
  readonly sizes: Map<Symbol, Sizes>
  /** orders of the last moments by a digest of what they asked; the oldest first */
  readonly recent: Map<number, Recent>
}
export type Sizes = { sum: bigint; count: number; average: bigint }
export const noHabits = (): Habits => ({ sizes: new Map(), recent: new Map() })

/** So many orders have to be known before their average says anything; of more than `MEMORY` the older fade. */
export const AVERAGE_AFTER = 5
const MEMORY = 100

export const averageSize = (sizes: Readonly<Sizes> | undefined): bigint | undefined =>
  sizes === undefined || sizes.count < AVERAGE_AFTER ? undefined : sizes.average

export const sizesFor = ({ sizes }: Habits, symbol: Symbol): Sizes => {
  const known = sizes.get(symbol)
  if (known !== undefined) return known
  const made = { sum: 0n, count: 0, average: 0n }
  sizes.set(symbol, made)
  return made
}

export const rememberSize = (sizes: Sizes, quantity: Quantity): void => {
  if (sizes.count < MEMORY) sizes.count++
  else sizes.sum -= sizes.sum / COUNTS[MEMORY]!
  sizes.sum += quantity
  sizes.average = sizes.sum / COUNTS[sizes.count]!
}
const COUNTS = Array.from({ length: MEMORY + 1 }, (_, n) => BigInt(n))

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

/**
 * Cheap, and not unique: what was asked is compared. Of two orders with one digest the newer is remembered. A small
 * integer, since only those are looked up without being hashed.
 */
const digest = ({ side, quantity, price, stopPrice }: Asked): number => {
  const h = mixed(mixed(mixed(side === "buy" ? 1 : 0, quantity), price ?? 0n), stopPrice ?? 0n)
  return h >> 2
}
const mixed = (h: number, amount: bigint): number => {
  takeHalves(amount)
  return Math.imul(h ^ lowHalf(), 0x9e3779b1) ^ highHalf()
}

/** From what was remembered elsewhere, the oldest first. */
export const recentFrom = (orders: ReadonlyArray<Recent>): Habits["recent"] =>
  new Map(orders.map((order) => [digest(order), order]))

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
