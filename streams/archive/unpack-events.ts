import { ByteReader, UnreadableBytes } from "#domain/bytes/reader.ts"
import type { CommitPlace } from "#streams/fold.ts"
import { FORM_VERSION, Texts, type FormCodec, type FormHead, type HeadType } from "./event-form.ts"
import { makeReaders } from "./event-readers.ts"

/** A commit as its second form tells it. Where it stands is put together when somebody asks. */
export type UnpackedCommit<Event> = {
  readonly no: number
  readonly events: ReadonlyArray<Event>
  readonly place: () => CommitPlace
}
export type Unpacked<Event> = {
  readonly head: FormHead
  /** In order and once, in runs of some hundred events: more would only be garbage that has grown old. */
  readonly runs: () => Iterable<ReadonlyArray<UnpackedCommit<Event>>>
  /** hash of the last commit */
  readonly hash: string
}

const EVENTS_IN_A_RUN = 256
const NEWLINE = 10

/**
 * A function that reads segments in their second form. The bytes must be those that were sealed: they are read, not judged;
 * what cannot be right throws `UnreadableBytes`. Of a version that this program does not know it gives undefined.
 */
export const eventUnpacker = <Event>(codec: FormCodec<Event>) => {
  const readerFor = makeReaders(codec)
  const ofJson = (text: string): Event => codec.decode(JSON.parse(text) as Record<string, unknown>)
  return (bytes: Buffer, decodeJson: (text: string) => Event = ofJson): Unpacked<Event> | undefined => {
    const lineEnd = bytes.indexOf(NEWLINE)
    const head = headOf(bytes.toString("utf8", 0, Math.max(0, lineEnd)))
    if (head === undefined) return undefined
    const textsAt = lineEnd + 1
    const placesAt = textsAt + head.texts
    const recordsAt = placesAt + head.places
    if (recordsAt > bytes.length) throw new UnreadableBytes("they end before the records")
    const places = bytes.subarray(placesAt, recordsAt)
    const hashOf = (i: number) => places.toString("hex", i * HASH, (i + 1) * HASH)
    let ids: ReadonlyArray<string> | undefined
    const idOf = (i: number) => (ids ??= places.toString("utf8", head.commits * HASH).split("\n"))[i]!
    function* runs() {
      const readers = head!.types.map(readerFor)
      const texts = new Texts(bytes.subarray(textsAt, placesAt))
      const from = new ByteReader(bytes.subarray(recordsAt))
      let eventNo = head!.firstEvent
      let run: Array<UnpackedCommit<Event>> = []
      let inRun = 0
      for (let i = 0; i < head!.commits; i++) {
        const events: Array<Event> = []
        for (let left = from.length(); left > 0; left--) {
          const first = from.count()
          const reader = readers[(first >> 2) - 1]
          if (reader !== undefined) events.push(reader(from, texts, eventNo, first & 3))
          else if (first === 0) events.push(decodeJson(texts.read(from)))
          else throw new UnreadableBytes(`there is no type ${first >> 2}`)
          eventNo++
        }
        const no = head!.first + i
        run.push({ no, events, place: () => ({ no, id: idOf(i), hash: hashOf(i) }) })
        inRun += events.length + 1
        if (inRun < EVENTS_IN_A_RUN) continue
        yield run
        run = []
        inRun = 0
      }
      from.end()
      texts.end()
      if (eventNo !== head!.firstEvent + head!.events)
        throw new UnreadableBytes("it has other events than its head says")
      if (run.length > 0) yield run
    }
    return { head, runs, hash: hashOf(head.commits - 1) }
  }
}
const HASH = 32

/** Undefined where another program wrote it, which tells more or in another way. */
const headOf = (text: string): FormHead | undefined => {
  let head: FormHead
  try {
    head = JSON.parse(text) as FormHead
  } catch {
    return undefined
  }
  if (head?.v !== FORM_VERSION) return undefined
  const counts = [head.partition, head.first, head.commits, head.firstEvent, head.events, head.texts, head.places]
  const isSound = counts.every((one) => Number.isSafeInteger(one) && one >= 0) && head.types.every(isHeadType)
  if (!isSound) throw new UnreadableBytes("its head is not one of this program")
  return head
}

const KINDS: ReadonlySet<string> = new Set<HeadType[2][number][1]>(["amount", "integer", "flag", "text", "kept"])
/** Names become code: nothing but names may stand there. */
const isHeadType = ([type, v, fields]: HeadType): boolean =>
  typeof type === "string" &&
  Number.isSafeInteger(v) &&
  fields.every(
    ([key, kind, optional]) => /^[A-Za-z]\w*$/u.test(key) && KINDS.has(kind) && (optional === 0 || optional === 1)
  )
