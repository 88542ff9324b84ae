// A ledger in SQLite with an archive in a folder beside it, for tests that damage either.
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { folderObjects } from "#infra/folder/object-store.ts"
import { openSqliteLog } from "#infra/sqlite/event-log.ts"
import { archiveOn } from "#streams/archive/archiver.ts"
import { EMPTY_CHAIN, sealCommit, type ChainHead } from "#streams/commit.ts"
import type { StoredCommit } from "#streams/ports/event-log.ts"
import { archiveCopy, logCopy } from "#streams/copies/copy.ts"
import { compareCopies } from "#streams/copies/compare.ts"
import type { Anchor } from "#streams/anchors/records.ts"

/** Commits of `size` events each, numbered from 1 on. */
export const numberedChain = (
  count: number,
  { size = 3, head = EMPTY_CHAIN as ChainHead, events = 0, note = "" } = {}
): ReadonlyArray<StoredCommit> => {
  const commits: Array<StoredCommit> = []
  let [after, eventNo] = [head, events]
  for (let i = 0; i < count; i++) {
    const texts = Array.from({ length: size }, () => JSON.stringify({ eventNo: ++eventNo, note: note + eventNo }))
    commits.push(sealCommit(after, 0, 1, "w", texts))
    after = commits.at(-1)!
  }
  return commits
}

const SEGMENT = 10

export const ledgerFile = (folder: string) => join(folder, "ledger.sqlite")
export const archiveFolder = (folder: string) => join(folder, "archive")

/** A ledger of `count` commits in a folder, archived in segments of ten. */
export const archivedLedger = async (folder: string, count: number): Promise<ReadonlyArray<StoredCommit>> => {
  const commits = numberedChain(count)
  const log = openSqliteLog({ file: ledgerFile(folder) })
  const store = folderObjects(archiveFolder(folder))
  for (const commit of commits) {
    await log.append(commit)
    if (commit.no % SEGMENT === 0) await archiveOn({ log, store, partition: 0, segmentBytes: 1e9 })
  }
  await log.close()
  return commits
}

export const spoilLedger = (folder: string, spoil: (db: DatabaseSync) => void): void => {
  const db = new DatabaseSync(ledgerFile(folder))
  spoil(db)
  db.close()
}

/** What the comparison of ledger and archive finds: copy, kind, first and last commit. */
export const faultsIn = async (folder: string, anchors: ReadonlyArray<Anchor> = []) => {
  const log = openSqliteLog({ file: ledgerFile(folder), readOnly: true })
  const store = folderObjects(archiveFolder(folder))
  try {
    const copies = [logCopy("ledger", log), archiveCopy("archive", store)]
    const { faults } = await compareCopies({ partition: 0, copies, anchors })
    return faults.map(({ copy, kind, commit, last, soundIn }) =>
      [copy, kind, commit === last ? `${commit}` : `${commit}-${last}`, ...soundIn].join(" ")
    )
  } finally {
    await log.close()
  }
}
