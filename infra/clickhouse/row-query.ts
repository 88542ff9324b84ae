import {
  sortColumns,
  type Cell,
  type Cut,
  type RowKey,
  type RowQuery,
  type Table,
  tableName
} from "#streams/ports/row-store.ts"
import { columnsOf, quoted, storable, storedText } from "./tables.ts"

/** Settings that answers are read by, whatever the server's profile says. */
const EXACT =
  "output_format_json_quote_decimals = 1, output_format_json_quote_64bit_integers = 1, output_format_decimal_trailing_zeros = 0"

/** The newest version of each row at the cut, sorted by key and partition. */
export const latestRows = (table: Table, cut: Cut): string => `${latest(table, inCut(cut))} SETTINGS ${EXACT}`

/** The newest versions of these rows at or before an event. */
export const rowsOfKeys = (table: Table, partition: number, keys: ReadonlyArray<RowKey>, upTo: number): string =>
  `${latest(table, `partition = ${partition} AND eventNo <= ${upTo} AND ${isOneOf(table, keys)}`)} SETTINGS ${EXACT}`

/** The rows that a query asks for, of the newest versions at the cut. */
export const foundRows = (table: Table, query: RowQuery, cut: Cut): string => {
  const { where = {}, after, limit, descending = false } = query
  const conditions = Object.entries(where).map(([column, wanted]) => hasOneOf(table, column, wanted))
  const isKey = (column: string) => table.key.includes(column) || column === "partition"
  // a row that has the value now had it at some event: only such keys need their newest version looked up
  const keys = table.key.map(quoted).join(", ")
  const candidates = Object.keys(where).every(isKey)
    ? conditions
    : [
        `(partition, ${keys}) IN (SELECT partition, ${keys} FROM ${quoted(tableName(table))} WHERE ${conditions.join(" AND ")})`
      ]
  const order = [...new Set([...sortColumns(table, query), "partition"])]
  const sort = sortColumns(table, query).concat("partition")
  const beyond =
    after === undefined
      ? []
      : [`(${sort.map(quoted).join(", ")}) ${descending ? "<" : ">"} (${literals(table, sort, after)})`]
  const outer = [...conditions, ...beyond]
  return `SELECT * FROM (${latest(table, [inCut(cut), ...candidates].join(" AND "))})
    ${outer.length === 0 ? "" : `WHERE ${outer.join(" AND ")}`}
    ${sorted(order, descending)} LIMIT ${Math.floor(limit)} SETTINGS ${EXACT}`
}

const latest = (table: Table, where: string): string => {
  const key = [...table.key, "partition"].map(quoted).join(", ")
  return `SELECT ${columnsOf(table).map(quoted).join(", ")} FROM ${quoted(tableName(table))} FINAL WHERE ${where}
    ORDER BY ${key}, eventNo DESC LIMIT 1 BY ${key}`
}

const sorted = (columns: ReadonlyArray<string>, descending: boolean): string =>
  `ORDER BY ${columns.map((column) => `${quoted(column)}${descending ? " DESC" : ""}`).join(", ")}`

const inCut = (cut: Cut): string => {
  const parts = [...cut].map(([partition, eventNo]) => `(partition = ${partition} AND eventNo <= ${eventNo})`)
  return parts.length === 0 ? "0" : parts.length === 1 ? parts[0]! : `(${parts.join(" OR ")})`
}

const hasOneOf = (table: Table, column: string, wanted: Cell | ReadonlyArray<Cell>): string => {
  const values = typeof wanted === "object" ? wanted : [wanted]
  if (values.length === 0) return "0"
  return `${quoted(column)} IN (${values.map((value) => literal(table, column, value)).join(", ")})`
}

const isOneOf = (table: Table, keys: ReadonlyArray<RowKey>): string => {
  const tuples = keys.map((key) => `(${literals(table, table.key, key)})`)
  return `(${table.key.map(quoted).join(", ")}) IN (${tuples.join(", ")})`
}

const literals = (table: Table, columns: ReadonlyArray<string>, values: ReadonlyArray<Cell>): string =>
  columns.map((column, i) => literal(table, column, values[i]!)).join(", ")

const literal = (table: Table, column: string, cell: Cell): string => {
  if (column === "eventNo" || column === "partition") return String(Math.floor(Number(cell)))
  const kind = table.columns[column]
  if (kind === undefined) throw new TypeError(`${table.name} has no column ${column}`)
  const text = storedText(storable(kind, cell))
  if (kind === "integer") return String(Math.floor(Number(text)))
  const inQuotes = `'${String(text).replace(/[\\']/gu, "\\$&")}'`
  if (kind === "amount") return `toDecimal128(${inQuotes}, 18)`
  return kind === "time" ? `parseDateTime64BestEffort(${inQuotes}, 9, 'UTC')` : inQuotes
}
