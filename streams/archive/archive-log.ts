import { setTimeout as sleep } from "node:timers/promises"
import type { EventLog } from "#streams/ports/event-log.ts"
import type { ObjectStore } from "#streams/ports/object-store.ts"
import { archivedPartitions, checkedSegment, DamagedArchive, sealNames, readSeal, sealsInOrder } from "./archive.ts"

/** A log as far as it can be read. */
export type ReadableLog = Pick<EventLog, "name" | "head" | "read" | "follow" | "partitions" | "close">

const LOOK_EVERY_MS = 1_000

/** An archive's original commits, read as a log is: segments by their seals, commits by their chain; the first damage throws. */
export const archiveLog = (store: ObjectStore): ReadableLog => {
  const read = async function* (partition: number, from: number) {
    for await (const sealed of sealsInOrder(store, partition)) {
      if (sealed.seal.last < from) continue
      const commits = (await checkedSegment(store, sealed)).map(({ stored }) => stored)
      yield commits.filter(({ no }) => no >= from)
    }
  }
  return {
    name: `archive ${store.name}`,
    head: async (partition) => {
      const newest = (await sealNames(store, partition)).at(-1)
      if (newest === undefined) return undefined
      const found = await readSeal(store, newest)
      if (found === undefined) throw new DamagedArchive(`${store.name}: ${newest}: it cannot be read`)
      for await (const commits of read(partition, found.seal.last)) return commits.at(-1)
      return undefined
    },
    read,
    follow: async function* (partition, from, signal) {
      for (let next = from; !signal.aborted;) {
        for await (const commits of read(partition, next)) {
          if (signal.aborted) return
          yield commits
          next = commits.at(-1)!.no + 1
        }
        await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined)
      }
    },
    partitions: () => archivedPartitions(store),
    close: () => store.close()
  }
}
