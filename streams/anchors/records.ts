import { createHash, createPublicKey, sign, verify, type KeyObject } from "node:crypto"

/** What a signature vouches for: the chain of a partition up to this commit, and how many events it held at that time. */
export type Anchor = {
  readonly kind: "anchor"
  readonly v: 1
  readonly partition: number
  readonly no: number
  readonly hash: string
  readonly eventNo: number
  /** when it was signed, by the platform's clock */
  readonly at: string
  /** id of the key that signed */
  readonly key: string
}
/** A public key that signs from here on: the first signs itself, a later one is signed by the one before it. */
export type KeyRecord = {
  readonly kind: "key"
  readonly v: 1
  /** id: the first 16 hex digits of sha256 over the 32 bytes of the public key */
  readonly key: string
  /** 32 bytes in lower hex */
  readonly publicKey: string
  readonly at: string
  /** id of the key before it, empty for the first */
  readonly previous: string
}
/** What whoever holds the key says of a proof: in the ledger up to this commit the order has these events and no others. */
export type Statement = {
  readonly kind: "statement"
  readonly v: 1
  /** sha256 over the proof's text without the statement */
  readonly proof: string
  readonly upTo: number
  readonly at: string
  readonly key: string
}
type Plain = Anchor | KeyRecord | Statement
export type Signed<T> = T & { readonly signature: string }
export type SignedRecord = Signed<Anchor> | Signed<KeyRecord> | Signed<Statement>

/** A record that is not what its signer wrote. */
export class BadRecord extends Error {
  override readonly name = "BadRecord"
}

/** SubjectPublicKeyInfo of Ed25519 (RFC 8410) up to the key's 32 bytes. */
const SPKI = "302a300506032b6570032100"

export const publicKeyOf = (hex: string): KeyObject =>
  createPublicKey({ key: Buffer.from(SPKI + hex, "hex"), format: "der", type: "spki" })

/** The 32 bytes of an Ed25519 key's public half, in lower hex. */
export const publicHex = (key: KeyObject): string =>
  (key.type === "private" ? createPublicKey(key) : key)
    .export({ format: "der", type: "spki" })
    .subarray(-32)
    .toString("hex")

export const keyIdOf = (publicKey: string): string =>
  createHash("sha256").update(Buffer.from(publicKey, "hex")).digest("hex").slice(0, 16)

/** Fields in the order in which they are signed and written. */
const ordered = (record: Plain): Plain => {
  if (record.kind === "statement") {
    const { kind, v, proof, upTo, at, key } = record
    return { kind, v, proof, upTo, at, key }
  }
  if (record.kind === "anchor") {
    const { kind, v, partition, no, hash, eventNo, at, key } = record
    return { kind, v, partition, no, hash, eventNo, at, key }
  }
  const { kind, v, key, publicKey, at, previous } = record
  return { kind, v, key, publicKey, at, previous }
}

/** The bytes under a signature; the first words keep it from being taken for a signature over something else. */
const message = (record: Plain): Buffer =>
  Buffer.from(`trade2026 signed record\n${JSON.stringify(ordered(record))}`, "utf8")

export const signRecord = <T extends Plain>(record: T, privateKey: KeyObject): Signed<T> => ({
  ...record,
  signature: sign(null, message(record), privateKey).toString("hex")
})

export const isSignedBy = (record: SignedRecord, publicKey: string): boolean =>
  verify(null, message(record), publicKeyOf(publicKey), Buffer.from(record.signature, "hex"))

/** A record as it is written, for ever. */
export const recordText = (record: SignedRecord): string =>
  JSON.stringify({ ...ordered(record), signature: record.signature })

const HEX = (digits: number) => new RegExp(`^[0-9a-f]{${digits}}$`, "u")
const [KEY_ID, HASH, SIGNATURE] = [HEX(16), HEX(64), HEX(128)]
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/u
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0

const isRight = (record: SignedRecord): boolean => {
  switch (record.kind) {
    case "anchor":
      return isCount(record.partition) && isCount(record.no) && isCount(record.eventNo) && HASH.test(record.hash)
    case "key":
      return HASH.test(record.publicKey) && (record.previous === "" || KEY_ID.test(record.previous))
    case "statement":
      return HASH.test(record.proof) && isCount(record.upTo)
    default:
      return false
  }
}

/** Reads a record; anything that is not exactly as {@link recordText} writes it is refused. Signatures are not checked. */
export const recordOf = (value: unknown): SignedRecord => {
  const record = value as SignedRecord
  if (record === null || typeof record !== "object") throw new BadRecord("it is no record")
  const { kind, v, key, at, signature } = record
  const right = isRight(record) && v === 1 && KEY_ID.test(key) && TIME.test(at) && SIGNATURE.test(signature)
  if (!right) throw new BadRecord("it has not the form of a signed record")
  if (kind === "key" && keyIdOf(record.publicKey) !== key) throw new BadRecord(`its key is not ${key}`)
  return record
}

export const parseRecord = (line: string): SignedRecord => {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch (cause) {
    throw new BadRecord("it is not JSON", { cause })
  }
  const record = recordOf(value)
  if (recordText(record) !== line) throw new BadRecord("it is not written as it was signed")
  return record
}
