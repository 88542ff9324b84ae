import type { State } from "#domain/account/state.ts"
import { stateBytes, stateFormat, stateOfBytes } from "#domain/account/state-bytes.ts"
import type { OnOpened, Views } from "#services/desk/views.ts"
import { viewsBytes, viewsFormat, viewsOfBytes } from "#services/desk/views-bytes.ts"
import type { Folded } from "#streams/open-epoch.ts"
import { partOf, UnusableSnapshot, type Snapshot } from "#streams/snapshots/snapshot.ts"

/** All that is folded of a partition up to a commit: by its writer, and for those who ask. */
export type PartitionAt = { readonly folded: Folded<State>; readonly views: Views }

export const snapshotOf = ({ folded, views }: PartitionAt, takenAt: string): Snapshot => {
  const { state, head, eventNo, epoch } = folded
  return {
    head: { partition: state.partition, no: head.no, hash: head.hash, eventNo, epoch, takenAt },
    parts: [
      { name: "state", format: stateFormat(), bytes: stateBytes(state) },
      { name: "views", format: viewsFormat(), bytes: viewsBytes(views) }
    ]
  }
}

/** `onOpened` hears of every account, those in the snapshot first. Throws an error that says why it cannot be used. */
export const partitionOf = (snapshot: Snapshot, onOpened?: OnOpened): PartitionAt => {
  const { partition, no, hash, eventNo, epoch } = snapshot.head
  const state = stateOfBytes(partOf(snapshot, "state", stateFormat()))
  if (state.partition !== partition || state.eventNo !== eventNo)
    throw new UnusableSnapshot(`it says event ${eventNo} of partition ${partition}, and its state says another`)
  const views = viewsOfBytes(partOf(snapshot, "views", viewsFormat()), onOpened)
  if (onOpened !== undefined)
    for (const { id, group } of state.accounts.values()) onOpened({ account: id, group: group.id, moves: group.moves })
  return { folded: { state, head: { no, hash }, eventNo, epoch }, views }
}
