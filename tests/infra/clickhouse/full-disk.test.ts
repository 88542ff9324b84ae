import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { type ClickHouse, connectClickHouse } from "#infra/clickhouse/connect.ts"
import type { AccountEvent } from "#domain/account/events.ts"
import { clickHouseRows } from "#infra/clickhouse/row-store.ts"
import { memoryLog } from "#infra/memory/event-log.ts"
import { orders } from "#projections/orders/orders.ts"
import { contentHash } from "#streams/content-hash.ts"
import { freshRows } from "#streams/fresh-rows.ts"
import { ledgerCodec } from "#streams/ledger-codec.ts"
import type { StoredCommit } from "#streams/ports/event-log.ts"
import { project } from "#streams/project.ts"
import { asFold, eventsOf, storyLog } from "#tests/projections/story.ts"
import { skipWithout } from "#tests/support/skip-without.ts"
import { type SmallDisk, smallDisk } from "#tests/support/small-disk.ts"
import { tempDir } from "#tests/support/temp-dir.ts"
import { freshClickHouse, withEngine } from "./embedded.ts"

const canMount = (): boolean => {
  using folder = tempDir("small-disk")
  using disk = smallDisk(folder.path, 1)
  return disk !== undefined
}
const needed = skipWithout(canMount(), "a disk that can be filled is a tmpfs, which needs Linux and root")

/** An answer that fits nowhere, or the cut connection of a large one that was begun. */
const CUT = /NOT_ENOUGH_SPACE|does not answer/u
const ROWS = 50_000
const onSmallDisk = async (use: (clickHouse: ClickHouse, disk: SmallDisk) => Promise<void>): Promise<void> => {
  using folder = tempDir("clickhouse-disk")
  using disk = smallDisk(folder.path, 200)!
  await using store = await freshClickHouse({ directory: join(folder.path, "store") })
  const clickHouse = await connectClickHouse(store)
  await clickHouse.command("CREATE TABLE wide (a UInt32, b String) ENGINE = MergeTree ORDER BY a")
  const rows = Array.from({ length: ROWS }, (_, a) => [a, `${Math.random()}${Math.random()}`])
  await clickHouse.insert("wide", ["a", "b"], rows)
  try {
    await use(clickHouse, disk)
  } finally {
    disk.free() // the engine cannot end either while there is no room
    await clickHouse.close()
  }
}
const streamed = async (clickHouse: ClickHouse): Promise<number> => {
  let rows = 0
  for await (const batch of clickHouse.stream("SELECT * FROM wide")) rows += batch.length
  return rows
}

/** What the engine removes by itself leaves room at times: then the answer has to be whole. True where it was an error. */
const failsOrIs = async <T>(asked: Promise<T>, whole: T): Promise<boolean> => {
  const told = await asked.catch((error: Error) => error)
  if (told instanceof Error) expect(told.message).toMatch(CUT)
  else expect(told).toEqual(whole)
  return told instanceof Error
}

describe("embedded clickhouse: a full disk", { ...withEngine, ...needed }, () => {
  test("an answer that finds no room is an error, and not fewer rows", () =>
    onSmallDisk(async (clickHouse, disk) => {
      const whole = [
        ["SELECT a FROM wide WHERE a = 7", [{ a: 7 }]],
        ["SELECT count() AS rows FROM wide", [{ rows: String(ROWS) }]],
        ["SELECT a FROM wide WHERE a = 1e6", []]
      ] as const
      const failed: Array<boolean> = []
      for (const [sql, answer] of whole) {
        disk.fill()
        failed.push(await failsOrIs<ReadonlyArray<unknown>>(clickHouse.query(sql), answer))
      }
      disk.fill()
      failed.push(await failsOrIs(streamed(clickHouse), ROWS))
      expect(failed).toContain(true)
      disk.free()
      expect(await clickHouse.query("SELECT count() AS rows FROM wide")).toEqual([{ rows: String(ROWS) }])
    }))

  test("an answer that finds room for a part of it is an error", () =>
    onSmallDisk(async (clickHouse, disk) => {
      const failed: Array<boolean> = []
      for (const kilobytes of [16, 512, 64, 256]) {
        disk.fill(kilobytes * 1024)
        failed.push(await failsOrIs(streamed(clickHouse), ROWS))
        disk.free()
      }
      expect(failed).toContain(true)
      expect(await streamed(clickHouse)).toBe(ROWS)
    }))

  test("rows that were to be changed on a full disk are what the ledger gives once there is room", () =>
    onSmallDisk(async (clickHouse, disk) => {
      const commits: Array<StoredCommit> = []
      const { log: whole } = await storyLog({ seed: 5, steps: 200 })
      for await (const batch of whole.read(0, 1)) commits.push(...batch)
      const log = memoryLog()
      const append = async (some: ReadonlyArray<StoredCommit>) => {
        for (const commit of some) await log.append(commit)
      }
      const store = clickHouseRows(clickHouse)
      const spec = { log, partition: 0, codec: ledgerCodec, projections: [asFold(orders)], store }
      const half = commits.length / 2
      await append(commits.slice(0, half))
      await project<AccountEvent>({ ...spec, until: "head" }).ended

      // what is stored it asks for when it changes, having none of it in memory
      const stop = new AbortController()
      const stuck = Promise.withResolvers<void>()
      const projector = project<AccountEvent>({
        ...spec,
        signal: stop.signal,
        onStatus: ({ state }) => state === "retrying" && stuck.resolve()
      })
      await projector.waitFor(1, 10_000)
      const filling = setInterval(disk.fill, 20)
      await append(commits.slice(half))
      await stuck.promise
      clearInterval(filling)
      disk.free()
      const events = await eventsOf(log)
      expect(await projector.waitFor(events.length, 20_000)).toBe(true)
      stop.abort()
      await projector.ended

      const fresh = freshRows([asFold(orders)])
      for (const { event, place } of events) fresh.fold(0, event, place)
      expect((await contentHash(orders, store.rows(orders))).hash).toBe(fresh.hashes()[0]!.hash)
    }))
})
