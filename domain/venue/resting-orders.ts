import type { Price } from "#domain/kernel/money.ts"
import { Ladder } from "#domain/market/ladder.ts"
import type { Side } from "./messages.ts"
import type { VenueOrder } from "./venue-order.ts"

/** Orders of one side by price, and at a price in the order in which they came. */
export class RestingOrders {
  readonly #levels: Ladder<Set<VenueOrder>>

  constructor(best: "highest" | "lowest") {
    this.#levels = new Ladder(best)
  }

  get isEmpty(): boolean {
    return this.#levels.size === 0
  }

  get bestPrice(): Price | undefined {
    return this.#levels.bestPrice
  }

  add(price: Price, order: VenueOrder): void {
    const level = this.#levels.get(price)
    if (level === undefined) this.#levels.set(price, new Set([order]))
    else level.add(order)
  }

  remove(price: Price, order: VenueOrder): void {
    const level = this.#levels.get(price)
    level?.delete(order)
    if (level?.size === 0) this.#levels.delete(price)
  }

  /** Those at one price. A copy: acting on an order may take it out. */
  at(price: Price): ReadonlyArray<VenueOrder> {
    return [...(this.#levels.get(price) ?? [])]
  }

  /** From the best price to `price`, which is included, in the order of their priority. */
  upTo(price: Price): ReadonlyArray<VenueOrder> {
    const orders: Array<VenueOrder> = []
    this.#levels.walk((at, level) => {
      if (this.#levels.isBetter(price, at)) return false
      orders.push(...level)
      return true
    })
    return orders
  }
}

/** What rests and waits at the venue for one symbol. */
export type Queues = {
  readonly resting: Readonly<Record<Side, RestingOrders>>
  /** stops that wait: the first to trigger is the best */
  readonly stops: Readonly<Record<Side, RestingOrders>>
}

export const emptyQueues = (): Queues => ({
  resting: { buy: new RestingOrders("highest"), sell: new RestingOrders("lowest") },
  stops: { buy: new RestingOrders("lowest"), sell: new RestingOrders("highest") }
})
