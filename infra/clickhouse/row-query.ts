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

/**
 * The rows that a query asks for, of the newest versions at the cut. Which ones they are is found out with the columns
 * that it names; the others, wide ones among them, are read for the rows of the page only.
 */
export const foundRows = (table: Table, query: RowQuery, cut: Cut): string => {
  const { where = {}, after, limit, descending = false, orderBy } = query
  const conditions = Object.entries(where).map(([column, wanted]) => hasOneOf(table, column, wanted))
  const sort = [...sortColumns(table, query), "partition"]
  const beyond =
    after === undefined ? [] : [`${tuple(sort)} ${descending ? "<" : ">"} (${literals(table, sort, after)})`]
  const identity = unique(["partition", ...table.key, "eventNo"])
  const needed = unique([...identity, ...Object.keys(where), ...(orderBy === undefined ? [] : [orderBy])])
  const from = quoted(tableName(table))
  const newest = newestOf(table, needed, from, [inCut(cut), ...candidates(table, where, conditions)])
  const chosen = `SELECT ${list(identity)} FROM (${newest}) ${filtered([...conditions, ...beyond])}
    ${sorted(sort, descending)} LIMIT ${Math.floor(limit)}`
  return `SELECT ${list(columnsOf(table))} FROM ${from} FINAL WHERE ${tuple(identity)} IN (${chosen})
    ${sorted(sort, descending)} SETTINGS ${EXACT}`
}

/** A row that has a value now had it at some event: only such keys need their newest version looked up. */
const candidates = (
  table: Table,
  where: NonNullable<RowQuery["where"]>,
  conditions: ReadonlyArray<string>
): ReadonlyArray<string> => {
  if (Object.keys(where).every((column) => table.key.includes(column))) return conditions
  const key = unique(["partition", ...table.key])
  return [`${tuple(key)} IN (SELECT ${list(key)} FROM ${quoted(tableName(table))} WHERE ${conditions.join(" AND ")})`]
}

const latest = (table: Table, where: string): string =>
  newestOf(table, columnsOf(table), `${quoted(tableName(table))} FINAL`, [where])

/** The newest version of each key among those that fulfil the conditions; with a row for each event, all of them. */
const newestOf = (
  table: Table,
  columns: ReadonlyArray<string>,
  from: string,
  conditions: ReadonlyArray<string>
): string => {
  const key = unique([...table.key, "partition"])
  const select = `SELECT ${list(columns)} FROM ${from} ${filtered(conditions)}`
  if (table.key.includes("eventNo")) return `${select} ORDER BY ${list(key)}`
  return `${select} ORDER BY ${list(key)}, eventNo DESC LIMIT 1 BY ${list(key)}`
}

const unique = (columns: ReadonlyArray<string>): ReadonlyArray<string> => [...new Set(columns)]
const list = (columns: ReadonlyArray<string>): string => columns.map(quoted).join(", ")
const tuple = (columns: ReadonlyArray<string>): string => `(${list(columns)})`
const filtered = (conditions: ReadonlyArray<string>): string =>
  conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`

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
  return `${tuple(table.key)} IN (${tuples.join(", ")})`
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
