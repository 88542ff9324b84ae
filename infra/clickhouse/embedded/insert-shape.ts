import { Refusal } from "./refusal.ts"
import { blanked, quoted, verbOf } from "./sql-shape.ts"

/** An INSERT whose rows come with it, apart from its rows. */
export interface InsertShape {
  /** The same INSERT, taking its rows from a file. */
  readonly fromFile: (file: string) => string
  /** The rows that stand in the statement itself. */
  readonly rows: string
}

const words = /[A-Za-z_]\w*|[()]/g

// Rows are never left in the statement: the engine ends them at the first empty line, and runs what follows as SQL.
/** Finds where the rows begin. Nothing for another statement, or for an INSERT that takes its rows from elsewhere. */
export function insertShape(sql: string): InsertShape | undefined {
  if (verbOf(sql) !== "INSERT") return undefined
  const blank = blanked(sql)
  let depth = 0
  let settingsAt: number | undefined
  for (const { 0: word, index } of blank.matchAll(words)) {
    if (word === "(") depth += 1
    else if (word === ")") depth -= 1
    else if (depth > 0) continue
    else {
      switch (word.toUpperCase()) {
        case "SETTINGS":
          settingsAt = index
          break
        case "VALUES":
          return shape(sql, settingsAt ?? index, index, "Values", index + word.length)
        case "FORMAT": {
          const format = /^FORMAT\s+(\w+)/i.exec(blank.slice(index, index + 200))
          if (format?.[1] === undefined) return undefined
          return shape(sql, settingsAt ?? index, index, format[1], index + format[0].length)
        }
        case "SELECT":
        case "WITH":
          if (!/\binput\s*\(/i.test(blank)) return undefined
          throw Refusal.of(48, "NOT_IMPLEMENTED", "input() works on a ClickHouse server, not on the embedded store")
        case "INFILE":
          return undefined
      }
    }
  }
  return undefined
}

function shape(sql: string, headEnd: number, formatAt: number, format: string, end: number): InsertShape {
  // One line end belongs to the statement, more of them to the rows.
  const rows = sql.slice(end).replace(/^[ \t\r]*;?[ \t\r]*\n?/, "")
  const settings = sql.slice(headEnd, formatAt)
  return {
    rows,
    fromFile: (file) => `${sql.slice(0, headEnd)} FROM INFILE ${quoted(file)} ${settings} FORMAT ${format}`
  }
}
