import type { AccountEvent } from "#domain/account/events.ts"
import type { Recorded } from "#domain/kernel/event.ts"
import { postingsOf } from "#domain/ledger/postings.ts"

const OWN = "account:"

/** An independent recount: books every posting by itself and never looks at the decider's own numbers. */
export class Recount {
  /** by unit, then by ledger account, an account's own under its bare id: it is asked for at every step */
  readonly #amounts = new Map<string, Map<string, bigint>>()

  book(event: Recorded<AccountEvent>): void {
    for (const { ledger, unit, amount } of postingsOf(event)) {
      let of = this.#amounts.get(unit)
      if (of === undefined) this.#amounts.set(unit, (of = new Map()))
      const key = ledger.startsWith(OWN) ? ledger.slice(OWN.length) : `/${ledger}`
      of.set(key, (of.get(key) ?? 0n) + amount)
    }
  }
  /** What an account has of a unit. */
  of(account: string, unit: string): bigint {
    return this.#amounts.get(unit)?.get(account) ?? 0n
  }
  /** What is left when all ledger accounts of a unit are added up: nothing, at any position. */
  *unbalanced(): Generator<readonly [unit: string, sum: bigint]> {
    for (const [unit, amounts] of this.#amounts) {
      let sum = 0n
      for (const amount of amounts.values()) sum += amount
      if (sum !== 0n) yield [unit, sum]
    }
  }
}
