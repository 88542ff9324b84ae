import { join } from "node:path"
import { PROJECTIONS } from "#projections/all.ts"
import { contentHash } from "#streams/content-hash.ts"
import { archivedPartitions } from "#streams/archive/archive.ts"
import { archiveLog, type ReadableLog } from "#streams/archive/archive-log.ts"
import type { Cut, RowStore } from "#streams/ports/row-store.ts"
import { positionText } from "#services/reports/position-text.ts"
import { catchUp } from "./catch-up.ts"
import {
  archivePlace,
  dataFolder,
  logPlace,
  parseObjectsPlace,
  PARTITION_OPTION,
  partitionsIn,
  partitionsSaid,
  storePlace
} from "./places.ts"
import { count } from "./progress.ts"
import { CannotDo, WrongUsage, type Outcome, type OpenStore, type Tools } from "./tools.ts"
import { LEDGER_OPTIONS, type Said, type Verb } from "./usage.ts"

export const replay: Verb = {
  words: "",
  about: `Rebuilds every projection from the first event, and prints how fast and each one's content hash.
The new tables are built beside the old ones and take their place when they are complete, so the platform must
not be running. With --into they are built in another folder, also while it runs.`,
  options: {
    from: {
      value: "archive|folder:DIR|s3:URL",
      help: "read an archive in the ledger's place: this one's, or the one named"
    },
    into: { value: "DIR", help: "build in this folder instead (its own projections are replaced)" },
    ...LEDGER_OPTIONS,
    ...PARTITION_OPTION
  },
  examples: ["replay", "replay --into rebuilt --json", "replay --from archive --into rebuilt"],
  run: async (said, tools) => {
    const into = said.text("into")
    if (into === undefined && said.text("log") !== undefined && said.text("data") === undefined) {
      throw new WrongUsage("--log names a ledger of its own: say with --into where its projections go")
    }
    const asked = partitionsSaid(said)
    const log = await ledgerOf(said, tools, asked)
    try {
      const partitions = asked ?? (await partitionsIn(log))
      return into === undefined
        ? await inPlace(said, tools, log, partitions)
        : await withStore(tools, { folder: join(into, "clickhouse") }, async ({ rows }) => {
            await rows.prepare(PROJECTIONS)
            for (const table of PROJECTIONS) await rows.drop(table)
            return outcome(log, into, await rebuild(tools, log, rows, partitions))
          })
    } finally {
      await log.close()
    }
  }
}

/** The ledger, or an archive of it: its original commits, each proved by its seal and by the chain. */
const ledgerOf = async (said: Said, tools: Tools, asked: ReadonlyArray<number> = []): Promise<ReadableLog> => {
  const from = said.text("from")
  if (from === undefined) return await tools.openLog(logPlace(said, tools))
  const place = from === "archive" ? archivePlace(said, tools) : parseObjectsPlace(from)
  if (place === undefined) throw new WrongUsage("--from archive: there is none; name one as folder:DIR or s3:URL")
  const store = tools.openObjects(place)
  const held = await archivedPartitions(store)
  const missing = asked.find((partition) => !held.includes(partition))
  if (missing !== undefined) throw new CannotDo("NoArchive", `${store.name} holds no archive of partition ${missing}`)
  if (held.length === 0) throw new CannotDo("NoArchive", `${store.name} holds no archive`)
  return archiveLog(store)
}

const inPlace = async (
  said: Said,
  tools: Tools,
  log: ReadableLog,
  partitions: ReadonlyArray<number>
): Promise<Outcome> => {
  const release = tools.own(dataFolder(said, tools))
  try {
    return await withStore(tools, storePlace(said, tools), async (store) => {
      await store.rows.prepare(PROJECTIONS)
      const { rows, swap } = await store.beside(PROJECTIONS)
      const rebuilt = await rebuild(tools, log, rows, partitions)
      const projections = await Promise.all(
        rebuilt.projections.map(async (one, i) => ({
          ...one,
          ...(await comparedWith(store.rows, PROJECTIONS[i]!, rebuilt.cut, one.hash))
        }))
      )
      await swap()
      return outcome(log, store.rows.name, { ...rebuilt, projections })
    })
  } finally {
    release()
  }
}

const withStore = async <T>(
  tools: Tools,
  place: Parameters<Tools["openStore"]>[0],
  work: (store: OpenStore) => Promise<T>
) => {
  const store = await tools.openStore(place)
  try {
    return await work(store)
  } finally {
    await store.close()
  }
}

type Rebuilt = {
  readonly cut: Cut
  readonly commits: number
  readonly events: number
  readonly seconds: number
  readonly projections: ReadonlyArray<{
    readonly name: string
    readonly version: number
    readonly rows: number
    readonly hash: string
    /** what stood there before, when it stood at the same position */
    readonly before?: "same" | "different"
  }>
}

const rebuild = async (
  tools: Tools,
  log: ReadableLog,
  rows: RowStore,
  partitions: ReadonlyArray<number>
): Promise<Rebuilt> => {
  const begun = performance.now()
  const cut = new Map<number, number>()
  let commits = 0
  let events = 0
  for (const partition of partitions) {
    const end = await catchUp(tools, log, rows, PROJECTIONS, partition)
    cut.set(partition, end.position.eventNo)
    commits += end.position.commitNo
    events += end.events
  }
  const seconds = (performance.now() - begun) / 1000
  const projections = []
  for (const table of PROJECTIONS) {
    projections.push({ name: table.name, version: table.version, ...(await contentHash(table, rows.rows(table))) })
  }
  return { cut, commits, events, seconds, projections }
}

const comparedWith = async (old: RowStore, table: (typeof PROJECTIONS)[number], cut: Cut, hash: string) => {
  const positions = await old.positions(table)
  const isSame = positions.size === cut.size && [...cut].every(([p, eventNo]) => positions.get(p)?.eventNo === eventNo)
  if (!isSame) return {}
  const before = await contentHash(table, old.rows(table))
  return { before: before.hash === hash ? ("same" as const) : ("different" as const) }
}

const outcome = (log: ReadableLog, into: string, { cut, commits, events, seconds, projections }: Rebuilt): Outcome => {
  const ratePerSec = Math.round(events / seconds)
  const position = positionText(cut)
  const width = Math.max(...projections.map(({ name }) => name.length))
  const lines = projections.map(({ name, version, rows, hash, before }) => {
    const remark = before === undefined ? "" : before === "same" ? "  as before" : "  DIFFERENT from before"
    return `  ${name.padEnd(width)} v${version}  ${count(rows).padStart(11)} rows  ${hash}${remark}`
  })
  const rate = `${count(events)} events of ${count(commits)} commits in ${seconds.toFixed(1)} s: ${count(ratePerSec)} events/s`
  return {
    ok: true,
    json: {
      ledger: log.name,
      into,
      position,
      commits,
      events,
      seconds: Number(seconds.toFixed(3)),
      ratePerSec,
      projections
    },
    text: [`${log.name} replayed into ${into}`, `  ${rate}`, ...lines, `  position ${position}`].join("\n")
  }
}
