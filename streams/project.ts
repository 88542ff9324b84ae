import type { Fact, Recorded } from "#domain/kernel/event.ts"
import { followChecked, readChecked } from "./chain.ts"
import type { Codec } from "./codec.ts"
import { EMPTY_CHAIN } from "./commit.ts"
import { eventsOf } from "./commit-events.ts"
import { CannotFold, eventReader, type RowFold } from "./fold.ts"
import { foldInto, remember, slices, unknownKeys, type Decoded, type Lane } from "./lane.ts"
import type { EventLog } from "./ports/event-log.ts"
import type { RowStore, StorePosition } from "./ports/row-store.ts"
import { makeRetry } from "./retry.ts"
import { makeRowCache } from "./row-cache.ts"
import { makeWaiters } from "./waiters.ts"

export type ProjectOptions<Event extends Fact> = {
  readonly log: Pick<EventLog, "name" | "read" | "follow">
  readonly partition: number
  readonly codec: Pick<Codec<Event>, "decode" | "scan">
  readonly projections: ReadonlyArray<RowFold<Recorded<Event>>>
  readonly store: RowStore
  /** `rows`: written as soon as so many wait; `waitMs`: how long one may wait otherwise */
  readonly batch?: { readonly rows?: number; readonly waitMs?: number }
  /** ends it: what was folded is written once more, then `ended` resolves */
  readonly signal?: AbortSignal
  /** `head`: until the log's end as it is now, and a store that goes on failing ends it; `forever`: follow, and try on */
  readonly until?: "head" | "forever"
  readonly onProgress?: (progress: Progress) => void
  readonly onStatus?: (status: ProjectorStatus) => void
  /** rows of each projection that are kept in memory */
  readonly rowsInMemory?: number
}
/** How far it is: what is stored, and the events that this run has folded. */
export type Progress = { readonly position: StorePosition; readonly events: number }
export type ProjectorStatus = {
  readonly state: "starting" | "running" | "retrying" | "stopped"
  /** what is wrong, while it is retrying or when an error stopped it */
  readonly detail?: string
}

export type Projector = {
  /** What is stored of every projection. */
  readonly position: () => StorePosition
  readonly status: () => ProjectorStatus
  /** Read your writes: true as soon as the event is in the store, false when the time is over or it has ended. */
  readonly waitFor: (eventNo: number, timeoutMs: number) => Promise<boolean>
  /** Resolves where it ended; rejects with {@link CannotFold}, BrokenChain or {@link OtherLedger} at what it cannot pass. */
  readonly ended: Promise<StorePosition>
}

/** The store was filled from a ledger that is not this one. */
export class OtherLedger extends Error {
  override readonly name = "OtherLedger"
}

const NOWHERE: StorePosition = { eventNo: 0, commitNo: EMPTY_CHAIN.no, hash: EMPTY_CHAIN.hash }
/** So many at most are decoded and folded between two looks at what waits. */
const EVENTS_PER_SLICE = 4_096

/**
 * The project loop: from the stored position on, commits are checked against the chain, folded, and their rows written
 * in batches that may be cut anywhere, because each row version has the number of its event; the position goes last.
 * After a crash between the two the same rows come again. It does not begin before this call has returned.
 */
