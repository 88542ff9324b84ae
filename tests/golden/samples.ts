// One event of each type with every optional field, and one with none, made of values that say what they are.
import { createHash } from "node:crypto"
import { Schema } from "effect"
import type { EventDefinition } from "#domain/kernel/event.ts"

export type Golden = {
  readonly type: string
  readonly v: number
  readonly fields: ReadonlyArray<string>
  /** the stored texts */
  readonly full: string
  readonly bare: string
}

type Ast = {
  readonly _tag: string
  readonly literal?: string
  readonly types?: ReadonlyArray<{ readonly literal: string }>
  readonly context?: { readonly isOptional?: boolean }
}
const astOf = (field: Schema.Constraint) => field.ast as unknown as Ast

/** Of these the first that fits says what a field holds: a time would do for an id too. */
const TEXTS = ['any "text", żółć \\ \u2028\n🜁', "an_id:1.A-b", "2026-03-02T10:00:00.123456789Z", "BTC-USDT", "USDT"] as const
export const KINDS = ["text", "id", "time", "symbol", "currency"] as const

export const kindOf = (field: Schema.Constraint): number => TEXTS.findIndex((text) => Schema.is(field as Schema.Codec<unknown>)(text))
const literalsOf = ({ literal, types }: Ast): ReadonlyArray<string> => (literal === undefined ? types!.map((one) => one.literal) : [literal])

const nestedOf = (field: Schema.Constraint) =>
  Object.entries((field as unknown as { fields?: Record<string, Schema.Constraint>; schema?: { fields: Record<string, Schema.Constraint> } }).fields ??
    (field as unknown as { schema: { fields: Record<string, Schema.Constraint> } }).schema.fields)
const itemOf = (field: Schema.Constraint): Schema.Constraint => {
  const list = field as unknown as { value?: Schema.Constraint; schema?: { value: Schema.Constraint } }
  return list.value ?? list.schema!.value
}

/** A field as it is stored, in words: `price?: amount`, `side: buy|sell`. */
const describeField = (name: string, field: Schema.Constraint): string => {
  const ast = astOf(field)
  const optional = ast.context?.isOptional === true ? "?" : ""
  const kind = () => {
    if (ast._tag === "BigInt") return "amount"
    if (ast._tag === "Number") return "integer"
    if (ast._tag === "Boolean") return "flag"
    if (ast._tag === "Objects") return `{${nestedOf(field).map(([inner, of]) => describeField(inner, of)).join(", ")}}`
    if (ast._tag === "Arrays") return `list of ${describeField("", itemOf(field)).slice(2)}`
    if (ast._tag === "Union" || ast._tag === "Literal") return literalsOf(ast).join("|")
    if (ast._tag === "Declaration") return "text"
    if (ast._tag === "String" && kindOf(field) >= 0) return KINDS[kindOf(field)]!
    throw new Error(`the golden files know no field like ${name} (${ast._tag}): teach samples.ts`)
  }
  return `${name}${optional}: ${kind()}`
}
export const fieldsOf = ({ data: { fields } }: EventDefinition): ReadonlyArray<string> =>
  Object.keys(fields).map((name) => describeField(name, fields[name]!))

const valueOf = (field: Schema.Constraint, full: boolean): unknown => {
  const ast = astOf(field)
  if (ast._tag === "BigInt") return full ? "999999999999999999.99999999" : "-0.00000001"
  if (ast._tag === "Number") return full ? 9_007_199_254_740_991 : 0
  if (ast._tag === "Boolean") return full
  if (ast._tag === "Arrays") return full ? [valueOf(itemOf(field), full)] : []
  if (ast._tag === "Objects") return Object.fromEntries(nestedOf(field).map(([name, of]) => [name, valueOf(of, full)]))
  if (ast._tag === "Declaration") return TEXTS[0]
  if (ast._tag === "String") return TEXTS[kindOf(field)]
  return full ? literalsOf(ast).at(-1) : literalsOf(ast)[0]
}

export const textOf = ({ type, v, data: { fields } }: EventDefinition, full: boolean): string => {
  const names = Object.keys(fields).filter((name) => full || astOf(fields[name]!).context?.isOptional !== true)
  return JSON.stringify({
    eventNo: full ? 9_007_199_254_740_991 : 1,
    type,
    v,
    recordedAt: "2026-03-02T10:00:00.123456789Z",
    effectiveAt: "1969-12-31T23:59:59.999999999Z",
    actor: "venue:paper",
    cause: "017f22e2-79b0-7cc3-98c4-dc0c0c07398f",
    correlation: "0-42",
    ...(full && { trace: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", account: "test_account" }),
    data: Object.fromEntries(names.map((name) => [name, valueOf(fields[name]!, full)]))
  })
}

export const goldenOf = (definition: EventDefinition): Golden => ({
  type: definition.type,
  v: definition.v,
  fields: fieldsOf(definition),
  full: textOf(definition, true),
  bare: textOf(definition, false)
})

/** `order-placed-1a2b3c4d.json`: another schema, another file. */
export const fileOf = (definition: EventDefinition): string => {
  const { type, v } = definition
  const fingerprint = createHash("sha256").update(JSON.stringify({ type, v, fields: fieldsOf(definition) })).digest("hex")
  return `${type.replaceAll(/(?<=[a-z])[A-Z]/g, "-$&").toLowerCase()}-${fingerprint.slice(0, 8)}.json`
}
