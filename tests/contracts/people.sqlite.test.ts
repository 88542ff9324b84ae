import { join } from "node:path"
import { openSqlitePeople } from "#infra/sqlite/people.ts"
import { tempDir } from "#tests/support/temp-dir.ts"
import { peopleContract } from "./people.ts"

peopleContract("sqlite", async () => {
  const dir = tempDir("people")
  const file = join(dir.path, "people.sqlite")
  return { open: async () => openSqlitePeople({ file }), discard: async () => dir[Symbol.dispose]() }
})
