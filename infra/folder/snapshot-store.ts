import { randomUUID } from "node:crypto"
import { open, readdir, readFile, rename, rm, stat } from "node:fs/promises"
import { join } from "node:path"
import type { SnapshotStore } from "#streams/ports/snapshot-store.ts"
import { makeFolder, syncFolder } from "./durably.ts"

const NAME = /^(\d{12,})\.snapshot$/u
/** What was not finished when a process ended; never listed, and cleared away by a later one. */
const UNFINISHED = ".unfinished-"
/** Nobody takes so long to write one. */
const ABANDONED_MS = 3_600_000

/** Snapshots as files, a folder for each partition. A file appears whole, under its name, or not at all. */
export const folderSnapshots = (folder: string): SnapshotStore => {
  const folderOf = (partition: number) => join(folder, String(partition))
  const fileOf = (partition: number, no: number) =>
    join(folderOf(partition), `${String(no).padStart(12, "0")}.snapshot`)
  return {
    name: `folder:${folder}`,
    put: async (partition, no, bytes) => {
      const parent = folderOf(partition)
      await makeFolder(parent)
      await clearAbandoned(parent)
      const unfinished = join(parent, `${UNFINISHED}${randomUUID()}`)
      try {
        const handle = await open(unfinished, "wx")
        try {
          await handle.writeFile(bytes)
          await handle.sync()
        } finally {
          await handle.close()
        }
        await rename(unfinished, fileOf(partition, no))
      } catch (error) {
        await rm(unfinished, { force: true })
        throw error
      }
      await syncFolder(parent)
    },
    list: async (partition) => {
      const parent = folderOf(partition)
      const names = (await readdir(parent).catch(undefinedIfMissing)) ?? []
      const found = names.flatMap((name) => {
        const no = NAME.exec(name)?.[1]
        return no === undefined ? [] : [Number(no)]
      })
      const kept = await Promise.all(
        found.map(async (no) => {
          const size = (await stat(fileOf(partition, no)).catch(undefinedIfMissing))?.size
          return size === undefined ? [] : [{ no, size }]
        })
      )
      return kept.flat().toSorted((a, b) => a.no - b.no)
    },
    get: async (partition, no) => await readFile(fileOf(partition, no)).catch(undefinedIfMissing),
    drop: async (partition, no) => await rm(fileOf(partition, no), { force: true }),
    close: async () => undefined
  }
}

const clearAbandoned = async (folder: string): Promise<void> => {
  for (const name of await readdir(folder)) {
    if (!name.startsWith(UNFINISHED)) continue
    const found = await stat(join(folder, name)).catch(undefinedIfMissing)
    if (found !== undefined && Date.now() - found.mtimeMs > ABANDONED_MS) await rm(join(folder, name), { force: true })
  }
}

const undefinedIfMissing = (error: unknown): undefined => {
  if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined
  throw error
}
