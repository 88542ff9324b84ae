import { createReadStream } from "node:fs"
import { pipeline, type Readable } from "node:stream"
import { createGunzip } from "node:zlib"

/** A recording that cannot be read (to its end): the message names the file and what is wrong with it. */
export class UnreadableRecording extends Error {
  override readonly name = "UnreadableRecording"
  readonly file: string
  constructor(file: string, reason: string, cause: unknown) {
    super(`the recording ${file} cannot be read: ${reason}`, { cause })
    this.file = file
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EACCES: "access to it is denied",
  EISDIR: "it is a folder",
  Z_BUF_ERROR: "it ends in the middle of its gzip data, so it was cut off",
  Z_DATA_ERROR: "its gzip data is damaged"
}

/**
 * The lines of a file, gunzipped when it ends in `.gz`, in batches as they are read; never the whole file in memory.
 * Of a line longer than `charsMax` the first `charsMax + 1` characters come, so that its reader sees that it is too long.
 */
export async function* readLines(file: string, charsMax: number): AsyncGenerator<ReadonlyArray<string>> {
  const bytes = createReadStream(file)
  const source: Readable = file.endsWith(".gz") ? pipeline(bytes, createGunzip(), () => {}) : bytes
  source.setEncoding("utf8")
  let rest = ""
  let seen = false
  try {
    for await (const chunk of source) {
      seen = true
      const lines = (rest + String(chunk)).split("\n")
      const last = lines.pop() ?? ""
      rest = last.length > charsMax ? last.slice(0, charsMax + 1) : last
      if (lines.length > 0) yield lines.map((line) => trimmed(line, charsMax))
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw new UnreadableRecording(file, REASONS[code ?? ""] ?? message, error)
  } finally {
    bytes.destroy()
  }
  if (!seen) throw new UnreadableRecording(file, "it is empty", undefined)
  if (rest !== "") yield [trimmed(rest, charsMax)]
}

const trimmed = (line: string, charsMax: number): string => {
  const text = line.endsWith("\r") ? line.slice(0, -1) : line
  return text.length > charsMax ? text.slice(0, charsMax + 1) : text
}
