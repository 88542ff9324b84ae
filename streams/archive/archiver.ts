import { bodyOf, BrokenChain, readChecked, type CheckedCommit } from "#streams/chain.ts"
import type { EventLog } from "#streams/ports/event-log.ts"
import type { ObjectStore } from "#streams/ports/object-store.ts"
import { archiveEnd, type ArchiveEnd } from "./archive.ts"
import { payloadKey, sealKey, sealText, sha256Hex, type Seal } from "./seal.ts"
import { encodeCommits, pack } from "./segment.ts"

export type ArchiveOptions = {
  readonly log: Pick<EventLog, "read">
  readonly store: ObjectStore
  readonly partition: number
  /** a segment is closed when it has so many bytes (or there is nothing more); of a very large commit it has one more */
  readonly segmentBytes: number
  readonly signal?: AbortSignal
  readonly onSealed?: (end: ArchiveEnd) => void
}

/**
 * Seals everything that the log holds beyond the archive's end, and says where the archive ends then. Each commit is
 * checked on its way; where the log does not continue the archive it throws {@link BrokenChain}. A crash leaves at most
 * a segment without a seal, which nobody reads. Ends after the segment at hand when `signal` aborts.
 */
export const archiveOn = async (options: ArchiveOptions): Promise<ArchiveEnd> => {
  const { log, store, partition, segmentBytes, signal, onSealed } = options
  let end = await archiveEnd(store, partition)
  let waiting: Array<CheckedCommit> = []
  let bytes = 0
  const seal = async () => {
    end = await sealSegment(store, end, waiting)
    waiting = []
    bytes = 0
    onSealed?.(end)
  }
  for await (const batch of readChecked(log, partition, end)) {
    for (const commit of batch) {
      waiting.push(commit)
      bytes += commit.stored.body.length
      if (bytes < segmentBytes) continue
      await seal()
      if (signal?.aborted === true) return end
    }
  }
  if (waiting.length > 0) await seal()
  return end
}

/** Writes one segment: its bytes first, then the seal that makes them count. */
const sealSegment = async (
  store: ObjectStore,
  end: ArchiveEnd,
  commits: ReadonlyArray<CheckedCommit>
): Promise<ArchiveEnd> => {
  const stored = commits.map((commit) => commit.stored)
  const [first, last] = [stored[0]!, stored.at(-1)!]
  const { partition } = first
  const lastEvent = numberEvents(end.eventNo, commits)
  const original = encodeCommits(stored)
  const packed = await pack(original)
  const sha256 = sha256Hex(packed)
  const object = payloadKey(partition, first.no, last.no, sha256, "commits")
  const sizes = { size: packed.length, sha256, originalSize: original.length, originalSha256: sha256Hex(original) }
  const seal: Seal = {
    v: 1,
    partition,
    first: first.no,
    last: last.no,
    prev: first.prev,
    hash: last.hash,
    firstEvent: end.eventNo + 1,
    lastEvent,
    prevSeal: end.seal,
    payloads: [{ name: "commits", object, encoding: "zstd", ...sizes }]
  }
  const text = Buffer.from(sealText(seal), "utf8")
  await store.put(object, packed)
  await store.put(sealKey(partition, first.no), text)
  return { no: last.no, hash: last.hash, eventNo: lastEvent, seal: sha256Hex(text) }
}

/** The number of the last event; each must follow the one before it. */
const numberEvents = (after: number, commits: ReadonlyArray<CheckedCommit>): number => {
  let last = after
  for (const commit of commits) {
    const { stored } = commit
    for (const event of bodyOf(commit).events) {
      if (event["eventNo"] !== last + 1)
        throw new BrokenChain(
          stored.partition,
          stored.no,
          `event ${String(event["eventNo"])} does not follow event ${last}`
        )
      last++
    }
  }
  return last
}
