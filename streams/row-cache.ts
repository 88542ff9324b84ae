import { chanceOf } from "#domain/kernel/chance.ts"
import type { Row } from "./ports/row-store.ts"

export type RowId = string | number
type Entry = { readonly row: Row; readonly eventNo: number }

/**
 * The rows of one projection that are in memory, at most about `most`. `isWhole` says that nothing was stored before:
 * then a row that is neither here nor forgotten does not exist, and a rebuild need not ask the store for it.
 */
export const makeRowCache = (most: number, isWhole: boolean, isFinished: (row: Row) => boolean) => {
  const entries = new Map<RowId, Entry>()
  const forgotten = makeIdSet()
  const forget = (id: RowId): void => {
    entries.delete(id)
    if (isWhole) forgotten.add(id)
  }
  return {
    get: (id: RowId): Row | undefined => entries.get(id)?.row,
    put: (id: RowId, row: Row, eventNo: number): void => {
      entries.delete(id) // what was touched last stands last
      entries.set(id, { row, eventNo })
    },
    /** Whether only the store can tell what the row is. */
    isUnknown: (id: RowId): boolean => !entries.has(id) && (!isWhole || forgotten.mayHave(id)),
    /** No row is unknown. */
    knowsAll: (): boolean => isWhole && forgotten.isEmpty(),
    /** Makes room among the rows that are stored, those up to event `stored`: finished ones first, then the oldest. */
    trim: (stored: number): void => {
      if (entries.size <= most) return
      for (const [id, { row, eventNo }] of entries) if (eventNo <= stored && isFinished(row)) forget(id)
      for (const [id, { eventNo }] of entries) {
        if (entries.size <= most * 0.75) break
        if (eventNo <= stored) forget(id)
      }
    }
  }
}
export type RowCache = ReturnType<typeof makeRowCache>

const BITS = 1 << 23
const HASHES = 5

/** Ids in a megabyte, however many: it never denies one that was added, and seldom takes another for one (Bloom, 1970). */
const makeIdSet = () => {
  let words: Uint32Array | undefined
  const bitsOf = (id: RowId): Array<number> => {
    const first = chanceOf(id)
    const step = chanceOf("step", id) | 1
    return Array.from({ length: HASHES }, (_, i) => ((first + Math.imul(i, step)) >>> 0) % BITS)
  }
  return {
    isEmpty: () => words === undefined,
    add: (id: RowId): void => {
      words ??= new Uint32Array(BITS / 32)
      for (const bit of bitsOf(id)) words[bit >>> 5]! |= 1 << (bit & 31)
    },
    mayHave: (id: RowId): boolean => {
      const set = words
      return set !== undefined && bitsOf(id).every((bit) => (set[bit >>> 5]! & (1 << (bit & 31))) !== 0)
    }
  }
}
