import { commitHash, merkleRoot, EMPTY_CHAIN, type ChainHead } from "./commit.ts"
import type { EventLog, StoredCommit } from "./ports/event-log.ts"

/** What was stored is not what was written: reading stops here, nothing is skipped. */
export class BrokenChain extends Error {
  override readonly name = "BrokenChain"
  readonly partition: number
  readonly no: number
  constructor(partition: number, no: number, reason: string) {
    super(`ledger partition ${partition} is damaged at commit ${no}: ${reason}`)
    this.partition = partition
    this.no = no
  }
}

/** The JSON of a commit's body before its events are decoded. */
export type CommitBody = {
  readonly v: number
  readonly partition: number
  readonly no: number
  readonly epoch: number
  readonly events: ReadonlyArray<Record<string, unknown>>
}

/** A commit whose place, chain and hash hold. Its events are parsed when they are asked for, see `commit-events.ts`. */
export type CheckedCommit = {
  readonly stored: StoredCommit
  readonly epoch: number
  /** the body, and where in it the events begin; undefined when the body is not laid out as this program does */
  readonly text: string
  readonly eventsAt: number | undefined
}

const HASH = /^[0-9a-f]{64}$/u

/** Checks number, link, hash and the body's own words about itself; throws {@link BrokenChain}. */
export const checkCommit = (after: ChainHead, commit: StoredCommit, partition: number): CheckedCommit => {
  const expected = after.no + 1
  const broken = (reason: string) => new BrokenChain(partition, expected, reason)
  if (commit.no !== expected) throw broken(`the log continues with commit ${commit.no}`)
  if (commit.prev !== after.hash) throw broken("it does not follow the commit before it (prev differs)")
  if (!HASH.test(commit.root)) throw broken("its root is no hash")
  if (commitHash(commit.prev, commit.id, commit.root, commit.body) !== commit.hash) throw broken("its hash differs")
  const { body } = commit
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8")
  const begins = `{"v":1,"partition":${partition},"no":${expected},"epoch":`
  const comma = text.indexOf(",", begins.length)
  if (text.startsWith(begins) && text.startsWith(EVENTS, comma)) {
    const epoch = Number(text.slice(begins.length, comma))
    if (Number.isSafeInteger(epoch)) return { stored: commit, epoch, text, eventsAt: comma + EVENTS.length }
  }
  const parsed = parseBody(commit, text)
  if (parsed.v !== 1) throw broken(`body version ${parsed.v} is unknown to this program`)
  if (parsed.partition !== partition || parsed.no !== commit.no) throw broken("its body names another place")
  return { stored: commit, epoch: parsed.epoch, text, eventsAt: undefined }
}
const EVENTS = ',"events":['

/** The JSON of a commit's body, its events not decoded; throws {@link BrokenChain} where it is none. */
export const bodyOf = ({ stored, text }: CheckedCommit): CommitBody => parseBody(stored, text)

const parseBody = ({ partition, no }: StoredCommit, text: string): CommitBody => {
  let parsed: CommitBody | null
  try {
    parsed = JSON.parse(text)
  } catch {
    throw new BrokenChain(partition, no, "its body is not JSON")
  }
  if (parsed === null || !Array.isArray(parsed.events)) throw new BrokenChain(partition, no, "its body is no commit")
  return parsed
}

/** The root over the events: not needed to trust the bytes (the hash covers the body), so only `verify` pays for it. */
export const checkRoot = (commit: CheckedCommit): void => {
  const { stored } = commit
  if (merkleRoot(bodyOf(commit).events.map((event) => JSON.stringify(event))) !== stored.root) {
    throw new BrokenChain(stored.partition, stored.no, "the Merkle root over its events differs")
  }
}

/** Reads a partition with every commit checked against the one before it. `after` is where the reader stands. */
export async function* readChecked(
  log: Pick<EventLog, "read">,
  partition: number,
  after: ChainHead = EMPTY_CHAIN
): AsyncGenerator<ReadonlyArray<CheckedCommit>> {
  yield* checked(log.read(partition, after.no + 1), partition, after)
}

/** As {@link readChecked}, and then what is appended later, until `signal` aborts. */
export async function* followChecked(
  log: Pick<EventLog, "follow">,
  partition: number,
  after: ChainHead,
  signal: AbortSignal
): AsyncGenerator<ReadonlyArray<CheckedCommit>> {
  yield* checked(log.follow(partition, after.no + 1, signal), partition, after)
}

/** Bodies that are parsed before the reader takes them: more would only be garbage that has grown old. */
const PARSED_BYTES = 128 * 1024

async function* checked(
  batches: AsyncIterable<ReadonlyArray<StoredCommit>>,
  partition: number,
  after: ChainHead
): AsyncGenerator<ReadonlyArray<CheckedCommit>> {
  let head = after
  for await (const batch of batches) {
    let good: Array<CheckedCommit> = []
    let bytes = 0
    for (const commit of batch) {
      let next: CheckedCommit
      try {
        next = checkCommit(head, commit, partition)
      } catch (error) {
        if (good.length > 0) yield good // what came before the damage is sound
        throw error
      }
      good.push(next)
      head = commit
      bytes += commit.body.length
      if (bytes < PARSED_BYTES) continue
      yield good
      good = []
      bytes = 0
    }
    if (good.length > 0) yield good
  }
}
