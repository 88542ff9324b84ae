import {
  type ClickHouseClient,
  ClickHouseLogLevel,
  type ClickHouseSettings,
  createClient,
  drainStream
} from "@clickhouse/client"
import { Readable } from "node:stream"
import { quoted, quotedName } from "./embedded/sql-shape.ts"
import { repeated, typed } from "./failures.ts"
import { checkedParams, encodeRows } from "./rows.ts"

export interface ClickHouseOptions {
  /** May carry user, password and database, as in `http://user:password@host:8123/database`. */
  readonly url: string
  readonly username?: string
  readonly password?: string
  /** Made when it is missing. Never `default`: the embedded engine keeps that one in another way. */
  readonly database?: string
  /** How long ClickHouse may work on a statement. */
  readonly timeoutSeconds?: number
}

export type Params = Readonly<Record<string, unknown>>

/** Settings that hold for one INSERT, such as insert_deduplication_token. */
export type InsertSettings = Readonly<Record<string, string | number>>

/** ClickHouse, on a server or embedded. Everything it throws is a ClickHouseRefused, a ClickHouseUnavailable or a TypeError. */
export interface ClickHouse {
  readonly database: string
  command(sql: string, params?: Params): Promise<void>
  /** All rows in one request, in the table when it returns; atomic for each partition of it. Not repeated on failure. */
  insert(
    table: string,
    columns: readonly string[],
    rows: readonly (readonly unknown[])[],
    settings?: InsertSettings
  ): Promise<void>
  /** Decimals, 64-bit integers and times come as text. */
  query<T>(sql: string, params?: Params): Promise<T[]>
  /** For answers that should not be in memory at once. Leaving the loop early ends the statement. */
  stream<T>(sql: string, params?: Params): AsyncIterable<T[]>
  ping(): Promise<void>
  close(): Promise<void>
}

/** Connects, and makes the database if it is missing. */
export async function connectClickHouse(options: ClickHouseOptions): Promise<ClickHouse> {
  const timeoutSeconds = options.timeoutSeconds ?? 60
  const url = new URL(options.url)
  const database = options.database ?? (decodeURIComponent(url.pathname.slice(1)) || "trade")
  const config = {
    url: url.origin,
    username: options.username ?? (decodeURIComponent(url.username) || "default"),
    password: options.password ?? decodeURIComponent(url.password),
    // Longer than the statement may take, so that it is ClickHouse that says what went wrong.
    request_timeout: (timeoutSeconds + 10) * 1000,
    clickhouse_settings: settingsOf(timeoutSeconds),
    log: { level: ClickHouseLogLevel.OFF }
  }
  const bare = createClient(config)
  try {
    await repeated(() => bare.command({ query: `CREATE DATABASE IF NOT EXISTS ${quotedName(database)}` }))
  } finally {
    await bare.close()
  }
  return wrap(createClient({ ...config, database, use_multipart_params_auto: true }), database)
}

function settingsOf(timeoutSeconds: number): ClickHouseSettings {
  return {
    max_execution_time: timeoutSeconds,
    // JSON.parse would round them.
    output_format_json_quote_decimals: 1,
    output_format_json_quote_64bit_integers: 1,
    // What does not fit is an error, not a default value.
    input_format_skip_unknown_fields: 0,
    input_format_null_as_default: 0,
    date_time_input_format: "best_effort",
    // An answered INSERT is in the table.
    async_insert: 0
  }
}

function wrap(client: ClickHouseClient, database: string): ClickHouse {
  const read = (sql: string, params: Params, settings: ClickHouseSettings) =>
    client.query({
      query: sql,
      query_params: checkedParams(params),
      format: "JSONEachRow",
      clickhouse_settings: settings
    })
  return {
    database,
    command: (sql, params = {}) =>
      typed(async () => {
        await client.command({ query: sql, query_params: checkedParams(params) })
      }),
    insert: (table, columns, rows, settings = {}) =>
      typed(async () => {
        if (rows.length === 0) return
        const values = Readable.from([Buffer.from(encodeRows(columns, rows))], { objectMode: false })
        const { stream } = await client.exec({ query: insertSql(table, columns, settings), values })
        await drainStream(stream)
      }),
    // The server holds the answer back until it is whole, so that a late error is not the end of a shorter answer.
    query: <T>(sql: string, params: Params = {}) =>
      repeated(async () => (await read(sql, params, { wait_end_of_query: 1 })).json<T>() as Promise<T[]>),
    stream: <T>(sql: string, params: Params = {}) => rowsOf<T>(() => read(sql, params, {})),
    // Not /ping, which answers without looking at the password.
    ping: () =>
      repeated(async () => {
        await (await read("SELECT 1", {}, {})).text()
      }),
    close: () => client.close()
  }
}

async function* rowsOf<T>(read: () => ReturnType<ClickHouseClient["query"]>): AsyncGenerator<T[], void, undefined> {
  const result = await repeated(read)
  const chunks = result.stream()[Symbol.asyncIterator]()
  try {
    for (;;) {
      const next = await typed(() => chunks.next())
      if (next.done === true) return
      const { value } = next
      yield await typed(async () => (value as { json(): T }[]).map((row) => row.json()))
    }
  } finally {
    result.close()
  }
}

function insertSql(table: string, columns: readonly string[], settings: InsertSettings): string {
  const names = columns.map(quotedName).join(", ")
  const set = Object.entries(settings).map(
    ([name, value]) => `${settingName(name)} = ${typeof value === "number" ? value : quoted(value)}`
  )
  const clause = set.length === 0 ? "" : ` SETTINGS ${set.join(", ")}`
  return `INSERT INTO ${table.split(".").map(quotedName).join(".")} (${names})${clause} FORMAT TabSeparated`
}

function settingName(name: string): string {
  if (/^[a-z]\w*$/i.test(name)) return name
  throw new TypeError(`${JSON.stringify(name)} is not the name of a setting`)
}
