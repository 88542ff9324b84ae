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
  /** a replace on its way to its decision, and to the venue */
  asked?: { readonly cause: string; readonly terms: Terms } | undefined
  pending?: Terms | undefined
  cancelling: boolean
}

/** Follows orders from event to event. An order is open from its approval to what ends it. */
export class OpenOrders {
  readonly #instruments = new Map<string, Instrument>()
  readonly #undecided = new Map<string, Followed>()
  readonly #open = new Map<string, Followed>()

  get(id: string): Followed | undefined {
    return this.#open.get(id)
  }
  /** An order whose decision is the next event, or one that is open. */
  deciding(id: string): Followed | undefined {
    return this.#undecided.get(id) ?? this.#open.get(id)
  }
  isNew(id: string): boolean {
    return this.#undecided.has(id)
  }
  of(account: string): ReadonlyArray<Followed> {
    return [...this.#open.values()].filter((order) => order.account === account)
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
        () => `event ${event.eventNo}: ${type} of an order that is not open`
      )
      return
    }
    must(event.account === order.account, () => `event ${event.eventNo}: ${type} of another account's order`)
    this.#change(order, event)
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
    this.#undecided.set(data.orderId, { ...head, terms: { quantity, price, stopPrice }, cumQty: 0n, cancelling: false })
  }

  #change(order: Followed, event: Recorded<AccountEvent>): void {
    switch (event.type) {
      case "OrderRiskDecided": {
        const approved = event.data.decision === "approved"
        if (this.#undecided.delete(order.id)) {
          if (approved) this.#open.set(order.id, order)
        } else if (approved) order.pending = order.asked?.terms
        order.asked = undefined
        return
      }
      case "ReplaceRequested": {
        const {
          quantity = order.terms.quantity,
          price = order.terms.price,
          stopPrice = order.terms.stopPrice
        } = event.data
        order.asked = { cause: event.cause, terms: { quantity, price, stopPrice } }
        return
      }
      case "CancelRequested":
        must(!order.cancelling, () => `event ${event.eventNo}: order ${order.id} is being cancelled already`)
        order.cancelling = true
        return
      case "CancelRejected":
        order.cancelling = false
        return
      case "ReplaceRejected":
        order.pending = undefined
        return
      case "OrderFilled":
        return this.#filled(order, event)
      case "OrderReplaced": {
        const { quantity, price, stopPrice } = event.data
        const limit = order.terms.price === undefined ? undefined : (price ?? order.terms.price)
        order.terms = { quantity, price: limit, stopPrice: stopPrice ?? order.terms.stopPrice }
        order.pending = undefined
        if (quantity <= order.cumQty) this.#open.delete(order.id)
        return
      }
      case "OrderCanceled":
      case "OrderRejected":
      case "OrderExpired":
        this.#open.delete(order.id)
        return
      default: // what is only said of an order changes nothing that it holds
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
    if (left === 0n) this.#open.delete(order.id)
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

const formsOf = ({ terms, pending }: Followed): ReadonlyArray<Terms> =>
  pending === undefined ? [terms] : [terms, pending]
const largest = (amounts: ReadonlyArray<bigint>): bigint =>
  amounts.reduce((most, amount) => (amount > most ? amount : most), 0n)

/** Units that an order may still trade; while a replace is on its way, in the larger of both forms. */
export const openUnits = (order: Followed): bigint =>
  largest(formsOf(order).map(({ quantity }) => quantity - order.cumQty))
/** Money that it holds back; while a replace is on its way, what the dearer form needs. */
export const heldCash = (order: Followed): bigint =>
  order.placed.side === "sell"
    ? 0n
    : largest(
        formsOf(order).map((form) =>
          needFor(order.instrument, worstOf(order, form) ?? 0n, form.quantity - order.cumQty)
        )
      )
