import { isUtf8 } from "node:buffer"
import type { IncomingMessage } from "node:http"
import { decoded, readText, spool } from "./body.ts"
import { insertShape } from "./insert-shape.ts"
import { Refusal } from "./refusal.ts"

/** One request, read whole: nothing in it depends on a request before it. */
export interface Statement {
  readonly sql: string
  /** The file with the rows of an INSERT, which `sql` names. */
  readonly rows: string | undefined
  readonly database: string | undefined
  readonly settings: ReadonlyMap<string, string>
  readonly params: ReadonlyMap<string, string>
  /** The format of the answer when the statement names none. */
  readonly format: string
  readonly readOnly: boolean
}

const list = (words: string): ReadonlySet<string> => new Set(words.split(" "))
// Words of the HTTP interface that are no settings of the engine.
const notSettings = list(
  "query database default_format query_id user password quota_key role wait_end_of_query buffer_size stacktrace"
)
// What a client asks for with these would be missing without a word: rows lost in a temporary table, bytes misread.
const unsupported = list("session_id compress decompress client_protocol_version")

/** Reads URL, headers and body. Nothing comes back for an empty statement. */
export async function readStatement(
  request: IncomingMessage,
  url: URL,
  passing: string
): Promise<Statement | undefined> {
  const settings = new Map<string, string>()
  const params = new Map<string, string>()
  for (const [name, value] of url.searchParams) {
    if (name.startsWith("param_")) params.set(named(name), value)
    else if (unsupported.has(name)) refuseUnlessOff(name, value)
    else if (!notSettings.has(name)) settings.set(named(name), value)
  }
  const { sql, rows } = await readSql(request, url.searchParams.get("query") ?? "", params, passing)
  if (sql.trim() === "") return undefined
  return {
    sql,
    rows,
    database: url.searchParams.get("database") ?? header(request, "x-clickhouse-database"),
    settings,
    params,
    format: url.searchParams.get("default_format") ?? header(request, "x-clickhouse-format") ?? "TabSeparated",
    readOnly: request.method !== "POST"
  }
}

type Sql = Pick<Statement, "sql" | "rows">

// As on a server, a statement may begin in the URL and go on in the body. The body of an INSERT is not looked at.
async function readSql(
  request: IncomingMessage,
  query: string,
  params: Map<string, string>,
  passing: string
): Promise<Sql> {
  if (/^multipart\/form-data/i.test(request.headers["content-type"] ?? "")) {
    return { sql: (await readForm(request, params)) ?? query, rows: undefined }
  }
  const begun = insertShape(query)
  if (begun !== undefined) return insertFrom(begun, decoded(request), passing)
  const body = await readText(request)
  if (!isUtf8(body)) {
    throw Refusal.of(36, "BAD_ARGUMENTS", "Put the statement into ?query= and only the binary rows into the body")
  }
  const sql = query + body.toString()
  const insert = insertShape(sql)
  return insert === undefined ? { sql, rows: undefined } : insertFrom(insert, nothing(), passing)
}

async function insertFrom(
  insert: NonNullable<ReturnType<typeof insertShape>>,
  rest: AsyncIterable<Buffer>,
  passing: string
): Promise<Sql> {
  const rows = await spool(insert.rows, rest, passing)
  return { sql: insert.fromFile(rows), rows }
}

async function* nothing(): AsyncGenerator<Buffer, void, undefined> {}

/** Parameters too long for a URL come as a form. */
async function readForm(request: IncomingMessage, params: Map<string, string>): Promise<string | undefined> {
  const headers = { "content-type": request.headers["content-type"] ?? "" }
  const form = await new Response(new Uint8Array(await readText(request)), { headers }).formData()
  let sql: string | undefined
  for (const [name, value] of form) {
    if (typeof value !== "string") throw Refusal.of(48, "NOT_IMPLEMENTED", "External tables are not kept here")
    if (name === "query") sql = value
    else if (name.startsWith("param_")) params.set(named(name), value)
  }
  return sql
}

// Names go into a SET statement as they are.
function named(name: string): string {
  if (/^[A-Za-z_]\w*$/.test(name)) return name
  throw Refusal.of(36, "BAD_ARGUMENTS", `${JSON.stringify(name)} is not the name of a setting or parameter`)
}

function refuseUnlessOff(name: string, value: string): void {
  if (value === "0" || value === "") return
  throw Refusal.of(48, "NOT_IMPLEMENTED", `${name} works on a ClickHouse server, not on the embedded store`)
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name]
  return typeof value === "string" && value !== "" ? value : undefined
}
