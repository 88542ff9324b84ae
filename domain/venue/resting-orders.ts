import type { Price } from "#domain/kernel/money.ts"
import { Ladder } from "#domain/market/ladder.ts"
import type { VenueOrder } from "./venue-order.ts"

/** Orders by a price, and at a price in the order in which they came: a side of the book, or what waits for a price. */
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

  /** From the best price to `price`, which is included, and at a price as they were added, or as `compare` says. */
  upTo(price: Price, compare?: (a: VenueOrder, b: VenueOrder) => number): ReadonlyArray<VenueOrder> {
    const orders: Array<VenueOrder> = []
    this.#levels.walk((at, level) => {
      if (this.#levels.isBetter(price, at)) return false
      orders.push(...(compare === undefined || level.size === 1 ? level : [...level].toSorted(compare)))
      return true
    })
    return orders
  }
}
