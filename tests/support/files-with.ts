import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { gunzipSync, zstdDecompressSync } from "node:zlib"

/** Beside a running platform files come and go. */
const ifThere = <T>(look: () => T, otherwise: T): T => {
  try {
    return look()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return otherwise
    throw error
  }
}

const filesBelow = (folder: string): ReadonlyArray<string> =>
  ifThere(() => readdirSync(folder, { withFileTypes: true }), []).flatMap((entry) => {
    const path = join(folder, entry.name)
    return entry.isDirectory() ? filesBelow(path) : entry.isFile() ? [path] : []
  })

/** What a file holds, and what it holds unpacked when it is an archive. */
const contentsOf = (file: string): ReadonlyArray<Buffer> => {
  const bytes = ifThere(() => readFileSync(file), Buffer.alloc(0))
  if (bytes.length === 0) return []
  const unpack = file.endsWith(".gz") ? gunzipSync : file.endsWith(".zst") ? zstdDecompressSync : undefined
  return unpack === undefined ? [bytes] : [bytes, unpack(bytes)]
}

/** ASCII letters as they may be written: in any case, with one byte or two for each. */
const textsOf = (bytes: Buffer): ReadonlyArray<string> => {
  const text = bytes.toString("latin1").toLowerCase()
  return [text, text.replaceAll("\0", "")]
}

/** Every file below a folder in which one of the words is found, as `file: word`. */
export const filesWith = (folder: string, words: ReadonlyArray<string>): ReadonlyArray<string> =>
  filesBelow(folder).flatMap((file) => {
    const texts = contentsOf(file).flatMap(textsOf)
    const found = words.filter((word) => texts.some((text) => text.includes(word.toLowerCase())))
    return found.map((word) => `${file}: ${word}`)
  })
