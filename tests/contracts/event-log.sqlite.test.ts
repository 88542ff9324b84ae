import { join } from "node:path"
import { openSqliteLog } from "#infra/sqlite/event-log.ts"
import { tempDir } from "#tests/support/temp-dir.ts"
import { eventLogContract } from "./event-log.ts"

eventLogContract("sqlite", async () => {
  const dir = tempDir("sqlite-log")
  const file = join(dir.path, "ledger.sqlite")
  return { open: async () => openSqliteLog({ file }), discard: async () => dir[Symbol.dispose]() }
})
