import { hash as digest } from "node:crypto"
import type { StoredCommit } from "./ports/event-log.ts"

const NO_HASH = "0".repeat(64)

/** 32 bytes as a text of 32 characters: half the time of a hash into a buffer, which takes longer than small input. */
const sha256 = (bytes: string | Uint8Array): string => digest("sha256", bytes, "latin1")

/** An inner node: 0x01, left, right. One buffer for all of them, since each is hashed at once. */
const node = Buffer.alloc(65, 1)
const join = (left: string, right: string): string => {
  node.write(left, 1, "latin1")
  node.write(right, 33, "latin1")
  return sha256(node)
}

/** Merkle tree hash of RFC 9162 section 2.1.1 over the events' texts: one event can be proved without the others. */
export const merkleRoot = (leaves: ReadonlyArray<string>): string =>
  rootOf(leaves.map((leaf) => sha256(`\u0000${leaf}`))) // 0x00 before a leaf; as text it is one byte too

const rootOf = (leaves: ReadonlyArray<string>): string => {
  let level = leaves.length === 0 ? [sha256("")] : leaves
  // pairing level by level and carrying an odd last one up gives the same tree as splitting at the largest power of two
  while (level.length > 1) {
    const next: Array<string> = []
    for (let i = 0; i + 1 < level.length; i += 2) next.push(join(level[i]!, level[i + 1]!))
    if (level.length % 2 === 1) next.push(level.at(-1)!)
    level = next
  }
  return Buffer.from(level[0]!, "latin1").toString("hex")
}

/**
 * The same of events where they stand in a body, `from` on and a byte between two: that byte is the leaf's 0x00 while it
 * is hashed, so that no text is put together and written out a second time.
 */
const rootWithin = (body: Buffer, from: number, sizes: ReadonlyArray<number>): string => {
  let at = from
  const leaves = sizes.map((size) => {
    const between = body[at - 1]!
    body[at - 1] = 0
    const leaf = sha256(body.subarray(at - 1, at + size))
    body[at - 1] = between
    at += size + 1
    return leaf
  })
  return rootOf(leaves)
}

/** sha256 over `prev`, `id`, `root` and sha256(body), each after its length in four bytes, big-endian. */
export const commitHash = (prev: string, id: string, root: string, body: Uint8Array): string => {
  const idBytes = Buffer.from(id, "utf8")
  const bytes = Buffer.allocUnsafe(4 + 32 + 4 + idBytes.length + 4 + 32 + 4 + 32)
  let at = 0
  const put = (part: Uint8Array) => {
    at = bytes.writeUInt32BE(part.length, at)
    bytes.set(part, at)
    at += part.length
  }
  put(Buffer.from(prev, "hex"))
  put(idBytes)
  put(Buffer.from(root, "hex"))
  put(digest("sha256", body, "buffer"))
  return digest("sha256", bytes, "hex")
}

/** Where a partition's chain stands: the commit that the next one follows. */
export type ChainHead = { readonly no: number; readonly hash: string }
export const EMPTY_CHAIN: ChainHead = { no: 0, hash: NO_HASH }

/** Builds the commit that follows `head`; `events` are the encoded events, in order. */
export const sealCommit = (
  head: ChainHead,
  partition: number,
  epoch: number,
  writer: string,
  events: ReadonlyArray<string>
): StoredCommit => {
  const no = head.no + 1
  const id = `${partition}-${epoch}-${no}-${writer}`
  const begins = `{"v":1,"partition":${partition},"no":${no},"epoch":${epoch},"events":[`
  const text = `${begins}${events.join(",")}]}`
  const body = Buffer.from(text, "utf8")
  const isAscii = body.length === text.length
  const sizes = events.map((event) => (isAscii ? event.length : Buffer.byteLength(event, "utf8")))
  const root = rootWithin(body, begins.length, sizes)
  return { partition, no, id, prev: head.hash, root, hash: commitHash(head.hash, id, root, body), body }
}
