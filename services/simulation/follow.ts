import type { AccountEvent } from "#domain/account/events.ts"
import type { Recorded } from "#domain/kernel/event.ts"
import { formatFixed, ONE } from "#domain/kernel/money.ts"
import type { Instrument } from "#domain/market/instrument.ts"
import { must } from "./broken-law.ts"
import {
  isCancelling,
  leavesOf,
  type Asked,
  type Followed,
  type FollowedFill,
  type FollowedGroup,
  type Placed,
  type Terms
} from "./followed.ts"

type Event = Recorded<AccountEvent>
type Of<T extends Event["type"]> = Extract<Event, { type: T }>

export const newOrder = (
  { account, data }: Placed,
  instrument: Instrument,
  group: FollowedGroup | undefined
): Followed => {
  const { quantity, price, stopPrice, displayQuantity } = data
  return {
    id: data.orderId,
    account: account!,
    placed: data,
    instrument,
    group,
    terms: { quantity, price, stopPrice, displayQuantity },
    cumQty: 0n,
    fills: [],
    pending: [],
    ended: undefined,
    doneForDay: false,
    waits: data.role === "child",
    approved: false,
    triggered: false,
    route: undefined
  }
}

/** What an event says of an order that is neither an execution nor a decision. */
export const changed = (order: Followed, event: Event): void => {
  if ("execId" in event.data) order.route = undefined
  switch (event.type) {
    case "ReplaceRequested": {
      const before = order.pending.findLast(({ terms }) => terms !== undefined)?.terms ?? order.terms
      const { quantity = before.quantity, price = before.price, stopPrice = before.stopPrice } = event.data
      const { displayQuantity = before.displayQuantity, clOrdId } = event.data
      order.asked = { clOrdId, askedNo: event.eventNo, terms: { quantity, price, stopPrice, displayQuantity } }
      return
    }
    case "HeldOrderReplaced":
      order.heldChange = event.data.clOrdId
      return changeTerms(order, event.data)
    case "CancelRequested":
      must(!isCancelling(order), () => `event ${event.eventNo}: order ${order.id} is being cancelled already`)
      order.pending = [...order.pending, { clOrdId: event.data.clOrdId, askedNo: event.eventNo, terms: undefined }]
      return
    case "CancelRejected":
      return void answered(order, "cancel", event.data.clOrdId)
    case "ReplaceRejected":
      return void answered(order, "replace", event.data.clOrdId)
    case "OrderAcknowledged":
      return standAgain(order)
    case "OrderDoneForDay":
      order.doneForDay = true
      return
    case "OrderTriggered":
      order.triggered = true
      return
    case "OrderReleased":
      order.waits = false
      order.terms = { ...order.terms, quantity: event.data.quantity }
      return
    case "OrderReplaced": {
      const displayQuantity = answered(order, "replace", event.data.clOrdId)?.terms?.displayQuantity
      return changeTerms(order, { ...event.data, displayQuantity })
    }
    case "OrderRestated":
      standAgain(order)
      order.cumQty = event.data.cumQty ?? order.cumQty
      return changeTerms(order, event.data)
    case "OrderCanceled":
    case "HeldOrderCanceled":
      return end(order, "Canceled")
    case "OrderRejected":
      return end(order, "Rejected")
    case "OrderExpired":
      return end(order, "Expired")
    case "RouteSent":
    case "RouteUnknown":
      order.route = event.type === "RouteSent" ? "sent" : "unknown"
      return
    default: // what is only said of an order changes nothing that it holds
  }
}

const standAgain = (order: Followed): void => {
  order.ended = undefined
  order.doneForDay = false
}
const end = (order: Followed, ended: Followed["ended"]): void => {
  order.ended = ended
  order.pending = []
}
/** Takes out the request of that id; a venue that names none answers the oldest of the kind. */
const answered = (order: Followed, kind: "cancel" | "replace", clOrdId: string | undefined): Asked | undefined => {
  const asked = requestOf(order, kind, (one) => clOrdId === undefined || one.clOrdId === clOrdId)
  if (asked !== undefined) order.pending = order.pending.filter((one) => one !== asked)
  return asked
}
export const requestOf = (
  { pending }: Followed,
  kind: "cancel" | "replace",
  isNamed: (asked: Asked) => boolean
): Asked | undefined => pending.find((one) => (one.terms === undefined) === (kind === "cancel") && isNamed(one))

