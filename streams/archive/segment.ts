import { promisify } from "node:util"
import { constants, createZstdDecompress, zstdCompress, zstdDecompress } from "node:zlib"
import type { StoredCommit } from "#streams/ports/event-log.ts"

const compressAsync = promisify(zstdCompress)
const decompressAsync = promisify(zstdDecompress)
const NEWLINE = 10

/**
 * Commits as the bytes of a segment: for each one a line of JSON with all but its body and partition, then its body as
 * it is, then a newline. `zstdcat FILE` shows it.
 */
export const encodeCommits = (commits: ReadonlyArray<StoredCommit>): Buffer =>
  Buffer.concat(
    commits.flatMap(({ no, id, prev, root, hash, body }) => [
      Buffer.from(`${JSON.stringify({ no, id, prev, root, hash, bytes: body.length })}\n`, "utf8"),
      body,
      LINE_END
    ])
  )
const LINE_END = Buffer.from("\n")

/** What could be read, in order; `trouble` says why the rest could not. */
export type ReadCommits = { readonly commits: ReadonlyArray<StoredCommit>; readonly trouble?: string }

type Head = Omit<StoredCommit, "partition" | "body"> & { readonly bytes: number }

/** The commits in a segment's bytes, as far as they can be told apart. */
export const decodeCommits = (partition: number, bytes: Buffer): ReadCommits => {
  const commits: Array<StoredCommit> = []
  for (let at = 0; at < bytes.length;) {
    const end = bytes.indexOf(NEWLINE, at)
    const head = end < 0 ? undefined : headOf(bytes.subarray(at, end).toString("utf8"))
    if (head === undefined) return { commits, trouble: "a commit's heading cannot be read" }
    const from = end + 1
    at = from + head.bytes + 1
    if (bytes[at - 1] !== NEWLINE) return { commits, trouble: "a commit's body does not end where it should" }
    const { no, id, prev, root, hash } = head
    commits.push({ partition, no, id, prev, root, hash, body: bytes.subarray(from, at - 1) })
  }
  return { commits }
}

const headOf = (text: string): Head | undefined => {
  try {
    const head = JSON.parse(text) as Head
    const texts = [head.id, head.prev, head.root, head.hash].every((one) => typeof one === "string")
    return texts && Number.isSafeInteger(head.no) && Number.isSafeInteger(head.bytes) && head.bytes >= 0
      ? head
      : undefined
  } catch {
    return undefined
  }
}

export const pack = (bytes: Uint8Array, level: number): Promise<Buffer> =>
  compressAsync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: level } })

/** Unpacks what must have `size` bytes then, in a thread of the engine; throws where it has not. */
export const unpackWhole = async (packed: Uint8Array, size: number): Promise<Buffer> => {
  const bytes = await decompressAsync(packed, { maxOutputLength: size, chunkSize: Math.max(64, size) })
  if (bytes.length !== size) throw new Error(`it unpacks to ${bytes.length} bytes, not to ${size}`)
  return bytes
}

/** Unpacks at most `most` bytes; what came out before a damage is given all the same. */
export const unpack = (packed: Uint8Array, most: number): Promise<{ bytes: Buffer; trouble?: string }> =>
  new Promise((resolve) => {
    const parts: Array<Buffer> = []
    let size = 0
    const stream = createZstdDecompress()
    const done = (trouble?: string) => {
      stream.removeAllListeners()
      stream.on("error", () => undefined)
      stream.destroy()
      resolve({ bytes: Buffer.concat(parts), ...(trouble !== undefined && { trouble }) })
    }
    stream.on("data", (part: Buffer) => {
      parts.push(part)
      if ((size += part.length) > most) done("it unpacks to more than its seal says")
    })
    stream.on("end", () => done())
    stream.on("error", (error) => done(`it cannot be unpacked (${error.message})`))
    stream.end(packed)
  })
