import { Worker } from "node:worker_threads"
import type { HealthCheck } from "#services/contract/health.ts"
import type { ArchiveStatus } from "#streams/archive/keep-archived.ts"
import type { Scrubbed } from "#streams/copies/scrub.ts"
import type { ArchiveWord, ArchiveWork } from "./archive-worker.ts"

/** A partition's archiver and scrub. */
export type ArchiveKeeper = {
  readonly archive: () => ArchiveStatus
  readonly scrubbed: () => Scrubbed | undefined
  /** `head`: the ledger's newest commit */
  readonly archiveHealth: (head: number) => HealthCheck
  readonly copiesHealth: () => HealthCheck
  /** Archives what one segment holds of the rest, and ends. */
  readonly close: () => Promise<void>
}

const STOP_MS = 10_000

/** The archiver in its thread; should that end by itself, its trouble says so and it is started again. */
export const keepArchive = (work: ArchiveWork): ArchiveKeeper => {
  let archive: ArchiveStatus = {}
  let scrubbed: Scrubbed | undefined
  let stopping = false
  let worker: Worker
  let ended: Promise<void>
  const start = () => {
    worker = new Worker(new URL("./archive-worker.ts", import.meta.url), { workerData: work })
    worker.on("message", (word: ArchiveWord) => {
      if ("archive" in word)
        archive = word.archive.trouble === undefined ? word.archive : { ...archive, ...word.archive }
      else {
        if (word.scrubbed.faults.join() !== (scrubbed?.faults ?? []).join()) alert(word.scrubbed)
        scrubbed = word.scrubbed
      }
    })
    worker.on("error", (error) => (archive = { ...archive, trouble: (error as Error).message }))
    ended = new Promise((resolve) =>
      worker.once("exit", () => {
        if (!stopping) setTimeout(start, 1_000).unref()
        resolve()
      })
    )
  }
  start()
  return {
    archive: () => archive,
    scrubbed: () => scrubbed,
    archiveHealth: (head) => archiveHealth(archive, head),
    copiesHealth: () => copiesHealth(scrubbed),
    close: async () => {
      stopping = true
      worker.postMessage("stop")
      const timer = setTimeout(() => void worker.terminate(), STOP_MS) // it goes on there at the next start
      await ended
      clearTimeout(timer)
    }
  }
}

const alert = ({ faults }: Scrubbed): void => {
  for (const fault of faults) process.stderr.write(`ALERT  scrub: ${fault}\n`)
  if (faults.length === 0) process.stderr.write("scrub: ledger, archive and anchors agree again\n")
}

const archiveHealth = ({ end, trouble }: ArchiveStatus, head: number): HealthCheck => {
  if (trouble !== undefined) return { status: "degraded", detail: trouble }
  if (end === undefined) return { status: "ok", detail: "starting" }
  return { status: "ok", detail: `commit ${end.no} is archived, ${Math.max(0, head - end.no)} behind` }
}

const copiesHealth = (scrubbed: Scrubbed | undefined): HealthCheck => {
  if (scrubbed === undefined) return { status: "ok", detail: "not scrubbed yet" }
  const { faults, trouble, commits } = scrubbed
  if (trouble !== undefined) return { status: "degraded", detail: `the scrub failed: ${trouble}` }
  if (faults.length === 0) return { status: "ok", detail: `${commits} commits read again, all sound` }
  const more = faults.length > 3 ? `; and ${faults.length - 3} more` : ""
  return { status: "degraded", detail: faults.slice(0, 3).join("; ") + more }
}
