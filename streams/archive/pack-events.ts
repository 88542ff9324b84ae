import { ByteWriter } from "#domain/bytes/writer.ts"
import type { Recorded } from "#domain/kernel/event.ts"
import type { StoredType } from "#streams/codec.ts"
import type { StoredCommit } from "#streams/ports/event-log.ts"
import { FORM_VERSION, headTypeOf, MASKED, type FormHead, type HeadType } from "./event-form.ts"

/** A commit to be written: an event that this program does not know is given as its JSON, and `json` gives that of any. */
export type CommitToPack = Pick<StoredCommit, "no" | "id" | "hash"> & {
  readonly events: ReadonlyArray<Recorded | string>
  readonly json: (event: number) => string
}

/** The commits of one segment in its second form (`event-form.ts`), their events numbered from `firstEvent` on. */
export const packEvents = (
  known: ReadonlyArray<StoredType>,
  partition: number,
  firstEvent: number,
  commits: ReadonlyArray<CommitToPack>
): Buffer => {
  // a head names the types of its segment and no others
  const types: Array<HeadType> = []
  const writers = new Map<string, RecordWriter | undefined>()
  const writerOf = (name: string): RecordWriter | undefined => {
    if (writers.has(name)) return writers.get(name)
    const found = known.find(({ type }) => type === name)
    const type = found && headTypeOf(found)
    const writer = type && recordWriter(type, types.push(type))
    writers.set(name, writer)
    return writer
  }
  const records = new ByteWriter()
  const texts = new TextWriter(records)
  let events = 0
  for (const commit of commits) {
    records.count(commit.events.length)
    for (const [i, event] of commit.events.entries()) {
      events++
      const isWritten = typeof event === "string" ? false : writerOf(event.type)?.(records, texts, event)
      if (isWritten === true) continue
      records.count(0)
      texts.write(commit.json(i))
    }
  }
  const textBytes = texts.done()
  const places = placesOf(commits)
  const head: FormHead = {
    v: FORM_VERSION,
    partition,
    first: commits[0]!.no,
    commits: commits.length,
    firstEvent,
    events,
    types,
    texts: textBytes.length,
    places: places.length
  }
  return Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), textBytes, places, records.done()])
}

const placesOf = (commits: ReadonlyArray<CommitToPack>): Buffer =>
  Buffer.concat([
    ...commits.map(({ hash }) => Buffer.from(hash, "hex")),
    Buffer.from(commits.map(({ id }) => id).join("\n"))
  ])

/** Texts are told once; the bytes of all of them are in a part of their own. */
class TextWriter {
  readonly #records: ByteWriter
  readonly #known = new Map<string, number>()
  readonly #parts: Array<string> = []
  constructor(records: ByteWriter) {
    this.#records = records
  }
  write(text: string): void {
    const known = this.#known.get(text)
    if (known !== undefined) return this.#records.count(Math.min(1 + 2 * known, 2 * (this.#known.size - known)))
    const bytes = Buffer.byteLength(text, "utf8")
    this.#records.count(0)
    this.#records.count(bytes * 2 + (bytes === text.length ? 0 : 1))
    this.#parts.push(text)
    this.#known.set(text, this.#known.size)
  }
  done(): Buffer {
    return Buffer.from(this.#parts.join(""), "utf8")
  }
}

/** Writes an event, or says that it is not of the shape that its type tells: nothing is written then. */
type RecordWriter = (records: ByteWriter, texts: TextWriter, event: Recorded) => boolean

const recordWriter = ([, v, fields]: HeadType, no: number): RecordWriter => {
  const optional = fields.filter(([, , isOptional]) => isOptional === 1)
  return (records, texts, event) => {
    const data = event.data as Record<string, unknown>
    if (event.v !== v || !hasShape(event, ENVELOPE) || !hasShape(data, fields)) return false
    const { trace, account } = event
    records.count(no * 4 + (trace === undefined ? 0 : 1) + (account === undefined ? 0 : 2))
    const { recordedAt, effectiveAt, actor, cause, correlation } = event
    for (const text of [recordedAt, effectiveAt, actor, cause, correlation, trace, account])
      if (text !== undefined) texts.write(text)
    for (let from = 0; from < optional.length; from += MASKED) {
      const masked = optional.slice(from, from + MASKED)
      records.count(masked.reduce((mask, [key], i) => (data[key] === undefined ? mask : mask | (1 << i)), 0))
    }
    for (const [key, kind] of fields) {
      const value = data[key]
      if (value === undefined) continue
      if (kind === "amount") records.amount(value as bigint)
      else if (kind === "integer") records.whole(value as number)
      else if (kind === "flag") records.flag(value as boolean)
      else texts.write(textOf(value)!)
    }
    return true
  }
}

type Shape = ReadonlyArray<readonly [key: string, kind: keyof typeof IS_OF, optional: 0 | 1]>
/** Every field that must be there, no other, in this order, and each of its kind. */
const hasShape = (value: object, fields: Shape): boolean => {
  const keys = Object.keys(value)
  let at = 0
  for (const [key, kind, isOptional] of fields) {
    if (keys[at] !== key) {
      if (isOptional === 0) return false
      continue
    }
    at++
    if (!IS_OF[kind]((value as Record<string, unknown>)[key])) return false
  }
  return at === keys.length
}

const isText = (value: unknown): boolean => textOf(value)?.isWellFormed() === true
const IS_OF: Readonly<Record<HeadType[2][number][1] | "data", (value: unknown) => boolean>> = {
  amount: (value) => typeof value === "bigint",
  integer: (value) => Number.isSafeInteger(value) && !Object.is(value, -0),
  flag: (value) => typeof value === "boolean",
  text: (value) => typeof value === "string" && value.isWellFormed(),
  kept: isText,
  data: (value) => typeof value === "object" && value !== null
}
/** What is kept until somebody reads it tells its text as it does to JSON. */
const textOf = (value: unknown): string | undefined => {
  const told = typeof value === "object" ? (value as { readonly toJSON?: () => unknown } | null)?.toJSON?.() : value
  return typeof told === "string" ? told : undefined
}

const ENVELOPE: Shape = [
  ["eventNo", "integer", 0],
  ["type", "text", 0],
  ["v", "integer", 0],
  ["recordedAt", "text", 0],
  ["effectiveAt", "text", 0],
  ["actor", "text", 0],
  ["cause", "text", 0],
  ["correlation", "text", 0],
  ["trace", "text", 1],
  ["account", "text", 1],
  ["data", "data", 0]
]
