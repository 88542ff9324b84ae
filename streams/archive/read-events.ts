import { UnreadableBytes } from "#domain/bytes/reader.ts"
import { eventsOf } from "#streams/commit-events.ts"
import type { ObjectStore } from "#streams/ports/object-store.ts"
import { checkedSegment, DamagedArchive, sealsInOrder, type SealInOrder } from "./archive.ts"
import { FORM, type FormCodec } from "./event-form.ts"
import { sha256Hex, type Payload } from "./seal.ts"
import { unpackWhole } from "./segment.ts"
import { eventUnpacker, type UnpackedCommit } from "./unpack-events.ts"

/** The events of one segment, and from which of its forms they are. */
export type SegmentEvents<Event> = SealInOrder & {
  readonly form: "events" | "commits"
  readonly bytes: number
  /** in order and once; throws {@link DamagedArchive} */
  readonly runs: () => Iterable<ReadonlyArray<UnpackedCommit<Event>>>
}

/**
 * The events of an archive, from the second form of each segment where it has one that this program knows, otherwise from
 * its originals. The second form rests on the seal alone: that holds its hash, and was only written after its events
 * had been compared with those of the originals. Whether it still is what was sealed is checked here; whether seals
 * and originals are those that an anchor has signed, `verify` says. The next segment is fetched and unpacked, in threads of
 * the engine, while the one before is read. The first damage throws.
 */
export async function* readArchivedEvents<Event>(
  store: ObjectStore,
  partition: number,
  codec: FormCodec<Event> & Parameters<typeof eventsOf<Event>>[0],
  { originals = false } = {}
): AsyncGenerator<SegmentEvents<Event>> {
  const unpackEvents = eventUnpacker(codec)
  const eventsIn = async (sealed: SealInOrder): Promise<SegmentEvents<Event>> => {
    const { key, seal, after } = sealed
    const damaged = (object: string, reason: string) =>
      new DamagedArchive(`${store.name}: ${key}: ${object}: ${reason}`)
    /** Bytes that cannot be right are damage; what an event's own decoder says is not. */
    const told = <T>(object: string, look: () => T): T => {
      try {
        return look()
      } catch (error) {
        throw error instanceof UnreadableBytes ? damaged(object, error.message) : error
      }
    }
    const payload = originals ? undefined : seal.payloads.find(({ name }) => name === FORM)
    const form = payload && (await formOf(store, payload, (reason) => damaged(payload.object, reason)))
    const unpacked = form && told(payload!.object, () => unpackEvents(form))
    if (unpacked !== undefined) {
      const { head, hash, runs } = unpacked
      const { first, firstEvent, lastEvent } = seal
      const isOfSeal =
        head.partition === partition &&
        head.first === first &&
        head.commits === seal.last - first + 1 &&
        head.firstEvent === firstEvent &&
        head.events === lastEvent - after.eventNo &&
        firstEvent === after.eventNo + 1 &&
        hash === seal.hash
      if (!isOfSeal) throw damaged(payload!.object, "it is of other commits than its seal")
      const readable = function* () {
        const each = runs()[Symbol.iterator]()
        for (;;) {
          const next = told(payload!.object, () => each.next())
          if (next.done === true) return
          yield next.value
        }
      }
      return { ...sealed, form: "events", bytes: form!.length, runs: readable }
    }
    const checked = await checkedSegment(store, sealed)
    const bytes = checked.reduce((sum, { stored }) => sum + stored.body.length, 0)
    const runsOfOriginals = function* () {
      for (const commit of checked) {
        const { no, id, hash } = commit.stored
        yield [{ no, events: eventsOf(codec, commit), place: () => ({ no, id, hash }) }]
      }
    }
    return { ...sealed, form: "commits", bytes, runs: runsOfOriginals }
  }
  let ahead: Promise<SegmentEvents<Event>> | undefined
  for await (const sealed of sealsInOrder(store, partition)) {
    const next = eventsIn(sealed)
    next.catch(() => undefined) // told when it is its turn
    if (ahead !== undefined) yield await ahead
    ahead = next
  }
  if (ahead !== undefined) yield await ahead
}

/** A second form as it was sealed, unpacked: what has the hash of the packed bytes unpacks to one thing only. */
export const formOf = async (
  store: ObjectStore,
  { object, sha256, originalSize }: Payload,
  damaged: (reason: string) => Error
): Promise<Buffer> => {
  const packed = await store.get(object)
  if (packed === undefined) throw damaged("it is missing")
  if (sha256Hex(packed) !== sha256) throw damaged("it is not what was sealed")
  try {
    return await unpackWhole(packed, originalSize)
  } catch (error) {
    throw damaged((error as Error).message)
  }
}
