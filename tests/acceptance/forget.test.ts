// Somebody's data goes the ways that a platform offers, is forgotten, and is then looked for in everything that is kept.
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { PROJECTIONS } from "#projections/all.ts"
import { connectClickHouse } from "#infra/clickhouse/connect.ts"
import { clickHouseRows } from "#infra/clickhouse/row-store.ts"
import { freshClickHouse, withEngine } from "#tests/infra/clickhouse/embedded.ts"
import { filesWith } from "#tests/support/files-with.ts"
import { startPlatform, type Platform } from "#tests/support/platform.ts"
import { tempDir } from "#tests/support/temp-dir.ts"
import { tradeJson } from "#tests/support/trade.ts"

const OWNER = "o-5531"
const FIRST = { name: "Zebulon Quillfeather", email: "zebulon@quillfeather.example", phone: "+49 171 55509871" }
const SECOND = { ...FIRST, name: "Zebulon Brackenthorpe", address: "7 Wolfsbane Alley\nMugglewick" }
const TRACES = ["zebulon", "quillfeather", "brackenthorpe", "55509871", "wolfsbane", "mugglewick"]

const send = async (platform: Platform, method: string, port: number, path: string, body?: unknown) => {
  const response = await fetch(platform.url(port, path), {
    method,
    headers: { "content-type": "application/json" },
    ...(body !== undefined && { body: JSON.stringify(body) })
  })
  const text = await response.text()
  // oxlint-disable-next-line typescript/no-explicit-any
  return { status: response.status, text, json: JSON.parse(text) as any }
}

/** Every row of the projections, as whoever asks the store would see it: files may be packed. */
const rowsOf = async (data: string): Promise<string> => {
  await using engine = await freshClickHouse({ directory: join(data, "clickhouse") })
  const clickHouse = await connectClickHouse({
    url: engine.url,
    username: engine.username,
    password: engine.password,
    database: "trade"
  })
  const rows: Array<string> = []
  for (const table of PROJECTIONS) {
    for await (const batch of clickHouseRows(clickHouse).rows(table)) {
      rows.push(...batch.map(({ row }) => JSON.stringify(Object.values(row).map(String))))
    }
  }
  await clickHouse.close()
  return rows.join("\n").toLowerCase()
}

describe("a person", withEngine, () => {
  test(
    "who is forgotten beside the running platform is in no file and no row any more",
    { timeout: 120_000 },
    async () => {
      using folder = tempDir("forget")
      const platform = await startPlatform({ data: folder.path })
      const beside = { TRADE2026_DATA: folder.path, TRADE2026_PORT_OFFSET: new URL(platform.url(0, "")).port }
      try {
        const put = (body: unknown) => send(platform, "PUT", 8099, `/people/${OWNER}`, body)
        expect((await put(FIRST)).status).toBe(201)
        expect((await put({ ...FIRST, email: "quillfeather at nowhere" })).status).toBe(422)
        expect((await put(SECOND)).status).toBe(200)

        // the owner's account, and the texts that go into the ledger with a command
        const account = { account: "a-5531", owner: OWNER, type: "cash", currency: "USDT" }
        expect((await send(platform, "POST", 8099, "/accounts", account)).status).toBe(201)
        const deposit = (reference: string) =>
          send(platform, "POST", 8099, "/accounts/a-5531/deposits", { currency: "USDT", amount: "100000", reference })
        expect((await deposit("bank 2026-03-02/0001")).status).toBe(201)
        for (const reference of [`from ${FIRST.email}`, `call ${FIRST.phone}`]) {
          const refused = await deposit(reference)
          expect([refused.status, refused.json.errors[0].field]).toEqual([422, "reference"])
          expect(filesWith(folder.path, TRACES).filter((found) => !found.includes("people.sqlite"))).toEqual([])
        }
        const halt = { scope: "account", id: "a-5531", reason: `asked by ${FIRST.email}` }
        expect((await send(platform, "POST", 8098, "/risk/halts", halt)).status).toBe(422)
        const order = { account: "a-5531", symbol: "BTCUSDT", side: "buy", type: "market", quantity: "0.1" }
        expect((await send(platform, "POST", 8099, "/orders", order)).status).toBe(201)
        const holder = async () =>
          (await send(platform, "GET", 8080, "/api/reports/pnl?account=a-5531")).json.holder as unknown
        // the store may still be starting
        await expect.poll(holder, { timeout: 60_000 }).toEqual({ owner: OWNER, name: SECOND.name })
        expect(filesWith(folder.path, ["brackenthorpe"]).length, "the search finds what is there").toBeGreaterThan(0)

        const forgotten = (await tradeJson(["forget", "--person", OWNER], beside)) as { forgottenAt: string }
        expect(filesWith(folder.path, TRACES)).toEqual([])
        await expect.poll(holder, { timeout: 60_000 }).toEqual({ owner: OWNER, forgottenAt: forgotten.forgottenAt })
        const again = await put(FIRST)
        expect([again.status, again.json.code]).toEqual([409, "PersonForgotten"])
        const { ok, faults } = (await tradeJson(["verify"], beside)) as { ok: boolean; faults: unknown }
        expect([ok, faults]).toEqual([true, []])
      } finally {
        await platform.stop()
      }
      const said = platform.output().toLowerCase()
      expect(TRACES.filter((trace) => said.includes(trace))).toEqual([])
      const rows = await rowsOf(folder.path)
      expect(rows).toContain("a-5531")
      expect(TRACES.filter((trace) => rows.includes(trace))).toEqual([])
      expect(filesWith(folder.path, TRACES)).toEqual([])
    }
  )
})
