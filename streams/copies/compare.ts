import type { Anchor } from "#streams/anchors/records.ts"
import type { Copy, Piece } from "./copy.ts"
import type { CopyFault } from "./faults.ts"
import { Judge } from "./judge.ts"

export type CompareOptions = {
  readonly partition: number
  /** the first one is the ledger: what others have and it has not is missing there; the others may lag behind */
  readonly copies: ReadonlyArray<Copy>
  /** of this partition, their signatures checked */
  readonly anchors: ReadonlyArray<Anchor>
  /** called with the bytes just read, to go slowly; throws to end it */
  readonly pace?: (bytes: number) => Promise<void>
}
export type Compared = {
  readonly partition: number
  /** the last commit of each copy that was seen, sound or not */
  readonly copies: ReadonlyArray<{ readonly name: string; readonly commits: number }>
  readonly anchors: number
  readonly faults: ReadonlyArray<CopyFault>
}

/** Numbers that are compared before the next are read: what is remembered does not grow with the ledger. */
const BLOCK = 1_024

/** Reads every copy to its end beside the others, and names each commit that is bad in one of them or differs. */
export const compareCopies = async (options: CompareOptions): Promise<Compared> => {
  const { partition, copies, pace } = options
  const readers = copies.map((copy) => new Reader(copy, partition, pace))
  const anchors = anchorsByNo(options.anchors)
  // the ledger's end is looked up last: what is archived meanwhile is in it
  const ledgerLast = readers.toReversed()
  for (let from = 1; ; from += BLOCK) {
    for (const reader of ledgerLast) await reader.readTo(from + BLOCK)
    compareBlock(readers, from, from + BLOCK, anchors)
    if (readers.every(({ ended }) => ended)) break
  }
  for (const { judge } of readers) judge.end()
  missingAtTheEnd(readers, options.anchors)
  return {
    partition,
    copies: readers.map(({ copy, judge }) => ({ name: copy.name, commits: judge.next - 1 })),
    anchors: options.anchors.length,
    faults: readers.flatMap((reader) => faultsOf(reader, readers))
  }
}

class Reader {
  readonly copy: Copy
  readonly judge: Judge
  ended = false
  /** another one's commits, or the anchors', were differing from its own at the last look */
  differing = false
  readonly #pieces: AsyncIterator<Piece>
  readonly #pace: CompareOptions["pace"]
  constructor(copy: Copy, partition: number, pace: CompareOptions["pace"]) {
    this.copy = copy
    this.judge = new Judge(partition)
    this.#pieces = copy.pieces(partition)[Symbol.asyncIterator]()
    this.#pace = pace
  }

  async readTo(number: number): Promise<void> {
    while (!this.ended && this.judge.next < number) {
      const { done, value } = await this.#pieces.next()
      if (done === true) {
        this.ended = true
        return
      }
      this.judge.take(value)
      if (this.#pace === undefined) continue
      try {
        await this.#pace(value.commits.reduce((bytes, { body }) => bytes + body.length, 0))
      } catch (error) {
        await this.#pieces.return?.()
        throw error
      }
    }
  }
}

const compareBlock = (
  readers: ReadonlyArray<Reader>,
  from: number,
  to: number,
  anchors: ReadonlyMap<number, ReadonlyArray<Anchor>>
): void => {
  const [ledger, ...others] = readers
  for (let no = from; no < to; no++) {
    const own = ledger?.judge.slots.get(no)
    for (const other of others) {
      const slot = other.judge.slots.get(no)
      if (slot === undefined || own === undefined) continue
      if (slot.hash !== own.hash) {
        other.judge.faults.add("forked", no, no, `it is another commit than that of ${ledger!.copy.name}`)
        if (!other.differing)
          ledger!.judge.faults.add("forked", no, no, `from here on it differs from ${other.copy.name}`)
      }
      other.differing = slot.hash !== own.hash
    }
    for (const { judge } of readers) {
      const slot = judge.slots.get(no)
      if (slot?.unlinked === undefined) continue
      // where another copy has the same commit, it is the one before that is wrong
      const known = readers.some((one) => one.judge !== judge && one.judge.slots.get(no)?.hash === slot.hash)
      if (!known) judge.faults.add("forked", no, no, slot.unlinked)
    }
    for (const anchor of anchors.get(no) ?? []) for (const reader of readers) compareWithAnchor(reader, anchor)
  }
  for (const { judge } of readers) for (const no of judge.slots.keys()) if (no < to) judge.slots.delete(no)
}

const compareWithAnchor = ({ judge }: Reader, anchor: Anchor): void => {
  const slot = judge.slots.get(anchor.no)
  if (slot === undefined) return
  const signed = `the anchor that key ${anchor.key} signed at ${anchor.at}`
  if (slot.hash !== anchor.hash) judge.faults.add("forked", anchor.no, anchor.no, `${signed} names another commit`)
  else if (slot.lastEvent !== undefined && slot.lastEvent !== anchor.eventNo)
    judge.faults.add(
      "changed",
      anchor.no,
      anchor.no,
      `${signed} counts ${anchor.eventNo} events, here are ${slot.lastEvent}`
    )
}

/** A ledger that ends before another copy, or before what was signed, has lost its end. */
const missingAtTheEnd = ([ledger, ...others]: ReadonlyArray<Reader>, anchors: ReadonlyArray<Anchor>): void => {
  if (ledger === undefined) return
  const first = ledger.judge.next
  const seen = Math.max(0, ...others.map(({ judge }) => judge.next - 1))
  const signed = anchors.reduce((most, { no }) => Math.max(most, no), 0)
  if (seen >= first) ledger.judge.faults.add("missing", first, seen, "the ledger ends before it")
  const from = Math.max(first, seen + 1)
  if (signed >= from)
    ledger.judge.faults.add("missing", from, signed, "the ledger ends before what an anchor has signed")
}

const faultsOf = ({ copy, judge }: Reader, readers: ReadonlyArray<Reader>): ReadonlyArray<CopyFault> =>
  judge.faults.all
    .map((fault) => ({
      copy: copy.name,
      ...fault,
      soundIn: readers
        .filter((other) => other.judge !== judge && other.judge.isSound(fault.commit, fault.last))
        .map((other) => other.copy.name)
    }))
    .toSorted((a, b) => a.commit - b.commit)

const anchorsByNo = (anchors: ReadonlyArray<Anchor>): ReadonlyMap<number, ReadonlyArray<Anchor>> => {
  const byNo = new Map<number, Array<Anchor>>()
  for (const anchor of anchors) byNo.set(anchor.no, [...(byNo.get(anchor.no) ?? []), anchor])
  return byNo
}
