import type { Price, Quantity } from "#domain/kernel/money.ts"
import { Ladder } from "./ladder.ts"
import type { Depth, Level } from "./messages.ts"

export type BookSide = "bid" | "ask"

const NOTHING = 0n as Quantity

/**
 * The price levels of one instrument as its depth messages tell them; prices and quantities of scale 8. Never cut to a
 * fixed depth: a level far away comes back when those before it are gone.
 */
export class PriceBook {
  readonly #bids = new Ladder<Quantity>("highest")
  readonly #asks = new Ladder<Quantity>("lowest")

  /** Changed levels, where a quantity of 0 removes; a snapshot replaces everything. */
  apply(depth: Pick<Depth, "snapshot" | "bids" | "asks">): void {
    if (depth.snapshot) this.#replace(depth)
    else {
      for (const level of depth.bids) applyLevel(this.#bids, level)
      for (const level of depth.asks) applyLevel(this.#asks, level)
    }
  }

  clear(): void {
    this.#bids.clear()
    this.#asks.clear()
  }

  get isEmpty(): boolean {
    return this.#bids.size === 0 && this.#asks.size === 0
  }

  /** Number of levels. */
  levels(side: BookSide): number {
    return this.#side(side).size
  }

  best(side: BookSide): Level | undefined {
    const ladder = this.#side(side)
    return ladder.size === 0 ? undefined : [ladder.bestPrice!, ladder.bestValue!]
  }

  /** The price of the last level that is known. */
  worstPrice(side: BookSide): Price | undefined {
    return this.#side(side).worstPrice
  }

  quantityAt(side: BookSide, price: Price): Quantity {
    return this.#side(side).get(price) ?? NOTHING
  }

  /** Levels from the best price on, until `visit` answers false. */
  walk(side: BookSide, visit: (price: Price, quantity: Quantity) => boolean): void {
    this.#side(side).walk(visit)
  }

  /** The first `count` levels, best first; all without it. */
  top(side: BookSide, count = Number.POSITIVE_INFINITY): ReadonlyArray<Level> {
    const levels: Array<Level> = []
    this.walk(side, (price, quantity) => levels.length < count && levels.push([price, quantity]) > 0)
    return levels
  }

  /** Venues list the best level first and a ladder grows at its best end: so from the back. */
  #replace({ bids, asks }: Pick<Depth, "bids" | "asks">): void {
    this.clear()
    for (let i = bids.length - 1; i >= 0; i--) applyLevel(this.#bids, bids[i]!)
    for (let i = asks.length - 1; i >= 0; i--) applyLevel(this.#asks, asks[i]!)
  }

  #side(side: BookSide): Ladder<Quantity> {
    return side === "bid" ? this.#bids : this.#asks
  }
}

const applyLevel = (ladder: Ladder<Quantity>, [price, quantity]: Level): void => {
  if (quantity === 0n) ladder.delete(price)
  else ladder.set(price, quantity)
}
