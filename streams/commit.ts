import { hash as digest } from "node:crypto"
import type { StoredCommit } from "./ports/event-log.ts"

const NO_HASH = "0".repeat(64)
const LEAF = Buffer.from([0])
const NODE = Buffer.from([1])

const sha256 = (...parts: ReadonlyArray<Uint8Array>): Buffer =>
  digest("sha256", parts.length === 1 ? parts[0]! : Buffer.concat(parts), "buffer")

/** Merkle tree hash of RFC 9162 section 2.1.1 over the events' bytes: one event can be proved without the others. */
export const merkleRoot = (leaves: ReadonlyArray<Uint8Array>): Buffer => {
  if (leaves.length === 0) return sha256(Buffer.alloc(0))
  let level = leaves.map((leaf) => sha256(LEAF, leaf))
  // pairing level by level and carrying an odd last one up gives the same tree as splitting at the largest power of two
  while (level.length > 1) {
    const next: Array<Buffer> = []
    for (let i = 0; i + 1 < level.length; i += 2) next.push(sha256(NODE, level[i]!, level[i + 1]!))
    if (level.length % 2 === 1) next.push(level.at(-1)!)
    level = next
  }
  return level[0]!
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
  put(sha256(body))
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
  const body = Buffer.from(
    `{"v":1,"partition":${partition},"no":${no},"epoch":${epoch},"events":[${events.join(",")}]}`,
    "utf8"
  )
  const root = merkleRoot(events.map((event) => Buffer.from(event, "utf8"))).toString("hex")
  return { partition, no, id, prev: head.hash, root, hash: commitHash(head.hash, id, root, body), body }
}
