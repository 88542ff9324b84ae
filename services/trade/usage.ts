import { parseArgs } from "node:util"
import { WrongUsage, type Outcome, type Tools } from "./tools.ts"

/** An option of a verb; `value` names what follows it, without one it is a switch. */
export type Option = { readonly help: string; readonly value?: string }
export type Options = Readonly<Record<string, Option>>
/** What the command line said: options by name, and the words that are none. */
export type Said = {
  readonly words: ReadonlyArray<string>
  readonly text: (option: string) => string | undefined
  readonly has: (option: string) => boolean
}

export type Verb = {
  /** what stands after the verb, for example `ID` */
  readonly words: string
  readonly about: string
  readonly options: Options
  readonly examples?: ReadonlyArray<string>
  readonly run: (said: Said, tools: Tools) => Promise<Outcome>
}
/** A verb in the table: loaded when it is asked for, so that help comes at once. */
export type VerbEntry = { readonly name: string; readonly summary: string; readonly load: () => Promise<Verb> }

/** Every verb has these. */
const COMMON: Options = {
  json: { help: "print one JSON document instead of text" },
  help: { help: "print this" }
}
/** Of verbs that read a ledger. */
export const LEDGER_OPTIONS: Options = {
  data: { value: "DIR", help: "the data folder (TRADE2026_DATA, otherwise ./data)" },
  log: { value: "sqlite:FILE|nats:URL|kurrentdb:URL", help: "the ledger; the data folder's ledger.sqlite unless given" }
}

/** Reads a verb's part of the command line; anything unknown is {@link WrongUsage}. */
export const parseFor = (verb: Verb, args: ReadonlyArray<string>): Said => {
  const options = Object.fromEntries(
    Object.entries({ ...verb.options, ...COMMON }).map(([name, { value }]) => [
      name,
      value === undefined ? ({ type: "boolean" } as const) : ({ type: "string" } as const)
    ])
  )
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true, strict: true })
    const text = (option: string) => {
      const value = values[option]
      return typeof value === "string" ? value : undefined
    }
    return { words: positionals, text, has: (option) => values[option] === true }
  } catch (error) {
    throw new WrongUsage((error as Error).message, { cause: error })
  }
}

const table = (rows: ReadonlyArray<readonly [string, string]>): string => {
  const width = Math.max(...rows.map(([left]) => left.length))
  const under = `\n${" ".repeat(width + 4)}`
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${wrapped(right, WIDTH - width).join(under)}`).join("\n")
}

const WIDTH = 110
const wrapped = (text: string, width: number): ReadonlyArray<string> => {
  const lines = [""]
  for (const word of text.split(" ")) {
    const longer = `${lines.at(-1)} ${word}`.trimStart()
    if (longer.length <= width) lines[lines.length - 1] = longer
    else lines.push(word)
  }
  return lines
}

/** What can be done at all. */
export const helpForAll = (verbs: ReadonlyArray<VerbEntry>): string => `npm run trade -- VERB [options]

${table(verbs.map(({ name, summary }) => [name, summary]))}

VERB --help says more. --json prints one JSON document. Exit codes: 0 fine, 1 the check failed, 2 wrong usage.
`

export const helpFor = (name: string, verb: Verb): string => {
  const options = Object.entries({ ...verb.options, ...COMMON }).map(
    ([option, { help, value }]) => [`--${option}${value === undefined ? "" : ` ${value}`}`, help] as const
  )
  const examples = (verb.examples ?? []).map((example) => `  npm run trade -- ${example}`)
  return `npm run trade -- ${[name, verb.words, "[options]"].filter(Boolean).join(" ")}

${verb.about}

${table(options)}
${examples.length === 0 ? "" : `\n${examples.join("\n")}\n`}`
}
