import type { EventDefinition, Recorded } from "#domain/kernel/event.ts"
import { bigintOf } from "#domain/kernel/int64.ts"
import { parseFixed } from "#domain/kernel/money.ts"

/** How a field stands in the text of an event, or undefined where only JSON.parse can tell. */
type Kind = "amount" | "integer" | "flag" | "text" | "kept"
export type ScannedField = {
  readonly key: string
  readonly optional: boolean
  readonly kind: Kind | undefined
  /** of a kept field: what its text is wrapped in */
  readonly ofText?: (text: string) => unknown
}

/** Thrown inside, caught here: the text is not what this program would have written. */
const OTHERWISE = new Error("written otherwise")

// Where the scanner stands. One body is scanned at a time, and nothing in it waits.
let text = ""
let bytes: Uint8Array = new Uint8Array(0)
let at = 0

const QUOTE = 34
/**
 * Past a label that must come, for example `,"side":"`. The hash was checked, type and version say which fields there are
 * and in which order: its first letter and its end tell whether that holds.
 */
const past = (length: number, first: number, last: number): void => {
  if (bytes[at + 2] !== first || bytes[at + length - 1] !== last) throw OTHERWISE
  at += length
}
/** Whether an optional field's label comes, letter by letter: many begin alike. */
const stands = (label: Uint8Array): boolean => {
  for (let i = 2; i < label.length; i++) if (bytes[at + i] !== label[i]) return false
  return bytes[at] === label[0]
}
const integer = (): number => {
  const isNegative = bytes[at] === 45
  if (isNegative) at++
  const from = at
  let value = 0
  for (let digit = bytes[at]! - 48; digit >= 0 && digit <= 9; digit = bytes[++at]! - 48) value = value * 10 + digit
  if (at === from || value > Number.MAX_SAFE_INTEGER) throw OTHERWISE
  return isNegative ? -value : value
}
const flag = (): boolean => {
  const value = bytes[at] === 116
  at += value ? 4 : 5
  if (bytes[at - 1] !== 101) throw OTHERWISE
  return value
}
/** Up to the quote that ends a text: near ones are looked for here, far ones by the engine. */
const ending = (): number => {
  const near = Math.min(at + 40, bytes.length)
  for (let i = at; i < near; i++) if (bytes[i] === QUOTE) return i
  const end = bytes.indexOf(QUOTE, near)
  if (end < 0) throw OTHERWISE
  return end
}
const amount = (): bigint => {
  const isNegative = bytes[at] === 45
  let value = 0
  let point = 0
  let i = isNegative ? at + 1 : at
  for (let code = bytes[i]!; code !== QUOTE; code = bytes[++i]!) {
    if (code === 46) point = i + 1
    else value = value * 10 + code - 48
    if (i - at > 30) throw OTHERWISE
  }
  const scaled = value * POWERS[point === 0 ? 8 : 8 - (i - point)]!
  const given = at
  at = i + 1
  // what a double may not hold exactly is read as text
  if (i - given > 16 || !(scaled <= Number.MAX_SAFE_INTEGER)) return parseFixed(text.slice(given, i))
  return bigintOf(isNegative ? -scaled : scaled)
}
const POWERS = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8]
/** Whether the same text comes again, looked at from its end, where ids and times differ. */
const comesAgain = (before: string): boolean => {
  for (let i = before.length - 1; i >= 0; i--) if (bytes[at + i] !== before.charCodeAt(i)) return false
  return true
}
/**
 * A text of its own: a part of the body's text would keep all of that in memory as long as it is kept itself. Most texts
 * are those of the event before.
 */
const word = (before: string): string => {
  const { length } = before
  if (length > 0 && bytes[at + length] === QUOTE && comesAgain(before)) {
    at += length + 1
    return before
  }
  const end = ending()
  const value = end - at < SLICED ? text.slice(at, end) : Buffer.prototype.toString.call(bytes, "latin1", at, end)
  at = end + 1
  return value
}
/** The engine copies parts that are shorter. */
const SLICED = 13
/** Of what is wrapped and mostly never looked at. */
const part = (): string => {
  const end = ending()
  const value = text.slice(at, end)
  at = end + 1
  return value
}
const isOver = (): boolean => bytes[at] === 125

type ReadData = () => unknown
const skip = (by: number): void => void (at += by)
const HELPERS = { past, stands, integer, flag, amount, word, part, isOver, skip }
const READ: Readonly<Record<Kind, (name: string) => string>> = {
  amount: () => "amount()",
  integer: () => "integer()",
  flag: () => "flag()",
  text: (name) => `(last_${name} = word(last_${name}))`,
  kept: (name) => `wrap_${name}(part())`
}
const QUOTED: ReadonlySet<Kind> = new Set(["amount", "text", "kept"])

/**
 * A function that reads the data of one event type, put together from its fields: each object is made in one shape, at
 * the speed of code that was written for it. Undefined for a type that has fields within fields.
 */
