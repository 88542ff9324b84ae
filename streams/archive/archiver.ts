import { bodyOf, BrokenChain, readChecked, type CheckedCommit } from "#streams/chain.ts"
import type { EventLog } from "#streams/ports/event-log.ts"
import type { ObjectStore } from "#streams/ports/object-store.ts"
import { archiveEnd, type ArchiveEnd } from "./archive.ts"
import { FORM, type FormCodec } from "./event-form.ts"
import { packEvents } from "./pack-events.ts"
import { formComparer, toldBy } from "./same-events.ts"
import { payloadKey, sealKey, sealText, sha256Hex, type Payload, type Seal } from "./seal.ts"
import { encodeCommits, pack } from "./segment.ts"

export type ArchiveOptions = {
  readonly log: Pick<EventLog, "read">
  readonly store: ObjectStore
  readonly partition: number
  /** with it the events stand a second time beside the original bytes, in the form of `event-form.ts` */
  readonly codec?: FormCodec<unknown>
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
  const { log, store, partition, segmentBytes, signal, onSealed, codec } = options
  const form = codec === undefined ? undefined : secondForm(codec)
  let end = await archiveEnd(store, partition)
  let waiting: Array<CheckedCommit> = []
  let bytes = 0
  const seal = async () => {
    end = await sealSegment(store, end, waiting, form)
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
  commits: ReadonlyArray<CheckedCommit>,
  form: SecondForm | undefined
): Promise<ArchiveEnd> => {
  const stored = commits.map((commit) => commit.stored)
  const [first, last] = [stored[0]!, stored.at(-1)!]
  const { partition } = first
  const bodies = commits.map((commit) => bodyOf(commit).events)
  const lastEvent = numberEvents(end.eventNo, commits, bodies)
  const place = { partition, first: first.no, last: last.no }
  const forms = [await payloadOf(place, "commits", encodeCommits(stored), ORIGINALS_LEVEL)]
  const second = form?.(commits, bodies, end.eventNo + 1)
  if (second !== undefined) forms.push(await payloadOf(place, FORM, second, FORM_LEVEL))
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
    payloads: forms.map(({ payload }) => payload)
  }
  const text = Buffer.from(sealText(seal), "utf8")
  for (const { payload, packed } of forms) await store.put(payload.object, packed)
  await store.put(sealKey(partition, first.no), text)
  return { no: last.no, hash: last.hash, eventNo: lastEvent, seal: sha256Hex(text) }
}

/** Levels of zstd: the second form is as small by the second as by the sixth, for a third of the work. */
const ORIGINALS_LEVEL = 6
const FORM_LEVEL = 2

const payloadOf = async (
  { partition, first, last }: { readonly partition: number; readonly first: number; readonly last: number },
  name: string,
  bytes: Buffer,
  level: number
): Promise<{ readonly payload: Payload; readonly packed: Buffer }> => {
  const packed = await pack(bytes, level)
  const sha256 = sha256Hex(packed)
  const object = payloadKey(partition, first, last, sha256, name)
  const sizes = { size: packed.length, sha256, originalSize: bytes.length, originalSha256: sha256Hex(bytes) }
  return { payload: { name, object, encoding: "zstd", ...sizes }, packed }
}

type Bodies = ReadonlyArray<ReadonlyArray<Record<string, unknown>>>
type SecondForm = (commits: ReadonlyArray<CheckedCommit>, bodies: Bodies, firstEvent: number) => Buffer | undefined

/**
 * Puts a segment's events into their second form and reads them back: only where they are those of the originals is it
 * given. The bodies are changed in place.
 */
const secondForm = (codec: FormCodec<unknown>): SecondForm => {
  const differs = formComparer(codec)
  return (commits, bodies, firstEvent) => {
    const told = commits.map((commit, i) => {
      const { no, id, hash } = commit.stored
      const json = (event: number) => JSON.stringify(bodyOf(commit).events[event])
      return { no, id, hash, json, events: toldBy(codec, bodies[i]!, json) }
    })
    const form = packEvents(codec.types, commits[0]!.stored.partition, firstEvent, told)
    return differs(form, told, firstEvent) === undefined ? form : undefined
  }
}

/** The number of the last event; each must follow the one before it. */
const numberEvents = (after: number, commits: ReadonlyArray<CheckedCommit>, bodies: Bodies): number => {
  let last = after
  for (const [i, { stored }] of commits.entries()) {
    for (const event of bodies[i]!) {
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
