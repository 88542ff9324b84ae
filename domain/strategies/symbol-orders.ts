import type { ClOrdId, OrderId } from "#domain/kernel/ids.ts"
import { plusMicros, type Time } from "#domain/kernel/time.ts"
import type { Side } from "#domain/venue/messages.ts"
import type { OwnOrderUpdate } from "./messages.ts"

type Placed = { readonly side: Side; leaves: bigint; staleAt: Time }
type Sent = { readonly side: Side; readonly quantity: bigint; readonly until: Time }

const STALE_MICROS = 8_000_000

/** A strategy's own orders and holding in one symbol. */
export class SymbolOrders {
  #position: bigint
  readonly #open = new Map<OrderId, Placed>()
  readonly #sent = new Map<ClOrdId, Sent>()

  constructor(position: bigint) {
    this.#position = position
  }

  get position(): bigint {
    return this.#position
  }

  /** Orders that are open or on their way. */
  get count(): number {
    return this.#open.size + this.#sent.size
  }

  get buying(): bigint {
    return this.#openQuantity("buy")
  }

  get selling(): bigint {
    return this.#openQuantity("sell")
  }

  /** An order went out; unless it is heard of before it would be stale, it is taken for refused. */
  sent(order: { readonly clOrdId: ClOrdId; readonly side: Side; readonly quantity: bigint }, at: Time): void {
    const { clOrdId, side, quantity } = order
    this.#sent.set(clOrdId, { side, quantity, until: plusMicros(at, STALE_MICROS) })
  }

  forgetUnanswered(now: Time): void {
    for (const [clOrdId, { until }] of this.#sent) if (until <= now) this.#sent.delete(clOrdId)
  }

  update(update: OwnOrderUpdate): void {
    const { orderId } = update
    switch (update.type) {
      case "placed": {
        const { clOrdId, side, quantity, at } = update
        this.#sent.delete(clOrdId)
        this.#open.set(orderId, { side, leaves: quantity, staleAt: plusMicros(at, STALE_MICROS) })
        return
      }
      case "filled": {
        this.#position += update.side === "buy" ? update.quantity : -update.quantity
        const order = this.#open.get(orderId)
        if (order === undefined) return
        order.leaves -= update.quantity
        if (order.leaves <= 0n) this.#open.delete(orderId)
        return
      }
      case "closed":
        this.#open.delete(orderId)
    }
  }

  /** The oldest order that has rested for too long. While it stays open it comes again, but not at once. */
  takeStale(now: Time): OrderId | undefined {
    for (const [orderId, order] of this.#open) {
      if (order.staleAt > now) continue
      order.staleAt = plusMicros(now, STALE_MICROS)
      return orderId
    }
    return undefined
  }

  #openQuantity(wanted: Side): bigint {
    let sum = 0n
    for (const { side, leaves } of this.#open.values()) if (side === wanted) sum += leaves
    for (const { side, quantity } of this.#sent.values()) if (side === wanted) sum += quantity
    return sum
  }
}
