import { formatFixed, parseFixed } from "#domain/kernel/money.ts"
import {
  cellOf,
  type Cell,
  type ColumnKind,
  type Row,
  type RowVersion,
  type Table,
  tableName
} from "#streams/ports/row-store.ts"

/** Where each projection stands, of all projections in one table. */
export const POSITIONS = "projection_positions"
export const POSITION_COLUMNS = ["name", "version", "partition", "eventNo", "commitNo", "hash"] as const

// A dictionary makes a column quick to search and doubles what it costs to fill: for what rows are asked for by.
const WORDS = new Set(["account", "currency", "status", "symbol"])

const typeOf = (column: string, kind: ColumnKind): string => {
  switch (kind) {
    case "text":
      return WORDS.has(column) ? "LowCardinality(String)" : "String"
    case "json":
      return "String"
    case "amount":
      return "Decimal(38, 18)"
    case "integer":
      return "Int64"
    case "time":
      return "DateTime64(9, 'UTC')"
  }
}

/** A projection's own columns; `eventNo` is every table's. */
export const ownColumns = (table: Table): ReadonlyArray<readonly [column: string, kind: ColumnKind]> =>
  Object.entries(table.columns).filter(([column]) => column !== "eventNo")

/** Every column in the order of inserts. */
export const columnsOf = (table: Table): ReadonlyArray<string> => [
  "partition",
  "eventNo",
  ...ownColumns(table).map(([column]) => column),
  "beyond"
]

// The engine may lose what it has not flushed when the power goes; the position must never be ahead of its rows.
const ON_DISK = "fsync_after_insert = 1, fsync_part_directory = 1"

/**
 * One table for each version of a projection. Every version of a row is kept once; it has no PARTITION BY, because an
 * insert is atomic within one of those only.
 */
export const createTable = (table: Table): string => {
  const columns = ownColumns(table).map(([column, kind]) => `${quoted(column)} ${typeOf(column, kind)}`)
  const key = [...new Set(["partition", ...table.key, "eventNo"])].map(quoted).join(", ")
  return `CREATE TABLE IF NOT EXISTS ${quoted(tableName(table))} (
    partition UInt32,
    eventNo Int64,
    ${columns.join(",\n    ")}${columns.length > 0 ? "," : ""}
    beyond String
  ) ENGINE = ReplacingMergeTree ORDER BY (${key}) SETTINGS ${ON_DISK}`
}

export const createPositions = `CREATE TABLE IF NOT EXISTS ${POSITIONS} (
    name LowCardinality(String),
    version UInt32,
    partition UInt32,
    eventNo Int64,
    commitNo Int64,
    hash String
  ) ENGINE = ReplacingMergeTree(commitNo) ORDER BY (name, version, partition)`

export const quoted = (name: string): string => {
  if (/^\w+$/u.test(name)) return `\`${name}\``
  throw new TypeError(`${JSON.stringify(name)} is not the name of a column or table`)
}

// What DateTime64(9) and Decimal(38, 18) hold. Anybody may ask for an order that expires in the year 9999.
const FIRST_TIME = "1900-01-01T00:00:00.000000000Z"
const LAST_TIME = "2262-04-11T23:47:16.000000000Z"
const MOST = 10n ** 28n - 1n

/** The value that a column of this kind can hold for a cell: itself, or the nearest. */
export const storable = (kind: ColumnKind, cell: Cell): Cell => {
  if (kind === "time") return cell < FIRST_TIME ? FIRST_TIME : cell > LAST_TIME ? LAST_TIME : cell
  if (kind === "amount") return (cell as bigint) > MOST ? MOST : (cell as bigint) < -MOST ? -MOST : cell
  // half of a pair of UTF-16 is no character: it would be replaced on its way
  return kind === "text" ? (cell as string).toWellFormed() : cell
}
/** The text of a storable cell as the engine takes it. */
export const storedText = (cell: Cell): string | number => (typeof cell === "bigint" ? formatFixed(cell) : cell)

/** Makes the values of an insert. What a column cannot hold stands exactly in `beyond`, which is empty otherwise. */
export const encoder = (table: Table): ((version: RowVersion) => ReadonlyArray<string | number>) => {
  const columns = ownColumns(table)
  return (version) => {
    const values: Array<string | number> = [version.partition, version.eventNo]
    let beyond: Record<string, string | number> | undefined
    for (const [column, kind] of columns) {
      const cell = cellOf(version, column)
      const held = storable(kind, cell)
      if (held !== cell) (beyond ??= {})[column] = storedText(cell)
      values.push(storedText(held))
    }
    values.push(beyond === undefined ? "" : JSON.stringify(beyond))
    return values
  }
}

/** Rows as the engine answers: decimals, 64-bit numbers and times as text. */
export type Answered = Readonly<Record<string, string | number>>

export const decoder = (table: Table): ((answered: Answered) => RowVersion) => {
  const columns = Object.entries(table.columns)
  return (answered) => {
    const row: Record<string, Cell> = {}
    for (const [column, kind] of columns) row[column] = cellFrom(kind, answered[column]!)
    const beyond = answered["beyond"]
    if (beyond !== "") {
      const exact = JSON.parse(String(beyond)) as Record<string, string>
      for (const column of Object.keys(exact)) row[column] = exactFrom(table.columns[column]!, exact[column]!)
    }
    return { partition: Number(answered["partition"]), eventNo: Number(answered["eventNo"]), row: row as Row }
  }
}

const cellFrom = (kind: ColumnKind, value: string | number): Cell => {
  const text = String(value)
  // `2026-01-02 03:04:05.123456789`, or with T and Z where a server's profile says so
  if (kind === "time") return `${text.slice(0, 10)}T${text.slice(11, 29)}Z`
  return exactFrom(kind, text)
}
const exactFrom = (kind: ColumnKind, text: string): Cell => {
  if (kind === "amount") return parseFixed(text)
  return kind === "integer" ? Number(text) : text
}
