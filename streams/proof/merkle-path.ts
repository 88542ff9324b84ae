import { createHash } from "node:crypto"

const sha256 = (...parts: ReadonlyArray<Uint8Array>): Buffer => {
  const sha = createHash("sha256")
  for (const part of parts) sha.update(part)
  return sha.digest()
}
const leafHash = (text: string): Buffer => sha256(Buffer.of(0), Buffer.from(text, "utf8"))
const nodeHash = (left: Uint8Array, right: Uint8Array): Buffer => sha256(Buffer.of(1), left, right)

/**
 * The audit path of RFC 9162 section 2.1.3 for leaf `index`, from the leaf up: each sibling's hash in hex, after `L` or
 * `R` for the side on which it stands. (The RFC works the sides out of index and size. The size is not bound by the
 * root, so that a changed one could go unnoticed; a side that is changed gives another root.)
 */
export const pathTo = (leaves: ReadonlyArray<string>, index: number): ReadonlyArray<string> => {
  const path: Array<string> = []
  let level = leaves.map(leafHash)
  for (let at = index; level.length > 1; at = at >> 1) {
    const sibling = level[at ^ 1]
    if (sibling !== undefined) path.push(`${at % 2 === 1 ? "L" : "R"}${sibling.toString("hex")}`)
    const next: Array<Buffer> = []
    for (let i = 0; i < level.length; i += 2)
      next.push(level[i + 1] === undefined ? level[i]! : nodeHash(level[i]!, level[i + 1]!))
    level = next
  }
  return path
}

/** The root that a leaf and its path lead to. */
export const rootFrom = (leaf: string, path: ReadonlyArray<string>): string => {
  let hash = leafHash(leaf)
  for (const step of path) {
    const sibling = Buffer.from(step.slice(1), "hex")
    hash = step.startsWith("L") ? nodeHash(sibling, hash) : nodeHash(hash, sibling)
  }
  return hash.toString("hex")
}
