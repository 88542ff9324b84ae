import type { AccountEvent } from "#domain/account/events.ts"
import type { Recorded } from "#domain/kernel/event.ts"
import type { Instrument } from "#domain/market/instrument.ts"
import { must } from "./broken-law.ts"
import { changed, executed, newOrder } from "./follow.ts"
import { openUnits, type Followed, type FollowedGroup, type Placed } from "./followed.ts"

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
  readonly #groups = new Map<string, FollowedGroup>()

  get(id: string): Followed | undefined {
    return this.#open.get(id)
  }
  instrument(symbol: string): Instrument | undefined {
    return this.#instruments.get(symbol)
  }
  instruments(): Iterable<Instrument> {
    return this.#instruments.values()
  }
  group(id: string): FollowedGroup | undefined {
    return this.#groups.get(id)
  }
  /** An order whose decision is the next event, or one that was let through once. */
  known(id: string): Followed | undefined {
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
    if (type === "GroupPlaced") {
      const { groupId: id, kind } = event.data
      must(id === `0-${event.eventNo}`, () => `event ${event.eventNo}: group ${id} is not numbered by its event`)
      this.#groups.set(id, { id, kind, orders: [], over: false })
    }
    if (type === "OrderPlaced") return this.#placed(event)
    if (!("orderId" in data)) return
    const order = this.known(data.orderId)
    if (type === "ReportSuspended") {
      if (order?.account === event.account && order !== undefined) order.route = undefined // its venue spoke of it
      return
    }
    if (order === undefined) {
      must(
        type === "CancelRejected" || type === "ReplaceRejected",
        () => `event ${event.eventNo}: ${type} of an order that is not known`
      )
      return
    }
    must(event.account === order.account, () => `event ${event.eventNo}: ${type} of another account's order`)
    if (type === "OrderRiskDecided") this.#decided(order, event)
    else if (!executed(order, event)) changed(order, event)
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
    const group = data.groupId === undefined ? undefined : this.#groups.get(data.groupId)
    const order = newOrder(event, instrument!, group)
    group?.orders.push(order)
    if (!order.waits) {
      this.#undecided.set(order.id, order)
      return
    }
    this.#known.set(order.id, order) // it is judged when it is let go
    this.#settle(order)
  }

  #decided(order: Followed, { data }: Extract<Recorded<AccountEvent>, { type: "OrderRiskDecided" }>): void {
    const { asked } = order
    order.asked = undefined
    const approved = data.decision === "approved"
    if (asked !== undefined) {
      if (approved) order.pending = [...order.pending, asked]
      return
    }
    if (this.#undecided.delete(order.id) && approved) this.#known.set(order.id, order)
    order.approved ||= approved
    if (approved) return
    order.ended = "Rejected"
    this.#leaveGroup(order)
  }

  #settle(order: Followed): void {
    const isLive = order.waits ? order.ended === undefined : openUnits(order) > 0n
    if (isLive === this.#open.has(order.id)) return
    const own = this.#byAccount.get(order.account) ?? []
    this.#byAccount.set(order.account, own)
    if (isLive) {
      this.#open.set(order.id, order)
      own.push(order)
    } else {
      this.#open.delete(order.id)
      own.splice(own.indexOf(order), 1)
      this.#leaveGroup(order)
    }
  }

  #leaveGroup({ group }: Followed): void {
    if (group === undefined) return
    group.over ||= !group.orders.some(({ id }) => this.#open.has(id) || this.#undecided.has(id))
  }
}
