import { readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { folderSnapshots } from "#infra/folder/snapshot-store.ts"
import { openNatsLog } from "#infra/nats/event-log.ts"
import { openSqliteLog } from "#infra/sqlite/event-log.ts"
import { newestPartition } from "#services/platform/newest-partition.ts"
import { keepSnapshots } from "#services/platform/snapshot-keeper.ts"
import { snapshotSettings } from "#services/platform/snapshot-settings.ts"
import { storyLog } from "#tests/projections/story.ts"
import { startNats } from "#tests/support/nats-server.ts"
import { findProgram } from "#tests/support/programs.ts"
import { skipWithout } from "#tests/support/skip-without.ts"
import { tempDir } from "#tests/support/temp-dir.ts"

const STEPS = 120
const settingsOf = (data: string, env: NodeJS.ProcessEnv = {}) =>
  snapshotSettings(data, { TRADE2026_SNAPSHOT_EVENTS: "50", ...env })

describe("snapshots beside a writer", () => {
  it("are taken when so many events are new, and at a stop, and are what a start begins with", async () => {
    using folder = tempDir("keeper")
    const data = folder.path
    const log = openSqliteLog({ file: join(data, "ledger.sqlite") })
    const settings = settingsOf(data)
    const keeper = keepSnapshots({ partition: 0, data, natsUrl: undefined, settings })
    expect(keeper.health()).toEqual({ status: "ok", detail: "none yet" })
    let { state } = await storyLog({ seed: 3, steps: STEPS, log })
    keeper.attach(() => state.eventNo, undefined)
    await expect.poll(() => keeper.health().detail, { timeout: 20_000 }).toMatch(/ 0 events behind$/u)
    const [first] = await folderSnapshots(settings.folder).list(0)
    expect(first!.no).toBe((await log.head(0))!.no)

    ;({ state } = await storyLog({ seed: 4, steps: STEPS, log }))
    expect(keeper.health().detail).toMatch(/^event \d+, \d+ s old, [1-9]\d* events behind$/u)
    await keeper.close()
    const begun = await newestPartition(settings, log, 0)
    expect(begun?.folded.head).toMatchObject({ no: (await log.head(0))!.no })
    expect(begun?.folded.eventNo).toBe(state.eventNo)
    expect(keeper.gauges.map(({ read }) => read())[0]).toBe(state.eventNo)

    // a bit of the newest flips, the one before is cut: what is left is used, and then the ledger alone
    const files = readdirSync(join(settings.folder, "0")).map((name) => join(settings.folder, "0", name))
    const newest = readFileSync(files[1]!)
    newest[newest.length >> 1]! ^= 4
    writeFileSync(files[1]!, newest)
    expect((await newestPartition(settings, log, 0))?.folded.head.no).toBe(first!.no)
    truncateSync(files[0]!, 1_000)
    expect(await newestPartition(settings, log, 0)).toBeUndefined()
    await log.close()
  })

  it("are missed by nobody where none can be taken: the health says why", async () => {
    using folder = tempDir("keeper")
    const data = folder.path // there is no ledger in it
    const keeper = keepSnapshots({ partition: 0, data, natsUrl: undefined, settings: settingsOf(data) })
    keeper.attach(() => 1_000, undefined)
    await expect.poll(() => keeper.health(), { timeout: 20_000 }).toMatchObject({ status: "degraded" })
    expect(keeper.health().detail).toMatch(/^no snapshot can be taken: /u)
    await keeper.close()
  })

  const program = findProgram("nats-server")
  it("are taken of a ledger on NATS", skipWithout(program, "no nats-server program was found"), async () => {
    using folder = tempDir("keeper")
    await using nats = await startNats({ syncAlways: false })
    const log = await openNatsLog({ url: nats.url, acceptUnsynced: true })
    const { state } = await storyLog({ seed: 3, steps: STEPS, together: 8, log })
    const settings = settingsOf(folder.path)
    const keeper = keepSnapshots({ partition: 0, data: folder.path, natsUrl: nats.url, settings })
    keeper.attach(() => state.eventNo, undefined)
    await keeper.close()
    expect(keeper.health()).toMatchObject({ status: "ok" })
    expect((await newestPartition(settings, log, 0))?.folded.eventNo).toBe(state.eventNo)
    await log.close()
  })

  it("are set by whole numbers", () => {
    expect(snapshotSettings("d", {})).toEqual({
      folder: join("d", "snapshots"),
      events: 200_000,
      everyMs: 3_600_000,
      keep: 3
    })
    expect(() => snapshotSettings("d", { TRADE2026_SNAPSHOTS_KEPT: "0" })).toThrow(
      "TRADE2026_SNAPSHOTS_KEPT is a whole number of at least 1, not 0"
    )
    expect(() => snapshotSettings("d", { TRADE2026_SNAPSHOT_EVENTS: "many" })).toThrow(/not many$/u)
  })
})
