// The command as people run it: processes of their own, the ledger in SQLite, the projections in the embedded ClickHouse.
import { execFile } from "node:child_process"
import { join } from "node:path"
import { promisify } from "node:util"
import { describe, expect, it } from "vitest"
import { connectClickHouse } from "#infra/clickhouse/connect.ts"
import { clickHouseRows } from "#infra/clickhouse/row-store.ts"
import { lockFolder } from "#infra/sqlite/folder-lock.ts"
import { PROJECTIONS } from "#projections/all.ts"
import { freshClickHouse, withEngine } from "#tests/infra/clickhouse/embedded.ts"
import { tempDir } from "#tests/support/temp-dir.ts"
import { storyFolder } from "./trade.ts"
import { archiveFolder } from "./proved-folder.ts"

const main = join(import.meta.dirname, "..", "..", "..", "services", "trade", "main.ts")

const trade = async (folder: string, ...args: ReadonlyArray<string>) => {
  const env = { ...process.env, TRADE2026_DATA: folder, TRADE2026_PORT_OFFSET: "57000" }
  const run = promisify(execFile)(process.execPath, [main, ...args], { env })
  const { stdout, stderr, code } = await run.then(
    (ended) => ({ ...ended, code: 0 }),
    (error: { stdout: string; stderr: string; code: number }) => error
  )
  return { code, stderr, stdout, json: args.includes("--json") ? (JSON.parse(stdout) as Record<string, unknown>) : {} }
}
type Replayed = ReadonlyArray<{ name: string; hash: string; before?: string }>

describe("trade", withEngine, () => {
  it(
    "rebuilds, verifies and reports from a folder, and finds a row that was tampered with",
    { timeout: 180_000 },
    async () => {
      using folder = tempDir("trade")
      using other = tempDir("trade")
      await storyFolder(folder.path, 81, 400)

      const beside = await trade(folder.path, "replay", "--into", other.path, "--json")
      expect(beside.code).toBe(0)
      const hashes = (beside.json["projections"] as Replayed).map(({ name, hash }) => [name, hash])
      expect(hashes.map(([name]) => name)).toEqual(PROJECTIONS.map(({ name }) => name))
      expect((await trade(folder.path, "replay", "--from", "archive")).stderr).toContain("there is none")
      await archiveFolder(folder.path)
      const archived = await trade(folder.path, "replay", "--from", "archive", "--into", other.path, "--json")
      expect((archived.json["projections"] as Replayed).map(({ name, hash }) => [name, hash])).toEqual(hashes)
      expect(archived.json["ledger"]).toContain("archive folder:")
      const first = await trade(folder.path, "replay", "--json")
      const again = await trade(folder.path, "replay", "--json")
      expect((first.json["projections"] as Replayed).map(({ name, hash }) => [name, hash])).toEqual(hashes)
      expect((again.json["projections"] as Replayed).map(({ before }) => before)).toEqual(PROJECTIONS.map(() => "same"))

      const verified = await trade(folder.path, "verify", "--json")
      expect([verified.code, verified.json["faults"]]).toEqual([0, []])
      const report = await trade(folder.path, "report", "pnl", "--account", "A1", "--json")
      expect(report.json["position"]).toBe(first.json["position"])
      const ledger = `sqlite:${join(folder.path, "ledger.sqlite")}`
      const alone = await trade(folder.path, "report", "pnl", "--account", "A1", "--json", "--log", ledger)
      expect(alone.stdout).toBe(report.stdout)

      await tamper(join(folder.path, "clickhouse"))
      const found = await trade(folder.path, "verify")
      expect(found.code).toBe(1)
      expect(found.stdout).toMatch(/FAULT {2}projections: balances: the row A1 USD is not what the ledger gives/)
    }
  )

  it("does not touch a folder that another one owns", async () => {
    using folder = tempDir("trade")
    await storyFolder(folder.path, 82, 30)
    const release = lockFolder(folder.path)
    try {
      const { code, stderr } = await trade(folder.path, "replay")
      expect(code).toBe(1)
      expect(stderr).toMatch(/is in use by another running instance/)
      expect((await trade(folder.path, "verify")).code).toBe(0)
    } finally {
      release()
    }
  })
})

const tamper = async (directory: string): Promise<void> => {
  await using engine = await freshClickHouse({ directory })
  const { url, username, password } = engine
  const clickHouse = await connectClickHouse({ url, username, password })
  const store = clickHouseRows(clickHouse)
  const balances = PROJECTIONS.find(({ name }) => name === "balances")!
  const [row] = await store.find(balances, { where: { account: "A1" }, limit: 1 })
  await store.write([{ table: balances, versions: [{ ...row!, row: { ...row!.row, total: 1n } }] }], [])
  await clickHouse.close()
}
