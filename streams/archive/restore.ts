import type { Anchor } from "#streams/anchors/records.ts"
import { compareCopies, type Compared } from "#streams/copies/compare.ts"
import { archiveCopy, logCopy } from "#streams/copies/copy.ts"
import type { EventLog } from "#streams/ports/event-log.ts"
import type { ObjectStore } from "#streams/ports/object-store.ts"
import { readArchive } from "./archive.ts"

/** The target holds something that is not the beginning of the archive, or that nobody asked to go on with. */
export class TargetNotEmpty extends Error {
  override readonly name = "TargetNotEmpty"
}

export type RestoreOptions = {
  readonly store: ObjectStore
  readonly log: EventLog
  readonly partition: number
  /** of this partition, checked; what was restored is compared with those that the archive reaches */
  readonly anchors: ReadonlyArray<Anchor>
  /** goes on with a target that holds the beginning of the archive, and nothing else */
  readonly resume: boolean
  readonly onCommit: (step: "checked" | "written", no: number, total?: number) => void
}

/**
 * Writes an archive's commits into an empty log. Before the first is written, the whole archive is read and proved; after
 * the last, log and archive are read side by side: what that found is the answer, and equal they are where it has no faults.
 */
export const restoreLog = async (options: RestoreOptions): Promise<Compared> => {
  const { store, log, partition, anchors, resume, onCommit } = options
  const head = await log.head(partition)
  if (head !== undefined && !resume)
    throw new TargetNotEmpty(`${log.name} holds ${head.no} commits of partition ${partition} already`)
  let total = 0
  let begins = head === undefined
  for await (const commits of readArchive(store, partition)) {
    total = commits.at(-1)!.no
    begins ||= commits.some(({ no, hash }) => no === head!.no && hash === head!.hash)
    onCommit("checked", total)
  }
  if (!begins)
    throw new TargetNotEmpty(
      `${log.name} holds ${head!.no} commits of partition ${partition} that are not of this archive`
    )
  for await (const commits of readArchive(store, partition)) {
    for (const commit of commits) if (commit.no > (head?.no ?? 0)) await log.append(commit)
    onCommit("written", commits.at(-1)!.no, total)
  }
  const copies = [logCopy("restored", log), archiveCopy("archive", store)]
  // what was signed after the archive's end is lost with the ledger: that makes the two no less equal
  return await compareCopies({ partition, copies, anchors: anchors.filter(({ no }) => no <= total) })
}
