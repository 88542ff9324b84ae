import { createReadStream } from "node:fs"
import { readFile, rm, stat } from "node:fs/promises"
import type { Readable } from "node:stream"
import { pipeline } from "node:stream"
import { promisify } from "node:util"
import { createZstdDecompress, zstdDecompress } from "node:zlib"
import { Refusal } from "./refusal.ts"

/** What `INTO OUTFILE` needs to write an answer that shows by itself whether it is whole. */
export const COMPRESSION = "COMPRESSION 'zstd' LEVEL 1"
/** Compressed; what is larger is not held in memory. */
const SMALL_BYTES = 256 * 1024

const unpack = promisify(zstdDecompress)

// Where a disk is full the engine leaves a shorter file, or an empty one, and says that the statement succeeded. A frame
// of zstd has an end and a checksum, also when there are no rows: without them it is no answer.
/** A small answer, whole and taken from the disk; undefined for a large one. Refuses one that was not written to its end. */
export async function smallAnswer(path: string): Promise<Buffer | undefined> {
  const size = await stat(path).then(
    (found) => found.size,
    () => 0 // no room for its name
  )
  if (size > SMALL_BYTES) return undefined
  try {
    return await unpack(await readFile(path))
  } catch (error) {
    throw cutShort(error)
  } finally {
    await rm(path, { force: true })
  }
}

/** A large answer. It fails where it is cut short, as its reader's connection then must. */
export function largeAnswer(path: string): Readable {
  return pipeline(createReadStream(path), createZstdDecompress(), () => {})
}

function cutShort(error: unknown): Refusal {
  const reason = error instanceof Error ? error.message : String(error)
  const sentence = `The answer could not be written to its end (${reason}): is the disk of the store full?`
  return Refusal.of(243, "NOT_ENOUGH_SPACE", sentence)
}
