import { describe, expect, it } from "vitest"
import { memoryLog } from "#infra/memory/event-log.ts"
import { BrokenChain } from "#streams/chain.ts"
import { copyPartition, NotTheSame } from "#streams/copy-log.ts"
import type { EventLog, StoredCommit } from "#streams/ports/event-log.ts"
import { appendAll, chainOf, plain, readAll } from "#tests/contracts/commits.ts"

const holding = async (commits: ReadonlyArray<StoredCommit>): Promise<EventLog> => {
  const log = memoryLog()
  await appendAll(log, commits)
  return log
}
const sizes = Array.from({ length: 600 }, (_, i) => i % 4)
const events = sizes.reduce((sum, size) => sum + size, 0)
const commits = chainOf(sizes)

describe("a copy of a partition", () => {
  it.each([0, 1, 257, 599, 600])("is the same, number by number, where %i were there before", async (before) => {
    const [from, to] = [await holding(commits), await holding(commits.slice(0, before))]
    const told: Array<string> = []
    const copied = await copyPartition(from, to, 0, (stage, done, total) => told.push(`${stage} ${done}/${total}`))
    const { no, hash } = commits.at(-1)!
    expect(copied).toEqual({ partition: 0, commits: 600, events, copied: 600 - before, head: { no, hash } })
    expect(plain(await readAll(to))).toEqual(plain(commits))
    expect([told.at(0), told.at(-1)]).toEqual(["copy 1/600", "prove 600/600"])
  })

  it("of nothing is nothing, and other partitions are left alone", async () => {
    const [from, to] = [memoryLog(), await holding(chainOf([1], { partition: 3 }))]
    expect(await copyPartition(from, to, 0)).toMatchObject({ commits: 0, events: 0, copied: 0 })
    expect(await to.partitions!()).toEqual([3])
  })

  it("is refused where something else is, and appends nothing", async () => {
    const other = [...commits.slice(0, 100), ...chainOf([2, 2, 2], { head: commits[99]!, writer: "b" })]
    for (const [held, words] of [
      [other, /commit 101 of partition 0 in memory is another one/],
      [chainOf([9]), /commit 1 of partition 0 in memory is another one/],
      [[...commits, ...chainOf([1], { head: commits.at(-1)! })], /has 601 commits of partition 0, and memory 600/]
    ] as const) {
      const [from, to] = [await holding(commits), await holding(held)]
      const refusal = copyPartition(from, to, 0)
      await expect(refusal).rejects.toBeInstanceOf(NotTheSame)
      await expect(refusal).rejects.toThrow(words)
      expect(plain(await readAll(to))).toEqual(plain(held))
    }
  })

  it("stops before the first commit of the source that is damaged", async () => {
    const damaged = commits.map((commit, i) =>
      i === 300 ? { ...commit, body: Buffer.from(commit.body.toString().replace('"no":301', '"no":302')) } : commit
    )
    const [from, to] = [await holding(damaged), memoryLog()]
    await expect(copyPartition(from, to, 0)).rejects.toBeInstanceOf(BrokenChain)
    expect((await to.head(0))?.no).toBe(300)
  })

  it("is no copy when the target gives back something else than it was given", async () => {
    const from = await holding(commits)
    const real = memoryLog()
    const change = (batch: ReadonlyArray<StoredCommit>) =>
      batch.map((commit) => (commit.no === 42 ? { ...commit, hash: commits[40]!.hash } : commit))
    const lying: EventLog = {
      ...real,
      read: async function* (partition, no) {
        for await (const batch of real.read(partition, no)) yield change(batch)
      }
    }
    await expect(copyPartition(from, lying, 0)).rejects.toThrow(/^memory: ledger partition 0 is damaged at commit 42/)
    const short: EventLog = {
      ...real,
      read: async function* () {
        yield commits.slice(0, 500)
      }
    }
    await expect(copyPartition(from, short, 0)).rejects.toThrow(/lacks commit 501/)
  })

  it("is told to be behind when the source was written meanwhile, and goes on the next time", async () => {
    const [from, to] = [await holding(commits), memoryLog()]
    const later = chainOf([1, 1], { head: commits.at(-1)! })
    let more: ReadonlyArray<StoredCommit> = later
    const busy: EventLog = {
      ...to,
      append: async (commit) => {
        await appendAll(from, more)
        more = []
        await to.append(commit)
      }
    }
    await expect(copyPartition(from, busy, 0)).rejects.toThrow(/was written while it was copied: .* 600 to 602/)
    expect(plain(await readAll(to))).toEqual(plain(commits))
    expect(await copyPartition(from, busy, 0)).toMatchObject({ commits: 602, copied: 2 })
  })
})
