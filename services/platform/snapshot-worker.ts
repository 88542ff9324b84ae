import { setPriority } from "node:os"
import { parentPort, workerData } from "node:worker_threads"
import { folderSnapshots } from "#infra/folder/snapshot-store.ts"
import { takeSnapshot, type Taken } from "#services/snapshots/take-snapshot.ts"
import type { SnapshotSettings } from "./snapshot-settings.ts"
import { openLogForReading } from "./stores.ts"

export type SnapshotWork = {
  readonly partition: number
  readonly data: string
  readonly natsUrl: string | undefined
  readonly settings: SnapshotSettings
}
export type SnapshotWord =
  | { readonly taken: Taken | undefined }
  | { readonly skipped: string }
  | { readonly trouble: string }

// One snapshot, in a thread that ends with it: between two of them nothing is kept in memory twice.
const work = workerData as SnapshotWork
const { partition, settings } = work
const port = parentPort!
const say = (word: SnapshotWord) => port.postMessage(word)
// of this thread alone, which Linux tells apart: who trades comes first
if (process.platform === "linux") setPriority(10)

const store = folderSnapshots(settings.folder)
try {
  const log = await openLogForReading(work)
  const taken = await takeSnapshot(
    { store, log, partition },
    {
      keep: settings.keep,
      now: () => new Date().toISOString(),
      onSkipped: ({ no, reason }) => say({ skipped: `the snapshot of commit ${no} is not used: ${reason}` })
    }
  )
  await log.close()
  say({ taken })
} catch (error) {
  say({ trouble: (error as Error).message })
}
await store.close()
