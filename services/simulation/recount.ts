import type { AccountEvent } from "#domain/account/events.ts"
import type { Recorded } from "#domain/kernel/event.ts"
import { postingsOf } from "#domain/ledger/postings.ts"

/** An independent recount: books every posting by itself and never looks at the decider's own numbers. */
export class Recount {
  readonly #amounts = new Map<string, bigint>()

  book(event: Recorded<AccountEvent>): void {
    for (const { ledger, unit, amount } of postingsOf(event)) {
      const key = `${ledger} ${unit}`
      this.#amounts.set(key, (this.#amounts.get(key) ?? 0n) + amount)
    }
  }
  of(ledger: string, unit: string): bigint {
    return this.#amounts.get(`${ledger} ${unit}`) ?? 0n
  }
  /** What is left when all ledger accounts of a unit are added up: nothing, at any position. */
  *unbalanced(): Generator<readonly [unit: string, sum: bigint]> {
    const sums = new Map<string, bigint>()
    for (const [key, amount] of this.#amounts) {
      const unit = key.slice(key.indexOf(" ") + 1)
      sums.set(unit, (sums.get(unit) ?? 0n) + amount)
    }
    for (const [unit, sum] of sums) if (sum !== 0n) yield [unit, sum]
  }
}
