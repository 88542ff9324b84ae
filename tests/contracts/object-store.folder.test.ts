import { join } from "node:path"
import { folderObjects } from "#infra/folder/object-store.ts"
import { tempDir } from "#tests/support/temp-dir.ts"
import { objectStoreContract } from "./object-store.ts"

objectStoreContract("folder", async () => {
  const dir = tempDir("objects")
  return {
    open: () => folderObjects(join(dir.path, "made", "when needed")),
    discard: async () => dir[Symbol.dispose]()
  }
})
