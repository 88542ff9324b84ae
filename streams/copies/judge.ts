import { commitHash, EMPTY_CHAIN } from "#streams/commit.ts"
import type { StoredCommit } from "#streams/ports/event-log.ts"
import type { Piece } from "./copy.ts"
import { Faults, type FaultKind } from "./faults.ts"

/** What a place of a copy holds: a commit whose own bytes and number are right, whatever it follows. */
export type Slot = {
  readonly hash: string
  readonly lastEvent: number | undefined
  /** it does not follow what stands before it: one of the two is wrong */
  readonly unlinked?: string
}

/**
 * Judges the commits of one copy by themselves and by their neighbours, as they stand in it. What differs from other
 * copies is for `compare.ts`. Remembers only gaps, faults, and the slots that were not compared yet.
 */
export class Judge {
  readonly faults = new Faults()
  readonly slots = new Map<number, Slot>()
  readonly partition: number
  /** the number that is due next: everything before it was seen, is in a gap, or is a fault */
  next = 1
  #prev: string | undefined = EMPTY_CHAIN.hash
  #gaps: Array<{ first: number; last: number }> = []
  readonly #misplaced: Array<{ readonly at: number; readonly really: number }> = []
  constructor(partition: number) {
    this.partition = partition
  }

  take({ commits, where, wrong, lost }: Piece): void {
    const before = this.faults.count
    for (const commit of commits) this.#commit(commit, where === undefined ? "" : ` (${where})`)
    if (lost !== undefined) this.#lose(lost.kind, lost.first, lost.last, lost.reason)
    if (wrong === undefined) return
    if (this.next <= wrong.last) this.#lose("unreadable", Math.max(this.next, wrong.first), wrong.last, wrong.reason)
    // a fault of the object that no commit in it shows
    if (this.faults.count === before) this.faults.add("changed", wrong.first, wrong.last, wrong.reason)
  }

  /** Nothing more comes: what is in no place is missing, and what stands in a wrong one is told. */
  end(): void {
    for (const { first, last } of this.#gaps) this.faults.add("missing", first, last, "it is not there")
    this.#gaps = []
    const wrongPlaces = new Set(this.#misplaced.map(({ at }) => at))
    for (const { at, really } of this.#misplaced.splice(0)) {
      const twice = really < this.next && !wrongPlaces.has(really) && !this.faults.touches(really, really)
      const kind = twice ? "duplicated" : "reordered"
      this.faults.add(kind, at, at, `commit ${really} stands in its place${twice ? ", and in its own" : ""}`)
    }
  }

  isSound(first: number, last: number): boolean {
    return last < this.next && !this.faults.touches(first, last)
  }

  #lose(kind: FaultKind, first: number, last: number, reason: string): void {
    this.faults.add(kind, first, last, reason)
    this.#prev = undefined
    this.next = Math.max(this.next, last + 1)
  }

  #commit(commit: StoredCommit, where: string): void {
    const { no } = commit
    if (!Number.isSafeInteger(no) || no < 1)
      return this.faults.add("changed", this.next, this.next, `something without a number stands here${where}`)
    if (no < this.next) return this.#late(commit, where)
    if (no > this.next) {
      this.#gaps.push({ first: this.next, last: no - 1 })
      this.#prev = undefined
    }
    const prev = this.#prev
    this.next = no + 1
    this.#prev = undefined
    const own = this.#own(commit)
    if ("fault" in own) return this.faults.add("changed", no, no, own.fault + where)
    if (own.no !== no) return void this.#misplaced.push({ at: no, really: own.no })
    this.#prev = commit.hash
    const linked = prev === undefined || prev === commit.prev
    const unlinked = `it follows another commit than the one before it${where}`
    this.slots.set(no, { hash: commit.hash, lastEvent: own.lastEvent, ...(!linked && { unlinked }) })
  }

  /** What the commit says of itself, once its hash is that of its bytes. */
  #own(
    commit: StoredCommit
  ): { readonly no: number; readonly lastEvent: number | undefined } | { readonly fault: string } {
    const { prev, id, root, body, hash } = commit
    if (commitHash(prev, id, root, body) !== hash) return { fault: "its hash is not that of its bytes" }
    try {
      const said = JSON.parse(Buffer.from(body).toString("utf8")) as {
        readonly partition: number
        readonly no: number
        readonly events: ReadonlyArray<{ readonly eventNo: number }>
      }
      if (said.partition !== this.partition) return { fault: `it belongs to partition ${said.partition}` }
      if (!Number.isSafeInteger(said.no)) return { fault: "its body has no number" }
      return { no: said.no, lastEvent: said.events.at(-1)?.eventNo }
    } catch {
      return { fault: "its body is no commit" }
    }
  }

  /** A commit whose place was passed. */
  #late(commit: StoredCommit, where: string): void {
    const { no } = commit
    const gap = this.#gaps.find(({ first, last }) => first <= no && no <= last)
    const after = `it stands after commit ${this.next - 1}${where}`
    const own = this.#own(commit)
    if ("fault" in own) return this.faults.add("changed", no, no, own.fault + where)
    if (gap === undefined) {
      const kind = this.slots.get(no)?.hash === commit.hash || !this.slots.has(no) ? "duplicated" : "forked"
      return this.faults.add(kind, no, no, `${after}, and in its own place${kind === "forked" ? " another one" : ""}`)
    }
    this.#gaps = this.#gaps.flatMap((one) =>
      one === gap
        ? [
            { first: one.first, last: no - 1 },
            { first: no + 1, last: one.last }
          ].filter(({ first, last }) => first <= last)
        : [one]
    )
    this.faults.add("reordered", no, no, after)
  }
}
