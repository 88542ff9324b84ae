import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { gunzipSync, zstdDecompressSync } from "node:zlib"

/** What a file holds, and what it holds unpacked when it is an archive. */
const contentsOf = (file: string): ReadonlyArray<Buffer> => {
  const bytes = readFileSync(file)
  const unpack = file.endsWith(".gz") ? gunzipSync : file.endsWith(".zst") ? zstdDecompressSync : undefined
  return unpack === undefined ? [bytes] : [bytes, unpack(bytes)]
}

/** As bytes of ASCII letters may be written: any case, one byte or two for each. */
const isIn = (bytes: Buffer, word: string): boolean =>
  [bytes.toString("latin1"), bytes.toString("latin1").replaceAll("\0", "")].some((text) =>
    text.toLowerCase().includes(word.toLowerCase())
  )

/** Every file below a folder in which one of the words is found, as `file: word`. */
export const filesWith = (folder: string, words: ReadonlyArray<string>): ReadonlyArray<string> =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .flatMap((file) => {
      const contents = contentsOf(file)
      return words.filter((word) => contents.some((bytes) => isIn(bytes, word))).map((word) => `${file}: ${word}`)
    })
