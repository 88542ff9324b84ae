import type { Table } from "#streams/ports/row-store.ts"
import { tableName } from "#streams/ports/row-store.ts"
import type { ClickHouse } from "./connect.ts"
import { forgetPositions } from "./row-store.ts"
import { type Answered, createPositions, createTable, POSITION_COLUMNS, POSITIONS, quoted } from "./tables.ts"

/**
 * Puts tables that were rebuilt in a database of their own in the place of the old ones, and drops that database.
 * Cut short at any point, rows are never older than the position beside them says: at worst they are folded again.
 */
export const swapRows = async (live: ClickHouse, rebuilt: ClickHouse, tables: ReadonlyArray<Table>): Promise<void> => {
  const positions = await rebuilt.query<Answered>(`SELECT ${POSITION_COLUMNS.join(", ")} FROM ${POSITIONS} FINAL`)
  for (const statement of [createPositions, ...tables.map(createTable)]) await live.command(statement)
  await forgetPositions(live, tables)
  for (const table of tables) {
    const name = quoted(tableName(table))
    await live.command(`EXCHANGE TABLES ${quoted(live.database)}.${name} AND ${quoted(rebuilt.database)}.${name}`)
  }
  await live.insert(
    POSITIONS,
    POSITION_COLUMNS,
    positions.map((row) => POSITION_COLUMNS.map((column) => row[column]))
  )
  await rebuilt.command(`DROP DATABASE ${quoted(rebuilt.database)} SYNC`)
}
