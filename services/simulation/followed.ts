import type { AccountEvent } from "#domain/account/events.ts"
import type { Recorded } from "#domain/kernel/event.ts"
import { ONE } from "#domain/kernel/money.ts"
import type { Instrument } from "#domain/market/instrument.ts"

export type Placed = Extract<Recorded<AccountEvent>, { type: "OrderPlaced" }>
export type Terms = {
  readonly quantity: bigint
  readonly price?: bigint | undefined
  readonly stopPrice?: bigint | undefined
  readonly displayQuantity?: bigint | undefined
}
/** A request to change (with terms) or to cancel (without), and the event that asked. */
export type Asked = { readonly clOrdId: string; readonly askedNo: number; readonly terms: Terms | undefined }
/** An execution with the ids that it was told under: its own and those of its corrections. */
export type FollowedFill = {
  readonly execIds: ReadonlyArray<string>
  readonly quantity: bigint
  readonly price: bigint
  readonly notional: bigint
  readonly fee: bigint
}
export type FollowedGroup = {
  readonly id: string
  readonly kind: "OCO" | "OUO" | "OTO" | "bracket"
  readonly orders: Array<Followed>
  /** all of its orders were over once: nothing hangs together any more */
  over: boolean
}

/** An order as its events tell it: the decider's state is never asked. */
export type Followed = {
  readonly id: string
  readonly account: string
  readonly placed: Placed["data"]
  readonly instrument: Instrument
  readonly group: FollowedGroup | undefined
  terms: Terms
  cumQty: bigint
  fills: ReadonlyArray<FollowedFill>
  /** a replace on its way to its decision */
  asked?: Asked | undefined
  /** the request that changed it at once, because no venue has it */
  heldChange?: string
  /** requests on their way to the venue, in their order */
  pending: ReadonlyArray<Asked>
  /** said to be over, whatever is left */
  ended: "Canceled" | "Expired" | "Rejected" | undefined
  /** until it is said to stand again */
  doneForDay: boolean
  /** a child that its parent has not let go: open, but nothing is held back for it */
  waits: boolean
  /** it was let through: until then it is none of the open orders that are counted */
  approved: boolean
  triggered: boolean
  route: "sent" | "unknown" | undefined
}

/** The highest price that a buy may come to in one of its forms; of a sell its limit. */
export const worstOf = ({ placed, instrument, terms }: Followed, form: Terms): bigint | undefined => {
  if (form.price !== undefined || placed.side === "sell") return form.price
  const stopPrice = form.stopPrice ?? terms.stopPrice
  switch (placed.orderType) {
    case "market":
    case "market-to-limit":
      return placed.protectionPrice
    case "trailing-stop-limit":
      return stopPrice === undefined ? undefined : stopPrice + (placed.limitOffset ?? 0n)
    default: {
      if (stopPrice === undefined) return undefined
      const above = (stopPrice * 105n) / 100n
      return above - (above % instrument.tick)
    }
  }
}

/** Notional at a price, and the taker's fee on it, half up. */
export const needFor = ({ multiplier, takerFee }: Instrument, price: bigint, quantity: bigint): bigint => {
  const notional = (price * quantity * multiplier) / (ONE * ONE)
  return notional + (2n * notional * takerFee + ONE) / (2n * ONE)
}

export const isCancelling = ({ pending }: Followed): boolean => pending.some(({ terms }) => terms === undefined)
/** No venue has it: a child that waits, or a stop that we watch ourselves. */
export const isHeld = ({ waits, placed, triggered }: Followed): boolean =>
  waits || (placed.triggerBy === "local" && !triggered)
const isOverForDay = ({ doneForDay, placed, cumQty, terms }: Followed): boolean =>
  doneForDay && placed.timeInForce === "DAY" && cumQty < terms.quantity

/** FIX LeavesQty: what may still be filled of it as it stands. */
export const leavesOf = (order: Followed): bigint =>
  order.ended !== undefined || isOverForDay(order) || order.cumQty > order.terms.quantity
    ? 0n
    : order.terms.quantity - order.cumQty

/** Units that an order may still trade; while replaces are on their way, in the largest of all forms. */
export const openUnits = (order: Followed): bigint => {
  if (order.waits || order.ended !== undefined || isOverForDay(order)) return 0n
  let most = larger(0n, order.terms.quantity - order.cumQty) // loops: this is added up over all open orders at every step
  for (const { terms } of order.pending) if (terms !== undefined) most = larger(most, terms.quantity - order.cumQty)
  return most
}
/** Money that it needs; while replaces are on their way, what the dearest form needs. */
export const cashNeed = (order: Followed): bigint => {
  if (order.placed.side === "sell" || order.waits || order.ended !== undefined || isOverForDay(order)) return 0n
  let most = needOfForm(order, order.terms)
  for (const { terms } of order.pending) if (terms !== undefined) most = larger(most, needOfForm(order, terms))
  return most
}
const needOfForm = (order: Followed, form: Terms): bigint => {
  const left = form.quantity - order.cumQty
  return left <= 0n ? 0n : needFor(order.instrument, worstOf(order, form) ?? 0n, left)
}
const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b)

/** Whether it is one of those of which only one can trade in full. */
export const isExclusive = ({ group, placed }: Followed): boolean => {
  if (group === undefined || group.over || group.kind === "OTO") return false
  return group.kind !== "bracket" || placed.role === "child"
}

/** What orders need of one thing together: of those that exclude each other, what the one needs that needs most. */
export const together = (orders: Iterable<Followed>, needOf: (order: Followed) => bigint): bigint => {
  let sum = 0n
  let shared: Map<FollowedGroup, bigint> | undefined
  for (const order of orders) {
    const need = needOf(order)
    if (need === 0n) continue
    if (order.group === undefined || !isExclusive(order)) {
      sum += need
      continue
    }
    const known = (shared ??= new Map<FollowedGroup, bigint>()).get(order.group) ?? 0n
    if (need <= known) continue
    sum += need - known
    shared.set(order.group, need)
  }
  return sum
}

/** Whether `one` is the order that is judged anew, or holds back in its stead: it is left out of what is counted. */
export const standsFor = (one: Followed, judged: Followed | undefined): boolean =>
  judged !== undefined &&
  (one === judged || (one.group !== undefined && one.group === judged.group && isExclusive(one) && isExclusive(judged)))
