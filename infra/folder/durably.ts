import { type FileHandle, open } from "node:fs/promises"
import { dirname, resolve } from "node:path"
import { makeFolders } from "./make-folders.ts"

/** Makes the names in a folder durable: a file that was fsynced can still be missing after a crash without this. */
export const syncFolder = async (folder: string): Promise<void> => {
  if (process.platform === "win32") return // it cannot open folders, and writes names through
  let handle: FileHandle | undefined
  try {
    handle = await open(folder, "r")
    await handle.sync()
  } finally {
    await handle?.close()
  }
}

/** Makes a folder and those above it, durably. */
export const makeFolder = async (folder: string, mode = 0o777): Promise<void> => {
  const first = makeFolders(folder, mode)
  if (first === undefined) return
  for (let at = resolve(folder); at.length >= first.length; at = dirname(at)) await syncFolder(dirname(at))
}
