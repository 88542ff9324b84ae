// Appends commits to the ledger in a file, one after the other, and says the number of each that is acknowledged.
import { writeSync } from "node:fs"
import { openSqliteLog } from "#infra/sqlite/event-log.ts"
import { type ChainHead, EMPTY_CHAIN, sealCommit } from "#streams/commit.ts"

const log = openSqliteLog({ file: process.argv[2]! })
for (let head: ChainHead = EMPTY_CHAIN; ;) {
  const commit = sealCommit(head, 0, 1, "power", [JSON.stringify({ eventNo: head.no + 1, text: "x".repeat(200) })])
  await log.append(commit)
  head = { no: commit.no, hash: commit.hash }
  writeSync(1, `${head.no}\n`)
}
