import type { State } from "#domain/account/state.ts"
import type { Symbol } from "#domain/kernel/ids.ts"
import { microsBetween, type Time } from "#domain/kernel/time.ts"
import type { LedgerEvent } from "#projections/projection.ts"
import type { Submission } from "#streams/account-writer.ts"
import { ConditionHalts } from "./condition-halts.ts"

/** A symbol without a message for so long is not traded: its prices are of another time (SEC 15c3-5(c)(1)(ii)). */
const STALE_AFTER_SECONDS = 30
/** How often one looks. */
export const LOOK_EVERY_MS = 1000
/** Whoever has not looked for so long has slept. */
const SLEPT_MICROS = 5e6

/**
 * Halts the firm for a symbol whose market data has stopped, and lifts that halt with the next message. Only for symbols
 * that have had one since the start, and only while time is seen to pass: a machine that slept is not a market that has
 * stopped. Recordings are played without it, since their time is that of their messages.
 */
export class StaleMarket {
  readonly #halts = new ConditionHalts("system:market-data")
  readonly #seen = new Map<Symbol, Time>()
  readonly #afterMicros: number
  #lookedAt: Time | undefined

  constructor(afterSeconds = STALE_AFTER_SECONDS) {
    this.#afterMicros = afterSeconds * 1e6
  }

  /** Symbols that are stale now. */
  get symbols(): ReadonlyArray<string> {
    return [...this.#halts.lasting.keys()].toSorted()
  }

  restore(state: State): void {
    this.#halts.restore(state)
  }
  committed(event: LedgerEvent): ReadonlyArray<Submission> {
    return this.#halts.committed(event)
  }

  market(symbol: Symbol, now: Time): ReadonlyArray<Submission> {
    this.#seen.set(symbol, now)
    return this.#halts.end(symbol)
  }

  /** Looks at the clock, every second or so. */
  look(now: Time): ReadonlyArray<Submission> {
    const slept = this.#lookedAt === undefined || microsBetween(this.#lookedAt, now) > SLEPT_MICROS
    this.#lookedAt = now
    const stale: Array<Submission> = []
    for (const [symbol, at] of this.#seen) {
      if (slept) this.#seen.set(symbol, now)
      else if (microsBetween(at, now) >= this.#afterMicros) {
        const reason = `market data is stale: nothing of ${symbol} since ${at}`
        stale.push(...this.#halts.begin(symbol, reason))
      }
    }
    return stale
  }
}
