import { join } from "node:path"
import { plusMicros, type Time } from "#domain/kernel/time.ts"
import { clickHouseRows } from "#infra/clickhouse/row-store.ts"
import { connectClickHouse } from "#infra/clickhouse/connect.ts"
import { startEmbeddedClickHouse } from "#infra/clickhouse/embedded/start.ts"
import { folderObjects } from "#infra/folder/object-store.ts"
import { openNatsLog } from "#infra/nats/event-log.ts"
import { s3Objects } from "#infra/s3/object-store.ts"
import { openNatsRaw } from "#infra/nats/raw-store.ts"
import { openSqliteLog } from "#infra/sqlite/event-log.ts"
import { openSqlitePeople } from "#infra/sqlite/people.ts"
import { openSqliteRaw } from "#infra/sqlite/raw-store.ts"
import type { HealthCheck } from "#services/contract/health.ts"
import type { EventLog } from "#streams/ports/event-log.ts"
import type { LogSpace } from "#streams/ports/log-space.ts"
import type { People } from "#streams/ports/people.ts"
import type { ObjectStore } from "#streams/ports/object-store.ts"
import type { RawStore } from "#streams/ports/raw-store.ts"
import type { RowStore } from "#streams/ports/row-store.ts"
import type { PlatformOptions } from "./options.ts"
import type { ProofSettings } from "./proof-settings.ts"

/** The ledger's log of this profile, and what of its promise rests on trust. */
export type OpenLog = {
  readonly log: EventLog & LogSpace
  readonly health: () => HealthCheck
  /** whether one of several servers may have less of it for a while */
  readonly mayLag: () => boolean
}

export const openLog = async ({ natsUrl, natsPromise, data }: PlatformOptions): Promise<OpenLog> => {
  if (natsUrl === undefined) {
    const log = openSqliteLog({ file: join(data, "ledger.sqlite") })
    return { log, health: () => ({ status: "ok" }), mayLag: () => false }
  }
  const log = await openNatsLog({ url: natsUrl, ...natsPromise })
  const health = (): HealthCheck => {
    const doubts = log.doubts()
    return doubts.length === 0 ? { status: "ok" } : { status: "degraded", detail: doubts.join(" ") }
  }
  return { log, health, mayLag: log.isClustered }
}

/** Where venues' reports are kept as they came. */
export const openRaw = async ({ natsUrl, data }: PlatformOptions, now: Time): Promise<RawStore & LogSpace> =>
  natsUrl === undefined
    ? openSqliteRaw({ file: join(data, "raw.sqlite"), forgetBefore: plusMicros(now, -RAW_DAYS * 86_400e6) })
    : openNatsRaw({ url: natsUrl })

const RAW_DAYS = 30

/** Whose accounts they are: beside the ledger in every profile, since it is the only store that can forget. */
export const openPeople = async ({ data }: PlatformOptions): Promise<People> =>
  openSqlitePeople({ file: join(data, "people.sqlite") })
/** The same, to be read beside the process that writes it. */
export const openLogForReading = async ({
  natsUrl,
  data
}: Pick<PlatformOptions, "natsUrl" | "data">): Promise<EventLog> =>
  natsUrl === undefined
    ? openSqliteLog({ file: join(data, "ledger.sqlite"), readOnly: true })
    : openNatsLog({ url: natsUrl, name: "trade2026-reader", readOnly: true })

/** The archive of this profile. */
export const openArchive = ({ s3Url, archiveFolder }: ProofSettings, env: NodeJS.ProcessEnv): ObjectStore =>
  s3Url === undefined ? folderObjects(archiveFolder) : s3Objects({ url: s3Url, env })

/** The projections' store, and how it is. */
export type OpenRows = {
  readonly rows: RowStore
  readonly health: () => HealthCheck
  readonly close: () => Promise<void>
}

const RESTART_MS = 500

/**
 * The store of this profile. Nothing that is traded waits for it: until it is there, and again after an embedded engine
 * ended by itself, every question fails, and the project loop asks again.
 */
export const openRows = (options: PlatformOptions): OpenRows => {
  let closed = false
  let current: RowStore | undefined
  let detail = "starting"
  let stop: () => Promise<void> = async () => {}
  const start = async () => {
    const opened = await openStore(options, (how) => {
      current = undefined
      detail = `the embedded ClickHouse ended (${how}) and is being started again`
      starting = keepTrying()
    })
    stop = opened.stop
    current = clickHouseRows(opened.clickHouse)
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
    health: () => (current === undefined ? { status: "degraded", detail } : { status: "ok" }),
    close: async () => {
      closed = true
      await starting
      await stop()
    }
  }
}

const openStore = async ({ clickhouseUrl, data }: PlatformOptions, onExit: (how: string) => void) => {
  if (clickhouseUrl !== undefined) {
    const clickHouse = await connectClickHouse({ url: clickhouseUrl })
    return { clickHouse, stop: () => clickHouse.close() }
  }
  const engine = await startEmbeddedClickHouse({ directory: join(data, "clickhouse"), onExit })
  const { url, username, password } = engine
  const clickHouse = await connectClickHouse({ url, username, password })
  const stop = async () => {
    await clickHouse.close()
    await engine.stop()
  }
  return { clickHouse, stop }
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
