import type { BinaryEventData } from "@kurrent/kurrentdb-client"
import type { StoredCommit } from "#streams/ports/event-log.ts"

// One event is one commit, its number in the stream is the commit's less one. Stored for ever.
const TYPE = "Commit"

/** Where a partition's commits are: `ledger-0`; a prefix of another name is another ledger. */
export const streamOf = (prefix: string, partition: number): string => `${prefix}-${partition}`

/** Commits count from 1, events of a stream from 0. */
export const revisionOf = (no: number): bigint => BigInt(no - 1)

/** What the server is to find before it takes commit `no`: the event before it as the last one, or no stream. */
export const expectedBefore = (no: number): bigint | "no_stream" => (no === 1 ? "no_stream" : revisionOf(no - 1))

/**
 * The event's id is made from the commit's hash (a UUID of version 8, RFC 9562 section 5.8): the same commit sent again
 * is the same event to the server, another one in its place never is.
 */
export const eventIdOf = (hash: string): string => {
  const variant = "89ab"[Number.parseInt(hash[16]!, 16) & 3]!
  const digits = `${hash.slice(0, 12)}8${hash.slice(13, 16)}${variant}${hash.slice(17, 32)}`
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/u, "$1-$2-$3-$4-$5")
}

/**
 * The body goes as bytes, since JSON would be parsed and written anew by the client and come back as other bytes. The
 * rest is metadata: an object of texts, the only kind that every server keeps.
 */
export const eventOf = ({ id, prev, root, hash, body }: StoredCommit): BinaryEventData => ({
  id: eventIdOf(hash),
  contentType: "application/octet-stream",
  type: TYPE,
  data: body,
  metadata: { id, prev, root, hash }
})

/** An event as the client gives it back. */
export type StoredEvent = {
  readonly type: string
  readonly isJson: boolean
  readonly revision: bigint
  readonly data: unknown
  readonly metadata?: unknown
}

/** What is not there becomes an empty text: a foreign event shows as a broken chain, not as a crash. */
export const commitOf = (partition: number, event: StoredEvent): StoredCommit => {
  const fields = (event.type === TYPE && typeof event.metadata === "object" ? event.metadata : null) ?? {}
  const text = (name: string) => {
    const value = (fields as Record<string, unknown>)[name]
    return typeof value === "string" ? value : ""
  }
  const no = Number(event.revision) + 1 // what the body says besides is for the reader to compare
  const body = event.data instanceof Uint8Array ? event.data : Buffer.from(JSON.stringify(event.data ?? null), "utf8")
  return { partition, no, id: text("id"), prev: text("prev"), root: text("root"), hash: text("hash"), body }
}
