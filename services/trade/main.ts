import { existsSync } from "node:fs"
import { anchorFile } from "#infra/folder/anchor-file.ts"
import { folderSnapshots } from "#infra/folder/snapshot-store.ts"
import { keyFolder } from "#infra/folder/anchor-keys.ts"
import { folderObjects } from "#infra/folder/object-store.ts"
import { memoryLog } from "#infra/memory/event-log.ts"
import { memoryRows } from "#infra/memory/row-store.ts"
import { recordingFeed } from "#infra/recordings/recording-feed.ts"
import { s3Objects } from "#infra/s3/object-store.ts"
import { openSqliteLog } from "#infra/sqlite/event-log.ts"
import { lockFolder } from "#infra/sqlite/folder-lock.ts"
import { openSqlitePeople } from "#infra/sqlite/people.ts"
import { wallClock } from "#services/platform/clock.ts"
import type { EventLog } from "#streams/ports/event-log.ts"
import { progressOn } from "./progress.ts"
import { runTrade } from "./run.ts"
import { natsPromise } from "#services/contract/nats-promise.ts"
import type { LogPlace, NatsTools, OpenStore, StorePlace, Tools } from "./tools.ts"
import { VERBS } from "./verbs.ts"

const DATABASE = "trade"
const REBUILD_DATABASE = "trade_rebuild"

/** ClickHouse takes a while to load and to start, so only verbs that use it pay for it. */
const openStore = async (place: StorePlace): Promise<OpenStore> => {
  const [{ connectClickHouse }, { clickHouseRows }, { swapRows }, { startEmbeddedClickHouse }] = await Promise.all([
    import("#infra/clickhouse/connect.ts"),
    import("#infra/clickhouse/row-store.ts"),
    import("#infra/clickhouse/row-store-swap.ts"),
    import("#infra/clickhouse/embedded/start.ts")
  ])
  const engine =
    "folder" in place ? await startEmbeddedClickHouse({ directory: place.folder, lockWaitMs: 1_000 }) : undefined
  const server = "url" in place ? place : { url: engine!.url, username: engine!.username, password: engine!.password }
  const live = await connectClickHouse({ ...server, database: DATABASE }).catch(async (error: unknown) => {
    await engine?.stop()
    throw error
  })
  const closing: Array<() => Promise<void>> = [() => live.close()]
  return {
    rows: clickHouseRows(live),
    beside: async (tables) => {
      const other = await connectClickHouse({ ...server, database: REBUILD_DATABASE })
      closing.push(() => other.close())
      const rows = clickHouseRows(other)
      await rows.prepare(tables)
      for (const table of tables) await rows.drop(table) // what a rebuild left that was cut short
      return { rows, swap: () => swapRows(live, other, tables) }
    },
    close: async () => {
      await Promise.all(closing.map((close) => close()))
      await engine?.stop()
    }
  }
}

const openNats = async (url: string, readOnly: boolean): Promise<EventLog> => {
  const { openNatsLog } = await import("#infra/nats/event-log.ts")
  return openNatsLog({ url, name: "trade2026-trade", readOnly, ...natsPromise(process.env) })
}

const nats = async (): Promise<NatsTools> => {
  const [{ openNatsLog }, { provision }, { writeConfig }] = await Promise.all([
    import("#infra/nats/event-log.ts"),
    import("#infra/nats/provision.ts"),
    import("#infra/nats/config-files.ts")
  ])
  const promise = natsPromise(process.env)
  return {
    provision: (options) => provision({ ...options, ...promise }),
    writeConfig,
    check: async (url) => {
      const log = await openNatsLog({ url, name: "trade2026-trade", makes: false, ...promise })
      await log.close()
      return log.doubts()
    }
  }
}

const openKurrent = async (url: string): Promise<EventLog> => {
  const { openKurrentLog } = await import("#infra/kurrentdb/event-log.ts")
  return openKurrentLog({ url })
}

const openAt = (place: LogPlace, readOnly: boolean): Promise<EventLog> | EventLog => {
  if (place.kind === "sqlite") return openSqliteLog({ file: place.file, readOnly })
  return place.kind === "nats" ? openNats(place.url, readOnly) : openKurrent(place.url)
}

const tools: Tools = {
  env: process.env,
  exists: existsSync,
  openLog: async (place) => openAt(place, true),
  openNewLog: async (place) => (place.kind === "memory" ? memoryLog() : openAt(place, false)),
  openObjects: (place) =>
    place.kind === "folder" ? folderObjects(place.folder) : s3Objects({ url: place.url, env: process.env }),
  openSnapshots: folderSnapshots,
  anchorFile,
  natsAnchors: async (url) =>
    (await import("#infra/nats/anchor-stream.ts")).openNatsAnchors({ url, name: "trade2026-trade", readOnly: true }),
  anchorKeys: keyFolder,
  mirrors: async (url) => (await import("#infra/nats/mirrors.ts")).openMirrors({ url, name: "trade2026-trade" }),
  openStore,
  openPeople: async (file, how) => openSqlitePeople({ file, readOnly: how === "look" }),
  now: wallClock(),
  recordings: (files, speed, onDeadLetter) => recordingFeed({ files, speed, onDeadLetter }),
  memoryRows,
  nats,
  own: lockFolder,
  progress: progressOn(process.stderr),
  say: (text) => void process.stderr.write(`${text}\n`)
}

const { exitCode, stdout, stderr } = await runTrade(process.argv.slice(2), VERBS, tools)
process.stdout.write(stdout)
process.stderr.write(stderr)
process.exitCode = exitCode
