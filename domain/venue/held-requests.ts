import type { OrderId, Symbol } from "#domain/kernel/ids.ts"
import type { VenueRequest } from "./messages.ts"

/** Requests sent again after a restart, until the market of their symbol has begun. */
export class HeldRequests {
  readonly #requests = new Map<Symbol, Array<VenueRequest>>()
  readonly #symbols = new Map<OrderId, Symbol>()

  /** The symbol that a request would wait for: its own, or that of the new order which waits before it. */
  symbolFor(request: VenueRequest): Symbol | undefined {
    return this.#symbols.get(request.orderId) ?? (request.type === "NewOrder" ? request.symbol : undefined)
  }

  isHeld(orderId: OrderId): boolean {
    return this.#symbols.has(orderId)
  }

  hold(symbol: Symbol, request: VenueRequest): void {
    this.#symbols.set(request.orderId, symbol)
    const requests = this.#requests.get(symbol)
    if (requests === undefined) this.#requests.set(symbol, [request])
    else requests.push(request)
  }

  /** Takes those of a symbol, in the order in which they came. */
  release(symbol: Symbol): ReadonlyArray<VenueRequest> {
    const requests = this.#requests.get(symbol)
    if (requests === undefined) return NONE
    this.#requests.delete(symbol)
    for (const { orderId } of requests) this.#symbols.delete(orderId)
    return requests
  }
}

const NONE: ReadonlyArray<VenueRequest> = []
