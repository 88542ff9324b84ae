// A process that fills an embedded store from a ledger in batches of few rows: `main.ts LEDGER STORE`. To be killed.
import type { AccountEvent } from "#domain/account/events.ts"
import { connectClickHouse } from "#infra/clickhouse/connect.ts"
import { startEmbeddedClickHouse } from "#infra/clickhouse/embedded/start.ts"
import { clickHouseRows } from "#infra/clickhouse/row-store.ts"
import { openSqliteLog } from "#infra/sqlite/event-log.ts"
import { PROJECTIONS } from "#projections/all.ts"
import { ledgerCodec } from "#streams/ledger-codec.ts"
import { project } from "#streams/project.ts"

const [file, directory] = process.argv.slice(2) as [string, string]
const log = openSqliteLog({ file, readOnly: true })
const engine = await startEmbeddedClickHouse({ directory })
const { url, username, password } = engine
const clickHouse = await connectClickHouse({ url, username, password })
const store = clickHouseRows(clickHouse)
console.log("begins")
const options = { partition: 0, codec: ledgerCodec, projections: PROJECTIONS, until: "head", rowsInMemory: 40 } as const
const batch = { rows: 60, waitMs: 20 }
const end = await project<AccountEvent>({
  ...options,
  log,
  store,
  batch,
  onProgress: ({ position }) => console.log(position.eventNo)
}).ended
console.log(`ends ${end.eventNo}`)
await clickHouse.close()
await engine.stop()
