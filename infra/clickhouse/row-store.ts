import {
  type Cut,
  type RowStore,
  type RowVersion,
  type StorePosition,
  type Table,
  tableName
} from "#streams/ports/row-store.ts"
import type { ClickHouse } from "./connect.ts"
import { foundRows, latestRows, rowsOfKeys } from "./row-query.ts"
import {
  type Answered,
  columnsOf,
  createPositions,
  createTable,
  decoder,
  encoder,
  POSITION_COLUMNS,
  POSITIONS,
  quoted
} from "./tables.ts"

/** Rows of one insert: enough to be fast, and few enough to be text in memory. */
const ROWS_PER_INSERT = 50_000
/** Repeats need not be looked for here: reads and merges leave one of each out. */
const ON_INSERT = { date_time_input_format: "best_effort", optimize_on_insert: 0 }
/** Keys in one statement, which the engine reads no more than 256 KiB of. */
const KEYS_PER_QUERY = 1_000

/** Rows of projections in ClickHouse, on a server or embedded, in the database that the connection is for. */
export const clickHouseRows = (clickHouse: ClickHouse): RowStore => {
  const positions = async (table: Table): Promise<ReadonlyMap<number, StorePosition>> => {
    const rows = await clickHouse.query<Answered>(
      `SELECT partition, eventNo, commitNo, hash FROM ${POSITIONS} FINAL
       WHERE name = {name:String} AND version = {version:UInt32} ORDER BY partition`,
      { name: table.name, version: table.version }
    )
    return new Map(
      rows.map(({ partition, eventNo, commitNo, hash }) => [
        Number(partition),
        { eventNo: Number(eventNo), commitNo: Number(commitNo), hash: String(hash) }
      ])
    )
  }
  const cutOf = async (table: Table, cut: Cut | undefined): Promise<Cut> =>
    cut ?? new Map([...(await positions(table))].map(([partition, { eventNo }]) => [partition, eventNo]))
  return {
    name: `clickhouse:${clickHouse.database}`,
    prepare: async (tables) => {
      for (const statement of [createPositions, ...tables.map(createTable)]) await clickHouse.command(statement)
    },
    positions,
    load: async (table, partition, keys, upTo) => {
      const found: Array<RowVersion> = []
      const decode = decoder(table)
      for (let i = 0; i < keys.length; i += KEYS_PER_QUERY) {
        const sql = rowsOfKeys(table, partition, keys.slice(i, i + KEYS_PER_QUERY), upTo)
        for (const row of await clickHouse.query<Answered>(sql)) found.push(decode(row))
      }
      return found
    },
    write: async (batches, written) => {
      await Promise.all(batches.map(({ table, versions }) => insertRows(clickHouse, table, versions)))
      const rows = written.map(({ table: { name, version }, partition, position: { eventNo, commitNo, hash } }) => [
        name,
        version,
        partition,
        eventNo,
        commitNo,
        hash
      ])
      await clickHouse.insert(POSITIONS, POSITION_COLUMNS, rows)
    },
    async *rows(table, cut) {
      const decode = decoder(table)
      for await (const batch of clickHouse.stream<Answered>(latestRows(table, await cutOf(table, cut))))
        yield batch.map(decode)
    },
    find: async (table, query) => {
      const rows = await clickHouse.query<Answered>(foundRows(table, query, await cutOf(table, query.cut)))
      return rows.map(decoder(table))
    },
    drop: async (table) => {
      await forgetPositions(clickHouse, [table])
      await clickHouse.command(`DROP TABLE IF EXISTS ${quoted(tableName(table))} SYNC`)
    }
  }
}

const insertRows = async (clickHouse: ClickHouse, table: Table, versions: ReadonlyArray<RowVersion>): Promise<void> => {
  const encode = encoder(table)
  const columns = columnsOf(table)
  for (let i = 0; i < versions.length; i += ROWS_PER_INSERT) {
    const rows = versions.slice(i, i + ROWS_PER_INSERT).map(encode)
    await clickHouse.insert(tableName(table), columns, rows, ON_INSERT)
  }
}

/** Takes the positions of projections away; when it returns, nobody finds them any more. */
export const forgetPositions = async (clickHouse: ClickHouse, tables: ReadonlyArray<Table>): Promise<void> => {
  await clickHouse.command(createPositions)
  for (const { name, version } of tables) {
    await clickHouse.command(
      `ALTER TABLE ${POSITIONS} DELETE WHERE name = {name:String} AND version = {version:UInt32} SETTINGS mutations_sync = 2`,
      { name, version }
    )
  }
}
