import { link, open, readdir, readFile, rm, stat } from "node:fs/promises"
import { randomUUID } from "node:crypto"
import { dirname, join } from "node:path"
import { checkKey, KeyTaken, type ObjectStore, type StoredObject } from "#streams/ports/object-store.ts"
import { makeFolder, syncFolder } from "./durably.ts"

/** What was not finished when a process ended; never listed. */
const UNFINISHED = ".unfinished-"

/** Objects as files below a folder. A file appears whole and under a name that was free, or not at all. */
export const folderObjects = (folder: string): ObjectStore => {
  const fileOf = (key: string) => (checkKey(key), join(folder, ...key.split("/")))
  return {
    name: `folder:${folder}`,
    put: async (key, bytes) => {
      const file = fileOf(key)
      const parent = dirname(file)
      await makeFolder(parent)
      const unfinished = join(parent, `${UNFINISHED}${randomUUID()}`)
      try {
        await write(unfinished, bytes)
        await link(unfinished, file) // unlike a rename this fails where the name is taken
      } catch (error) {
        if (codeOf(error) !== "EEXIST") throw error
        if (Buffer.compare(await readFile(file), bytes) !== 0) {
          throw new KeyTaken(`${key} holds other bytes in ${folder}`, { cause: error })
        }
      } finally {
        await rm(unfinished, { force: true })
      }
      await syncFolder(parent)
    },
    get: async (key) => await readFile(fileOf(key)).catch(undefinedIfMissing),
    list: async (prefix) => {
      const within = prefix.slice(0, prefix.lastIndexOf("/") + 1)
      const found: Array<StoredObject> = []
      await gather(folder, within, prefix, found)
      return found.toSorted((a, b) => (a.key < b.key ? -1 : 1))
    },
    close: async () => undefined
  }
}

const write = async (file: string, bytes: Uint8Array): Promise<void> => {
  const handle = await open(file, "wx")
  try {
    await handle.writeFile(bytes)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

const gather = async (folder: string, within: string, prefix: string, found: Array<StoredObject>): Promise<void> => {
  const entries = (await readdir(join(folder, within), { withFileTypes: true }).catch(undefinedIfMissing)) ?? []
  for (const entry of entries) {
    const key = `${within}${entry.name}`
    if (entry.isDirectory()) await gather(folder, `${key}/`, prefix, found)
    else if (key.startsWith(prefix) && !entry.name.startsWith(UNFINISHED)) {
      found.push({ key, size: (await stat(join(folder, key))).size })
    }
  }
}

const codeOf = (error: unknown): unknown => (error as { readonly code?: unknown }).code

const undefinedIfMissing = (error: unknown): undefined => {
  if (codeOf(error) === "ENOENT") return undefined
  throw error
}
