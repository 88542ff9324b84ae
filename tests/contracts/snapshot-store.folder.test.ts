import { join } from "node:path"
import { folderSnapshots } from "#infra/folder/snapshot-store.ts"
import { tempDir } from "#tests/support/temp-dir.ts"
import { snapshotStoreContract } from "./snapshot-store.ts"

const dir = tempDir("snapshots")
let opened = 0

snapshotStoreContract("folder", {
  open: () => folderSnapshots(join(dir.path, String(opened++), "made when needed")),
  discard: () => dir[Symbol.dispose]()
})
