import { COMPRESSION } from "./answer-file.ts"

// Enough of SQL's outside to know where a statement's clauses stand. What may hold any text (strings, quoted names,
// comments) is stepped over, so that its words and signs are not taken for the statement's.
const comment = String.raw`--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/`
const texts = [
  String.raw`'(?:[^'\\]+|\\[\s\S])*'`,
  String.raw`\x60(?:[^\x60\\]+|\\[\s\S])*\x60`,
  String.raw`"(?:[^"\\]+|\\[\s\S])*"`,
  String.raw`\$(\w*)\$[\s\S]*?\$\1\$`
]
const opaque = [...texts, comment].join("|")
const word = new RegExp(`${opaque}|[A-Za-z_]\\w*|[()]`, "g")
const mark = new RegExp(`${opaque}|;|\\bFORMAT\\s+(?<format>\\w+)|\\b(?:OUTFILE|INSERT)\\b`, "gi")
const begins = new RegExp(`^(?:[\\s(]|${comment})*(\\w+)`)
const isEmpty = new RegExp(`^(?:[\\s;]|${comment})*$`)
const isTail = new RegExp(`^(?:[\\s;]|${comment})*(?:$|SETTINGS\\s)`, "i")

/** A string literal. */
export function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`
}

/** A quoted name. */
export function quotedName(name: string): string {
  return `\`${name.replace(/[\\`]/g, "\\$&")}\``
}

/** The word that a statement begins with. */
export function verbOf(sql: string): string | undefined {
  return begins.exec(sql)?.[1]?.toUpperCase()
}

/** Words and brackets in order. Lazily: behind the head of an INSERT there may be millions of rows. */
export function* wordsOf(sql: string): Generator<{ readonly text: string; readonly at: number }, void, undefined> {
  for (const { 0: text, index: at } of sql.matchAll(word)) if (/^[\w()]/.test(text)) yield { text, at }
}

export interface Shape {
  /** The engine would run several statements one after the other; a server refuses them, and so do we. */
  readonly several: boolean
  /** The format that the statement names at its end, if it does. */
  readonly format: string | undefined
  /** A SELECT that puts its answer into a file, compressed; nothing when it names no format, or a file already. */
  readonly intoFile: ((file: string) => string) | undefined
}

/** Reads a statement once, to its end. */
export function shapeOf(sql: string): Shape {
  let format: { readonly name: string; readonly at: number } | undefined
  let writes = false
  for (const { 0: text, index: at, groups } of sql.matchAll(mark)) {
    const name = groups?.["format"]
    const rest = () => sql.slice(at + text.length)
    if (text === ";" && !isEmpty.test(rest())) return { several: true, format: undefined, intoFile: undefined }
    if (name !== undefined && isTail.test(rest())) format = { name, at }
    if (/^(OUTFILE|INSERT)$/i.test(text)) writes = true
  }
  const at = format?.at
  const selects = ["SELECT", "WITH"].includes(verbOf(sql) ?? "") && !writes
  const intoFile = (file: string) =>
    `${sql.slice(0, at).trimEnd()}\nINTO OUTFILE ${quoted(file)} ${COMPRESSION} ${sql.slice(at)}`
  return { several: false, format: format?.name, intoFile: selects && at !== undefined ? intoFile : undefined }
}
