import { createHash } from "node:crypto"

export const sha256Hex = (bytes: string | Uint8Array): string => createHash("sha256").update(bytes).digest("hex")

/** One form of a segment's commits. `commits` is always there; another may stand beside it under a name of its own. */
export type Payload = {
  /** `commits`: the original bytes (`segment.ts`) */
  readonly name: string
  /** the object that holds it, named by its hash */
  readonly object: string
  readonly encoding: "zstd"
  /** size and sha256 as stored */
  readonly size: number
  readonly sha256: string
  /** size and sha256 of what it unpacks to */
  readonly originalSize: number
  readonly originalSha256: string
}

/** What vouches for a segment: which commits it holds, how the chain enters and leaves it, and the seal before it. */
export type Seal = {
  readonly v: 1
  readonly partition: number
  /** numbers of the first and the last commit */
  readonly first: number
  readonly last: number
  /** hash of the commit before the first, and of the last */
  readonly prev: string
  readonly hash: string
  /** events of the segment; without any, `lastEvent` is one less than `firstEvent` */
  readonly firstEvent: number
  readonly lastEvent: number
  /** sha256 of the text of the seal before it, 64 zeros for the first */
  readonly prevSeal: string
  readonly payloads: ReadonlyArray<Payload>
}

/** The seal as it is stored, and hashed by the next one. */
export const sealText = (seal: Seal): string => {
  const { v, partition, first, last, prev, hash, firstEvent, lastEvent, prevSeal, payloads } = seal
  const ordered = payloads.map(({ name, object, encoding, size, sha256, originalSize, originalSha256 }) => ({
    name,
    object,
    encoding,
    size,
    sha256,
    originalSize,
    originalSha256
  }))
  return `${JSON.stringify({ v, partition, first, last, prev, hash, firstEvent, lastEvent, prevSeal, payloads: ordered })}\n`
}

const padded = (no: number): string => String(no).padStart(12, "0")

/** Two archivers want the same name for the seal that follows, so that only one of them can have it. */
export const sealKey = (partition: number, first: number): string => `seals/${partition}/${padded(first)}.json`
export const sealPrefix = (partition: number): string => `seals/${partition}/`
export const payloadKey = (partition: number, first: number, last: number, sha256: string, name: string): string =>
  `segments/${partition}/${padded(first)}-${padded(last)}-${sha256}.${name}.zst`

const HASH = /^[0-9a-f]{64}$/u
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

/** Reads a seal; undefined where it is not exactly as {@link sealText} writes one. */
export const parseSeal = (bytes: Uint8Array): Seal | undefined => {
  const text = Buffer.from(bytes).toString("utf8")
  try {
    const seal = JSON.parse(text) as Seal
    const numbers = [seal.partition, seal.first, seal.last, seal.firstEvent, seal.lastEvent]
    const sound =
      numbers.every(isCount) &&
      seal.first <= seal.last &&
      [seal.prev, seal.hash, seal.prevSeal].every((hash) => HASH.test(hash)) &&
      seal.payloads.some(({ name }) => name === "commits") &&
      seal.payloads.every(
        ({ size, originalSize, sha256, originalSha256, encoding }) =>
          isCount(size) &&
          isCount(originalSize) &&
          HASH.test(sha256) &&
          HASH.test(originalSha256) &&
          encoding === "zstd"
      )
    return sound && seal.v === 1 && sealText(seal) === text ? seal : undefined
  } catch {
    return undefined
  }
}
