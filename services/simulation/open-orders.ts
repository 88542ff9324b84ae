import type { AccountEvent } from "#domain/account/events.ts"
import type { Recorded } from "#domain/kernel/event.ts"
import { formatFixed, ONE } from "#domain/kernel/money.ts"
import type { Instrument } from "#domain/market/instrument.ts"
import { must } from "./broken-law.ts"

type Placed = Extract<Recorded<AccountEvent>, { type: "OrderPlaced" }>
export type Terms = {
  readonly quantity: bigint
  readonly price?: bigint | undefined
  readonly stopPrice?: bigint | undefined
}

/** An order as its events tell it: the decider's state is never asked. */
export type Followed = {
  readonly id: string
  readonly account: string
  readonly placed: Placed["data"]
  readonly instrument: Instrument
  terms: Terms
  cumQty: bigint
  /** a replace on its way to its decision */
  asked?: Asked | undefined
  /** requests on their way to the venue, in their order; a cancel has no terms */
  pending: ReadonlyArray<Asked>
  /** said to be over by the venue, whatever is left */
  ended: boolean
  /** until it is said to stand again */
  doneForDay: boolean
}
export type Asked = { readonly clOrdId: string; readonly terms: Terms | undefined }

const STANDING = { ended: false, doneForDay: false }
const NONE: ReadonlyArray<Followed> = []

/**
 * Follows orders from event to event. An order is open while anything of it may still trade: also a filled one, while a
 * replace for more is on its way. What is over is remembered, because a venue may have more to say of it.
 */
export class OpenOrders {
  readonly #instruments = new Map<string, Instrument>()
  readonly #undecided = new Map<string, Followed>()
  readonly #known = new Map<string, Followed>()
  readonly #open = new Map<string, Followed>()
  readonly #byAccount = new Map<string, Array<Followed>>()

  get(id: string): Followed | undefined {
    return this.#open.get(id)
  }
  /** An order whose decision is the next event, or one that was approved once. */
  deciding(id: string): Followed | undefined {
    return this.#undecided.get(id) ?? this.#known.get(id)
  }
  isNew(id: string): boolean {
    return this.#undecided.has(id)
  }
  /** In the order in which they were opened. */
  of(account: string): ReadonlyArray<Followed> {
    return this.#byAccount.get(account) ?? NONE
  }
  all(): Iterable<Followed> {
    return this.#open.values()
  }

  see(event: Recorded<AccountEvent>): void {
    const { data, type } = event
    if (type === "InstrumentAdopted") this.#instruments.set(event.data.symbol, event.data)
    if (type === "OrderPlaced") return this.#placed(event)
    if (!("orderId" in data) || type === "ReportSuspended") return
    const order = this.deciding(data.orderId)
    if (order === undefined) {
      must(
        type === "CancelRejected" || type === "ReplaceRejected",
        () => `event ${event.eventNo}: ${type} of an order that is not known`
      )
      return
    }
    must(event.account === order.account, () => `event ${event.eventNo}: ${type} of another account's order`)
    this.#change(order, event)
    if (this.#known.has(order.id)) this.#settle(order)
  }

  #placed(event: Placed): void {
    const { data } = event
    const instrument = this.#instruments.get(data.symbol)
    must(
      instrument?.version === data.instrumentVersion,
      () => `event ${event.eventNo}: another version of ${data.symbol}`
    )
    must(
      data.orderId === `0-${event.eventNo}`,
      () => `event ${event.eventNo}: order ${data.orderId} is not numbered by its event`
    )
    const { quantity, price, stopPrice } = data
    const head = { id: data.orderId, account: event.account!, placed: data, instrument: instrument! }
    this.#undecided.set(data.orderId, {
      ...head,
      terms: { quantity, price, stopPrice },
      cumQty: 0n,
      pending: [],
      ...STANDING
    })
  }

  #change(order: Followed, event: Recorded<AccountEvent>): void {
    switch (event.type) {
      case "OrderRiskDecided": {
        const approved = event.data.decision === "approved"
        if (this.#undecided.delete(order.id)) {
          if (approved) this.#known.set(order.id, order)
        } else if (approved) order.pending = [...order.pending, order.asked!]
        order.asked = undefined
        return
      }
      case "ReplaceRequested": {
        const { terms: before = order.terms } = order.pending.findLast(({ terms }) => terms !== undefined) ?? order
        const { quantity = before.quantity, price = before.price, stopPrice = before.stopPrice } = event.data
        order.asked = { clOrdId: event.cause, terms: { quantity, price, stopPrice } }
        return
      }
      case "CancelRequested":
        must(!isCancelling(order), () => `event ${event.eventNo}: order ${order.id} is being cancelled already`)
        order.pending = [...order.pending, { clOrdId: event.data.clOrdId, terms: undefined }]
        return
      case "CancelRejected":
        return answered(order, "cancel", event.data.clOrdId)
      case "ReplaceRejected":
        return answered(order, "replace", event.data.clOrdId)
      case "OrderAcknowledged":
        Object.assign(order, STANDING)
        return
      case "OrderDoneForDay":
        order.doneForDay = true
        return
      case "OrderFilled":
        return this.#filled(order, event)
      case "OrderReplaced":
        answered(order, "replace", event.data.clOrdId)
        return changeTerms(order, event.data)
      case "OrderRestated":
        Object.assign(order, STANDING)
        order.cumQty = event.data.cumQty ?? order.cumQty
        return changeTerms(order, event.data)
      case "OrderCanceled":
      case "OrderRejected":
      case "OrderExpired":
        order.ended = true
        order.pending = []
        return
      default: // what is only said of an order changes nothing that it holds
    }
  }

  #settle(order: Followed): void {
    const isLive = openUnits(order) > 0n
    if (isLive === this.#open.has(order.id)) return
    const own = this.#byAccount.get(order.account) ?? []
    this.#byAccount.set(order.account, own)
    if (isLive) {
      this.#open.set(order.id, order)
      own.push(order)
    } else {
      this.#open.delete(order.id)
      own.splice(own.indexOf(order), 1)
    }
  }

  #filled(order: Followed, { data, eventNo }: Extract<Recorded<AccountEvent>, { type: "OrderFilled" }>): void {
    const { quantity, price, notional, cumQty, leavesQty } = data
    const { instrument, placed } = order
    const exact = (price * quantity * instrument.multiplier) / (ONE * ONE)
    order.cumQty += quantity
    const left = order.terms.quantity - order.cumQty
    must(
      cumQty === order.cumQty,
      () => `event ${eventNo}: CumQty ${formatFixed(cumQty)}, its fills are ${formatFixed(order.cumQty)}`
    )
    must(
      left >= 0n && leavesQty === left,
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
}

