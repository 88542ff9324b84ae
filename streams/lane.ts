import type { Fact, Recorded } from "#domain/kernel/event.ts"
import type { CheckedCommit } from "./chain.ts"
import { idOf, isMadeWhole, type CommitPlace, type RowFold } from "./fold.ts"
import type { RowKey, RowVersion, StorePosition } from "./ports/row-store.ts"
import type { RowCache } from "./row-cache.ts"

/** One projection on its way: its rows in memory, up to where it is stored, and the rows that wait to be. */
export type Lane<Event> = {
  readonly fold: RowFold<Event>
  readonly cache: RowCache
  stored: StorePosition
  waiting: Array<RowVersion>
}
export type Decoded<Event> = { readonly place: CommitPlace; readonly events: ReadonlyArray<Event> }

/** Folds a commit's events into a lane; the rows that this makes wait there. */
export const foldInto = <Event extends { readonly eventNo: number }>(
  lane: Lane<Event>,
  partition: number,
  { place, events }: Decoded<Event>
): void => {
  const { fold, cache, waiting } = lane
  for (const event of events) {
    for (const key of fold.keysOf(event)) {
      const id = idOf(key)
      const known = cache.get(id)
      const before = known ?? fold.empty(key)
      const row = fold.fold(before, event, place)
      if (row === before) continue
      if (known !== undefined || !isMadeWhole(fold, before)) cache.put(id, row, event.eventNo)
      waiting.push({ partition, eventNo: event.eventNo, row })
    }
  }
}

/** The rows that these commits change and only the store knows. */
export const unknownKeys = <Event>(
  { fold, cache, stored }: Lane<Event>,
  slice: ReadonlyArray<Decoded<Event>>
): ReadonlyArray<RowKey> => {
  if (cache.knowsAll()) return []
  const keys = new Map<string | number, RowKey>()
  for (const { place, events } of slice) {
    if (place.no <= stored.commitNo) continue
    for (const event of events) {
      for (const key of fold.keysOf(event)) {
        const id = idOf(key)
        if (!keys.has(id) && cache.isUnknown(id) && !isMadeWhole(fold, fold.empty(key))) keys.set(id, key)
      }
    }
  }
  return [...keys.values()]
}

/** Puts rows that were loaded where the fold will look for them. */
export const remember = <Event>({ fold, cache }: Lane<Event>, versions: ReadonlyArray<RowVersion>): void => {
  for (const { row, eventNo } of versions) {
    const key = fold.key.map((column) => (column === "eventNo" ? eventNo : (row[column] as string | number)))
    cache.put(idOf(key), row, eventNo)
  }
}

/** Commits decoded, about `most` events at a time; with the last slice the error that ends it, if one does. */
export function* slices<Event extends Fact>(
  batch: ReadonlyArray<CheckedCommit>,
  decode: (commit: CheckedCommit) => ReadonlyArray<Recorded<Event>>,
  most: number
): Generator<{ readonly slice: ReadonlyArray<Decoded<Recorded<Event>>>; readonly error?: unknown }> {
  let slice: Array<Decoded<Recorded<Event>>> = []
  let size = 0
  for (const commit of batch) {
    try {
      const events = decode(commit)
      const { no, id, hash } = commit.stored
      slice.push({ place: { no, id, hash }, events })
      size += events.length
    } catch (error) {
      return yield { slice, error }
    }
    if (size < most) continue
    yield { slice }
    slice = []
    size = 0
  }
  if (slice.length > 0) yield { slice }
}
