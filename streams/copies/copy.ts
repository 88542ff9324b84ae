import { EMPTY_ARCHIVE, readSeal, readSegment, sealNames, type ReadSegment } from "#streams/archive/archive.ts"
import { formFault } from "#streams/archive/form-fault.ts"
import type { FormCodec } from "#streams/archive/event-form.ts"
import type { Seal } from "#streams/archive/seal.ts"
import type { EventLog, StoredCommit } from "#streams/ports/event-log.ts"
import type { ObjectStore } from "#streams/ports/object-store.ts"

/** Something of a copy: commits as they stand in it, or that some cannot be had. Nothing is checked yet. */
export type Piece = {
  readonly commits: ReadonlyArray<StoredCommit>
  /** the object that they come from */
  readonly where?: string
  /** the object is not what was sealed; `first` to `last` is what it should hold */
  readonly wrong?: { readonly first: number; readonly last: number; readonly reason: string }
  /** these cannot be had at all, and reading goes on after them */
  readonly lost?: {
    readonly kind: "missing" | "unreadable" | "reordered"
    readonly first: number
    readonly last: number
    readonly reason: string
  }
}

/** One of the places that hold a partition's commits. Reading never stops at a damage. */
export type Copy = { readonly name: string; readonly pieces: (partition: number) => AsyncIterable<Piece> }

/** So many commits in a row that cannot be read are taken for the end of what can. */
const TRIES = 1_000

/** A ledger or a mirror of it. */
export const logCopy = (name: string, log: Pick<EventLog, "read">): Copy => ({
  name,
  async *pieces(partition) {
    let next = 1
    for (let failed = 0; failed < TRIES;) {
      try {
        for await (const commits of log.read(partition, next)) {
          yield { commits }
          failed = 0
          for (const { no } of commits) if (no >= next) next = no + 1
        }
        return
      } catch (error) {
        failed++
        const reason = (error as Error).message
        yield { commits: [], lost: { kind: "unreadable", first: next, last: next, reason } }
        next++
      }
    }
  }
})

/** The original commits of an archive. With a codec it is also told where another form of them says something else. */
export const archiveCopy = (name: string, store: ObjectStore, codec?: FormCodec<unknown>): Copy => ({
  name,
  async *pieces(partition) {
    const names = await sealNames(store, partition)
    let next = 1
    let prevSeal: string | undefined = EMPTY_ARCHIVE.seal
    for (const [i, key] of names.entries()) {
      const begins = numberIn(key)
      if (begins > next) {
        const reason = `there is no seal for commit ${next}`
        yield { commits: [], lost: { kind: "missing", first: next, last: begins - 1, reason } }
        prevSeal = undefined
      }
      const found = await readSeal(store, key)
      const following = names[i + 1] === undefined ? Number.POSITIVE_INFINITY : numberIn(names[i + 1]!)
      if (
        found === undefined ||
        found.seal.partition !== partition ||
        found.seal.first !== begins ||
        found.seal.last >= following
      ) {
        const last = Number.isFinite(following) ? following - 1 : begins
        const reason = `${key}: it is no seal of commit ${begins}`
        yield { commits: [], lost: { kind: "unreadable", first: begins, last, reason } }
        prevSeal = undefined
        next = last + 1
        continue
      }
      const { seal, hash } = found
      const unchained =
        prevSeal !== undefined && seal.prevSeal !== prevSeal
          ? `${key}: it, or the seal before it, is not as it was written`
          : undefined
      const segment = await readSegment(store, seal)
      const piece = pieceOf(key, seal, segment, unchained)
      const fault =
        codec === undefined || piece.wrong !== undefined || piece.lost !== undefined
          ? undefined
          : await formFault(store, seal, segment.commits, codec)
      const { first, last } = seal
      yield fault === undefined ? piece : { ...piece, wrong: { first, last, reason: fault } }
      prevSeal = hash
      next = seal.last + 1
    }
  }
})

const pieceOf = (key: string, seal: Seal, { commits, trouble }: ReadSegment, unchained: string | undefined): Piece => {
  const { first, last, payloads } = seal
  const where = payloads.find(({ name }) => name === "commits")!.object
  const [begin, end] = [commits[0], commits.at(-1)]
  if (begin !== undefined && !commits.some(({ no }) => no >= first && no <= last)) {
    const reason = `${where}: it holds commits ${begin.no} to ${end!.no} instead`
    return { commits: [], lost: { kind: "reordered", first, last, reason } }
  }
  const reason = trouble ?? unchained ?? (describes(seal, commits) ? undefined : `${key}: its segment is another one`)
  return { commits, where, ...(reason !== undefined && { wrong: { first, last, reason } }) }
}

/** Whether a seal says of its commits what they say themselves. */
const describes = (seal: Seal, commits: ReadonlyArray<StoredCommit>): boolean => {
  const [begin, end] = [commits[0], commits.at(-1)]
  return (
    begin?.no === seal.first &&
    begin.prev === seal.prev &&
    end?.no === seal.last &&
    end.hash === seal.hash &&
    (lastEventOf(commits) ?? seal.lastEvent) === seal.lastEvent
  )
}

const lastEventOf = (commits: ReadonlyArray<StoredCommit>): number | undefined => {
  for (const { body } of commits.toReversed()) {
    try {
      const { events } = JSON.parse(Buffer.from(body).toString("utf8")) as {
        readonly events: ReadonlyArray<{ readonly eventNo: number }>
      }
      if (events.length > 0) return events.at(-1)!.eventNo
    } catch {
      return undefined // the judge names it
    }
  }
  return undefined
}

const numberIn = (key: string): number => Number(/(\d+)\.json$/u.exec(key)?.[1])
