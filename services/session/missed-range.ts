import type { OrderId } from "#domain/kernel/ids.ts"
import type { Price } from "#domain/kernel/money.ts"
import type { MarketMessage } from "#domain/market/messages.ts"
import type { OpenOrder } from "#domain/orders/open-order.ts"
import { isReached, watchedPrice } from "#domain/orders/watch.ts"

/** What of the market the watcher of the last run may not have seen, or not have got recorded. */
export type MissedMarket = {
  /** every trigger up to this number is in the ledger; undefined where nobody wrote it down */
  readonly watchedTo: number | undefined
  /** the number at which the market stood */
  readonly no: number
  /** the messages of these numbers once more, without depth, where that can be had; their times are not those of then */
  readonly messages?: (from: number, to: number) => Iterable<MarketMessage>
}

/** So many numbers are looked through at most: some seconds. */
const MOST = 500_000

/** Where a price first came, by which message. */
export type Crossing = { readonly price: Price; readonly no: number }

/**
 * Looks through the missed range for each watched stop, from where it began to be watched. Also says which of them are
 * fully looked through: the others may have been reached where nobody knows any more.
 */
export const missedCrossings = (
  orders: ReadonlyArray<OpenOrder>,
  { watchedTo = 0, no: to, messages }: MissedMarket
): { readonly crossed: ReadonlyMap<OrderId, Crossing>; readonly known: ReadonlySet<OrderId> } => {
  const crossed = new Map<OrderId, Crossing>()
  const known = new Set<OrderId>()
  if (messages === undefined) return { crossed, known }
  const waiting = orders.flatMap((order) => {
    if (order.watchedFrom === undefined) return []
    const after = Math.max(order.watchedFrom, watchedTo)
    if (to - after <= MOST) known.add(order.orderId)
    return [{ order, after: Math.max(after, to - MOST) }]
  })
  const first = waiting.reduce((least, { after }) => Math.min(least, after), to)
  for (const message of messages(first + 1, to)) {
    for (const { order, after } of waiting) {
      if (message.no <= after || message.symbol !== order.symbol || crossed.has(order.orderId)) continue
      const price = priceIn(message, order)
      if (price !== undefined && isReached(order, price)) crossed.set(order.orderId, { price, no: message.no })
    }
  }
  return { crossed, known }
}

/** What a message says of the price that an order waits for: of a quote both sides are in it. */
const priceIn = (message: MarketMessage, order: OpenOrder): Price | undefined => {
  if (message.kind === "depth") return undefined
  return watchedPrice(order, message.kind === "trade" ? { last: message.price } : message)
}
