import type { Symbol } from "#domain/kernel/ids.ts"
import type { Price } from "#domain/kernel/money.ts"
import { plusMicros, type Time } from "#domain/kernel/time.ts"
import type { PriceBoard } from "#domain/market/board.ts"
import type { Submission } from "#streams/account-writer.ts"

/** How often a held symbol's mark is recorded. */
const EVERY_MICROS = 5_000_000

/** Valuation marks on their way into the ledger: the mid of the quote, or the last trade where there is no quote. */
export class Marks {
  readonly #board: PriceBoard
  #nextAt: Time | undefined
  readonly #recorded = new Map<Symbol, number>()
  constructor(board: PriceBoard) {
    this.#board = board
  }

  /** The marks that are due at `now` for these symbols; a price that has not moved on is not recorded again. */
  due(now: Time, symbols: Iterable<string>): ReadonlyArray<Submission> {
    if (this.#nextAt !== undefined && now < this.#nextAt) return []
    this.#nextAt = plusMicros(now, EVERY_MICROS)
    return this.now(symbols)
  }

  now(symbols: Iterable<string>): ReadonlyArray<Submission> {
    return [...symbols].toSorted().flatMap((symbol) => this.#mark(symbol as Symbol) ?? [])
  }

  #mark(symbol: Symbol): Submission | undefined {
    const quote = this.#board.quoteOf(symbol)
    const last = quote === undefined ? this.#board.lastOf(symbol) : undefined
    const seen = quote ?? last
    if (seen === undefined || this.#recorded.get(symbol) === seen.mdNo) return undefined
    this.#recorded.set(symbol, seen.mdNo)
    const price = quote === undefined ? last!.price : (((quote.bid + quote.ask) / 2n) as Price)
    const source = quote === undefined ? "last" : "mid"
    const request = { type: "RecordMark", symbol, price, source, mdNo: seen.mdNo, markedAt: seen.at } as const
    return { id: `mark-${symbol}-${seen.mdNo}`, actor: "system:marks", request }
  }
}
