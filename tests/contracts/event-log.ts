// What every log must do, whatever keeps it.
import fc from "fast-check"
import { afterEach, describe, expect, it } from "vitest"
import { bodyOf, BrokenChain, readChecked } from "#streams/chain.ts"
import { EMPTY_CHAIN } from "#streams/commit.ts"
import { type EventLog, Fenced, type StoredCommit } from "#streams/ports/event-log.ts"
import { appendAll, chainOf, followed, plain, readAll } from "./commits.ts"

/** One store, empty at first, and logs on it: `open` gives another one each time, as another process would have. */
export type LogStore = { readonly open: () => Promise<EventLog>; readonly discard: () => Promise<void> }

/** Runs the suite; `options` are those of `describe`, for example to skip it and say why. */
export const eventLogContract = (
  name: string,
  makeStore: () => Promise<LogStore>,
  options: Parameters<typeof describe>[1] & object = {}
): void =>
  void describe(`event log: ${name}`, options, () => {
    const cleanups: Array<() => Promise<void>> = []
    afterEach(async () => {
      for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
    })
    const fresh = async () => {
      const store = await makeStore()
      cleanups.push(store.discard)
      const open = async () => {
        const log = await store.open()
        cleanups.push(log.close)
        return log
      }
      return { log: await open(), another: open }
    }

    it("is empty at first", async () => {
      const { log } = await fresh()
      expect(await log.head(0)).toBeUndefined()
      expect(await readAll(log)).toEqual([])
    })

    it("gives back what was appended: head, order and bytes", async () => {
      const { log, another } = await fresh()
      const commits = chainOf([1, 0, 3, 20], { note: 'żółć "\\\u0000\u2028 €' })
      await appendAll(log, commits)
      for (const reader of [log, await another()]) {
        expect(plain([(await reader.head(0))!])).toEqual(plain(commits.slice(-1)))
        expect(plain(await readAll(reader))).toEqual(plain(commits))
        expect(plain(await readAll(reader, 0, 3))).toEqual(plain(commits.slice(2)))
        expect(await readAll(reader, 0, 5)).toEqual([])
        expect(await readAll(reader, 0, 500)).toEqual([])
      }
    })

    it("takes the same commit again and stores nothing, at the head and below it", async () => {
      const { log, another } = await fresh()
      const commits = chainOf([1, 2, 1])
      const second = await another()
      for (const commit of commits) {
        await log.append(commit)
        await log.append(commit)
        await second.append(commit)
      }
      for (const commit of commits) await log.append(commit)
      for (const commit of commits) await (await another()).append(commit)
      expect(plain(await readAll(log))).toEqual(plain(commits))
    })

    it("refuses a commit that does not follow the head, and stores nothing", async () => {
      const { log, another } = await fresh()
      const [first, second, third] = chainOf([1, 1, 1])
      const other = chainOf([2, 2, 2], { writer: "b" })
      await expect(log.append(second!)).rejects.toBeInstanceOf(Fenced)
      expect(await log.head(0)).toBeUndefined()
      await log.append(first!)
      for (const writer of [log, await another()]) {
        await expect(writer.append(other[0]!), "another commit in its place").rejects.toBeInstanceOf(Fenced)
        await expect(writer.append(third!), "a gap").rejects.toBeInstanceOf(Fenced)
        await expect(writer.append(other[1]!), "another commit before it").rejects.toBeInstanceOf(Fenced)
        await expect(writer.append({ ...second!, no: 1 }), "a number that is taken").rejects.toBeInstanceOf(Fenced)
      }
      await log.append(second!)
      expect(plain(await readAll(log))).toEqual(plain([first!, second!]))
    })

    it("fences the first writer when a second one opened its epoch", async () => {
      const { log: first, another } = await fresh()
      const old = chainOf([2, 2])
      await appendAll(first, old)
      const second = await another()
      const head = (await second.head(0))!
      const taken = chainOf([0, 1], { head, epoch: 2, writer: "b" })
      await second.append(taken[0]!)
      const late = chainOf([1], { head: old[1]! })
      await expect(first.append(late[0]!)).rejects.toBeInstanceOf(Fenced)
      await expect(first.append(late[0]!), "for good").rejects.toBeInstanceOf(Fenced)
      await second.append(taken[1]!)
      expect(plain(await readAll(first))).toEqual(plain([...old, ...taken]))
    })

    it("lets one of two writers win who append at the same time", async () => {
      const { log, another } = await fresh()
      const [a] = chainOf([1], { writer: "a" })
      const [b] = chainOf([1], { writer: "b" })
      const outcomes = await Promise.allSettled([log.append(a!), (await another()).append(b!)])
      expect(outcomes.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"])
      expect(outcomes.find(({ status }) => status === "rejected")).toMatchObject({ reason: expect.any(Fenced) })
      const [winner] = await readAll(log)
      expect(winner!.hash).toBe(outcomes[0]!.status === "fulfilled" ? a!.hash : b!.hash)
    })

    it("keeps partitions apart", async () => {
      const { log } = await fresh()
      const chains = [0, 1, 7].map((partition) => chainOf([1, 2, 3, 1, 1], { partition }))
      for (let i = 0; i < 5; i++) for (const chain of chains) await log.append(chain[i]!)
      expect(await log.head(2)).toBeUndefined()
      expect(await readAll(log, 2)).toEqual([])
      for (const chain of chains) {
        const { partition } = chain[0]!
        expect(plain(await readAll(log, partition))).toEqual(plain(chain))
        for (const from of [2, 3, 4, 5]) {
          expect(plain(await readAll(log, partition, from))).toEqual(plain(chain.slice(from - 1)))
        }
        expect((await log.head(partition))?.hash).toBe(chain[4]!.hash)
      }
    })

    it("finds its place in a partition among many commits of another one", async () => {
      const { log, another } = await fresh()
      const rare = chainOf(
        Array.from({ length: 9 }, () => 1),
        { partition: 3 }
      )
      const many = chainOf(
        Array.from({ length: 90 }, () => 1),
        { partition: 4 }
      )
      for (const [i, commit] of many.entries()) {
        await log.append(commit)
        if (i % 10 === 7) await log.append(rare[(i - 7) / 10]!)
      }
      for (const from of [1, 4, 9]) expect(plain(await readAll(log, 3, from))).toEqual(plain(rare.slice(from - 1)))
      for (const from of [2, 45, 90]) expect(plain(await readAll(log, 4, from))).toEqual(plain(many.slice(from - 1)))
      await (await another()).append(rare[4]!)
    })

    it("names the partitions that hold commits, where it can", async () => {
      const { log, another } = await fresh()
      if (log.partitions === undefined) return
      expect(await log.partitions()).toEqual([])
      for (const partition of [10, 0, 2]) await appendAll(log, chainOf([1, 1], { partition }))
      expect(await log.head(1)).toBeUndefined()
      for (const reader of [log, await another()]) expect(await reader.partitions!()).toEqual([0, 2, 10])
    })

    it("reads to the head that was there when reading began, while others append", async () => {
      const { log, another } = await fresh()
      const commits = chainOf(Array.from({ length: 600 }, () => 1))
      await appendAll(log, commits.slice(0, 400))
      const reader = await another()
      const seen: Array<StoredCommit> = []
      let appended = 400
      for await (const batch of reader.read(0, 1)) {
        seen.push(...batch)
        for (let i = 0; i < 50 && appended < 600; i++) await log.append(commits[appended++]!)
      }
      expect(plain(seen)).toEqual(plain(commits.slice(0, 400)))
    })

    it("lets a follower see what is there and what comes, in order, and stops when told", async () => {
      const { log, another } = await fresh()
      const commits = chainOf(Array.from({ length: 40 }, (_, i) => i % 3))
      await appendAll(log, commits.slice(0, 15))
      const fromStart = followed(log, 40)
      const elsewhere = followed(await another(), 30, { from: 11 })
      const ahead = followed(log, 5, { from: 36 })
      for (const commit of commits.slice(15)) {
        await log.append(commit)
        if (commit.no % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 30))
      }
      expect(plain(await fromStart)).toEqual(plain(commits))
      expect(plain(await elsewhere)).toEqual(plain(commits.slice(10)))
      expect(plain(await ahead)).toEqual(plain(commits.slice(35)))
    })

    it("ends a follower that waits for nothing", async () => {
      const { log } = await fresh()
      await appendAll(log, chainOf([1]))
      for (const from of [1, 2]) {
        const stop = new AbortController()
        setTimeout(() => stop.abort(), 50)
        for await (const _ of log.follow(0, from, stop.signal));
      }
      for await (const _ of log.follow(0, 1, AbortSignal.abort())) expect.fail("nothing is wanted")
    })

    it("tells a follower within a second", async () => {
      const { log, another } = await fresh()
      const [first, second] = chainOf([1, 1])
      await log.append(first!)
      let heard = 0
      const follower = followed(await another(), 2, { seen: () => (heard = performance.now()) })
      await new Promise((resolve) => setTimeout(resolve, 200))
      const sent = performance.now()
      await log.append(second!)
      await follower
      expect(heard - sent).toBeLessThan(1_000)
    })

    it("keeps a commit of half a megabyte, and many of them", async () => {
      const { log } = await fresh()
      const commits = chainOf([3, 1, 3, 1], { note: "x".repeat(166_000) })
      expect(commits[0]!.body.length).toBeGreaterThan(498_000)
      await appendAll(log, commits)
      expect(plain(await readAll(log))).toEqual(plain(commits))
    })

    it("gives a checked reader a whole chain, wherever the commits were cut", async () => {
      const { log } = await fresh()
      let partition = 100
      const check = async (sizes: ReadonlyArray<number>, stop: number) => {
        partition++
        await appendAll(log, chainOf(sizes, { partition }))
        const numbers: Array<number> = []
        const after = stop === 0 ? EMPTY_CHAIN : (await readAll(log, partition)).at(stop - 1)!
        for await (const batch of readChecked(log, partition, after)) {
          for (const commit of batch) for (const { eventNo } of bodyOf(commit).events) numbers.push(Number(eventNo))
        }
        const events = (list: ReadonlyArray<number>) => list.reduce((sum, size) => sum + size, 0)
        const before = events(sizes.slice(0, stop))
        expect(numbers).toEqual(Array.from({ length: events(sizes) - before }, (_, i) => before + i + 1))
      }
      const cuts = fc
        .array(fc.nat({ max: 4 }), { minLength: 1, maxLength: 12 })
        .chain((sizes) => fc.tuple(fc.constant(sizes), fc.nat({ max: sizes.length })))
      await fc.assert(
        fc.asyncProperty(cuts, ([sizes, stop]) => check(sizes, stop)),
        { numRuns: 25 }
      )
    })

    it("keeps damage for the reader to find", async () => {
      const { log } = await fresh()
      const [first, second] = chainOf([1, 1])
      await log.append(first!)
      await log.append({ ...second!, body: Buffer.from(second!.body.toString().replace("Noted", "Moved")) })
      const read = async () => {
        for await (const _ of readChecked(log, 0));
      }
      await expect(read()).rejects.toBeInstanceOf(BrokenChain)
    })
  })
