import type { OrderId } from "#domain/kernel/ids.ts"
import type { OpenOrder } from "./open-order.ts"

/** A power of two, so that a place is found with one operation. */
const PLACES = 16_384

/** The number of the event that placed an order, which is its id's second half. */
const placedNoOf = (orderId: OrderId): number => Number(orderId.slice(orderId.indexOf("-") + 1))

/**
 * Orders that are over, for what venues still say of them: late fills, busts, corrections. Each has one place, by its
 * number, and gives it up to a later one that needs it: the newest are kept, memory is bounded, and every replay forgets
 * the same ones. What comes for a forgotten order is kept in suspense.
 */
export class FinishedOrders {
  readonly #places: Array<OpenOrder | undefined> = []

  keep(order: OpenOrder): void {
    this.#places[order.placedNo % PLACES] = order
  }

  find(orderId: OrderId): OpenOrder | undefined {
    const order = this.#places[placedNoOf(orderId) % PLACES]
    return order?.orderId === orderId ? order : undefined
  }

  /** It is open again. */
  drop(order: OpenOrder): void {
    if (this.find(order.orderId) !== undefined) this.#places[order.placedNo % PLACES] = undefined
  }
}
