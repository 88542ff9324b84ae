import { statfs } from "node:fs/promises"
import { dirname, resolve } from "node:path"
import type { Room } from "#streams/ports/log-space.ts"

/** What the disk of a file has left for us. */
export const diskOf = async (file: string): Promise<Room> => {
  const { bavail, blocks, bsize } = await statfs(dirname(resolve(file)))
  return { freeBytes: bavail * bsize, totalBytes: blocks * bsize, limit: `the disk of ${file}` }
}
