import { join } from "node:path"
import { anchorFile } from "#infra/folder/anchor-file.ts"
import { keyFolder } from "#infra/folder/anchor-keys.ts"
import { folderObjects } from "#infra/folder/object-store.ts"
import { openSqliteLog } from "#infra/sqlite/event-log.ts"
import { makeAnchorer } from "#streams/anchors/anchorer.ts"
import { makeForward } from "#streams/anchors/forward.ts"
import { archivedAnchors } from "#streams/archive/anchor-copies.ts"
import { archiveOn } from "#streams/archive/archiver.ts"
import type { ArchiveEnd } from "#streams/archive/archive.ts"
import { ledgerCodec } from "#streams/ledger-codec.ts"
import { storyFolder } from "./trade.ts"

/** Archives a data folder's ledger as the platform does, in small segments. */
export const archiveFolder = async (folder: string): Promise<ArchiveEnd> => {
  const log = openSqliteLog({ file: join(folder, "ledger.sqlite"), readOnly: true })
  const store = folderObjects(join(folder, "archive"))
  try {
    return await archiveOn({ log, store, partition: 0, codec: ledgerCodec, segmentBytes: 20_000 })
  } finally {
    await log.close()
  }
}

/** A data folder as the platform leaves it: a story in the ledger, signed as it stands, and archived. Its last commit. */
export const provedFolder = async (folder: string): Promise<number> => {
  await storyFolder(folder, 41, 240)
  const end = await archiveFolder(folder)
  const log = openSqliteLog({ file: join(folder, "ledger.sqlite") })
  const store = folderObjects(join(folder, "archive"))
  const head = (await log.head(0))!
  const book = anchorFile(join(folder, "anchors.jsonl"))
  const anchorer = makeAnchorer({ book, keys: keyFolder(join(folder, "keys")), clock: () => new Date().toISOString() })
  await anchorer.sign({ partition: 0, no: head.no, hash: head.hash, eventNo: end.eventNo })
  await makeForward(book, archivedAnchors(store))()
  await log.close()
  return head.no
}
