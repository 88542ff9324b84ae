import { Worker } from "node:worker_threads"
import type { HealthCheck } from "#services/contract/health.ts"
import type { Gauge } from "#services/http/request-metrics.ts"
import type { Taken } from "#services/snapshots/take-snapshot.ts"
import type { SnapshotWord, SnapshotWork } from "./snapshot-worker.ts"

/** Snapshots of a partition, taken beside its writer. */
export type SnapshotKeeper = {
  /** From here on there is something to take; `eventNo` is undefined while somebody else writes. */
  readonly attach: (
    eventNo: () => number | undefined,
    from: Pick<Taken, "no" | "eventNo" | "takenAt"> | undefined
  ) => void
  readonly health: () => HealthCheck
  readonly gauges: ReadonlyArray<Gauge>
  /** After the writer has stopped: takes a last one, so that the next start is a quick one. */
  readonly close: () => Promise<void>
}

const LOOK_EVERY_MS = 1_000
/** A trouble is not tried again at once. */
const AFTER_TROUBLE_MS = 60_000
/** A snapshot for less would save nothing. */
const LEAST_AT_STOP = 1_000
const STOP_MS = 20_000

export const keepSnapshots = (work: SnapshotWork): SnapshotKeeper => {
  const { events, everyMs } = work.settings
  let eventNo: () => number | undefined = () => undefined
  let newest: Pick<Taken, "no" | "eventNo" | "takenAt"> | undefined
  let trouble: string | undefined
  let notBefore = 0
  let lookedAt = Date.now()
  let running: { readonly ended: Promise<void>; readonly kill: () => void } | undefined

  const heard = (word: SnapshotWord): void => {
    if ("skipped" in word) process.stderr.write(`${word.skipped}\n`)
    else if ("trouble" in word) trouble = word.trouble
    else {
      trouble = undefined
      newest = word.taken ?? newest
    }
  }
  const take = (): Promise<void> => {
    if (running !== undefined) return running.ended
    lookedAt = Date.now()
    const worker = new Worker(new URL("./snapshot-worker.ts", import.meta.url), { workerData: work })
    worker.on("message", heard)
    worker.on("error", (error) => (trouble = (error as Error).message))
    const ended = new Promise<void>((resolve) =>
      worker.once("exit", () => {
        running = undefined
        if (trouble !== undefined) notBefore = Date.now() + AFTER_TROUBLE_MS
        resolve()
      })
    )
    running = { ended, kill: () => void worker.terminate() }
    return ended
  }
  const behind = (): number => Math.max(0, (eventNo() ?? 0) - (newest?.eventNo ?? 0))
  const look = () => {
    if (running !== undefined || Date.now() < notBefore) return
    const isLongAgo = Date.now() - lookedAt >= everyMs && behind() > 0
    if (behind() >= events || isLongAgo) void take()
  }
  const timer = events === 0 ? undefined : setInterval(look, LOOK_EVERY_MS).unref()
  const ageSeconds = (): number =>
    newest === undefined ? 0 : Math.max(0, (Date.now() - Date.parse(newest.takenAt)) / 1000)

  return {
    attach: (now, from) => {
      eventNo = now
      newest = from ?? newest
    },
    health: () => {
      if (trouble !== undefined) return { status: "degraded", detail: `no snapshot can be taken: ${trouble}` }
      if (newest === undefined) return { status: "ok", detail: events === 0 ? "none are taken" : "none yet" }
      const age = Math.round(ageSeconds())
      return { status: "ok", detail: `event ${newest.eventNo}, ${age} s old, ${behind()} events behind` }
    },
    gauges: [
      {
        name: "snapshot_event_no",
        description: "Newest event that is in a snapshot",
        read: () => newest?.eventNo ?? 0
      },
      {
        name: "snapshot_age_seconds",
        description: "Since the newest snapshot was taken; 0 without one",
        read: ageSeconds
      }
    ],
    close: async () => {
      clearInterval(timer)
      const timeout = setTimeout(() => running?.kill(), STOP_MS) // whole or not at all: the next start reads more
      await running?.ended
      if (events > 0 && trouble === undefined && behind() >= Math.min(LEAST_AT_STOP, events)) await take()
      clearTimeout(timeout)
    }
  }
}
