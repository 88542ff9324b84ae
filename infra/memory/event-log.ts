import { setImmediate as turn } from "node:timers/promises"
import { EMPTY_CHAIN } from "#streams/commit.ts"
import { type EventLog, Fenced, LogUnavailable, type StoredCommit } from "#streams/ports/event-log.ts"
import type { LogSpace } from "#streams/ports/log-space.ts"
import { makeBell } from "./bell.ts"

const BATCH = 256

/** A log that lives as long as its process: for tests, simulation and back-tests. `mostBytes` of bodies, if that is told. */
export const memoryLog = (mostBytes = Number.POSITIVE_INFINITY): EventLog & LogSpace => {
  const partitions = new Map<number, Array<StoredCommit>>()
  const bell = makeBell()
  let usedBytes = 0
  const commitsOf = (partition: number): Array<StoredCommit> => {
    let commits = partitions.get(partition)
    if (commits === undefined) partitions.set(partition, (commits = []))
    return commits
  }

  async function* read(partition: number, from: number): AsyncGenerator<ReadonlyArray<StoredCommit>> {
    const commits = commitsOf(partition)
    const end = commits.length
    for (let at = Math.max(from, 1) - 1; at < end; at += BATCH) {
      yield commits.slice(at, Math.min(at + BATCH, end))
      if (at + BATCH < end) await turn() // reading waits for nothing: the rest of the process has its turn here
    }
  }

  async function* follow(
    partition: number,
    from: number,
    signal: AbortSignal
  ): AsyncGenerator<ReadonlyArray<StoredCommit>> {
    let next = from
    while (!signal.aborted) {
      const seen = bell.rings()
      for await (const batch of read(partition, next)) {
        if (signal.aborted) return
        next = batch.at(-1)!.no + 1
        yield batch
      }
      await bell.wait(seen, signal)
    }
  }

  return {
    name: "memory",
    head: async (partition) => partitions.get(partition)?.at(-1),
    append: async (commit) => {
      const commits = commitsOf(commit.partition)
      if (commits[commit.no - 1]?.hash === commit.hash) return
      const { no, hash } = commits.at(-1) ?? EMPTY_CHAIN
      if (commit.no !== no + 1 || commit.prev !== hash) {
        throw new Fenced(`partition ${commit.partition} stands at commit ${no}: commit ${commit.no} does not follow it`)
      }
      if (usedBytes + commit.body.length > mostBytes)
        throw new LogUnavailable("the memory that this log may use is full")
      usedBytes += commit.body.length
      commits.push(commit)
      bell.ring()
    },
    read,
    follow,
    partitions: async () =>
      [...partitions].flatMap(([partition, { length }]) => (length > 0 ? [partition] : [])).toSorted((a, b) => a - b),
    rooms: async () =>
      mostBytes === Number.POSITIVE_INFINITY
        ? []
        : [{ freeBytes: mostBytes - usedBytes, totalBytes: mostBytes, limit: "the memory that this log may use" }],
    close: async () => undefined
  }
}
