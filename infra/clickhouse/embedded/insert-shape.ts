import { Refusal } from "./refusal.ts"
import { quoted, verbOf, wordsOf } from "./sql-shape.ts"

/** An INSERT whose rows come with it, apart from its rows. */
export interface InsertShape {
  /** The same INSERT, taking its rows from a file. */
  readonly fromFile: (file: string) => string
  /** The rows that stand in the statement itself. */
  readonly rows: string
}

// Rows are never left in the statement: the engine ends them at the first empty line, and runs what follows as SQL.
/** Finds where the rows begin. Nothing for another statement, or for an INSERT that takes its rows from elsewhere. */
export function insertShape(sql: string): InsertShape | undefined {
  if (verbOf(sql) !== "INSERT") return undefined
  let depth = 0
  let settingsAt: number | undefined
  let formatAt: number | undefined
  for (const { text, at } of wordsOf(sql)) {
    if (text === "(") depth += 1
    else if (text === ")") depth -= 1
    else if (depth > 0) continue
    else if (formatAt !== undefined) return shape(sql, settingsAt, formatAt, text, at + text.length)
    else {
      switch (text.toUpperCase()) {
        case "SETTINGS":
          settingsAt = at
          break
        case "FORMAT":
          formatAt = at
          break
        case "VALUES":
          return shape(sql, settingsAt, at, "Values", at + text.length)
        case "INFILE":
          return undefined
        case "SELECT":
        case "WITH":
          refuseInput(sql.slice(at))
          return undefined
      }
    }
  }
  return undefined
}

// FROM INFILE stands before SETTINGS. One line end behind the format belongs to the statement, more of them to the rows.
function shape(
  sql: string,
  settingsAt: number | undefined,
  formatAt: number,
  format: string,
  end: number
): InsertShape {
  const head = sql.slice(0, settingsAt ?? formatAt).trimEnd()
  const settings = settingsAt === undefined ? "" : `${sql.slice(settingsAt, formatAt).trimEnd()} `
  const rows = sql.slice(end).replace(/^[ \t\r]*;?[ \t\r]*\n?/, "")
  return { rows, fromFile: (file) => `${head} FROM INFILE ${quoted(file)} ${settings}FORMAT ${format}` }
}

// Its rows would have to stand in the statement.
function refuseInput(select: string): void {
  let before = ""
  for (const { text } of wordsOf(select)) {
    if (text === "(" && /^input$/i.test(before)) {
      throw Refusal.of(48, "NOT_IMPLEMENTED", "input() works on a ClickHouse server, not on the embedded store")
    }
    before = text
  }
}
