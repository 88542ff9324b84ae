import { contentHasher, type ContentHash } from "./content-hash.ts"
import { idOf, type CommitPlace, type RowFold } from "./fold.ts"
import { cellOf, compareCells, type RowVersion, type Table } from "./ports/row-store.ts"

export type TableHash = ContentHash & { readonly table: Table }

/**
 * A fold from the first event on that needs no store: only the newest version of each row is kept. A table with one row
 * for each event is not kept at all but hashed as it comes, unless `keepAll` asks for its rows.
 */
export const freshRows = <Event extends { readonly eventNo: number }>(
  projections: ReadonlyArray<RowFold<Event>>,
  { partitions = 1, keepAll = false }: { readonly partitions?: number; readonly keepAll?: boolean } = {}
) => {
  const folds = projections.map((fold) => {
    const streams = !keepAll && partitions === 1 && fold.key.length === 1 && fold.key[0] === "eventNo"
    return streams ? hashing(fold) : keeping(fold)
  })
  return {
    fold: (partition: number, event: Event, place: CommitPlace): void => {
      for (const one of folds) one.add(partition, event, place)
    },
    /** The content hash of each projection; ends it. */
    hashes: (): ReadonlyArray<TableHash> => folds.map((one) => ({ table: one.table, ...one.hash() })),
    /** A projection's rows, sorted by key and partition. */
    rows: (name: string): ReadonlyArray<RowVersion> => folds.find((one) => one.table.name === name)?.rows() ?? []
  }
}

const keeping = <Event extends { readonly eventNo: number }>(fold: RowFold<Event>) => {
  const kept = new Map<number, Map<string | number, RowVersion>>()
  const sorted = () => {
    const keyed = [...kept.values()]
      .flatMap((rows) => [...rows.values()])
      .map((version) => ({
        version,
        key: [...fold.key.map((column) => cellOf(version, column)), version.partition]
      }))
    return keyed.sort((a, b) => compareCells(a.key, b.key)).map(({ version }) => version)
  }
  return {
    table: fold,
    add: (partition: number, event: Event, place: CommitPlace): void => {
      let rows = kept.get(partition)
      if (rows === undefined) kept.set(partition, (rows = new Map()))
      for (const key of fold.keysOf(event)) {
        const id = idOf(key)
        const before = rows.get(id)?.row ?? fold.empty(key)
        const row = fold.fold(before, event, place)
        if (row !== before) rows.set(id, { partition, eventNo: event.eventNo, row })
      }
    },
    hash: (): ContentHash => {
      const hasher = contentHasher(fold)
      for (const version of sorted()) hasher.add(version)
      return hasher.done()
    },
    rows: sorted
  }
}

const hashing = <Event extends { readonly eventNo: number }>(fold: RowFold<Event>) => {
  const hasher = contentHasher(fold)
  return {
    table: fold,
    add: (partition: number, event: Event, place: CommitPlace): void => {
      for (const key of fold.keysOf(event)) {
        hasher.add({ partition, eventNo: event.eventNo, row: fold.fold(fold.empty(key), event, place) })
      }
    },
    hash: (): ContentHash => hasher.done(),
    rows: (): ReadonlyArray<RowVersion> => []
  }
}
