import { PriceBook } from "./book.ts"
import type { Level } from "./messages.ts"

/** Changed levels between two update ids. `previous` is the last id of the diff before it. */
export type Diff = Levels & { readonly last: number; readonly previous: number }
export type Levels = { readonly bids: ReadonlyArray<Level>; readonly asks: ReadonlyArray<Level> }

/** What to make of news: pass it on, nothing (yet), or a break in the chain. */
export type Step =
  | { readonly type: "apply"; readonly levels: Levels }
  | { readonly type: "nothing" }
  | { readonly type: "gap"; readonly expected: number; readonly got: number }

/** Diffs that wait for a snapshot; the oldest go first, since a snapshot is newer than most of them. */
const BUFFERED_MAX = 5000
const NOTHING: Step = { type: "nothing" }

/**
 * Chains the depth diffs of one instrument to a snapshot as Binance prescribes ("How to manage a local order book
 * correctly"): diffs are held until there is a snapshot, those up to its id are dropped, the first applied spans it, and
 * each later one follows the one before. After a gap nothing is applied until the next snapshot.
 */
export class DepthSync {
  synced = false
  lastUpdateId = 0
  appliedDiffs = 0
  droppedDiffs = 0
  gaps = 0
  #spansSnapshot = false
  #waiting: Array<Diff> = []

  diff(diff: Diff): Step {
    if (!this.synced) {
      this.#waiting.push(diff)
      if (this.#waiting.length > BUFFERED_MAX) this.#waiting.shift()
      return NOTHING
    }
    if (diff.last <= this.lastUpdateId) {
      this.droppedDiffs++
      return NOTHING
    }
    if (!this.#follows(diff)) {
      const gap = this.#gap(diff)
      this.#waiting = [diff]
      return gap
    }
    this.#advance(diff)
    return { type: "apply", levels: diff }
  }

  /** The levels to replace the book with: the snapshot and the diffs that came before it but reach beyond it. */
  snapshot(lastUpdateId: number, levels: Levels): Step {
    if (this.synced && lastUpdateId < this.lastUpdateId) return NOTHING // older than what is known
    this.synced = true
    this.lastUpdateId = lastUpdateId
    this.#spansSnapshot = true
    const waiting = this.#waiting
    this.#waiting = []
    const newer = waiting.filter((diff) => diff.last > lastUpdateId)
    this.droppedDiffs += waiting.length - newer.length
    if (newer.length === 0) return { type: "apply", levels }
    const book = new PriceBook()
    book.apply({ snapshot: true, ...levels })
    for (const [i, diff] of newer.entries()) {
      if (!this.#follows(diff)) {
        const gap = this.#gap(diff)
        this.#waiting = newer.slice(i)
        return gap
      }
      this.#advance(diff)
      book.apply({ snapshot: false, bids: diff.bids, asks: diff.asks })
    }
    return { type: "apply", levels: { bids: book.top("bid"), asks: book.top("ask") } }
  }

  #follows({ previous }: Diff): boolean {
    return this.#spansSnapshot ? previous <= this.lastUpdateId : previous === this.lastUpdateId
  }

  #advance(diff: Diff): void {
    this.lastUpdateId = diff.last
    this.#spansSnapshot = false
    this.appliedDiffs++
  }

  #gap(diff: Diff): Step {
    this.synced = false
    this.gaps++
    return { type: "gap", expected: this.lastUpdateId, got: diff.previous }
  }
}
