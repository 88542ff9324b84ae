import type { Symbol } from "#domain/kernel/ids.ts"
import { leavesQty, worstPrice, type OpenOrder } from "#domain/orders/open-order.ts"
import type { Resting } from "#domain/risk/question.ts"
import type { Side } from "#domain/venue/messages.ts"
import { lineOf, type Account, type State } from "./state.ts"

/** Open orders of an account that stand on the other side; totals say first whether there are any. */
export const ownOpposite = (
  account: Account,
  symbol: Symbol,
  side: Side,
  but: OpenOrder | undefined
): ReadonlyArray<Resting> => {
  const { buying, selling } = lineOf(account, symbol).own
  if ((side === "buy" ? selling : buying) === 0n) return NOBODY
  const resting: Array<Resting> = []
  for (const order of account.orders.values()) {
    if (order.symbol !== symbol || order.side === side || order === but) continue
    if (order.held || (order.stopPrice !== undefined && !order.triggered)) continue // it stands in no book yet
    const quantity = leavesQty(order)
    if (quantity > 0n) resting.push({ orderId: order.orderId, side: order.side, quantity, price: worstPrice(order) })
  }
  return resting
}
const NOBODY: ReadonlyArray<Resting> = []

/** The same of the other accounts of its owner. */
export const ownersOpposite = (state: State, account: Account, symbol: Symbol, side: Side): ReadonlyArray<Resting> => {
  const owned = state.owners.get(account.owner)!
  return owned.length === 1
    ? NOBODY
    : owned.flatMap((other) => (other === account ? NOBODY : ownOpposite(other, symbol, side, undefined)))
}
