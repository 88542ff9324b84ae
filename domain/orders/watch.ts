import type { Price } from "#domain/kernel/money.ts"
import type { Instructions, TriggerOn } from "./instructions.ts"
import type { OpenOrder } from "./open-order.ts"

/** The prices that a trigger may go by, as they stand; the mark is the mid of the quote. */
export type Prices = {
  readonly last?: Price | undefined
  readonly bid?: Price | undefined
  readonly ask?: Price | undefined
}

/** The price that a held order watches: of the quote, the side that it would trade against. */
export const watchedPrice = ({ side, instructions }: OpenOrder, { last, bid, ask }: Prices): Price | undefined => {
  const on: TriggerOn = instructions.triggerOn ?? "last"
  if (on === "last") return last
  if (on === "bid-ask") return side === "buy" ? ask : bid
  return bid === undefined || ask === undefined ? undefined : (((bid + ask) / 2n) as Price)
}

/** The number of the newest message that told this price, when `seen` was the market; undefined: there was none yet. */
export const watchedNo = (
  { triggerOn = "last" }: Pick<Instructions, "triggerOn">,
  seen: { readonly lastNo?: number; readonly askNo?: number } | undefined
): number | undefined => (triggerOn === "last" ? seen?.lastNo : seen?.askNo)

/** A stop is reached against its owner, a touch in his favour (FIX OrdType 3, 4 and J, K). */
export const isReached = ({ side, orderType, stopPrice }: OpenOrder, price: Price): boolean => {
  if (stopPrice === undefined) return false
  const touches = orderType === "market-if-touched" || orderType === "limit-if-touched"
  return (side === "buy") !== touches ? price >= stopPrice : price <= stopPrice
}
