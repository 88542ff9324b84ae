// The command line in this process, on a data folder of its own and a store in memory.
import { existsSync } from "node:fs"
import { join } from "node:path"
import { anchorFile } from "#infra/folder/anchor-file.ts"
import { keyFolder } from "#infra/folder/anchor-keys.ts"
import { folderObjects } from "#infra/folder/object-store.ts"
import { folderSnapshots } from "#infra/folder/snapshot-store.ts"
import { memoryAnchors } from "#infra/memory/anchor-book.ts"
import { memoryLog } from "#infra/memory/event-log.ts"
import { memoryRows } from "#infra/memory/row-store.ts"
import { openNatsLog } from "#infra/nats/event-log.ts"
import { openSqliteLog } from "#infra/sqlite/event-log.ts"
import { openSqlitePeople } from "#infra/sqlite/people.ts"
import { lockFolder } from "#infra/sqlite/folder-lock.ts"
import { PROJECTIONS } from "#projections/all.ts"
import { runTrade } from "#services/trade/run.ts"
import type { LogPlace, Tools } from "#services/trade/tools.ts"
import { VERBS } from "#services/trade/verbs.ts"
import { ledgerCodec } from "#streams/ledger-codec.ts"
import type { EventLog } from "#streams/ports/event-log.ts"
import type { RowStore } from "#streams/ports/row-store.ts"
import { project } from "#streams/project.ts"
import type { AccountEvent } from "#domain/account/events.ts"
import { MORNING } from "#tests/domain/account/story.ts"
import { storyLog } from "#tests/projections/story.ts"

/** A data folder whose `ledger.sqlite` holds a generated story. */
export const storyFolder = async (folder: string, seed: number, steps: number) => {
  const log = openSqliteLog({ file: join(folder, "ledger.sqlite") })
  const { state } = await storyLog({ seed, steps, together: 4, log })
  await log.close()
  return state
}

export const filled = async (log: EventLog, store: RowStore = memoryRows()): Promise<RowStore> => {
  await project<AccountEvent>({ log, partition: 0, codec: ledgerCodec, projections: PROJECTIONS, store, until: "head" })
    .ended
  return store
}

/** The store of a data folder's ledger as it is now. */
export const storeOf = async (folder: string): Promise<RowStore> => {
  const log = openSqliteLog({ file: join(folder, "ledger.sqlite"), readOnly: true })
  const store = await filled(log)
  await log.close()
  return store
}

const openAt = async (place: LogPlace, readOnly: boolean): Promise<EventLog> => {
  if (place.kind === "sqlite") return openSqliteLog({ file: place.file, readOnly })
  return openNatsLog({ url: place.url, name: "test-trade", readOnly })
}

/** Runs a command line; without a store there is none in the folder. */
export const trade = async (
  folder: string,
  args: ReadonlyArray<string>,
  options: { store?: RowStore; env?: Tools["env"] } = {}
) => {
  const { store, env = {} } = options
  const said: Array<string> = []
  const tools: Tools = {
    env: { TRADE2026_DATA: folder, TRADE2026_PORT_OFFSET: "57000", ...env },
    exists: (path) => (path.endsWith("clickhouse") ? store !== undefined : existsSync(path)),
    openLog: async (place) => openAt(place, true),
    openNewLog: async (place) => (place.kind === "memory" ? memoryLog() : openAt(place, false)),
    openObjects: (place) => folderObjects(place.kind === "folder" ? place.folder : ""),
    openSnapshots: folderSnapshots,
    anchorFile,
    natsAnchors: async () => memoryAnchors(),
    anchorKeys: keyFolder,
    mirrors: async () => ({ found: [], close: async () => undefined }),
    openStore: async () => {
      if (store === undefined) throw new Error("The ClickHouse folder is held by another running instance.")
      return { rows: store, beside: () => Promise.reject(new Error("not here")), close: async () => undefined }
    },
    openPeople: async (file, how) => openSqlitePeople({ file, readOnly: how === "look" }),
    now: () => MORNING,
    recordings: () => ({ name: "none", messages: async function* () {} }),
    memoryRows,
    nats: () => Promise.reject(new Error("not here")),
    own: lockFolder,
    progress: () => ({ at: () => undefined, end: () => undefined }),
    say: (text) => said.push(text)
  }
  return { ...(await runTrade(args, VERBS, tools)), said }
}
