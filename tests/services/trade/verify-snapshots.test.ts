import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { folderSnapshots } from "#infra/folder/snapshot-store.ts"
import { openSqliteLog } from "#infra/sqlite/event-log.ts"
import { partitionOf, snapshotOf, type PartitionAt } from "#services/snapshots/partition-snapshot.ts"
import { takeSnapshot } from "#services/snapshots/take-snapshot.ts"
import { packSnapshot, unpackSnapshot } from "#streams/snapshots/snapshot.ts"
import { storyLog } from "#tests/projections/story.ts"
import { tempDir } from "#tests/support/temp-dir.ts"
import { trade } from "./trade.ts"

type Verdict = {
  readonly snapshots?: ReadonlyArray<{ readonly commit: number }>
  readonly faults: ReadonlyArray<{ readonly check: string; readonly commit?: number; readonly reason: string }>
}

/** A story on disk, with snapshots of its middle and its end. */
const folderWithSnapshots = async (folder: string) => {
  const log = openSqliteLog({ file: join(folder, "ledger.sqlite") })
  const store = folderSnapshots(join(folder, "snapshots"))
  const options = { keep: 3, now: () => "2026-03-02T10:00:00.000Z", onSkipped: () => expect.unreachable() }
  await storyLog({ seed: 41, steps: 240, together: 4, log })
  const end = (await log.head(0))!.no
  const half = {
    ...log,
    read: (partition: number, from: number) => upTo(log.read(partition, from), Math.floor(end / 2))
  }
  const middle = (await takeSnapshot({ store, log: half, partition: 0 }, options))!.no
  await takeSnapshot({ store, log, partition: 0 }, options)
  await log.close()
  /** Somebody writes another state under the same commit, and everything else as it has to be. */
  const forge = async (no: number, change: (at: PartitionAt) => void) => {
    const snapshot = unpackSnapshot((await store.get(0, no))!)
    const at = partitionOf(snapshot)
    change(at)
    await store.put(0, no, packSnapshot(snapshotOf(at, snapshot.head.takenAt)))
  }
  return { store, middle, end, forge }
}
async function* upTo<T extends { readonly no: number }>(batches: AsyncIterable<ReadonlyArray<T>>, last: number) {
  for await (const batch of batches) yield batch.filter(({ no }) => no <= last)
}
const verdictOn = async (folder: string) => {
  const { exitCode, stdout } = await trade(folder, ["verify", "--snapshots", "--json"])
  return { exitCode, ...(JSON.parse(stdout) as Verdict) }
}

describe("verify --snapshots", () => {
  it("says that each snapshot and what follows equal a replay", async () => {
    using folder = tempDir("snapshots")
    const { middle, end } = await folderWithSnapshots(folder.path)
    const { exitCode, snapshots, faults } = await verdictOn(folder.path)
    expect({ exitCode, faults }).toEqual({ exitCode: 0, faults: [] })
    expect(snapshots!.map(({ commit }) => commit)).toEqual([middle, end])
    const { stdout } = await trade(folder.path, ["verify", "--snapshots"])
    expect(stdout).toMatch(/the snapshot of commit \d+ \(event [\d,]+\) and what follows equal a replay/u)
    expect(stdout).toContain("everything holds")
  })

  it("names the one whose state or whose views are not what a replay gives", async () => {
    using folder = tempDir("snapshots")
    const { middle, end, forge } = await folderWithSnapshots(folder.path)
    await forge(middle, ({ folded }) => {
      const [account] = folded.state.accounts.values()
      for (const balance of account!.balances.cash.values()) balance.total += 1n
    })
    await forge(end, ({ views }) => void (views.mdNo += 1))
    const { exitCode, snapshots, faults } = await verdictOn(folder.path)
    expect(exitCode).toBe(1)
    expect(snapshots).toEqual([])
    expect(faults.map(({ check, commit, reason }) => [check, commit, reason.slice(reason.indexOf(" is "))])).toEqual([
      ["snapshots", middle, " is not what a replay gives: its state differs"],
      ["snapshots", end, " is not what a replay gives: its views differs"]
    ])
  })

  it("names one that is damaged, and says so where there are none", async () => {
    using folder = tempDir("snapshots")
    const { store, middle, end } = await folderWithSnapshots(folder.path)
    await store.put(0, end, (await store.get(0, end))!.subarray(0, 2000))
    const { exitCode, snapshots, faults } = await verdictOn(folder.path)
    expect([exitCode, snapshots!.map(({ commit }) => commit)]).toEqual([1, [middle]])
    expect(faults[0]!.reason).toBe(
      `partition 0: the snapshot of commit ${end} cannot be used: its bytes are not those that were written`
    )
    for (const no of [middle, end]) await store.drop(0, no)
    const { stdout } = await trade(folder.path, ["verify", "--snapshots"])
    expect(stdout).toContain("there are no snapshots in folder:")
  })
})
