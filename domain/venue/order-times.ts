import type { Time } from "#domain/kernel/time.ts"
import type { Agenda } from "./agenda.ts"
import type { VenueOrder } from "./venue-order.ts"

/** Orders to which something happens at a time. */
export type Timed = { readonly what: "expire" | "release"; readonly orders: Set<VenueOrder> }

/** One entry of an agenda for all orders to which the same happens at the same time: a day ends for many. */
export class OrderTimes {
  readonly #agenda: Pick<Agenda<Timed>, "add">
  readonly #what: Timed["what"]
  readonly #rank: number
  readonly #byTime = new Map<Time, Set<VenueOrder>>()

  constructor(agenda: Pick<Agenda<Timed>, "add">, what: Timed["what"], rank: number) {
    this.#agenda = agenda
    this.#what = what
    this.#rank = rank
  }

  add(time: Time | undefined, order: VenueOrder): void {
    if (time === undefined) return
    const known = this.#byTime.get(time)
    if (known !== undefined) return void known.add(order)
    const orders = new Set([order])
    this.#byTime.set(time, orders)
    this.#agenda.add(time, this.#rank, { what: this.#what, orders })
  }

  remove(time: Time | undefined, order: VenueOrder): void {
    if (time !== undefined) this.#byTime.get(time)?.delete(order)
  }

  /** The time has come, or nobody waits for it any more: its entry is off the agenda. */
  drop(time: Time): void {
    this.#byTime.delete(time)
  }
}
