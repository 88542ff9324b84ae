import type { ByteReader } from "#domain/bytes/reader.ts"
import { UnreadableBytes } from "#domain/bytes/reader.ts"
import type { StoredType } from "#streams/codec.ts"
import type { ScannedField } from "#streams/scan-events.ts"

/**
 * The second form of a segment: its events as they are in memory, so that nobody has to look for them in JSON.
 *
 * - a line of JSON, {@link FormHead}: the types with their fields as they were when it was written, and how long each part is
 * - `texts`: the bytes of every text, one after the other, in the order in which the records first name them
 * - `places`: for each commit the 32 bytes of its hash, then all their ids with newlines between
 * - records: for each commit the number of its events, then these; numbers and amounts as `domain/bytes` writes them
 *
 * A record begins with `type × 4 + (1 with a trace) + (2 with an account)`. Type 0 is an event in JSON, of a type or a shape
 * that has no other form; type n is the nth of the head. Then both times, actor, cause, correlation, trace and
 * account, as texts; a mask for each {@link MASKED} fields that may be absent; and the fields that are there, in their order.
 * The number of an event is one more than that of the one before.
 *
 * A text is 0 where it comes for the first time, then twice its bytes in UTF-8 (and 1 where they are not ASCII); later
 * it is `1 + 2 × its number`, or `2 × how many texts ago it came`.
 */
export const FORM = "events"
export const FORM_VERSION = 1
export const MASKED = 24

/** A field by its key, its kind, and whether it may be absent. */
type HeadField = readonly [key: string, kind: NonNullable<ScannedField["kind"]>, optional: 0 | 1]
export type HeadType = readonly [type: string, v: number, fields: ReadonlyArray<HeadField>]
export type FormHead = {
  readonly v: typeof FORM_VERSION
  readonly partition: number
  /** number of the first commit and of the first event, and how many there are */
  readonly first: number
  readonly commits: number
  readonly firstEvent: number
  readonly events: number
  readonly types: ReadonlyArray<HeadType>
  /** bytes of these two parts */
  readonly texts: number
  readonly places: number
}

/** What is asked of a codec to read events of this form. */
export type FormCodec<Event> = {
  readonly types: ReadonlyArray<StoredType>
  readonly decode: (raw: Record<string, unknown>) => Event
}

/** How a type stands in a head; undefined for one that has fields within fields: it is written as JSON. */
export const headTypeOf = ({ type, v, fields }: StoredType): HeadType | undefined => {
  const named = fields.map(({ key, kind, optional }) => [key, kind, optional ? 1 : 0] as const)
  const isFlat = named.every(([key, kind]) => kind !== undefined && /^[A-Za-z]\w*$/u.test(key))
  return isFlat ? [type, v, named as ReadonlyArray<HeadField>] : undefined
}

/** The engine copies parts of a text that are shorter; a longer part keeps all of it in memory. */
const COPIED = 13

/** The texts of a segment, each made once, when it first comes. */
export class Texts {
  readonly #bytes: Buffer
  /** where all of them are ASCII letters stand where their bytes do, and nowhere else is this read */
  readonly #letters: string
  readonly #known: Array<string> = []
  #at = 0
  constructor(bytes: Buffer) {
    this.#bytes = bytes
    this.#letters = bytes.toString("latin1")
  }

  read(from: ByteReader): string {
    const code = from.count()
    if (code > 0) {
      const known = this.#known[code % 2 === 1 ? (code - 1) / 2 : this.#known.length - code / 2]
      if (known === undefined) throw new UnreadableBytes(`there is no text ${code}`)
      return known
    }
    const head = from.count()
    const length = Math.floor(head / 2)
    const at = this.#at
    this.#at = at + length
    if (this.#at > this.#bytes.length) throw new UnreadableBytes("its texts end too early")
    const text =
      head % 2 === 1
        ? this.#bytes.toString("utf8", at, this.#at)
        : length < COPIED
          ? this.#letters.slice(at, this.#at)
          : this.#bytes.toString("latin1", at, this.#at)
    this.#known.push(text)
    return text
  }

  end(): void {
    if (this.#at !== this.#bytes.length) throw new UnreadableBytes("texts are left over")
  }
}
