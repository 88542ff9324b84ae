import type { ByteReader } from "#domain/bytes/reader.ts"
import type { Recorded } from "#domain/kernel/event.ts"
import { formatFixed } from "#domain/kernel/money.ts"
import { headTypeOf, MASKED, type FormCodec, type HeadType, type Texts } from "./event-form.ts"

/** Reads the record of one event after its first number; `bits` are whether it has a trace and an account. */
export type ReadRecord<Event> = (from: ByteReader, texts: Texts, eventNo: number, bits: number) => Event

/**
 * How the types of a head are read, each of them by code that is put together from its fields. A type as this program
 * knows it gives its events as they are in memory; of another version they are told as JSON tells them, and
 * brought up to date as those are.
 */
export const makeReaders = <Event>(codec: FormCodec<Event>) => {
  const known = new Map<string, ReadRecord<Event>>()
  const presentTypes = new Map(codec.types.map((type) => [JSON.stringify(headTypeOf(type)), type]))
  return (type: HeadType): ReadRecord<Event> => {
    const key = JSON.stringify(type)
    const found = known.get(key)
    if (found !== undefined) return found
    let reader: ReadRecord<Event>
    const present = presentTypes.get(key)
    if (present !== undefined) {
      const wraps = present.fields.map(({ ofText }) => ofText ?? asItIs)
      reader = recordReader(type, dataReader(type, "from.amount()", wraps)) as ReadRecord<Event>
    } else {
      const stored = recordReader(type, dataReader(type, "formatFixed(from.amount())", []))
      reader = (...given) => codec.decode(stored(...given) as unknown as Record<string, unknown>)
    }
    known.set(key, reader)
    return reader
  }
}
const asItIs = (text: string): unknown => text

const recordReader =
  ([type, v]: HeadType, readData: ReadData): ReadRecord<Recorded> =>
  (from, texts, eventNo, bits) => {
    const recordedAt = texts.read(from)
    const effectiveAt = texts.read(from)
    const actor = texts.read(from)
    const cause = texts.read(from)
    const correlation = texts.read(from)
    // in the order and the shape in which the scanner makes them
    if (bits === 2) {
      const account = texts.read(from)
      const data = readData(from, texts)
      return {
        eventNo,
        type,
        v,
        recordedAt,
        effectiveAt,
        actor,
        cause,
        correlation,
        account,
        data
      } as unknown as Recorded
    }
    const head = { eventNo, type, v, recordedAt, effectiveAt, actor, cause, correlation }
    const trace = (bits & 1) === 0 ? {} : { trace: texts.read(from) }
    const account = (bits & 2) === 0 ? {} : { account: texts.read(from) }
    return { ...head, ...trace, ...account, data: readData(from, texts) } as unknown as Recorded
  }

type ReadData = (from: ByteReader, texts: Texts) => unknown

/** Each object is made in one shape: what must be there at once, what may be absent after it. */
const dataReader = (
  [, , fields]: HeadType,
  amount: string,
  wraps: ReadonlyArray<(text: string) => unknown>
): ReadData => {
  const read = (kind: HeadType[2][number][1], i: number): string => {
    if (kind === "amount") return amount
    if (kind === "integer") return "from.whole()"
    if (kind === "flag") return "from.flag()"
    return kind === "kept" && wraps.length > 0 ? `wraps[${i}](texts.read(from))` : "texts.read(from)"
  }
  const optional = fields.filter(([, , isOptional]) => isOptional === 1)
  const firstOptional = fields.findIndex(([, , isOptional]) => isOptional === 1)
  const atOnce = firstOptional < 0 ? fields.length : firstOptional
  const lines = optional.flatMap((_, i) => (i % MASKED === 0 ? [`const mask${i / MASKED} = from.count()`] : []))
  const made = fields.slice(0, atOnce).map(([key, kind], i) => `${key}: ${read(kind, i)}`)
  lines.push(`const data = {${made.join(", ")}}`)
  let masked = 0
  for (const [i, [key, kind, isOptional]] of fields.entries()) {
    if (i < atOnce) continue
    const bit = isOptional === 1 ? masked++ : undefined
    const when = bit === undefined ? "" : `if ((mask${Math.floor(bit / MASKED)} & ${1 << (bit % MASKED)}) !== 0) `
    lines.push(`${when}data.${key} = ${read(kind, i)}`)
  }
  lines.push("return data")
  // oxlint-disable-next-line typescript/no-implied-eval -- made of field names that were looked at (`isHeadType`)
  const build = new Function("formatFixed", "wraps", `return (from, texts) => {\n${lines.join("\n")}\n}`)
  return build(formatFixed, wraps) as ReadData
}