export const project = <Event extends Fact>(options: ProjectOptions<Event>): Projector => {
  const { log, partition, codec, projections, store, until = "forever", onProgress, onStatus } = options
  const { rows: rowsPerWrite = 5_000, waitMs = 100 } = options.batch ?? {}
  const failed = new AbortController()
  const stop = options.signal ?? new AbortController().signal
  const signal = AbortSignal.any([stop, failed.signal])
  const waiters = makeWaiters()
  let status: ProjectorStatus = { state: "starting" }
  const say = (next: ProjectorStatus) => {
    if (status.state === next.state && status.detail === next.detail) return
    status = next
    onStatus?.(next)
  }
  const retry = makeRetry({
    signal,
    tries: until === "forever" ? Number.POSITIVE_INFINITY : 5,
    onFailure: (error) => say({ state: "retrying", detail: `${store.name}: ${error.message}` }),
    onSuccess: () => say({ state: "running" })
  })

  let lanes: ReadonlyArray<Lane<Recorded<Event>>> = []
  let folded = NOWHERE
  let events = 0
  const position = () =>
    lanes.map((lane) => lane.stored).reduce(lowest, lanes.length === 0 ? NOWHERE : lanes[0]!.stored)

  const open = async (): Promise<void> => {
    await store.prepare(projections)
    lanes = await Promise.all(
      projections.map(async (fold) => {
        const stored = (await store.positions(fold)).get(partition)
        const isFinished = fold.isFinished ?? (() => false)
        const cache = makeRowCache(options.rowsInMemory ?? 50_000, stored === undefined, isFinished)
        return { fold, cache, stored: stored ?? NOWHERE, waiting: [] }
      })
    )
  }

  /** Everything that waits goes into the store; one write is under way at a time. */
  let writing = Promise.resolve()
  let timer: NodeJS.Timeout | undefined
  const flush = (): Promise<void> => {
    clearTimeout(timer)
    timer = undefined
    return (writing = writing.then(write))
  }
  const write = async (): Promise<void> => {
    const upTo = folded
    const behind = lanes.filter((lane) => lane.stored.commitNo < upTo.commitNo)
    if (behind.length === 0 || failed.signal.aborted) return // what comes after a lost batch must not be stored
    const batches = behind.map((lane) => ({ table: lane.fold, versions: lane.waiting }))
    for (const lane of behind) lane.waiting = []
    const positions = behind.map((lane) => ({ table: lane.fold, partition, position: upTo }))
    try {
      await retry(() =>
        store.write(
          batches.filter(({ versions }) => versions.length > 0),
          positions
        )
      )
    } catch (error) {
      return failed.abort(error) // nothing is lost: the position stands where it stood
    }
    for (const lane of behind) lane.stored = upTo
    waiters.reached(position().eventNo)
    onProgress?.({ position: position(), events })
  }

  /** Rows that these events will change and only the store knows: one question for each projection. */
  const load = async (slice: ReadonlyArray<Decoded<Recorded<Event>>>): Promise<void> => {
    // only here: a row that was seen in memory now must still be there when the slice is folded
    for (const lane of lanes) lane.cache.trim(lane.stored.eventNo)
    await Promise.all(
      lanes.map(async (lane) => {
        const keys = unknownKeys(lane, slice)
        const { eventNo } = lane.stored
        if (keys.length > 0) remember(lane, await retry(() => store.load(lane.fold, partition, keys, eventNo)))
      })
    )
  }

  const foldSlice = (slice: ReadonlyArray<Decoded<Recorded<Event>>>): void => {
    for (const commit of slice) {
      const { place, events: recorded } = commit
      try {
        for (const lane of lanes) if (place.no > lane.stored.commitNo) foldInto(lane, partition, commit)
      } catch (cause) {
        throw new CannotFold(partition, place.no, cause)
      }
      events += recorded.length
      folded = { eventNo: folded.eventNo + recorded.length, commitNo: place.no, hash: place.hash }
    }
  }

  const run = async (): Promise<StorePosition> => {
    await retry(open)
    folded = position()
    waiters.reached(folded.eventNo)
    for (const { stored } of lanes) await checkLedger(log, partition, stored, store.name)
    const chain = { no: folded.commitNo, hash: folded.hash }
    const decode = eventReader<Event>((commit) => eventsOf(codec, commit), folded.eventNo)
    const source = until === "head" ? readChecked(log, partition, chain) : followChecked(log, partition, chain, signal)
    try {
      for await (const batch of source) {
        for (const { slice, error } of slices(batch, decode, Math.min(rowsPerWrite, EVENTS_PER_SLICE))) {
          await load(slice)
          foldSlice(slice)
          if (error !== undefined) throw error
          const before = writing
          if (lanes.reduce((sum, lane) => sum + lane.waiting.length, 0) >= rowsPerWrite) {
            void flush()
            await before // one batch is written while the next is folded
          } else timer ??= setTimeout(() => void flush(), waitMs)
        }
        if (signal.aborted) break
      }
    } finally {
      await flush() // what is sound is stored, whatever comes after it
    }
    return position()
  }

  const ended = Promise.resolve()
    .then(run)
    .then(
      (end) => {
        if (failed.signal.aborted && !stop.aborted) throw failed.signal.reason
        return end
      },
      (error: unknown) => {
        if (stop.aborted) return position()
        throw error
      }
    )
  void ended
    .then(
      () => say({ state: "stopped" }),
      (error: Error) => say({ state: "stopped", detail: error.message })
    )
    .finally(waiters.end)
  return {
    position,
    status: () => status,
    waitFor: (eventNo, timeoutMs) =>
      position().eventNo >= eventNo ? Promise.resolve(true) : waiters.wait(eventNo, timeoutMs),
    ended
  }
}

const lowest = (a: StorePosition, b: StorePosition): StorePosition => (b.commitNo < a.commitNo ? b : a)

/** The commit that the store stands at must be in the log; otherwise going on would mix two histories. */
const checkLedger = async (
  log: Pick<EventLog, "name" | "read">,
  partition: number,
  at: StorePosition,
  store: string
) => {
  if (at.commitNo === 0) return
  for await (const [commit] of log.read(partition, at.commitNo)) {
    if (commit?.no === at.commitNo && commit.hash === at.hash) return
    break
  }
  throw new OtherLedger(
    `${store} stands at commit ${at.commitNo} of partition ${partition}, and ${log.name} has no such commit: ` +
      "it was filled from another ledger, or that one lost its end. Rebuild it from this one with `trade replay`."
  )
}
