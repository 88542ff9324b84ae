import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdirSync } from "node:fs"
import { dirname, join } from "node:path"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { expect, inject, test } from "vitest"
import { openNatsLog } from "#infra/nats/event-log.ts"
import { openSqliteLog } from "#infra/sqlite/event-log.ts"
import { readChecked } from "#streams/chain.ts"
import { type ChainHead, EMPTY_CHAIN, sealCommit } from "#streams/commit.ts"
import { startNats } from "#tests/support/nats-server.ts"
import { skipWithout } from "#tests/support/skip-without.ts"
import { tempDir } from "#tests/support/temp-dir.ts"
import { noUnsyncedDisk, unsyncedDisk } from "./unsynced-disk.ts"

const program = inject("natsServer")
const ROUNDS = Math.max(1, Math.ceil(Number(process.env["KILLS"] ?? "3") / 3))
const CHILD = fileURLToPath(new URL("./appending/child.ts", import.meta.url))
const noDisk = noUnsyncedDisk()
const needs =
  noDisk === undefined ? skipWithout(program, "no nats-server program was found") : skipWithout(undefined, noDisk)

const COMMITS = 300

/** Commits one after the other until the server loses its power, each acknowledged; how many are there afterwards. */
const appendUntilCut = async (syncAlways: boolean) => {
  using folder = tempDir("power")
  await using disk = await unsyncedDisk(join(folder.path, "disk"))
  await using nats = await startNats({ storeDir: join(disk.path, "nats"), syncAlways })
  const log = await openNatsLog({ url: nats.url, name: "power", acceptUnsynced: !syncAlways, patienceMs: 100 })
  let acknowledged = 0
  let cut = false
  const enough = Promise.withResolvers<void>()
  const writing = (async () => {
    for (let head: ChainHead = EMPTY_CHAIN; !cut;) {
      const commit = sealCommit(head, 0, 1, "power", [JSON.stringify({ eventNo: head.no + 1, text: "x".repeat(200) })])
      await log.append(commit)
      head = { no: commit.no, hash: commit.hash }
      acknowledged = head.no
      if (acknowledged === COMMITS) enough.resolve()
    }
  })()
  writing.catch(() => undefined) // the commit that was on its way ends with the connection
  await Promise.race([enough.promise, writing])
  await nats.kill("SIGKILL")
  const lostBytes = await disk.cutPower()
  const before = acknowledged
  cut = true
  await nats.restart()
  await log.close()
  const reader = await openNatsLog({ url: nats.url, name: "power", readOnly: true }).catch(() => undefined)
  const there = (await reader?.head(0))?.no ?? 0
  await reader?.close()
  return { acknowledged: before, there, lostBytes }
}

test("a NATS server that syncs loses no acknowledged commit when unsynced writes vanish", needs, async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const { acknowledged, there } = await appendUntilCut(true)
    expect(there).toBeGreaterThanOrEqual(acknowledged)
  }
})

test("one that does not sync loses them: the disk takes what it should", needs, async () => {
  const { acknowledged, there, lostBytes } = await appendUntilCut(false)
  expect(lostBytes).toBeGreaterThan(10_000)
  expect(there).toBeLessThan(acknowledged)
})

test("a ledger in a file loses no acknowledged commit", skipWithout(noDisk === undefined, noDisk ?? ""), async () => {
  using folder = tempDir("power")
  await using disk = await unsyncedDisk(join(folder.path, "disk"))
  for (let round = 0; round < ROUNDS; round++) {
    const file = join(disk.path, String(round), "ledger.sqlite")
    mkdirSync(dirname(file))
    const child = spawn(process.execPath, [CHILD, file], { stdio: ["ignore", "pipe", "inherit"] })
    const ended = once(child, "exit")
    let acknowledged = 0
    // all that it said, also what was on its way when it was killed
    for await (const line of createInterface({ input: child.stdout }))
      if ((acknowledged = Number(line)) === COMMITS) child.kill("SIGKILL")
    await ended
    await disk.cutPower()
    const log = openSqliteLog({ file, readOnly: true })
    expect((await log.head(0))?.no).toBeGreaterThanOrEqual(Math.max(acknowledged, COMMITS))
    for await (const commits of readChecked(log, 0)) expect(commits.length).toBeGreaterThan(0)
    await log.close()
  }
})
