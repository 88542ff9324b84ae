import { fork } from "node:child_process"
import { once } from "node:events"
import { mkdirSync, readdirSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { expect, it } from "vitest"
import { chanceOf } from "#domain/kernel/chance.ts"
import { folderSnapshots } from "#infra/folder/snapshot-store.ts"
import { openSqliteLog } from "#infra/sqlite/event-log.ts"
import { partitionOf } from "#services/snapshots/partition-snapshot.ts"
import { newestSound } from "#streams/snapshots/newest-sound.ts"
import { storyLog } from "#tests/projections/story.ts"
import { tempDir } from "#tests/support/temp-dir.ts"

const KILLS = 3

it("kill -9 while a snapshot is written leaves those that were whole, and a start uses the newest of them", async () => {
  using folder = tempDir("kill-snapshot")
  const file = join(folder.path, "ledger.sqlite")
  const log = openSqliteLog({ file })
  await storyLog({ seed: 7, steps: 320, together: 4, log })
  const snapshots = join(folder.path, "snapshots")
  mkdirSync(join(snapshots, "0"), { recursive: true })
  const store = folderSnapshots(snapshots)
  let cut = 0
  for (let kill = 1; kill <= KILLS; kill++) {
    const writer = fork(new URL("./snapshot-writer.ts", import.meta.url), [file, snapshots], { stdio: "inherit" })
    for (let told = 0; told <= kill; told++) await once(writer, "message")
    await sleep(chanceOf("kill-snapshot", kill) % 5)
    writer.kill("SIGKILL")
    await once(writer, "exit")
    cut = readdirSync(join(snapshots, "0")).filter((name) => name.startsWith(".unfinished-")).length

    const kept = await store.list(0)
    const found = await newestSound({
      store,
      log,
      partition: 0,
      restore: (snapshot) => partitionOf(snapshot),
      onSkipped: ({ no, reason }) => expect.unreachable(`${no}: ${reason}`)
    })
    expect(found?.folded.head.no).toBe(kept.at(-1)?.no)
    expect(kept.length).toBeGreaterThanOrEqual(kill)
  }
  expect(cut).toBeGreaterThan(0)
  await log.close()
})
