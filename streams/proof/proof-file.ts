import {
  recordOf,
  recordText,
  type Anchor,
  type KeyRecord,
  type Signed,
  type Statement
} from "#streams/anchors/records.ts"

/** An event with the way from its bytes to the root of its commit. */
export type ProvedEvent = {
  readonly commit: number
  /** its bytes as the ledger holds them */
  readonly event: string
  readonly path: ReadonlyArray<string>
}
/** A commit without its events: they stay unknown. */
export type CommitHeader = { readonly id: string; readonly root: string; readonly body: string }
/** Events and the commits from the first of them to the one that was signed. */
export type ProofPart = {
  readonly events: ReadonlyArray<ProvedEvent>
  /** number of the first commit, and the hash of the one before it */
  readonly first: number
  readonly prev: string
  readonly commits: ReadonlyArray<CommitHeader>
  readonly anchor: Signed<Anchor>
}
/** All that a stranger needs to check one order's events. */
export type OrderProof = {
  readonly order: string
  readonly partition: number
  readonly parts: ReadonlyArray<ProofPart>
  /** every signing key since the first */
  readonly keys: ReadonlyArray<Signed<KeyRecord>>
}
/** With the word of the key's holder that no event was left out: nobody can see that from the rest. */
export type StatedProof = OrderProof & { readonly statement: Signed<Statement> }

/** The file does not prove what it says. */
export class ProofRefused extends Error {
  override readonly name = "ProofRefused"
}

const FORMAT = "trade2026 order proof 1"

/** The one way in which a proof is written: whatever else says the same is refused. The statement is over it without itself. */
export const proofText = ({ order, partition, parts, keys, statement }: OrderProof & Partial<StatedProof>): string =>
  `${JSON.stringify(
    {
      format: FORMAT,
      order,
      partition,
      parts: parts.map(({ events, first, prev, commits, anchor }) => ({
        events: events.map(({ commit, event, path }) => ({ commit, event, path })),
        first,
        prev,
        commits: commits.map(({ id, root, body }) => ({ id, root, body })),
        anchor: JSON.parse(recordText(anchor)) as unknown
      })),
      keys: keys.map((key) => JSON.parse(recordText(key)) as unknown),
      ...(statement !== undefined && { statement: JSON.parse(recordText(statement)) as unknown })
    },
    undefined,
    1
  )}\n`

const HASH = /^[0-9a-f]{64}$/u
const STEP = /^[LR][0-9a-f]{64}$/u
const isNo = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 1

/** Reads a proof; its form is right when this returns, what it proves is not yet checked. */
export const parseProof = (bytes: Uint8Array): StatedProof => {
  let proof: StatedProof & { readonly format: unknown }
  let text: string
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes)
    proof = JSON.parse(text) as typeof proof
  } catch {
    throw new ProofRefused("it is not JSON in UTF-8")
  }
  if (proof?.format !== FORMAT) throw new ProofRefused(`it does not begin as "${FORMAT}"`)
  const { order, partition, parts, keys, statement } = proof
  const sound =
    typeof order === "string" &&
    Number.isSafeInteger(partition) &&
    Array.isArray(parts) &&
    Array.isArray(keys) &&
    parts.every(isPart) &&
    statement?.kind === "statement" &&
    keys.every((key) => key?.kind === "key")
  if (!sound) throw new ProofRefused("it has not the form of a proof")
  try {
    for (const record of [...keys, ...parts.map(({ anchor }) => anchor), statement]) recordOf(record)
  } catch (cause) {
    throw new ProofRefused(`a signed record: ${(cause as Error).message}`, { cause })
  }
  if (proofText(proof) !== text)
    throw new ProofRefused("it is not written as a proof is written: something was changed")
  return proof
}

const isPart = (part: ProofPart | null): boolean =>
  typeof part === "object" &&
  part !== null &&
  part.anchor?.kind === "anchor" &&
  isNo(part.first) &&
  HASH.test(part.prev) &&
  Array.isArray(part.commits) &&
  part.commits.every(
    (commit: CommitHeader | null) => typeof commit?.id === "string" && HASH.test(commit.root) && HASH.test(commit.body)
  ) &&
  Array.isArray(part.events) &&
  part.events.every(
    (event: ProvedEvent | null) =>
      isNo(event?.commit) &&
      typeof event?.event === "string" &&
      Array.isArray(event.path) &&
      event.path.every((step: unknown) => typeof step === "string" && STEP.test(step))
  )
