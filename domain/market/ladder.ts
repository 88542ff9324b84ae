import type { Price } from "#domain/kernel/money.ts"

/** This many emptied places are kept before they are swept out. */
const EMPTY_MAX = 64

/**
 * Values by price in plain sorted arrays, the best price last: news is mostly near the touch, and there an insertion
 * moves few elements. One side of a book, or the orders that rest on it. A price that is deleted keeps its place for a
 * while, because in real books most of them come back.
 */
export class Ladder<Value extends {}> {
  #prices: Array<Price> = []
  #values: Array<Value | undefined> = []
  #size = 0
  readonly #highestIsBest: boolean

  /** The best price of bids is the highest, of asks the lowest. */
  constructor(best: "highest" | "lowest") {
    this.#highestIsBest = best === "highest"
  }

  get size(): number {
    return this.#size
  }

  get bestPrice(): Price | undefined {
    return this.#prices[this.#prices.length - 1] // the last place is never empty
  }

  get bestValue(): Value | undefined {
    return this.#values[this.#values.length - 1]
  }

  get worstPrice(): Price | undefined {
    return this.#prices[this.#values.findIndex((value) => value !== undefined)]
  }

  isBetter(a: Price, b: Price): boolean {
    return this.#highestIsBest ? a > b : a < b
  }

  get(price: Price): Value | undefined {
    const i = this.#indexOf(price)
    return this.#prices[i] === price ? this.#values[i] : undefined
  }

  set(price: Price, value: Value): void {
    const i = this.#indexOf(price)
    if (this.#prices[i] === price) {
      if (this.#values[i] === undefined) this.#size++
      this.#values[i] = value
      return
    }
    this.#size++
    if (i === this.#prices.length) {
      this.#prices.push(price)
      this.#values.push(value)
    } else {
      this.#prices.splice(i, 0, price)
      this.#values.splice(i, 0, value)
    }
  }

  delete(price: Price): void {
    const i = this.#indexOf(price)
    if (this.#prices[i] !== price || this.#values[i] === undefined) return
    this.#values[i] = undefined
    this.#size--
    while (this.#values.length > 0 && this.#values[this.#values.length - 1] === undefined) {
      this.#prices.pop()
      this.#values.pop()
    }
    if (this.#prices.length - this.#size > EMPTY_MAX + this.#size) this.#sweep()
  }

  clear(): void {
    this.#prices = []
    this.#values = []
    this.#size = 0
  }

  /** From the best price on, until `visit` answers false. What is visited must not change the ladder. */
  walk(visit: (price: Price, value: Value) => boolean): void {
    for (let i = this.#prices.length - 1; i >= 0; i--) {
      const value = this.#values[i]
      if (value !== undefined && !visit(this.#prices[i]!, value)) return
    }
  }

  #sweep(): void {
    this.#prices = this.#prices.filter((_, i) => this.#values[i] !== undefined)
    this.#values = this.#values.filter((value) => value !== undefined)
  }

  /** Where `price` stands, or would stand. */
  #indexOf(price: Price): number {
    const prices = this.#prices
    const highestIsBest = this.#highestIsBest
    let low = 0
    let high = prices.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const at = prices[middle]!
      if (highestIsBest ? at < price : at > price) low = middle + 1
      else high = middle
    }
    return low
  }
}
