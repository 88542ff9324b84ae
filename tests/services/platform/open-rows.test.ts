import { spawnSync } from "node:child_process"
import { readdirSync, readFileSync, truncateSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it, vi } from "vitest"
import type { AccountEvent } from "#domain/account/events.ts"
import { PROJECTIONS } from "#projections/all.ts"
import { openRows } from "#services/platform/open-rows.ts"
import { restartable } from "#services/platform/restartable.ts"
import { contentHash } from "#streams/content-hash.ts"
import { freshRows } from "#streams/fresh-rows.ts"
import { ledgerCodec } from "#streams/ledger-codec.ts"
import type { EventLog } from "#streams/ports/event-log.ts"
import { project } from "#streams/project.ts"
import { withEngine } from "#tests/infra/clickhouse/embedded.ts"
import { asFold, eventsOf, storyLog } from "#tests/projections/story.ts"
import { tempDir } from "#tests/support/temp-dir.ts"

/** Projects as the platform does, from where the store stands, and says what is stored then. */
const projected = async (data: string, log: EventLog) => {
  const { rows, health, close } = openRows({ data, clickhouseUrl: undefined })
  try {
    await expect.poll(() => health().status, { timeout: 30_000 }).toBe("ok")
    const head = { log, partition: 0, codec: ledgerCodec, projections: PROJECTIONS.map(asFold), until: "head" } as const
    await project<AccountEvent>({ ...head, store: rows }).ended
    return Object.fromEntries(
      await Promise.all(PROJECTIONS.map(async (table) => [table.name, await contentHash(table, rows.rows(table))]))
    )
  } finally {
    await close()
  }
}
const expected = async (log: EventLog) => {
  const fresh = freshRows(PROJECTIONS.map(asFold))
  for (const { event, place } of await eventsOf(log)) fresh.fold(0, event, place)
  return Object.fromEntries(fresh.hashes().map(({ table, rows, hash }) => [table.name, { rows, hash }]))
}

/** As a merge leaves parts that met a full disk. */
const spoilParts = (data: string): void => {
  const store = join(data, "clickhouse", "store")
  const files = readdirSync(store, { recursive: true, encoding: "utf8" })
  const table = readFileSync(
    join(
      store,
      files.find((name) => name.endsWith("orders_v3.sql"))!
    ),
    "utf8"
  )
  const id = /UUID '([\w-]+)'/u.exec(table)![1]!
  const marks = files.filter((name) => name.includes(id) && /all_[^/]+\/[^/]+\.cmrk\d$/u.test(name))
  expect(marks.length).toBeGreaterThan(0)
  for (const name of marks) truncateSync(join(store, name))
}
/** The engine that this process has started. */
const enginePid = (): number => {
  const { stdout } = spawnSync("ps", ["-eo", "pid=,ppid=,args="], { encoding: "utf8" })
  const of = new RegExp(`^ *(\\d+) +${process.pid} .*embedded/child\\.ts`, "mu").exec(stdout)
  return Number(of![1])
}

describe("stored views of an engine that lost a part of them", withEngine, () => {
  it("are built anew at the next start", async () => {
    using folder = tempDir("open-rows")
    const { log } = await storyLog({ seed: 3, steps: 100 })
    expect(await projected(folder.path, log)).toEqual(await expected(log))

    spoilParts(folder.path)
    const said = vi.spyOn(process.stderr, "write").mockReturnValue(true)
    try {
      expect(await projected(folder.path, log)).toEqual(await expected(log))
      expect(said.mock.calls.join("\n")).toMatch(/the stored views .*orders_v3.* may lack rows/u)
    } finally {
      said.mockRestore()
    }
    expect(await projected(folder.path, log)).toEqual(await expected(log))
  }, 90_000)

  it("are built anew when the engine ends by itself beside a running platform", async () => {
    using folder = tempDir("open-rows")
    const { log } = await storyLog({ seed: 4, steps: 100 })
    const { rows, health, writtenBy, close } = openRows({ data: folder.path, clickhouseUrl: undefined })
    const stop = new AbortController()
    const begun: Array<number> = []
    const projector = restartable((signal) => {
      begun.push(Date.now())
      const projections = PROJECTIONS.map(asFold)
      return project<AccountEvent>({ log, partition: 0, codec: ledgerCodec, projections, store: rows, signal })
    }, stop.signal)
    writtenBy(projector.pause)
    const said = vi.spyOn(process.stderr, "write").mockReturnValue(true)
    try {
      const { length: last } = await eventsOf(log)
      expect(await projector.waitFor(last, 30_000)).toBe(true)
      spoilParts(folder.path)
      process.kill(enginePid(), "SIGKILL")
      await expect.poll(() => begun.length, { timeout: 30_000 }).toBe(2)
      expect(await projector.waitFor(last, 30_000)).toBe(true)
      expect(health()).toEqual({ status: "ok" })
      const hashes = await Promise.all(
        PROJECTIONS.map(async (table) => [table.name, await contentHash(table, rows.rows(table))])
      )
      expect(Object.fromEntries(hashes)).toEqual(await expected(log))
    } finally {
      said.mockRestore()
      stop.abort()
      await projector.ended
      await close()
    }
  }, 90_000)
})
