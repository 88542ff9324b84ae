import { Views } from "#services/desk/views.ts"
import { foldAccounts } from "#streams/account-writer.ts"
import type { EventLog } from "#streams/ports/event-log.ts"
import type { SnapshotStore } from "#streams/ports/snapshot-store.ts"
import { newestSound, type Skipped } from "#streams/snapshots/newest-sound.ts"
import { packSnapshot } from "#streams/snapshots/snapshot.ts"
import { partitionOf, snapshotOf, type PartitionAt } from "./partition-snapshot.ts"

export type SnapshotPlace = { readonly store: SnapshotStore; readonly log: EventLog; readonly partition: number }
/** A snapshot that there is: of which commit and event, how large, and when it was taken. */
export type Taken = { readonly no: number; readonly eventNo: number; readonly size: number; readonly takenAt: string }

/**
 * Reads the ledger from the newest sound snapshot on, as a start does, and writes a new one where something is new: so
 * each one proves that the one before can be used. Keeps the newest `keep`; what could not be used is forgotten.
 */
export const takeSnapshot = async (
  { store, log, partition }: SnapshotPlace,
  {
    keep,
    now,
    onSkipped
  }: { readonly keep: number; readonly now: () => string; readonly onSkipped: (skipped: Skipped) => void }
): Promise<Taken | undefined> => {
  const unusable: Array<number> = []
  const from = await newestSound({
    store,
    log,
    partition,
    restore: (snapshot) => ({ ...partitionOf(snapshot), takenAt: snapshot.head.takenAt }),
    onSkipped: (skipped) => {
      onSkipped(skipped)
      unusable.push(skipped.no)
    }
  })
  const views = from?.views ?? new Views()
  const folded = await foldAccounts({
    log,
    partition,
    from: from?.folded,
    onCommit: (_, events, state) => views.replayed(events, state)
  })
  const { no } = folded.head
  if (no === 0) return undefined
  const { eventNo } = folded
  if (from !== undefined && eventNo === from.folded.eventNo) return { no, eventNo, size: 0, takenAt: from.takenAt }
  const takenAt = now()
  const bytes = packSnapshot(snapshotOf({ folded, views } satisfies PartitionAt, takenAt))
  await store.put(partition, no, bytes)
  for (const bad of unusable) if (bad !== no) await store.drop(partition, bad)
  for (const { no: old } of (await store.list(partition)).slice(0, -keep)) await store.drop(partition, old)
  return { no, eventNo, size: bytes.length, takenAt }
}
