import { Schema } from "effect"
import type { EventDefinition, Fact, Recorded } from "#domain/kernel/event.ts"
import { AccountId } from "#domain/kernel/ids.ts"
import { parseFixed } from "#domain/kernel/money.ts"
import { Time } from "#domain/kernel/time.ts"
import { eventScanner, type ScannedField } from "./scan-events.ts"
import { dataWriter, type WrittenField } from "./write-data.ts"

/** What is stored cannot be understood: the reader stops here. */
export class Undecodable extends Error {
  override readonly name = "Undecodable"
}

/** Events to and from the JSON that is stored for ever. Keys stand in the schema's order. */
export type Codec<Event extends Fact> = {
  readonly encode: (event: Recorded<Event>) => string
  /**
   * From parsed JSON, which it may change in place. For bytes whose hash was checked: they are what was written, so
   * amounts are converted and nothing is judged again. Older versions are brought up to date first.
   */
  readonly decode: (raw: Record<string, unknown>) => Recorded<Event>
  /** As `decode`, and every field judged by its schema: for `verify` and for what comes from elsewhere. */
  readonly decodeStrictly: (raw: Record<string, unknown>) => Recorded<Event>
  /** All events of a body that stand in `text` from a place on, without parsing it; undefined where that cannot be done. */
  readonly scan: (body: Uint8Array, text: string, from: number) => ReadonlyArray<Recorded<Event>> | undefined
  /** Every type in its present version, its fields in the order in which they are stored. */
  readonly types: ReadonlyArray<StoredType>
}
export type StoredType = { readonly type: string; readonly v: number; readonly fields: ReadonlyArray<ScannedField> }

type Plan = {
  readonly definition: EventDefinition
  /** which fields are amounts */
  readonly amounts: ReadonlyArray<string>
  /** texts that are kept as they are until somebody reads them */
  readonly kept: ReadonlyArray<readonly [key: string, ofText: (text: string) => unknown]>
  readonly write: (data: unknown) => string
  readonly check: (data: unknown) => unknown
}

const planOf = (definition: EventDefinition): Plan => {
  const keys = Object.keys(definition.data.fields)
  // amounts are the only bigints that events hold, so the schema itself says which fields they are
  const isAmount = (key: string) => definition.data.fields[key]!.ast._tag === "BigInt"
  const written = keys.map((key): WrittenField => {
    if (isAmount(key)) return { key, as: "amount" }
    return { key, as: hasPlainForm(definition.data.fields[key]!) ? "plain" : "json" }
  })
  return {
    definition,
    write: dataWriter(written),
    amounts: keys.filter(isAmount),
    kept: keys.flatMap((key) => {
      const ofText = definition.data.fields[key]!.ast.annotations?.["ofStoredText"]
      return ofText === undefined ? [] : [[key, ofText as (text: string) => unknown] as const]
    }),
    check: Schema.decodeUnknownSync(definition.data as never, { onExcessProperty: "error" })
  }
}

const scannedFields = ({ data: { fields } }: EventDefinition): ReadonlyArray<ScannedField> =>
  Object.entries(fields).map(([key, { ast }]) => {
    const ofText = ast.annotations?.["ofStoredText"] as ((text: string) => unknown) | undefined
    const kind = ofText === undefined ? KINDS[ast._tag] : "kept"
    return { key, optional: ast.context?.isOptional === true, kind, ...(ofText !== undefined && { ofText }) }
  })
const KINDS: Readonly<Record<string, ScannedField["kind"]>> = {
  BigInt: "amount",
  Number: "integer",
  Boolean: "flag",
  String: "text",
  Literal: "text",
  Union: "text"
}

/** Ids, symbols, times and words of a list: a form that forbids what has to be escaped. */
const hasPlainForm = (field: Schema.Constraint): boolean => {
  const { _tag, types } = field.ast as { readonly _tag: string; readonly types?: ReadonlyArray<{ _tag: string }> }
  if (_tag === "Literal" || (_tag === "Union" && types!.every((one) => one._tag === "Literal"))) return true
  const fits = Schema.is(field as Schema.Codec<unknown>)
  return _tag === "String" && ['"', "\\", "a\u2028", "a b", 'a"', "\ud800", "a\n"].every((text) => !fits(text))
}

