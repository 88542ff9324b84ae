import { checkCommit } from "#streams/chain.ts"
import type { EventLog, StoredCommit } from "#streams/ports/event-log.ts"
import type { SnapshotStore } from "#streams/ports/snapshot-store.ts"
import { unpackSnapshot, UnusableSnapshot, type Snapshot } from "./snapshot.ts"

/** A snapshot that is passed over, and why. */
export type Skipped = { readonly no: number; readonly reason: string }

/**
 * What the newest snapshot holds that is whole, of this ledger, and understood by `restore`; undefined where there is
 * none. Whatever is wrong with one is told to `onSkipped`: nothing is lost by it, more of the ledger is read. Rejects only
 * where the ledger cannot be read.
 */
export const newestSound = async <T>(options: {
  readonly store: SnapshotStore
  readonly log: Pick<EventLog, "read">
  readonly partition: number
  readonly restore: (snapshot: Snapshot) => T
  readonly onSkipped: (skipped: Skipped) => void
}): Promise<T | undefined> => {
  const { store, log, partition, restore, onSkipped } = options
  let kept: Awaited<ReturnType<SnapshotStore["list"]>>
  try {
    kept = await store.list(partition)
  } catch (error) {
    onSkipped({ no: 0, reason: `${store.name} cannot be read: ${(error as Error).message}` })
    return undefined
  }
  for (const { no } of kept.toReversed()) {
    const commit = await commitAt(log, partition, no)
    try {
      const bytes = await store.get(partition, no)
      if (bytes === undefined) continue // somebody has just dropped it
      return restore(checkedSnapshot(bytes, partition, no, commit))
    } catch (error) {
      onSkipped({ no, reason: (error as Error).message })
    }
  }
  return undefined
}

/** A snapshot of a commit that the ledger holds; throws {@link UnusableSnapshot}. */
export const checkedSnapshot = (
  bytes: Uint8Array,
  partition: number,
  no: number,
  commit: StoredCommit | undefined
): Snapshot => {
  const snapshot = unpackSnapshot(bytes)
  const { head } = snapshot
  if (head.partition !== partition || head.no !== no)
    throw new UnusableSnapshot(`it is of partition ${head.partition}, commit ${head.no}`)
  if (commit === undefined) throw new UnusableSnapshot("the ledger has no such commit")
  if (commit.hash !== head.hash) throw new UnusableSnapshot("it is of another ledger: the hash of its commit differs")
  const { epoch } = checkCommit({ no: no - 1, hash: commit.prev }, commit, partition)
  if (epoch !== head.epoch) throw new UnusableSnapshot(`it is of epoch ${head.epoch}, and its commit of epoch ${epoch}`)
  return snapshot
}

export const commitAt = async (
  log: Pick<EventLog, "read">,
  partition: number,
  no: number
): Promise<StoredCommit | undefined> => {
  for await (const [commit] of log.read(partition, no)) return commit?.no === no ? commit : undefined
  return undefined
}
