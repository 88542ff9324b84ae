import { fork } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { folderSnapshots } from "#infra/folder/snapshot-store.ts"
import { openNatsLog } from "#infra/nats/event-log.ts"
import { openSqliteLog } from "#infra/sqlite/event-log.ts"
import { takeSnapshot } from "#services/snapshots/take-snapshot.ts"
import { startNats } from "#tests/support/nats-server.ts"
import { conditions, round, type BenchResult } from "./figures.ts"
import { writeLifeCycles } from "./life-cycles.ts"

export type StartBenchOptions = {
  readonly log: "sqlite" | "nats"
  readonly events: number
  /** orders that are open when it starts */
  readonly open: number
  readonly runs: number
}
type Told = Readonly<
  Record<
    "seconds" | "loadedSeconds" | "restoredSeconds" | "openedSeconds" | "cpuSeconds" | "open" | "fromEvent" | "rssMb",
    number
  >
>

/**
 * A process that begins with so many events behind it: from when it is made until its writer is open and its open orders
 * are at the venue again, from a snapshot of the ledger's end and without one, in turns.
 */
export const benchStart = async ({ log: kind, events, open, runs }: StartBenchOptions): Promise<BenchResult> => {
  const folder = mkdtempSync(join(tmpdir(), "trade2026-start-"))
  const nats = kind === "nats" ? await startNats() : undefined
  const where = nats?.url ?? `sqlite:${join(folder, "ledger.sqlite")}`
  try {
    const log =
      nats === undefined
        ? openSqliteLog({ file: join(folder, "ledger.sqlite") })
        : await openNatsLog({ url: nats.url, acceptUnsynced: true })
    const store = folderSnapshots(join(folder, "snapshots"))
    await writeLifeCycles(log, events, open)
    const options = { keep: 1, now: () => new Date().toISOString(), onSkipped: () => undefined }
    const before = performance.now()
    const taken = (await takeSnapshot({ store, log, partition: 0 }, options))!
    const takeSeconds = (performance.now() - before) / 1000
    await log.close()
    const snapshot: Array<Told> = []
    const replay: Array<Told> = []
    for (let run = 0; run < runs; run++) {
      snapshot.push(await startOnce(where, store.name.slice("folder:".length)))
      replay.push(await startOnce(where, "-"))
    }
    const [quick, whole] = [median(snapshot), median(replay)]
    const metrics = {
      snapshotSeconds: round(quick.seconds),
      replaySeconds: round(whole.seconds),
      ratio: round(whole.seconds / quick.seconds),
      snapshotCpuSeconds: round(quick.cpuSeconds),
      replayCpuSeconds: round(whole.cpuSeconds),
      loadedSeconds: round(quick.loadedSeconds),
      restoredSeconds: round(quick.restoredSeconds),
      snapshotSecondsMax: round(Math.max(...snapshot.map(({ seconds }) => seconds))),
      replaySecondsMax: round(Math.max(...replay.map(({ seconds }) => seconds))),
      snapshotRssMb: quick.rssMb,
      replayRssMb: whole.rssMb,
      events: taken.eventNo,
      open: quick.open,
      snapshotBytes: taken.size,
      takeSeconds: round(takeSeconds),
      errors: snapshot.filter((one, i) => one.open !== replay[i]!.open || one.fromEvent !== taken.eventNo).length,
      ...conditions()
    }
    return { name: "start", params: { log: kind, events, open, runs }, metrics }
  } finally {
    await nats?.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

const startOnce = async (where: string, snapshots: string): Promise<Told> => {
  const child = fork(new URL("./start-server.ts", import.meta.url), [where, snapshots])
  const [told] = (await once(child, "message")) as [Told]
  if (child.exitCode === null) await once(child, "exit")
  return told
}

const median = (told: ReadonlyArray<Told>): Told =>
  told.toSorted((a, b) => a.seconds - b.seconds)[Math.floor(told.length / 2)]!
