import { createHash } from "node:crypto"
import { KeyRing } from "#streams/anchors/key-ring.ts"
import { sha256Hex } from "#streams/archive/seal.ts"
import { rootFrom } from "./merkle-path.ts"
import { parseProof, ProofRefused, proofText, type OrderProof, type ProofPart, type StatedProof } from "./proof-file.ts"
import { isOf } from "./prove-order.ts"

/** An event as the ledger holds it; of its data only what this module looks at is known. */
export type ShownEvent = {
  readonly eventNo: number
  readonly type: string
  readonly recordedAt: string
  readonly effectiveAt: string
  readonly data: Readonly<Record<string, unknown>>
}
export type CheckedProof = {
  readonly order: string
  readonly partition: number
  readonly events: ReadonlyArray<ShownEvent & { readonly commit: number; readonly signedAt: string }>
  /** the holder of the key says that up to this commit of the ledger there are no others */
  readonly complete: { readonly upTo: number; readonly at: string }
  /** the key that the firm has to have published: the trusted one, or else the first of the file */
  readonly key: { readonly id: string; readonly publicKey: string; readonly trusted: boolean }
}

/**
 * Checks a proof with nothing but itself and, where it is given, a public key (64 hex digits) that is known to be the
 * firm's. Throws {@link ProofRefused}.
 */
export const checkProof = (bytes: Uint8Array, trustedKey?: string): CheckedProof => {
  const proof = parseProof(bytes)
  const { statement, ...stated } = proof
  if (statement.proof !== sha256Hex(proofText(stated))) throw new ProofRefused("its statement is about another proof")
  const ring = keysOf(proof)
  const trusted = trustedKey === undefined ? undefined : ring.records.find((key) => key.publicKey === trustedKey)
  if (trustedKey !== undefined && trusted === undefined)
    throw new ProofRefused("the key that you trust is none of those that signed")
  const events: Array<CheckedProof["events"][number]> = []
  let before = 0
  for (const part of proof.parts) {
    if (part.first <= before) throw new ProofRefused("its parts are not in order")
    before = checkPart(part, proof, ring, trusted === undefined ? 0 : ring.records.indexOf(trusted))
    for (const { commit, event } of part.events) {
      const shown = JSON.parse(event) as ShownEvent
      events.push({ ...shown, commit, signedAt: part.anchor.at })
    }
  }
  checkStory(proof, events)
  checkStatement(statement, ring, before)
  const { key: id, publicKey } = trusted ?? ring.records[0]!
  return {
    order: proof.order,
    partition: proof.partition,
    events,
    complete: { upTo: proof.statement.upTo, at: proof.statement.at },
    key: { id, publicKey, trusted: trusted !== undefined }
  }
}

const keysOf = ({ keys }: OrderProof): KeyRing => {
  const ring = new KeyRing()
  try {
    for (const key of keys) ring.accept(key)
  } catch (cause) {
    throw new ProofRefused((cause as Error).message, { cause })
  }
  if (ring.records.length !== keys.length || keys.length === 0) throw new ProofRefused("it names a key twice, or none")
  return ring
}

/** From each event to its commit's root, from commit to commit to the one that was signed; gives that one's number. */
const checkPart = (part: ProofPart, proof: OrderProof, ring: KeyRing, since: number): number => {
  const { first, commits, anchor, events } = part
  if (commits.length === 0 || events.length === 0) throw new ProofRefused("a part of it is empty")
  if (events[0]!.commit !== first) throw new ProofRefused("a part of it does not begin with an event")
  for (const { commit, event, path } of events) {
    const header = commits[commit - first]
    if (header === undefined || rootFrom(event, path) !== header.root)
      throw new ProofRefused(`an event is not in commit ${commit}`)
    if (!isOf(parsed(event), proof.order)) throw new ProofRefused(`an event in commit ${commit} is of another order`)
  }
  let hash = part.prev
  for (const { id, root, body } of commits) hash = chained(hash, id, root, body)
  const last = first + commits.length - 1
  if (anchor.partition !== proof.partition || anchor.no !== last || anchor.hash !== hash)
    throw new ProofRefused(`its commits do not lead to the one that was signed (${anchor.no})`)
  const index = ring.records.findIndex(({ key }) => key === anchor.key)
  if (index < 0) throw new ProofRefused(`key ${anchor.key} is not among its keys`)
  if (index < since) throw new ProofRefused(`key ${anchor.key} is not one that the trusted key vouches for`)
  const keys = new KeyRing()
  try {
    for (const key of ring.records.slice(0, index + 1)) keys.accept(key)
    keys.accept(anchor)
  } catch (cause) {
    throw new ProofRefused(`the anchor of commit ${anchor.no}: ${(cause as Error).message}`, { cause })
  }
  return last
}

/** A commit's hash from the digest of its body instead of its body: the same as `commitHash` of `streams/commit.ts`. */
const chained = (prev: string, id: string, root: string, body: string): string => {
  const sha = createHash("sha256")
  for (const part of [
    Buffer.from(prev, "hex"),
    Buffer.from(id, "utf8"),
    Buffer.from(root, "hex"),
    Buffer.from(body, "hex")
  ]) {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(part.length)
    sha.update(length).update(part)
  }
  return sha.digest("hex")
}

const parsed = (event: string): Record<string, unknown> => {
  try {
    return JSON.parse(event) as Record<string, unknown>
  } catch {
    throw new ProofRefused("an event is not JSON")
  }
}

/** What the events must say of themselves: the order begins with the event that gave it its number, and goes forward. */
const checkStory = ({ order, partition }: OrderProof, events: ReadonlyArray<ShownEvent>): void => {
  const [first] = events
  if (first === undefined) throw new ProofRefused("it proves no event")
  if (first.type !== "OrderPlaced" || order !== `${partition}-${first.eventNo}`)
    throw new ProofRefused("it does not begin with the event that placed the order")
  for (const [i, { eventNo }] of events.entries()) {
    if (i > 0 && !(eventNo > events[i - 1]!.eventNo)) throw new ProofRefused(`event ${eventNo} is out of order`)
  }
}

/** The last key of the file says of all the rest that nothing was left out: it binds every byte of it. */
const checkStatement = (statement: StatedProof["statement"], ring: KeyRing, last: number): void => {
  if (statement.upTo < last) throw new ProofRefused("its statement ends before its events")
  try {
    ring.accept(statement)
  } catch (cause) {
    throw new ProofRefused(`its statement: ${(cause as Error).message}`, { cause })
  }
}
