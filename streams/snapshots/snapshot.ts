import { createHash } from "node:crypto"
import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib"
import type { ChainHead } from "#streams/commit.ts"

/** Which state it is: that of a partition after a commit. */
export type SnapshotHead = ChainHead & {
  readonly partition: number
  readonly eventNo: number
  readonly epoch: number
  /** when it was taken, RFC 3339 */
  readonly takenAt: string
}
/** Something folded, as bytes; `format` says what they mean to whoever wrote them. */
export type SnapshotPart = { readonly name: string; readonly format: string; readonly bytes: Uint8Array }
export type Snapshot = { readonly head: SnapshotHead; readonly parts: ReadonlyArray<SnapshotPart> }

/** It is not what was written, or not for this program: whoever wanted it reads the ledger instead. */
export class UnusableSnapshot extends Error {
  override readonly name = "UnusableSnapshot"
}

/** Of the file itself; what its parts are in is told by each of them. */
const VERSION = 1
const HASH_BYTES = 32
const NEWLINE = 10
/** A second to write is nothing to wait for, and the higher levels save little. */
const LEVEL = 1

const sha256 = (bytes: Uint8Array): Buffer => createHash("sha256").update(bytes).digest()

type Line = SnapshotHead & {
  readonly snapshot: number
  readonly parts: ReadonlyArray<{ readonly name: string; readonly format: string; readonly size: number }>
}

/**
 * A line of JSON that says what it is, the parts one after the other (zstd), and the sha256 of all that stands before. A
 * file that was cut or changed anywhere has another.
 */
export const packSnapshot = ({ head, parts }: Snapshot): Uint8Array => {
  const packed = parts.map(({ bytes }) =>
    zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: LEVEL } })
  )
  const { partition, no, hash, eventNo, epoch, takenAt } = head
  const line: Line = {
    snapshot: VERSION,
    partition,
    no,
    hash,
    eventNo,
    epoch,
    takenAt,
    parts: parts.map(({ name, format }, i) => ({ name, format, size: packed[i]!.length }))
  }
  const body = Buffer.concat([Buffer.from(`${JSON.stringify(line)}\n`, "utf8"), ...packed])
  return Buffer.concat([body, sha256(body)])
}

/** Throws {@link UnusableSnapshot} with a reason for people. */
export const unpackSnapshot = (bytes: Uint8Array): Snapshot => {
  const { head, sizes, packed } = opened(bytes)
  let at = 0
  const parts = sizes.map(({ name, format, size }) => {
    const part = packed.subarray(at, at + size)
    at += size
    return { name, format, bytes: zstdDecompressSync(part) }
  })
  return { head, parts }
}

/** Which state a whole file is of, whoever understands that; throws {@link UnusableSnapshot}. */
export const headOfSnapshot = (bytes: Uint8Array): SnapshotHead => opened(bytes).head

const opened = (bytes: Uint8Array) => {
  const body = bytes.subarray(0, Math.max(0, bytes.length - HASH_BYTES))
  if (!sha256(body).equals(bytes.subarray(body.length)))
    throw new UnusableSnapshot("its bytes are not those that were written")
  const end = body.indexOf(NEWLINE)
  const line = JSON.parse(Buffer.from(body.subarray(0, end)).toString("utf8")) as Line
  if (line.snapshot !== VERSION)
    throw new UnusableSnapshot(`it is of version ${line.snapshot}, which this program does not know`)
  const { partition, no, hash, eventNo, epoch, takenAt } = line
  return {
    head: { partition, no, hash, eventNo, epoch, takenAt },
    sizes: line.parts,
    packed: body.subarray(end + 1)
  }
}

/** A part's bytes, if they are in a format that is understood. */
export const partOf = ({ parts }: Snapshot, name: string, format: string): Uint8Array => {
  const part = parts.find((one) => one.name === name)
  if (part === undefined) throw new UnusableSnapshot(`it holds no ${name}`)
  if (part.format !== format)
    throw new UnusableSnapshot(`its ${name} is in the format ${part.format}, and this program's is ${format}`)
  return part.bytes
}
