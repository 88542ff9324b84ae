import { randomUUID } from "node:crypto"
import { inject } from "vitest"
import { type ClickHouseOptions, connectClickHouse } from "#infra/clickhouse/connect.ts"
import { clickHouseRows } from "#infra/clickhouse/row-store.ts"
import { freshClickHouse, withEngine } from "#tests/infra/clickhouse/embedded.ts"
import { skipWithout } from "#tests/support/skip-without.ts"
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

rowStoreContract(
  "clickhouse embedded",
  async () => {
    const engine = await freshClickHouse()
    const { url, username, password } = engine
    return storeOn({ url, username, password }, async () => engine[Symbol.asyncDispose]())
  },
  withEngine
)

rowStoreContract(
  "clickhouse server",
  () => storeOn({ url: url! }, async () => undefined),
  skipWithout(url, "no clickhouse server; the embedded one is the same engine")
)
