import { type Table, tableName } from "#streams/ports/row-store.ts"
import type { ClickHouse } from "./connect.ts"
import { forgetPositions } from "./row-store.ts"
import { quoted } from "./tables.ts"

/**
 * The tables of which the engine has put parts aside that it could not read: rows may be missing from them, and nothing else
 * shows it, since the position is kept elsewhere. It does so when it starts. A merge that met a full disk leaves such
 * parts: the engine does not hear that their last bytes were not written, and removes what was merged after some minutes.
 */
export const withBrokenParts = async (
  clickHouse: ClickHouse,
  tables: ReadonlyArray<Table>
): Promise<ReadonlyArray<Table>> => {
  const found = await clickHouse.query<{ readonly table: string }>(
    `SELECT DISTINCT table FROM system.detached_parts
     WHERE database = currentDatabase() AND (startsWith(reason, 'broken') OR startsWith(reason, 'unexpected'))`
  )
  return tables.filter((table) => found.some((one) => one.table === tableName(table)))
}

/** Forgets tables with all that was put aside of them: whoever projects builds them anew. Nobody may be writing to them. */
export const forgetTables = async (clickHouse: ClickHouse, tables: ReadonlyArray<Table>): Promise<void> => {
  await forgetPositions(clickHouse, tables)
  for (const table of tables) await clickHouse.command(`DROP TABLE IF EXISTS ${quoted(tableName(table))} SYNC`)
}
