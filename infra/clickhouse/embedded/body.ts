import { randomUUID } from "node:crypto"
import { createWriteStream } from "node:fs"
import { rm } from "node:fs/promises"
import type { IncomingMessage } from "node:http"
import { join } from "node:path"
import { Readable } from "node:stream"
import { pipeline } from "node:stream/promises"
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from "node:zlib"
import { Refusal } from "./refusal.ts"

const textBytesMax = 64 * 1024 * 1024

/** Reads a body whole into memory. */
export async function readText(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of decoded(request)) {
    size += chunk.length
    if (size > textBytesMax) {
      const sentence = `A statement may have ${textBytesMax} bytes; put an INSERT into ?query= and only its rows into the body`
      throw Refusal.of(307, "TOO_MANY_BYTES", sentence)
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** Puts rows into a file, from which the engine reads them by itself: any format, any size, byte for byte. */
export async function spool(before: string, rows: AsyncIterable<Buffer>, passing: string): Promise<string> {
  const file = join(passing, randomUUID())
  const all = async function* () {
    if (before !== "") yield Buffer.from(before)
    yield* rows
  }
  try {
    await pipeline(Readable.from(all()), createWriteStream(file, { flags: "wx", mode: 0o600 }))
    return file
  } catch (error) {
    await rm(file, { force: true })
    throw error
  }
}

const decoders: Readonly<Record<string, () => NodeJS.ReadWriteStream>> = {
  gzip: createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
  zstd: createZstdDecompress
}

/** The body as it was before its Content-Encoding. */
export async function* decoded(request: IncomingMessage): AsyncGenerator<Buffer, void, undefined> {
  const encoding = request.headers["content-encoding"] ?? "identity"
  if (encoding === "identity") {
    yield* request as AsyncIterable<Buffer>
    return
  }
  const decoder = decoders[encoding]?.()
  if (decoder === undefined) throw Refusal.of(36, "BAD_ARGUMENTS", `Content-Encoding ${encoding} is not known here`)
  const feeding = pipeline(request, decoder)
  try {
    yield* decoder as unknown as AsyncIterable<Buffer>
    await feeding
  } catch (error) {
    await feeding.catch(() => {})
    if (!request.complete) throw error
    throw Refusal.of(271, "CANNOT_DECOMPRESS", `The body is not ${encoding}: ${(error as Error).message}`)
  }
}
