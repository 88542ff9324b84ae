import type { OrderId } from "#domain/kernel/ids.ts"
import type { OpenOrder } from "./open-order.ts"
import { orderNumber } from "./open-orders.ts"

/** A power of two, so that a place is found with one operation. */
const PLACES = 16_384

/**
 * Orders that are over, for what venues still say of them: late fills, busts, corrections. Each has one place, by its
 * number, and gives it up to a later one that needs it: the newest are kept, memory is bounded, and every replay forgets
 * the same ones. What comes for a forgotten order is kept in suspense.
 */
export class FinishedOrders {
  readonly #places: Array<OpenOrder | undefined> = []

  keep(order: OpenOrder): void {
    this.#places[order.number % PLACES] = order
  }

  find(orderId: OrderId): OpenOrder | undefined {
    const number = orderNumber(orderId)
    const order = this.#places[number % PLACES]
    return order?.number === number ? order : undefined
  }

  /** It is open again. */
  drop(order: OpenOrder): void {
    const place = order.number % PLACES
    if (this.#places[place]?.number === order.number) this.#places[place] = undefined
  }

  /** By their places: none of them has to make room when they are kept again. */
  *values(): IterableIterator<OpenOrder> {
    for (const order of this.#places) if (order !== undefined) yield order
  }
}
