import { formatFixed } from "#domain/kernel/money.ts"

/** How a field stands in the text: an amount's digits, a text that has nothing to escape, or whatever JSON makes of it. */
export type WrittenField = { readonly key: string; readonly as: "amount" | "plain" | "json" }

const WRITTEN: Readonly<Record<WrittenField["as"], string>> = {
  amount: `'"' + formatFixed(value) + '"'`,
  plain: `'"' + value + '"'`,
  json: "JSON.stringify(value)"
}

/**
 * A function that writes the data of one event type, put together from its fields in their order: at the speed of code that
 * was written for it. What is undefined is left out.
 */
export const dataWriter = (fields: ReadonlyArray<WrittenField>): ((data: unknown) => string) => {
  const lines = fields.map(({ key, as }) => {
    if (!/^[A-Za-z]\w*$/u.test(key)) throw new Error(`a field cannot be called ${key}`)
    return `value = data.${key}
if (value !== undefined) { text += (text === "" ? '{"${key}":' : ',"${key}":') + ${WRITTEN[as]} }`
  })
  const source = `return (data) => {\nlet text = ""\nlet value\n${lines.join("\n")}\nreturn text === "" ? "{}" : text + "}"\n}`
  // oxlint-disable-next-line typescript/no-implied-eval -- made of the field names of our own schemas, which were looked at above
  return new Function("formatFixed", source)(formatFixed) as (data: unknown) => string
}
