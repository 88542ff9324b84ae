import { chanceAfter, chanceOf } from "#domain/kernel/chance.ts"
import { parseFixed, type Price } from "#domain/kernel/money.ts"

/** What chance says at each step, in the order in which it is asked. */
export class Draw {
  readonly #seed: number
  #draws = 0
  #step = 0
  #ofStep: number
  constructor(seed: number) {
    this.#seed = seed
    this.#ofStep = chanceOf(seed, 0)
  }

  get step(): number {
    return this.#step
  }
  nextStep(): void {
    this.#step++
    this.#ofStep = chanceOf(this.#seed, this.#step)
    this.#draws = 0
  }

  below(most: number): number {
    return chanceAfter(this.#ofStep, this.#draws++) % most
  }
  one<T>(of: ReadonlyArray<T>): T {
    return of[this.below(of.length)]!
  }
  /** Close to all others, so that orders and limits meet; now and then between two ticks. */
  price(): Price {
    const odd = this.below(40) === 0 ? parseFixed("0.1") : 0n
    return (parseFixed("90") + BigInt(this.below(41)) * parseFixed("0.5") + odd) as Price
  }
}
