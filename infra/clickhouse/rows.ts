/** Rows as TabSeparated: NULL for a column that takes none is an error there, where JSON's reader makes 0 of it. */
export function encodeRows(columns: readonly string[], rows: readonly (readonly unknown[])[]): string {
  const lines: string[] = []
  for (const row of rows) {
    if (row.length !== columns.length) {
      throw new TypeError(`A row has ${row.length} values for ${columns.length} columns (${columns.join(", ")})`)
    }
    const cells: string[] = []
    for (let at = 0; at < row.length; at += 1) cells.push(cell(row[at], columns[at] as string))
    lines.push(cells.join("\t"))
  }
  return `${lines.join("\n")}\n`
}

/** Checks parameters for values that ClickHouse would read as something else. */
export function checkedParams(params: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, param(value, name)]))
}

function cell(value: unknown, name: string): string {
  if (typeof value === "string") return escaped(value)
  if (value === null) return "\\N"
  return nested(value, name)
}

// Inside arrays and maps texts are quoted and NULL is a word.
function nested(value: unknown, name: string): string {
  if (typeof value === "string") return `'${escaped(value).replaceAll("'", "\\'")}'`
  if (value === null) return "NULL"
  if (typeof value === "bigint") return value.toString()
  if (typeof value === "number") return String(exact(value, name))
  if (typeof value === "boolean") return value ? "1" : "0"
  if (Array.isArray(value)) return `[${value.map((item) => nested(item, name)).join(",")}]`
  if (value instanceof Map) {
    return `{${Array.from(value, ([key, item]) => `${nested(key, name)}:${nested(item, name)}`).join(",")}}`
  }
  throw new TypeError(`Column ${name}: ${described(value)} cannot be stored; give dates and documents as text`)
}

const escapes: Readonly<Record<string, string>> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\0": "\\0" }

function escaped(text: string): string {
  return /[\\\t\n\r\0]/.test(text) ? text.replace(/[\\\t\n\r\0]/g, (sign) => escapes[sign] as string) : text
}

function param(value: unknown, name: string): unknown {
  if (typeof value === "number") return exact(value, name)
  if (Array.isArray(value)) return value.map((item) => param(item, name))
  if (value === undefined || value instanceof Date) {
    throw new TypeError(`Parameter ${name}: ${described(value)} cannot be bound; give dates as text`)
  }
  return value
}

// Beyond 2^53 a number has already lost what it was.
function exact(value: number, name: string): number {
  if (Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value))) return value
  throw new TypeError(`${name}: the number ${value} is not exact; give a bigint or text`)
}

function described(value: unknown): string {
  return value instanceof Date ? "a Date" : value === undefined ? "undefined" : `a ${typeof value}`
}
