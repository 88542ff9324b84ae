import { Worker } from "node:worker_threads"
import { anchorFile } from "#infra/folder/anchor-file.ts"
import { keyFolder } from "#infra/folder/anchor-keys.ts"
import { openNatsAnchors } from "#infra/nats/anchor-stream.ts"
import { makeAnchorer } from "#streams/anchors/anchorer.ts"
import { archivedAnchors } from "#streams/archive/anchor-copies.ts"
import type { ArchiveStatus } from "#streams/archive/keep-archived.ts"
import type { Scrubbed } from "#streams/copies/scrub.ts"
import type { HealthCheck } from "#services/contract/health.ts"
import type { Gauge } from "#services/http/request-metrics.ts"
import { startAnchoring, type Head } from "./anchoring.ts"
import type { ArchiveWord, ArchiveWork } from "./archive-worker.ts"
import { openArchive } from "./stores.ts"

/** Everything by which the ledger is proved while it runs: signed anchors, the archive, and the scrub over both. */
export type Proof = {
  /** From here on there is a chain to sign. */
  readonly attach: (head: () => Head) => void
  readonly health: () => { readonly anchors: HealthCheck; readonly archive: HealthCheck; readonly copies: HealthCheck }
  readonly gauges: ReadonlyArray<Gauge>
  /** After the writer has stopped: signs and archives its last commits. */
  readonly close: () => Promise<void>
}

const STOP_MS = 10_000

export const startProof = ({ clock, ...work }: ArchiveWork & { readonly clock: () => string }): Proof => {
  const { settings, natsUrl } = work
  let head: (() => Head) | undefined
  const book = anchorFile(settings.anchorsFile)
  const anchoring = startAnchoring({
    anchorer: makeAnchorer({ book, keys: keyFolder(settings.keysFolder), clock }),
    book,
    outside: [
      ...(natsUrl === undefined ? [] : [() => openNatsAnchors({ url: natsUrl, name: "trade2026-anchors" })]),
      async () => archivedAnchors(openArchive(settings, process.env))
    ],
    everyMs: settings.anchorEveryMs,
    head: () => head?.()
  })
  openArchive(settings, process.env) // an address that cannot be right is told at the start
  const archiving = startWorker(work)
  return {
    attach: (now) => (head = now),
    health: () => ({
      anchors: anchoring.health(),
      archive: archiveHealth(archiving.archive(), head?.().no ?? 0),
      copies: copiesHealth(archiving.scrubbed())
    }),
    gauges: [
      { name: "anchor_commit_no", description: "Newest commit that is signed", read: anchoring.signed },
      {
        name: "archive_commit_no",
        description: "Newest commit that is archived",
        read: () => archiving.archive().end?.no ?? 0
      },
      {
        name: "ledger_copy_faults",
        description: "What the last scrub of ledger, archive and anchors found wrong",
        read: () => archiving.scrubbed()?.faults.length ?? 0
      }
    ],
    close: async () => {
      await anchoring.close()
      await archiving.close()
    }
  }
}

/** The archiver in its thread; should that end by itself, its trouble says so and it is started again. */
const startWorker = (work: ArchiveWork) => {
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