export const makeCodec = <Event extends Fact>(definitions: ReadonlyArray<EventDefinition>): Codec<Event> => {
  const plans = new Map(definitions.map((definition) => [definition.type, planOf(definition)]))
  const planFor = (type: unknown): Plan => {
    const plan = plans.get(type as string)
    if (plan === undefined) throw new Undecodable(`event type ${String(type)} is unknown to this program`)
    return plan
  }
  const stored = definitions.map((definition) => ({ definition, fields: scannedFields(definition) }))
  return {
    scan: eventScanner(stored),
    types: stored.map(({ definition: { type, v }, fields }) => ({ type, v, fields })),
    encode: (event) => encodeWith(planFor(event.type), event),
    decode: (raw) => {
      const plan = planFor(raw["type"])
      try {
        const data = upToDate(raw, plan.definition)
        for (const key of plan.amounts) {
          const text = data[key]
          if (text !== undefined) data[key] = parseFixed(text as string)
        }
        for (const [key, ofText] of plan.kept) data[key] = ofText(data[key] as string)
      } catch (error) {
        throw undecodable(raw, error)
      }
      return raw as unknown as Recorded<Event>
    },
    decodeStrictly: (raw) => {
      const plan = planFor(raw["type"])
      try {
        upToDate(raw, plan.definition)
        checkEnvelope(raw)
        raw["data"] = plan.check(raw["data"])
      } catch (error) {
        throw undecodable(raw, error)
      }
      return raw as unknown as Recorded<Event>
    }
  }
}

const undecodable = (raw: Record<string, unknown>, cause: unknown): Undecodable =>
  cause instanceof Undecodable
    ? cause
    : new Undecodable(`event ${String(raw["eventNo"])} (${String(raw["type"])}): ${(cause as Error).message}`)

const encodeWith = (plan: Plan, event: Recorded): string => {
  const { eventNo, type, v, recordedAt, effectiveAt, actor, cause, correlation, trace, account } = event
  const optional =
    (trace === undefined ? "" : `,"trace":${JSON.stringify(trace)}`) +
    (account === undefined ? "" : `,"account":${quotedAccount(account)}`)
  return (
    `{"eventNo":${eventNo},"type":"${type}","v":${v},"recordedAt":"${recordedAt}","effectiveAt":"${effectiveAt}",` +
    `"actor":${quotedActor(actor)},"cause":${quotedCause(cause)},"correlation":${quotedCause(correlation)}` +
    `${optional},"data":${plan.write(event.data)}}`
  )
}

/** The events of a command have one actor, cause and account: what was quoted last is kept. */
const quoting = (): ((text: string) => string) => {
  let last = ""
  let quoted = '""'
  return (text) => {
    if (text === last) return quoted
    last = text
    return (quoted = JSON.stringify(text))
  }
}
const quotedActor = quoting()
const quotedCause = quoting()
const quotedAccount = quoting()

/** Brings stored data to its type's present version, step by step. */
const upToDate = (
  raw: Record<string, unknown>,
  { v, type, upcasts, data: { fields } }: EventDefinition
): Record<string, unknown> => {
  let version = raw["v"] as number
  if (version === v) return raw["data"] as Record<string, unknown>
  if (!(version < v)) throw new Undecodable(`version ${version} of ${type} is newer than this program's ${v}`)
  let data = raw["data"] as Record<string, unknown>
  for (; version < v; version++) {
    const step = upcasts[version]
    if (step === undefined) throw new Undecodable(`no step from version ${version} of ${type}`)
    data = step(data)
  }
  // in the schema's order, wherever a step has put what it added: whoever writes it out gets the same text
  const given = data
  const known = Object.keys(fields).filter((key) => key in given)
  data = Object.fromEntries([...known, ...Object.keys(given)].map((key) => [key, given[key]]))
  raw["data"] = data
  raw["v"] = v
  return data
}

const ENVELOPE = Schema.decodeUnknownSync(
  Schema.Struct({
    eventNo: Schema.Int.check(Schema.isGreaterThan(0)),
    type: Schema.String,
    v: Schema.Int,
    recordedAt: Time,
    effectiveAt: Time,
    actor: Schema.String,
    cause: Schema.String,
    correlation: Schema.String,
    trace: Schema.optionalKey(Schema.String),
    account: Schema.optionalKey(AccountId),
    data: Schema.Unknown
  }),
  { onExcessProperty: "error" }
)
const checkEnvelope = (raw: unknown): void => void ENVELOPE(raw)
