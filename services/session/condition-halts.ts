import type { State } from "#domain/account/state.ts"
import type { Symbol } from "#domain/kernel/ids.ts"
import type { LedgerEvent } from "#projections/projection.ts"
import type { Submission } from "#streams/account-writer.ts"

/** What a halt is about: one symbol, or everything. */
export type Concern = Symbol | "everything"

/**
 * Halts of the firm that last as long as a condition does: set once when it begins, and exactly that one lifted when it
 * ends. Which of them stand is told by the ledger, so that a restart knows the halts of the run before. A person who lifts
 * one while its condition lasts is not overruled.
 */
export class ConditionHalts {
  readonly #actor: string
  /** halts that stand */
  readonly #standing = new Map<Concern, string>()
  /** halts that were asked for and are not recorded yet */
  readonly #onTheWay = new Set<Concern>()
  /** conditions that last, with their reasons */
  readonly #lasting = new Map<Concern, string>()
  #asked = 0

  constructor(actor: string) {
    this.#actor = actor
  }

  get lasting(): ReadonlyMap<Concern, string> {
    return this.#lasting
  }

  /** After a start: what the run before has halted and not lifted. */
  restore(state: State): void {
    for (const { actor, symbol, haltId } of state.halts.values())
      if (actor === this.#actor) this.#standing.set(symbol ?? "everything", haltId)
  }

  begin(concern: Concern, reason: string): ReadonlyArray<Submission> {
    if (this.#lasting.has(concern)) return NOTHING
    this.#lasting.set(concern, reason)
    if (this.#standing.has(concern) || this.#onTheWay.has(concern)) return NOTHING
    this.#onTheWay.add(concern)
    const of = concern === "everything" ? {} : { symbol: concern }
    return [this.#ask({ type: "Halt", scope: "firm", reason, ...of })]
  }

  /** Also for a halt of the run before, whose condition this one has not seen. */
  end(concern: Concern): ReadonlyArray<Submission> {
    this.#lasting.delete(concern)
    const haltId = this.#standing.get(concern)
    if (haltId === undefined) return NOTHING
    this.#standing.delete(concern)
    return [this.#ask({ type: "Resume", haltId })]
  }

  committed({ type, actor, data }: LedgerEvent): ReadonlyArray<Submission> {
    if (type === "TradingHalted" && actor === this.#actor) {
      const concern = data.symbol ?? "everything"
      this.#standing.set(concern, data.haltId)
      this.#onTheWay.delete(concern)
      // the condition may have ended while its halt was on its way
      return this.#lasting.has(concern) ? NOTHING : this.end(concern)
    }
    if (type === "TradingResumed")
      for (const [concern, haltId] of this.#standing) if (haltId === data.haltId) this.#standing.delete(concern)
    return NOTHING
  }

  #ask(request: Submission["request"]): Submission {
    return { id: `${this.#actor}:${++this.#asked}`, actor: this.#actor, request }
  }
}
const NOTHING: ReadonlyArray<Submission> = []
