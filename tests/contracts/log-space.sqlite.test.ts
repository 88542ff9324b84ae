import { statfs } from "node:fs/promises"
import { join } from "node:path"
import { expect, it } from "vitest"
import { openSqliteLog } from "#infra/sqlite/event-log.ts"
import { tempDir } from "#tests/support/temp-dir.ts"
import { logSpaceContract } from "./log-space.ts"

logSpaceContract("sqlite", async (mostBytes) => {
  const dir = tempDir("sqlite-room")
  const log = openSqliteLog({ file: join(dir.path, "ledger.sqlite"), mostBytes })
  return { log, discard: async () => dir[Symbol.dispose]() }
})

it("is the disk's where the file has no limit of its own", async () => {
  using dir = tempDir("sqlite-room")
  const log = openSqliteLog({ file: join(dir.path, "ledger.sqlite") })
  const { blocks, bsize } = await statfs(dir.path)
  expect(await log.rooms()).toMatchObject([
    { totalBytes: blocks * bsize, limit: expect.stringMatching(/^the disk of/) }
  ])
  await log.close()
})
