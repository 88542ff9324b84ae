import { join } from "node:path"
import { forgetTables, withBrokenParts } from "#infra/clickhouse/broken-parts.ts"
import { type ClickHouse, connectClickHouse } from "#infra/clickhouse/connect.ts"
import { startEmbeddedClickHouse } from "#infra/clickhouse/embedded/start.ts"
import { clickHouseRows } from "#infra/clickhouse/row-store.ts"
import { PROJECTIONS } from "#projections/all.ts"
import type { HealthCheck } from "#services/contract/health.ts"
import { type RowStore, tableName } from "#streams/ports/row-store.ts"
import type { PlatformOptions } from "./options.ts"
import type { Pause } from "./restartable.ts"

/** The projections' store, and how it is. */
export type OpenRows = {
  readonly rows: RowStore
  readonly health: () => HealthCheck
  /** Who writes to it is paused while views are forgotten that have lost rows: it builds them anew afterwards. */
  readonly writtenBy: (pause: Pause) => void
  readonly close: () => Promise<void>
}

type Where = Pick<PlatformOptions, "clickhouseUrl" | "data">

const RESTART_MS = 500

/**
 * The store of this profile. Nothing that is traded waits for it: until it is there, and again after an embedded engine
 * ended by itself, every question fails, and the project loop asks again.
 */
export const openRows = (options: Where): OpenRows => {
  let closed = false
  let current: RowStore | undefined
  let detail = "starting"
  let stop: () => Promise<void> = async () => {}
  const writers: Array<Pause> = []
  const start = async () => {
    const opened = await openStore(options, (how) => {
      current = undefined
      detail = `the embedded ClickHouse ended (${how}) and is being started again`
      starting = keepTrying()
    })
    try {
      if (opened.isOurs) await forgetBroken(opened.clickHouse)
    } catch (error) {
      await opened.stop()
      throw error
    }
    stop = opened.stop
    current = clickHouseRows(opened.clickHouse)
  }
  const forgetBroken = async (clickHouse: ClickHouse): Promise<void> => {
    const broken = await withBrokenParts(clickHouse, PROJECTIONS)
    if (broken.length === 0) return
    const names = broken.map(tableName).join(", ")
    process.stderr.write(`the stored views ${names} may lack rows, of parts that cannot be read, and are built anew\n`)
    // a writer counts on what it has written: it begins again where the store says then
    const resumed = await Promise.all(writers.map((pause) => pause()))
    try {
      await forgetTables(clickHouse, broken)
    } finally {
      for (const resume of resumed) resume()
    }
  }
  const keepTrying = async (): Promise<void> => {
    while (!closed && current === undefined) {
      try {
        await start()
      } catch (error) {
        detail = (error as Error).message
        await new Promise((resolve) => setTimeout(resolve, RESTART_MS))
      }
    }
  }
  let starting = keepTrying()
  return {
    rows: forwarding(() => {
      if (current === undefined) throw new Error(detail)
      return current
    }),
    writtenBy: (pause) => void writers.push(pause),
    health: () => (current === undefined ? { status: "degraded", detail } : { status: "ok" }),
    close: async () => {
      closed = true
      await starting
      await stop()
    }
  }
}

const openStore = async ({ clickhouseUrl, data }: Where, onExit: (how: string) => void) => {
  if (clickhouseUrl !== undefined) {
    const clickHouse = await connectClickHouse({ url: clickhouseUrl })
    return { clickHouse, isOurs: false, stop: () => clickHouse.close() }
  }
  const engine = await startEmbeddedClickHouse({ directory: join(data, "clickhouse"), onExit })
  const { url, username, password } = engine
  const clickHouse = await connectClickHouse({ url, username, password })
  const stop = async () => {
    await clickHouse.close()
    await engine.stop()
  }
  return { clickHouse, isOurs: true, stop }
}

/** A store that asks for the one of now with every call. */
const forwarding = (now: () => RowStore): RowStore => ({
  name: "clickhouse",
  prepare: async (tables) => now().prepare(tables),
  positions: async (table) => now().positions(table),
  load: async (table, partition, keys, upTo) => now().load(table, partition, keys, upTo),
  write: async (batches, positions) => now().write(batches, positions),
  async *rows(table, cut) {
    yield* now().rows(table, cut)
  },
  find: async (table, query) => now().find(table, query),
  drop: async (table) => now().drop(table)
})