const readerOf = (fields: ReadonlyArray<ScannedField>): ReadData | undefined => {
  const [first] = fields
  if (first === undefined || first.optional) return undefined
  if (fields.some(({ kind, key }) => kind === undefined || !/^[A-Za-z]\w*$/u.test(key))) return undefined
  const declared: Array<string> = []
  const lines: Array<string> = []
  let made: Array<string> | undefined = []
  const make = () => {
    if (made !== undefined) lines.push(`const data = {${made.join(", ")}}`)
    made = undefined
  }
  for (const [i, { key, optional, kind }] of fields.entries()) {
    const label = `${i === 0 ? "{" : ","}"${key}":${QUOTED.has(kind!) ? '"' : ""}`
    if (kind === "text") declared.push(`let last_${key} = ""`)
    if (kind === "kept") declared.push(`const wrap_${key} = ofTexts[${i}]`)
    const read = READ[kind!](key)
    const pass = `past(${label.length}, ${label.charCodeAt(2)}, ${label.charCodeAt(label.length - 1)})`
    if (optional) {
      declared.push(`const label_${key} = bytesOf(${JSON.stringify(label)})`)
      make()
      lines.push(`if (!isOver() && stands(label_${key})) { skip(${label.length}); data.${key} = ${read} }`)
    } else if (made === undefined) lines.push(`${pass}; data.${key} = ${read}`)
    else {
      lines.push(`${pass}; const ${key}_ = ${read}`)
      made.push(`${key}: ${key}_`)
    }
  }
  make()
  lines.push("if (!isOver()) throw OTHERWISE", "skip(1)", "return data")
  const source = `${declared.join("\n")}\nreturn () => {\n${lines.join("\n")}\n}`
  const given = { ...HELPERS, OTHERWISE, bytesOf, ofTexts: fields.map(({ ofText }) => ofText) }
  // oxlint-disable-next-line typescript/no-implied-eval -- made of the field names of our own schemas, which were looked at above
  const build = new Function(...Object.keys(given), source)
  return build(...Object.values(given)) as ReadData
}
const bytesOf = (label: string): Uint8Array => new TextEncoder().encode(label)

type Reader = {
  readonly type: string
  readonly label: Uint8Array
  readonly v: number
  readonly data: ReadData
  /** whose event came after this one's the last time */
  next: Reader | undefined
}
const TRACE = bytesOf(',"trace":"')
const ACCOUNT = bytesOf(',"account":"')

/**
 * Reads the events of a body that was written by this program and is ASCII without escapes: it goes through the bytes
 * once and makes nothing that is not wanted, in less time than JSON.parse alone. Undefined for any other body, which has to
 * be parsed.
 */
export const eventScanner = <Event extends Recorded>(
  definitions: ReadonlyArray<{ readonly definition: EventDefinition; readonly fields: ReadonlyArray<ScannedField> }>
): ((body: Uint8Array, bodyText: string, from: number) => ReadonlyArray<Event> | undefined) => {
  const readers = definitions.flatMap(({ definition: { type, v }, fields }): Array<Reader> => {
    const data = readerOf(fields)
    return data === undefined
      ? []
      : [{ type, label: bytesOf(`:"${type}","v":${v},"recordedAt":"`), v, data, next: undefined }]
  })
  let newest = readers[0]!
  /** Types follow each other as they did before, most of the time. */
  const readerHere = (): Reader => {
    const { next } = newest
    if (next !== undefined && stands(next.label)) newest = next
    else {
      const found = readers.find(({ label }) => stands(label))
      if (found === undefined) throw OTHERWISE
      newest.next = found
      newest = found
    }
    at += newest.label.length
    return newest
  }
  let lastAt = ""
  let lastActor = ""
  let lastCause = ""
  let lastCorrelation = ""
  let lastTrace = ""
  let lastAccount = ""
  const scanOne = (): Event => {
    past(11, 101, 58) // {"eventNo":
    const eventNo = integer()
    past(7, 116, QUOTE) // ,"type" and what follows tells the reader
    const { type, v, data: read } = readerHere()
    const recordedAt = (lastAt = word(lastAt))
    past(16, 101, QUOTE) // ,"effectiveAt":"
    const effectiveAt = word(recordedAt)
    past(10, 97, QUOTE) // ,"actor":"
    const actor = (lastActor = word(lastActor))
    past(10, 99, QUOTE) // ,"cause":"
    const cause = (lastCause = word(lastCause))
    past(16, 99, QUOTE) // ,"correlation":"
    const correlation = (lastCorrelation = word(lastCorrelation))
    const isTraced = stands(TRACE)
    if (isTraced) {
      at += TRACE.length
      lastTrace = word(lastTrace)
    }
    const hasAccount = stands(ACCOUNT)
    if (hasAccount) {
      at += ACCOUNT.length
      lastAccount = word(lastAccount)
    }
    past(8, 100, 58) // ,"data":
    const data = read()
    if (!isOver()) throw OTHERWISE
    at += 1
    const trace = lastTrace
    const account = lastAccount
    if (hasAccount && !isTraced)
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
      } as unknown as Event
    const head = { eventNo, type, v, recordedAt, effectiveAt, actor, cause, correlation }
    return { ...head, ...(isTraced && { trace }), ...(hasAccount && { account }), data } as unknown as Event
  }
  return (body, bodyText, from) => {
    if (bodyText.length !== body.length || bodyText.includes("\\")) return undefined
    text = bodyText
    bytes = body
    at = from
    const events: Array<Event> = []
    try {
      while (bytes[at] === 123) {
        events.push(scanOne())
        if (bytes[at] !== 44) break
        at++
      }
      return bytes[at] === 93 && bytes[at + 1] === 125 && at + 2 === bytes.length ? events : undefined
    } catch (error) {
      if (error === OTHERWISE) return undefined
      throw error
    } finally {
      text = ""
    }
  }
}