const changeTerms = (order: Followed, said: Partial<Terms>): void => {
  const { quantity, price, stopPrice, displayQuantity } = order.terms
  // a market order has no limit, whatever is said; what becomes a limit order gets one
  const mayHave = price !== undefined || order.placed.orderType === "market-to-limit"
  order.terms = {
    quantity: said.quantity ?? quantity,
    price: mayHave ? (said.price ?? price) : undefined,
    stopPrice: said.stopPrice ?? stopPrice,
    displayQuantity: said.displayQuantity ?? displayQuantity
  }
}

/** Counts an execution, takes one out or puts another in its place; false for any other event. */
export const executed = (order: Followed, event: Event): boolean => {
  switch (event.type) {
    case "OrderFilled": {
      const fill = fillOf(event.data, [event.data.execId])
      order.fills = [...order.fills, fill]
      order.cumQty += fill.quantity
      break
    }
    case "ExecutionBusted": {
      const was = known(order, event)
      isSame(event, was, event.data)
      order.fills = order.fills.filter((fill) => fill !== was)
      order.cumQty -= was.quantity
      break
    }
    case "ExecutionCorrected": {
      const was = known(order, event)
      const { wasQuantity: quantity, wasPrice: price, wasNotional: notional, wasFee: fee } = event.data
      isSame(event, was, { quantity, price, notional, fee })
      const now = fillOf(event.data, [...was.execIds, event.data.execId])
      order.fills = order.fills.map((fill) => (fill === was ? now : fill))
      order.cumQty += now.quantity - was.quantity
      break
    }
    default:
      return false
  }
  order.route = undefined
  checkFacts(order, event)
  return true
}

type Execution = Of<"OrderFilled"> | Of<"ExecutionBusted"> | Of<"ExecutionCorrected">
const fillOf = (
  { quantity, price, notional, fee }: Omit<FollowedFill, "execIds">,
  execIds: ReadonlyArray<string>
): FollowedFill => ({ execIds, quantity, price, notional, fee })

const known = (order: Followed, { data, eventNo, type }: Of<"ExecutionBusted"> | Of<"ExecutionCorrected">) => {
  const fill = order.fills.find(({ execIds: [first] }) => first === data.execRefId)
  must(fill !== undefined, () => `event ${eventNo}: ${type} of an execution ${data.execRefId} that is not known`)
  return fill!
}
const isSame = ({ eventNo, type }: Execution, was: FollowedFill, told: Omit<FollowedFill, "execIds">): void => {
  const same = was.quantity === told.quantity && was.price === told.price && was.notional === told.notional
  must(same && was.fee === told.fee, () => `event ${eventNo}: ${type} tells the execution otherwise than it was`)
}

const checkFacts = (order: Followed, { data, eventNo, type }: Execution): void => {
  const { quantity, price, notional, cumQty, leavesQty } = data
  const { instrument, placed } = order
  const exact = (price * quantity * instrument.multiplier) / (ONE * ONE)
  const left = leavesOf(order)
  const isBust = type === "ExecutionBusted" // it may have been made smaller than what is filled
  must(
    cumQty === order.cumQty,
    () => `event ${eventNo}: CumQty ${formatFixed(cumQty)}, its fills are ${formatFixed(order.cumQty)}`
  )
  must(
    order.cumQty >= 0n && (isBust || order.cumQty <= order.terms.quantity) && leavesQty === left,
    () => `event ${eventNo}: LeavesQty ${formatFixed(leavesQty)}, ${formatFixed(left)} is open`
  )
  must(
    notional === exact,
    () => `event ${eventNo}: notional ${formatFixed(notional)} is not price × quantity × multiplier`
  )
  const same =
    data.symbol === placed.symbol && data.side === placed.side && data.instrumentVersion === instrument.version
  must(same, () => `event ${eventNo}: the fill is of another instrument or side than the order`)
  const units = data.base === instrument.base && data.settlement === instrument.settlement
  must(
    units && data.multiplier === instrument.multiplier,
    () => `event ${eventNo}: the fill's units are not the instrument's`
  )
}
