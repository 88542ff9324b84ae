import { folderSnapshots } from "#infra/folder/snapshot-store.ts"
import type { OnOpened } from "#services/desk/views.ts"
import { partitionOf, type PartitionAt } from "#services/snapshots/partition-snapshot.ts"
import type { Taken } from "#services/snapshots/take-snapshot.ts"
import type { EventLog } from "#streams/ports/event-log.ts"
import { newestSound } from "#streams/snapshots/newest-sound.ts"
import type { SnapshotSettings } from "./snapshot-settings.ts"

/** Where a start begins to read: what the newest sound snapshot holds, and which that is. */
export type Begun = PartitionAt & { readonly from: Pick<Taken, "no" | "eventNo" | "takenAt"> }

/** What cannot be used is said, and the ledger is read from further back. */
export const newestPartition = async (
  { folder }: Pick<SnapshotSettings, "folder">,
  log: EventLog,
  partition: number,
  onOpened?: OnOpened
): Promise<Begun | undefined> => {
  const store = folderSnapshots(folder)
  try {
    return await newestSound({
      store,
      log,
      partition,
      restore: (snapshot) => ({ ...partitionOf(snapshot, onOpened), from: snapshot.head }),
      onSkipped: ({ no, reason }) =>
        process.stderr.write(`partition ${partition}: the snapshot of commit ${no} is not used: ${reason}\n`)
    })
  } finally {
    await store.close()
  }
}
