import { type LeaseEntry, type LeaseStore, LeaseUnavailable } from "./ports/lease.ts"

/** What is written of a lease. */
type Written = {
  /** the process that has it, or had it last */
  readonly holder: string
  /** another one for each time it was taken, so that a process knows its own writing again */
  readonly run: string
  readonly beat: number
  readonly ttlMs: number
  /** where its holder is asked by HTTP */
  readonly url?: string
  /** given back: free at once for `next`, or for anybody but the one who gave it */
  readonly released?: { readonly next?: string }
}

/** A lease that was taken. It says who tries to write a partition; who may is told by the ledger alone. */
export type Lease = {
  readonly partition: number
  /** Says that its holder is there. False once somebody else took it; fails with LeaseUnavailable when that is not known. */
  readonly renew: () => Promise<boolean>
  /** Whether nobody else can have taken it, by this process's own clock. */
  readonly isFresh: () => boolean
  /** Gives it back, at best to the process of that name. */
  readonly release: (next?: string) => Promise<void>
}

export type Holder = { readonly holder: string; readonly url?: string }

export type Leases = {
  readonly ttlMs: number
  /** The lease, or who has it. One that an earlier process of the same name left behind is taken at once. */
  readonly take: (partition: number) => Promise<Lease | Holder>
}

export type LeasesOptions = {
  readonly store: LeaseStore
  /** of this process, the same after a restart, and no other's */
  readonly name: string
  readonly ttlMs: number
  /** where this process is asked by HTTP, for those who look for the writer */
  readonly url?: string
  /** milliseconds of a clock that is never set */
  readonly now?: () => number
}

/** How long others wait for the one who was named to take what was given back. */
const NEXT_FIRST_MS = 1_000

/**
 * Leases without a common clock: a lease has run out when its entry was seen unchanged for as long as it says that it
 * lives, by the watcher's own clock. Its holder measures from before each writing, so it is always the first to doubt.
 */
export const makeLeases = ({ store, name, ttlMs, url, now = () => performance.now() }: LeasesOptions): Leases => {
  /** since when each partition's newest entry has been seen unchanged */
  const seen = new Map<number, { readonly revision: number; readonly at: number }>()

  const isFree = (partition: number, entry: LeaseEntry): boolean => {
    const { holder, released, ttlMs: lives } = written(entry)
    const before = seen.get(partition)
    if (before?.revision !== entry.revision) seen.set(partition, { revision: entry.revision, at: now() })
    const unchangedMs = now() - seen.get(partition)!.at
    if (released === undefined) return holder === name || unchangedMs > lives
    const isFirst = released.next === undefined ? holder !== name : released.next === name
    return isFirst || unchangedMs > NEXT_FIRST_MS
  }

  /** Writes; a lost answer is healed by reading what stands there. */
  const write = async (partition: number, value: Written, after: number): Promise<number | undefined> => {
    const text = JSON.stringify(value)
    try {
      const revision = await store.write(partition, text, after)
      if (revision !== undefined) return revision
    } catch (error) {
      if (!(error instanceof LeaseUnavailable)) throw error
    }
    const entry = await store.read(partition)
    if (entry?.value === text) return entry.revision
    if ((entry?.revision ?? 0) !== after) return undefined
    throw new LeaseUnavailable(`${store.name} did not write the lease of partition ${partition}`)
  }

  const held = (partition: number, first: Written, startedAt: number, firstRevision: number): Lease => {
    let value = first
    let revision = firstRevision
    let renewedAt = startedAt
    return {
      partition,
      isFresh: () => now() - renewedAt < ttlMs,
      renew: async () => {
        const at = now()
        const next = { ...value, beat: value.beat + 1 }
        const wrote = await write(partition, next, revision)
        if (wrote === undefined) return false
        ;[value, revision, renewedAt] = [next, wrote, at]
        return true
      },
      release: async (next) => {
        renewedAt = Number.NEGATIVE_INFINITY
        await write(partition, { ...value, released: next === undefined ? {} : { next } }, revision)
      }
    }
  }

  return {
    ttlMs,
    take: async (partition) => {
      const entry = await store.read(partition)
      if (entry !== undefined && !isFree(partition, entry)) return holderOf(entry)
      const at = now()
      const value: Written = {
        holder: name,
        run: crypto.randomUUID(),
        beat: 0,
        ttlMs,
        ...(url !== undefined && { url })
      }
      const revision = await write(partition, value, entry?.revision ?? 0)
      if (revision !== undefined) return held(partition, value, at, revision)
      const taken = await store.read(partition)
      return taken === undefined ? { holder: "nobody" } : holderOf(taken)
    }
  }
}

/** Who has a partition's lease, or had it last. */
export const holderIn = async (store: LeaseStore, partition: number): Promise<Holder | undefined> => {
  const entry = await store.read(partition)
  return entry === undefined ? undefined : holderOf(entry)
}

const holderOf = (entry: LeaseEntry): Holder => {
  const { holder, url } = written(entry)
  return { holder, ...(url !== undefined && { url }) }
}
const written = ({ value }: LeaseEntry): Written => JSON.parse(value) as Written
