import { randomUUID } from "node:crypto"
import { inject } from "vitest"
import { type ClickHouseOptions, connectClickHouse } from "#infra/clickhouse/connect.ts"
import { startEmbeddedClickHouse } from "#infra/clickhouse/embedded/start.ts"
import { clickHouseRows } from "#infra/clickhouse/row-store.ts"
import { skipWithout } from "#tests/support/skip-without.ts"
import { tempDir } from "#tests/support/temp-dir.ts"
import { rowStoreContract } from "./row-store.ts"

const url = inject("clickhouseUrl")

const storeOn = async (options: ClickHouseOptions, end: () => Promise<void>) => {
  const database = `test_${randomUUID().replaceAll("-", "")}`
  const clickHouse = await connectClickHouse({ ...options, database })
  const discard = async () => {
    await clickHouse.command(`DROP DATABASE ${database} SYNC`)
    await clickHouse.close()
    await end()
  }
  return { store: clickHouseRows(clickHouse), discard }
}

rowStoreContract("clickhouse embedded", async () => {
  const folder = tempDir("rows")
  const engine = await startEmbeddedClickHouse({ directory: folder.path })
  const { url, username, password } = engine
  return storeOn({ url, username, password }, async () => {
    await engine.stop()
    folder[Symbol.dispose]()
  })
})

rowStoreContract(
  "clickhouse server",
  () => storeOn({ url: url! }, async () => undefined),
  skipWithout(url, "no clickhouse server; the embedded one is the same engine")
)
