import type { AccountEvent } from "#domain/account/events.ts"
import type { Recorded } from "#domain/kernel/event.ts"
import { must } from "./broken-law.ts"
import { newOrder } from "./follow.ts"
import { isCancelling, leavesOf, type Followed } from "./followed.ts"
import type { SecondOpinion } from "./second-opinion.ts"
import type { Meeting } from "./self-trades.ts"

type Event = Recorded<AccountEvent>

/** What an order does to the own ones that it would meet: exactly what its account's rule says, before they are told. */
export const checkSelfTrade = (events: ReadonlyArray<Event>, opinion: SecondOpinion): void => {
  const [placed] = events
  if (placed?.type !== "OrderPlaced") return
  const instrument = opinion.orders.instrument(placed.data.symbol)
  if (instrument === undefined) return
  const order = newOrder(placed, instrument, undefined)
  const meeting = opinion.meetingOf(order)
  const decision = events.find((event) => event.type === "OrderRiskDecided")
  const isMeeting = decision?.data.decision === "approved" || meeting.deny // denied for another reason it meets nobody
  const wanted = isMeeting ? prevented(order, meeting) : []
  const done = events.flatMap((event) => {
    if (event.type === "CancelRequested") return [`cancel ${event.data.orderId}`]
    return event.type === "ReplaceRequested" || event.type === "OrderReleased"
      ? [`${event.data.orderId} to ${event.data.quantity}`]
      : []
  })
  must(
    wanted.toSorted().join() === done.toSorted().join(),
    () =>
      `self-trade prevention is due to do ${wanted.join(", ") || "nothing"}, it does ${done.join(", ") || "nothing"}`
  )
}

const prevented = (order: Followed, { mode, deny, met }: Meeting): ReadonlyArray<string> => {
  if (mode === "cancel-oldest" || mode === "cancel-both") return met.filter((one) => !isCancelling(one)).map(cancelled)
  if (mode !== "decrement") return []
  const due: Array<string> = []
  let left = order.terms.quantity
  for (const other of met) {
    const leaves = leavesOf(other)
    if (left === 0n) break
    if (leaves <= left) {
      if (!isCancelling(other)) due.push(cancelled(other))
    } else if (other.pending.length === 0) due.push(`${other.id} to ${other.terms.quantity - left}`)
    left -= leaves < left ? leaves : left
  }
  if (!deny && left < order.terms.quantity) due.push(`${order.id} to ${left}`)
  return due
}
const cancelled = ({ id }: Followed): string => `cancel ${id}`
