import { BrokenChain, checkCommit, type CheckedCommit } from "#streams/chain.ts"
import { EMPTY_CHAIN, type ChainHead } from "#streams/commit.ts"
import type { StoredCommit } from "#streams/ports/event-log.ts"
import type { ObjectStore } from "#streams/ports/object-store.ts"
import { parseSeal, sealPrefix, sha256Hex, type Payload, type Seal } from "./seal.ts"
import { decodeCommits, unpack } from "./segment.ts"

/** Where an archive ends, and what the next seal is chained to. */
export type ArchiveEnd = ChainHead & { readonly eventNo: number; readonly seal: string }
export const EMPTY_ARCHIVE: ArchiveEnd = { ...EMPTY_CHAIN, eventNo: 0, seal: EMPTY_CHAIN.hash }

/** What the archive holds is not what was sealed. */
export class DamagedArchive extends Error {
  override readonly name = "DamagedArchive"
}

/** The partitions that an archive holds. */
export const archivedPartitions = async (store: ObjectStore): Promise<ReadonlyArray<number>> => {
  const found = new Set((await store.list("seals/")).map(({ key }) => Number(key.split("/")[1])))
  return [...found].filter((partition) => Number.isSafeInteger(partition)).toSorted((a, b) => a - b)
}

/** The seals of a partition by their names, in order: with it goes the manifest of the archive. */
export const sealNames = async (store: ObjectStore, partition: number): Promise<ReadonlyArray<string>> =>
  (await store.list(sealPrefix(partition))).map(({ key }) => key)

/** A seal, and the hash that the next one carries. */
export const readSeal = async (store: ObjectStore, key: string): Promise<{ seal: Seal; hash: string } | undefined> => {
  const bytes = await store.get(key)
  const seal = bytes === undefined ? undefined : parseSeal(bytes)
  return seal === undefined ? undefined : { seal, hash: sha256Hex(bytes!) }
}

export const archiveEnd = async (store: ObjectStore, partition: number): Promise<ArchiveEnd> => {
  const newest = (await sealNames(store, partition)).at(-1)
  if (newest === undefined) return EMPTY_ARCHIVE
  const found = await readSeal(store, newest)
  if (found === undefined) throw new DamagedArchive(`${store.name}: the seal ${newest} cannot be read`)
  const { seal, hash } = found
  return { no: seal.last, hash: seal.hash, eventNo: seal.lastEvent, seal: hash }
}

export type ReadSegment = {
  readonly commits: ReadonlyArray<StoredCommit>
  /** why not everything could be read, or is not what was sealed */
  readonly trouble?: string
}

/** The original commits of a segment, as many of them as are left of a damaged one. */
export const readSegment = async (store: ObjectStore, seal: Seal): Promise<ReadSegment> => {
  const payload: Payload = seal.payloads.find(({ name }) => name === "commits")!
  const packed = await store.get(payload.object)
  if (packed === undefined) return { commits: [], trouble: `${payload.object} is missing` }
  const { bytes, trouble } = await unpack(packed, payload.originalSize)
  const read = decodeCommits(seal.partition, bytes)
  const differs =
    sha256Hex(packed) !== payload.sha256 || sha256Hex(bytes) !== payload.originalSha256
      ? "it is not what was sealed"
      : undefined
  const why = trouble ?? differs ?? read.trouble
  return { commits: read.commits, ...(why !== undefined && { trouble: `${payload.object}: ${why}` }) }
}

/** A seal that follows those before it, and where the archive stood there. */
export type SealInOrder = { readonly key: string; readonly seal: Seal; readonly after: ArchiveEnd }

/** Every seal of a partition, each chained to the one before it; the first that is not throws. */
export async function* sealsInOrder(store: ObjectStore, partition: number): AsyncGenerator<SealInOrder> {
  let after = EMPTY_ARCHIVE
  for (const key of await sealNames(store, partition)) {
    const found = await readSeal(store, key)
    const damaged = (reason: string) => new DamagedArchive(`${store.name}: ${key}: ${reason}`)
    if (found === undefined) throw damaged("it cannot be read")
    const { seal } = found
    const follows = seal.first === after.no + 1 && seal.prev === after.hash && seal.prevSeal === after.seal
    if (seal.partition !== partition || !follows) throw damaged(`it does not follow the seal of commit ${after.no}`)
    yield { key, seal, after }
    after = { no: seal.last, hash: seal.hash, eventNo: seal.lastEvent, seal: found.hash }
  }
}

/** The original commits of a sealed segment, each checked by its chain; throws {@link DamagedArchive} or BrokenChain. */
export const checkedSegment = async (
  store: ObjectStore,
  { key, seal, after }: SealInOrder
): Promise<ReadonlyArray<CheckedCommit>> => {
  const { commits, trouble } = await readSegment(store, seal)
  if (trouble !== undefined) throw new DamagedArchive(`${store.name}: ${key}: ${trouble}`)
  let head: ChainHead = after
  const checked = commits.map((commit) => {
    const one = checkCommit(head, commit, seal.partition)
    head = commit
    return one
  })
  if (head.no !== seal.last || head.hash !== seal.hash)
    throw new BrokenChain(seal.partition, head.no, `the seal ${key} ends elsewhere`)
  return checked
}

/** Every commit of the archive, each segment proved by its seal and each commit by its chain; the first damage throws. */
export async function* readArchive(store: ObjectStore, partition: number): AsyncGenerator<ReadonlyArray<StoredCommit>> {
  for await (const sealed of sealsInOrder(store, partition))
    yield (await checkedSegment(store, sealed)).map(({ stored }) => stored)
}