/** What the open part of an order pays at most in one of its forms: its limit, or 5 % above its stop or the ask. */
export const worstOf = ({ placed, instrument }: Followed, { price, stopPrice }: Terms): bigint | undefined => {
  if (price !== undefined || placed.side === "sell") return price
  if (placed.orderType !== "stop") return placed.protectionPrice
  const above = (stopPrice! * 105n) / 100n
  return above - (above % instrument.tick)
}

/** Notional at a price, and the taker's fee on it, half up. */
export const needFor = ({ multiplier, takerFee }: Instrument, price: bigint, quantity: bigint): bigint => {
  const notional = (price * quantity * multiplier) / (ONE * ONE)
  return notional + (2n * notional * takerFee + ONE) / (2n * ONE)
}

export const isCancelling = ({ pending }: Followed): boolean => pending.some(({ terms }) => terms === undefined)
/** Takes out the request of that id; a venue that names none answers the oldest of the kind. */
const answered = (order: Followed, kind: "cancel" | "replace", clOrdId: string | undefined): void => {
  const isOfKind = ({ terms }: Asked) => (terms === undefined) === (kind === "cancel")
  const asked = order.pending.find((one) => isOfKind(one) && (clOrdId ?? one.clOrdId) === one.clOrdId)
  order.pending = order.pending.filter((one) => one !== asked)
}
const changeTerms = (order: Followed, said: Partial<Terms>): void => {
  const { quantity, price, stopPrice } = order.terms
  const limit = price === undefined ? undefined : (said.price ?? price) // a market order has none, whatever is said
  order.terms = { quantity: said.quantity ?? quantity, price: limit, stopPrice: said.stopPrice ?? stopPrice }
}

const formsOf = ({ terms, cumQty, pending, ended, doneForDay, placed }: Followed): ReadonlyArray<Terms> => {
  if (ended || (doneForDay && placed.timeInForce === "DAY" && cumQty < terms.quantity)) return []
  return pending.length === 0 ? [terms] : [terms, ...pending.flatMap((asked) => asked.terms ?? [])]
}
/** Units that an order may still trade; while replaces are on their way, in the largest of all forms. */
export const openUnits = (order: Followed): bigint => {
  let most = 0n // loops: this is added up over all open orders at every step
  for (const { quantity } of formsOf(order)) most = larger(most, quantity - order.cumQty)
  return most
}
/** Money that it holds back; while replaces are on their way, what the dearest form needs. */
export const heldCash = (order: Followed): bigint => {
  if (order.placed.side === "sell") return 0n
  let most = 0n
  for (const form of formsOf(order)) {
    most = larger(most, needFor(order.instrument, worstOf(order, form) ?? 0n, form.quantity - order.cumQty))
  }
  return most
}
const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b)

/** The checks of a decision that did not pass: what precedes ` no` in the text. To read it whole takes long. */
export const failedOf = (checks: string): ReadonlyArray<string> => {
  const failed: Array<string> = []
  for (let at = checks.indexOf(" no"); at >= 0; at = checks.indexOf(" no", at + 3))
    failed.push(checks.slice(checks.lastIndexOf(";", at) + 1, at))
  return failed
}
