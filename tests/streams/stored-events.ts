// Stored events drawn from the schemas of their types: raw JSON, keys in the order in which it is stored.
import { Schema } from "effect"
import fc from "fast-check"
import type { EventDefinition } from "#domain/kernel/event.ts"
import { formatFixed } from "#domain/kernel/money.ts"
import { timeOfNanos } from "#domain/kernel/time.ts"

export type Raw = Record<string, unknown>

const MOST = 10n ** 26n - 1n
const amount = fc
  .oneof(fc.bigInt(-MOST, MOST), fc.bigInt(-(10n ** 16n), 10n ** 16n), fc.bigInt(-2n, 2n))
  .map(formatFixed)
export const time = fc.bigInt(0n, 4_102_444_800_000_000_000n).map(timeOfNanos)
const text = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("", 'a;b"\\', "\u2028", "żółć 🜁", "\ud800"))
export const id = fc.string({
  unit: fc.constantFrom("a", "Z", "0", "9", "_", ".", ":", "-"),
  minLength: 1,
  maxLength: 64
})
const symbol = fc.string({ unit: fc.constantFrom("A", "Z", "0", "9"), minLength: 2, maxLength: 10 })

type Ast = {
  readonly _tag: string
  readonly literal?: string
  readonly types?: ReadonlyArray<{ readonly literal?: string }>
  readonly context?: { readonly isOptional?: boolean }
  readonly propertySignatures?: ReadonlyArray<{ readonly name: string; readonly type: Ast }>
  readonly rest?: ReadonlyArray<Ast>
}

/** What a field may hold as it is stored. Texts with a form of their own are drawn from all forms, and those that fit kept. */
const stored = (field: Schema.Constraint): fc.Arbitrary<unknown> => {
  const ast = field.ast as unknown as Ast
  if (ast._tag === "BigInt") return amount
  if (ast._tag === "Number") return fc.oneof(fc.maxSafeInteger(), fc.nat(9))
  if (ast._tag === "Union") return fc.constantFrom(...ast.types!.map(({ literal }) => literal))
  if (ast._tag === "Literal") return fc.constant(ast.literal)
  if (ast._tag === "Boolean") return fc.boolean()
  if (ast._tag === "Objects") {
    const parts = ast.propertySignatures!.map(
      ({ name, type }) => [name, stored({ ast: type } as Schema.Constraint)] as const
    )
    const requiredKeys = ast.propertySignatures!.flatMap(({ name, type }) =>
      type.context?.isOptional === true ? [] : [name]
    )
    return fc.record(Object.fromEntries(parts), { requiredKeys }).map((drawn) =>
      inOrder(
        drawn as Raw,
        parts.map(([name]) => name)
      )
    )
  }
  if (ast._tag === "Arrays") return fc.array(stored({ ast: ast.rest![0] } as Schema.Constraint), { maxLength: 3 })
  if (ast._tag === "Declaration") return text
  if (ast._tag !== "String") throw new Error(`no values are known for a field that is ${ast._tag}`)
  const fits = Schema.is(Schema.make(field.ast) as Schema.Codec<unknown>)
  const forms = [text, time, id, symbol].map((form) => ({
    form,
    good: fc.sample(form, { numRuns: 8, seed: 1 }).every(fits)
  }))
  const fitting = forms.filter(({ good }) => good).map(({ form }) => form)
  return fc.oneof(...fitting)
}

/** Data with every optional field there or not, in any combination. */
export const dataOf = ({ data: { fields } }: EventDefinition): fc.Arbitrary<Raw> => {
  const isOptional = (key: string) => fields[key]!.ast.context?.isOptional === true
  const values = Object.fromEntries(Object.keys(fields).map((key) => [key, stored(fields[key]!)]))
  const requiredKeys = Object.keys(fields).filter((key) => !isOptional(key))
  return fc.record(values, { requiredKeys }).map((drawn) => inOrder(drawn, Object.keys(fields)))
}

const ENVELOPE = "eventNo type v recordedAt effectiveAt actor cause correlation trace account data".split(" ")
export const inOrder = (raw: Raw, keys: ReadonlyArray<string> = ENVELOPE): Raw =>
  Object.fromEntries(keys.filter((key) => key in raw).map((key) => [key, raw[key]]))

export const eventOf = (definition: EventDefinition): fc.Arbitrary<Raw> =>
  fc
    .record(
      {
        eventNo: fc.integer({ min: 1 }),
        type: fc.constant(definition.type),
        v: fc.constant(definition.v),
        recordedAt: time,
        effectiveAt: time,
        actor: text,
        cause: text,
        correlation: text,
        trace: text,
        account: id,
        data: dataOf(definition)
      },
      { requiredKeys: ENVELOPE.filter((key) => key !== "trace" && key !== "account") as never }
    )
    .map((raw) => inOrder(raw as Raw))
