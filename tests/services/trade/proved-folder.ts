import { join } from "node:path"
import { anchorFile } from "#infra/folder/anchor-file.ts"
import { keyFolder } from "#infra/folder/anchor-keys.ts"
import { folderObjects } from "#infra/folder/object-store.ts"
import { openSqliteLog } from "#infra/sqlite/event-log.ts"
import { makeAnchorer } from "#streams/anchors/anchorer.ts"
import { makeForward } from "#streams/anchors/forward.ts"
import { archivedAnchors } from "#streams/archive/anchor-copies.ts"
import { archiveOn } from "#streams/archive/archiver.ts"
import { storyFolder } from "./trade.ts"

/** A data folder as the platform leaves it: a story in the ledger, signed as it stands, and archived. Its last commit. */
export const provedFolder = async (folder: string): Promise<number> => {
  await storyFolder(folder, 41, 240)
  const log = openSqliteLog({ file: join(folder, "ledger.sqlite") })
  const store = folderObjects(join(folder, "archive"))
  const head = (await log.head(0))!
  const end = await archiveOn({ log, store, partition: 0, segmentBytes: 20_000 })
  const book = anchorFile(join(folder, "anchors.jsonl"))
  const anchorer = makeAnchorer({ book, keys: keyFolder(join(folder, "keys")), clock: () => new Date().toISOString() })
  await anchorer.sign({ partition: 0, no: head.no, hash: head.hash, eventNo: end.eventNo })
  await makeForward(book, archivedAnchors(store))()
  await log.close()
  return head.no
}
