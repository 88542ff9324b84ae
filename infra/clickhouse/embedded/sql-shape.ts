// Enough of SQL's outside to know where a statement's clauses stand. Everything that may hold any text (strings, quoted
// names, comments) is blanked first, length kept, so that positions found are positions in the statement.
const opaque =
  /'(?:[^'\\]+|\\[\s\S])*'|`(?:[^`\\]+|\\[\s\S])*`|"(?:[^"\\]+|\\[\s\S])*"|--[^\n]*|\/\*[\s\S]*?\*\/|\$(\w*)\$[\s\S]*?\$\1\$/g

/** The statement with `~` for every sign of a string or quoted name, and spaces for comments. */
export function blanked(sql: string): string {
  return sql.replace(opaque, (text) => (/^(--|\/\*)/.test(text) ? " " : "~").repeat(text.length))
}

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
  return /^[\s(]*(\w+)/.exec(blanked(sql))?.[1]?.toUpperCase()
}

/** The engine would run them one after the other; a server refuses them, and so do we. */
export function holdsSeveral(sql: string): boolean {
  return /;\s*[^\s;]/.test(blanked(sql))
}

const tail = /\s+FORMAT\s+(?<format>\w+)(?<rest>\s+SETTINGS\s[\s\S]*?)?[\s;]*$/i

/** The format that a statement names itself, at its end. */
export function formatOf(sql: string): string | undefined {
  return tail.exec(blanked(sql))?.groups?.["format"]
}

/** A SELECT that puts its answer into a file; nothing when it names no format, or a file already. */
export function selectIntoFile(sql: string, file: string): string | undefined {
  if (verbOf(sql) !== "SELECT" && verbOf(sql) !== "WITH") return undefined
  const blank = blanked(sql)
  const found = tail.exec(blank)
  if (found === null || /\b(OUTFILE|INSERT)\b/i.test(blank)) return undefined
  return `${sql.slice(0, found.index)}\nINTO OUTFILE ${quoted(file)}${sql.slice(found.index)}`
}
