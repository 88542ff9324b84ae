import type { ClOrdId, OrderId } from "#domain/kernel/ids.ts"
import { downTo, minOf, type Quantity } from "#domain/kernel/money.ts"
import type { GroupKind } from "./events.ts"
import { isLive, type OpenOrder } from "./open-order.ts"

/** Orders that hang together, as long as something may still happen to one of them (FIX ContingencyType 1385). */
export type Contingency = {
  readonly groupId: string
  readonly clOrdId: ClOrdId
  readonly kind: GroupKind
  /** in the order in which they were given; the first is the parent where there is one */
  readonly members: Array<{ readonly orderId: OrderId; readonly quantity: Quantity }>
}

/** What must happen to an order so that it fits what the others of its group have done. */
export type Step =
  | { readonly does: "cancel" | "drop"; readonly order: OpenOrder }
  | { readonly does: "release" | "resize"; readonly order: OpenOrder; readonly quantity: Quantity }

type Member = { readonly order: OpenOrder; readonly quantity: Quantity }

/** The orders of a group of which only one can trade in full: together they need what the one needs that needs most. */
export const exclusive = ({ kind, members }: Contingency): ReadonlyArray<OrderId> => {
  if (kind === "OTO") return NONE
  return (kind === "bracket" ? members.slice(1) : members).map(({ orderId }) => orderId)
}
const NONE: ReadonlyArray<OrderId> = []

const filledOf = (members: ReadonlyArray<Member>): bigint => members.reduce((sum, { order }) => sum + order.cumQty, 0n)

/**
 * What is due in a group, told from where its orders stand, so that it can be asked at any time and as often as one
 * likes. OCO: an execution of one, in whole or part, cancels the others. OUO: an execution of one takes its quantity off
 * the others. OTO: children go to the venue in proportion to what the parent has traded, as it trades. Bracket: both, the
 * children being each other's OUO.
 */
export const stepsOf = (group: Contingency, find: (id: OrderId) => OpenOrder | undefined): ReadonlyArray<Step> => {
  const members = group.members.flatMap(({ orderId, quantity }) => {
    const order = find(orderId)
    return order === undefined ? [] : [{ order, quantity }]
  })
  if (group.kind === "OCO") return cancelOthers(members)
  if (group.kind === "OUO") return members.flatMap((member) => shrink(member, whole(member), members))
  const [parent, ...children] = members
  if (parent === undefined || parent.order.orderId !== group.members[0]?.orderId) return []
  const siblings = group.kind === "bracket" ? children : []
  return children.flatMap((child) => handDown(parent, child, siblings))
}

const whole = ({ quantity }: Member): bigint => quantity

const cancelOthers = (members: ReadonlyArray<Member>): ReadonlyArray<Step> => {
  const executed = members.some(({ order }) => order.cumQty > 0n)
  if (!executed) return []
  return members.flatMap(({ order }) => (order.cumQty === 0n ? cancel(order) : []))
}

const isCancelling = (order: OpenOrder): boolean => order.pending.some(({ kind }) => kind === "cancel")
const cancel = (order: OpenOrder): ReadonlyArray<Step> => {
  if (!isLive(order) || isCancelling(order)) return []
  return [{ does: order.held ? "drop" : "cancel", order }]
}

/** What an order may have of `most`, once its siblings have had theirs; it keeps what it has traded itself. */
const shareOf = ({ order }: Member, most: bigint, siblings: ReadonlyArray<Member>): Quantity => {
  const others = filledOf(siblings) - (siblings.some((one) => one.order === order) ? order.cumQty : 0n)
  const left = most - others
  return downTo(left > order.cumQty ? left : order.cumQty, order.instrument.lot) as Quantity
}

const shrink = (member: Member, most: bigint, siblings: ReadonlyArray<Member>): ReadonlyArray<Step> => {
  const { order } = member
  const quantity = shareOf(member, most, siblings)
  if (!isLive(order) || quantity === order.quantity) return []
  if (quantity <= order.cumQty) return cancel(order)
  if (order.held) return [{ does: "release", order, quantity }] // no venue has to agree
  return order.pending.length > 0 ? [] : [{ does: "resize", order, quantity }]
}

/** A child has in proportion what its parent has traded; it is let go with the first of it, and grows with the rest. */
const handDown = (parent: Member, child: Member, siblings: ReadonlyArray<Member>): ReadonlyArray<Step> => {
  const { order } = child
  if (!isLive(order)) return []
  const handed = minOf((child.quantity * parent.order.cumQty) / parent.quantity, child.quantity)
  if (!order.held || order.counted) return shrink(child, handed, siblings)
  const quantity = shareOf(child, handed, siblings)
  if (quantity > 0n) return [{ does: "release", order, quantity }]
  return isLive(parent.order) ? [] : [{ does: "drop", order }]
}
