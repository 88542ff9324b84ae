import type { OrderId } from "#domain/kernel/ids.ts"
import type { Price, Quantity } from "#domain/kernel/money.ts"
import type { OrderType, Side } from "#domain/venue/messages.ts"
import type { SelfTradeMode } from "./limits.ts"
import type { Resting } from "./question.ts"

type Incoming = {
  readonly side: Side
  readonly orderType: OrderType
  readonly leaves: Quantity
  readonly price: Price | undefined
}

/** Of the resting orders those that the incoming one could trade with. What waits for a trigger meets nobody yet. */
export const meeting = (
  { side, orderType, price }: Incoming,
  resting: ReadonlyArray<Resting>
): ReadonlyArray<Resting> => {
  if (WAITS.has(orderType)) return []
  const bound = orderType === "market" ? undefined : price
  return resting.filter((other) => {
    if (other.side === side) return false
    if (bound === undefined || other.price === undefined) return true
    return side === "buy" ? other.price <= bound : other.price >= bound
  })
}
const WAITS: ReadonlySet<string> = new Set([
  "stop",
  "stop-limit",
  "market-if-touched",
  "limit-if-touched",
  "trailing-stop",
  "trailing-stop-limit"
])

/** What keeps an order from trading with its own account (FIX SelfMatchPreventionInstruction 2964). */
export type SelfTradePlan = {
  /** the incoming order is denied */
  readonly deny: boolean
  /** what is left of the incoming order; 0 denies it as well */
  readonly leaves: Quantity
  readonly cancel: ReadonlyArray<OrderId>
  readonly reduce: ReadonlyArray<{ readonly orderId: OrderId; readonly by: Quantity }>
}

/** `decrement` takes the smaller of both from both, order by order as they came. */
export const selfTradePlan = (
  mode: SelfTradeMode,
  incoming: Incoming,
  resting: ReadonlyArray<Resting>
): SelfTradePlan => {
  const met = meeting(incoming, resting)
  const { leaves } = incoming
  const nothing = { deny: false, leaves, cancel: [], reduce: [] }
  if (met.length === 0 || mode === "allow") return nothing
  if (mode === "cancel-newest") return { ...nothing, deny: true }
  if (mode === "cancel-oldest") return { ...nothing, cancel: met.map(({ orderId }) => orderId) }
  if (mode === "cancel-both") return { ...nothing, deny: true, cancel: met.map(({ orderId }) => orderId) }
  let left: bigint = leaves
  const cancel: Array<OrderId> = []
  const reduce: Array<{ orderId: OrderId; by: Quantity }> = []
  for (const { orderId, quantity } of met) {
    if (left === 0n) break
    if (quantity <= left) cancel.push(orderId)
    else reduce.push({ orderId, by: left as Quantity })
    left -= quantity <= left ? quantity : left
  }
  return { deny: left === 0n, leaves: left as Quantity, cancel, reduce }
}
