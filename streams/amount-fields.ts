import { parseFixed } from "#domain/kernel/money.ts"

type Fields = Readonly<Record<string, { readonly ast: { readonly _tag: string } }>>

/** Fields that are amounts: the only ones that are not in memory what they are as they travel. */
export const amountsOf = (fields: Fields): ReadonlyArray<string> =>
  Object.entries(fields).flatMap(([name, { ast }]) => (ast._tag === "BigInt" ? [name] : []))

/**
 * Makes amounts of their texts, in place. To judge the form as it travels (`Schema.toEncoded`) and to convert after it
 * takes half the time of decoding with a conversion within.
 */
export const convertAmounts = (fields: Record<string, unknown>, amounts: Iterable<string>): void => {
  for (const name of amounts) {
    const text = fields[name]
    if (text !== undefined) fields[name] = parseFixed(text as string)
  }
}
