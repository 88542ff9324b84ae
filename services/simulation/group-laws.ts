import type { Command } from "#domain/account/commands.ts"
import type { AccountEvent } from "#domain/account/events.ts"
import type { Recorded } from "#domain/kernel/event.ts"
import { formatFixed } from "#domain/kernel/money.ts"
import { must } from "./broken-law.ts"
import { isCancelling, isHeld, openUnits, type Followed, type FollowedGroup } from "./followed.ts"
import type { SecondOpinion } from "./second-opinion.ts"

type Event = Recorded<AccountEvent>
/** What is due for an order of a group: it goes, or it comes to have this quantity. */
type Due = { readonly order: Followed; readonly quantity: bigint | "none" }

/** Asked for a group, exactly what is due in it is done, by what its orders have traded. */
export const checkGroup = (events: ReadonlyArray<Event>, { request }: Command, { orders }: SecondOpinion): void => {
  if (request.type !== "WorkGroup") return
  const group = orders.group(request.groupId)
  const due = group === undefined || group.over ? [] : dueIn(group)
  let next = 0
  for (const { order, quantity } of due) {
    const event = events[next]
    const isHere = event !== undefined && "orderId" in event.data && event.data.orderId === order.id
    if (quantity === "none") {
      const type = isHeld(order) ? "HeldOrderCanceled" : "CancelRequested"
      must(isHere && event.type === type, () => `group of ${order.id}: it is due to be cancelled`)
      next++
      continue
    }
    const decision = events[next + 1]
    if (isHere && decision?.type === "OrderRiskDecided" && decision.data.orderId === order.id) {
      const asked = event.type === "ReplaceRequested" || event.type === "OrderReleased" ? event.data.quantity : 0n
      must(
        asked === quantity,
        () => `group of ${order.id}: ${formatFixed(quantity)} is due, not ${formatFixed(asked!)}`
      )
      must(
        (event.type === "OrderReleased") === isHeld(order),
        () => `group of ${order.id}: ${event.type} of an order that ${isHeld(order) ? "no" : "a"} venue has`
      )
      next += 2
      // what is let go holds back: the next of them is judged with the next command
      if (group!.kind === "OTO" && decision.data.decision === "approved") break
    } else must(isHeld(order), () => `group of ${order.id}: ${formatFixed(quantity)} is due, and not asked for`) // denied
  }
  must(next === events.length, () => `group ${request.groupId}: ${events[next]?.type} is not due`)
}

const dueIn = (group: FollowedGroup): ReadonlyArray<Due> => {
  const { kind, orders } = group
  const [parent, ...children] = orders
  switch (kind) {
    case "OCO": {
      const isTraded = orders.some(({ cumQty }) => cumQty > 0n)
      return isTraded ? orders.filter(({ cumQty }) => cumQty === 0n).flatMap(gone) : []
    }
    case "OUO":
      return orders.flatMap((order) => atMost(order, order.placed.quantity - tradedBy(orders, order)))
    default:
      return children.flatMap((child) => {
        const { quantity } = child.placed
        const share = (quantity * parent!.cumQty) / parent!.placed.quantity
        const most = (share < quantity ? share : quantity) - (kind === "bracket" ? tradedBy(children, child) : 0n)
        return atMost(child, most, openUnits(parent!) > 0n)
      })
  }
}
const tradedBy = (orders: ReadonlyArray<Followed>, but: Followed): bigint =>
  orders.reduce((sum, { cumQty }) => sum + cumQty, -but.cumQty)

const isOpen = (order: Followed): boolean => (order.waits ? order.ended === undefined : openUnits(order) > 0n)
const gone = (order: Followed): ReadonlyArray<Due> =>
  isOpen(order) && !isCancelling(order) ? [{ order, quantity: "none" }] : []

/** An order comes to what is left to it, in lots, and not below what it has traded itself. */
const atMost = (order: Followed, most: bigint, mayGrow = false): ReadonlyArray<Due> => {
  const { cumQty, terms, instrument, waits } = order
  const left = most > cumQty ? most : cumQty
  const quantity = left - (left % instrument.lot)
  if (!isOpen(order) || (!waits && quantity === terms.quantity)) return []
  if (quantity <= cumQty) return waits && mayGrow ? [] : gone(order)
  return isHeld(order) || order.pending.length === 0 ? [{ order, quantity }] : []
}
