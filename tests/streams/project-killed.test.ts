import { spawn } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { describe, expect, it } from "vitest"
import { chanceOf } from "#domain/kernel/chance.ts"
import { connectClickHouse } from "#infra/clickhouse/connect.ts"
import { clickHouseRows } from "#infra/clickhouse/row-store.ts"
import { openSqliteLog } from "#infra/sqlite/event-log.ts"
import { PROJECTIONS } from "#projections/all.ts"
import { contentHash } from "#streams/content-hash.ts"
import { freshRows } from "#streams/fresh-rows.ts"
import { freshClickHouse, withEngine } from "#tests/infra/clickhouse/embedded.ts"
import { eventsOf } from "#tests/projections/story.ts"
import { storyFolder } from "#tests/services/trade/trade.ts"
import { tempDir } from "#tests/support/temp-dir.ts"

const kills = Number(process.env["KILLS"] ?? 3)
const timeout = 60_000 + kills * 20_000
const program = join(import.meta.dirname, "projecting", "main.ts")

/** Runs it until it has said that many lines, then kill -9; undefined when it came to its end before. */
const runAndKill = async (ledger: string, store: string, afterLines: number): Promise<number | undefined> => {
  const child = spawn(process.execPath, [program, ledger, store], { stdio: ["ignore", "pipe", "inherit"] })
  const ended = once(child, "exit")
  let lines = 0
  let end: number | undefined
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith("ends ")) end = Number(line.slice(5))
    if (++lines === afterLines) child.kill("SIGKILL")
  }
  await ended
  return end
}

describe("project", withEngine, () => {
  it(`gives the rows of a fresh fold after ${kills} kills of its process (kill -9)`, { timeout }, async () => {
    using folder = tempDir("killed")
    await storyFolder(folder.path, 71, 700)
    const [ledger, store] = [join(folder.path, "ledger.sqlite"), join(folder.path, "clickhouse")]
    const seed = Number(process.env["SEED"] ?? Date.now() % 1_000_000)
    console.log(`SEED=${seed} kills again in the same places`)
    for (let kill = 0; kill < kills; kill++) await runAndKill(ledger, store, 1 + (chanceOf(seed, kill) % 8))
    const end = await runAndKill(ledger, store, Number.POSITIVE_INFINITY)

    const log = openSqliteLog({ file: ledger, readOnly: true })
    const events = await eventsOf(log)
    await log.close()
    expect(end).toBe(events.length)
    const fresh = freshRows(PROJECTIONS)
    for (const { event, place } of events) fresh.fold(0, event, place)
    await using engine = await freshClickHouse({ directory: store })
    const clickHouse = await connectClickHouse({
      url: engine.url,
      username: engine.username,
      password: engine.password
    })
    const rows = clickHouseRows(clickHouse)
    for (const { table, hash } of fresh.hashes()) {
      expect([table.name, (await contentHash(table, rows.rows(table))).hash]).toEqual([table.name, hash])
    }
    await clickHouse.close()
  })
})
