import { setTimeout as sleep } from "node:timers/promises"
import { BACKWARDS, END, FORWARDS, type KurrentDBClient } from "@kurrent/kurrentdb-client"
import { BrokenChain } from "#streams/chain.ts"
import { LogUnavailable, type StoredCommit } from "#streams/ports/event-log.ts"
import { commitOf, revisionOf, streamOf } from "./commit-event.ts"
import { inTime, isNoStream, mayWorkLater, reasonOf } from "./failures.ts"

/** A client, what its log is called, and when it is no longer wanted. */
export type Link = {
  readonly client: KurrentDBClient
  /** of the streams */
  readonly prefix: string
  readonly name: string
  readonly closing: AbortSignal
}

const PATIENCE_MS = 30_000
const ANSWER_MS = 10_000
const BATCH_COMMITS = 256
const BATCH_BYTES = 4_000_000

/** Commits as the leader has them: a follower may lag behind. An outage is waited out for half a minute. */
export type StoredCommits = {
  readonly newest: (partition: number) => Promise<StoredCommit | undefined>
  readonly at: (partition: number, no: number) => Promise<StoredCommit | undefined>
  /** From number `from` to number `end`, which must be there. */
  readonly range: (partition: number, from: number, end: number) => AsyncGenerator<ReadonlyArray<StoredCommit>>
}

export const storedCommits = (link: Link): StoredCommits => {
  const one = (partition: number, from: { readonly backwards: boolean; readonly no: number }) =>
    patiently(link, async () => {
      const events = link.client.readStream(streamOf(link.prefix, partition), {
        direction: from.backwards ? BACKWARDS : FORWARDS,
        fromRevision: from.backwards ? END : revisionOf(from.no),
        maxCount: 1,
        requiresLeader: true
      })
      try {
        const { done, value } = await inTime(events.next(), ANSWER_MS)
        return done === true || value.event === undefined ? undefined : commitOf(partition, value.event)
      } finally {
        leave(events)
      }
    })
  return {
    newest: (partition) => one(partition, { backwards: true, no: 0 }),
    at: (partition, no) => one(partition, { backwards: false, no }),
    range: (partition, from, end) => range(link, partition, from, end)
  }
}

async function* range(
  link: Link,
  partition: number,
  from: number,
  end: number
): AsyncGenerator<ReadonlyArray<StoredCommit>> {
  let next = Math.max(from, 1)
  let patience = Date.now() + PATIENCE_MS
  while (next <= end) {
    try {
      for await (const batch of batches(link, partition, next, end - next + 1)) {
        yield batch
        next += batch.length
        patience = Date.now() + PATIENCE_MS
      }
      // events that were truncated away would look like a log that is shorter
      if (next <= end) throw new BrokenChain(partition, next, "the stream does not deliver it")
    } catch (error) {
      if (error instanceof BrokenChain) throw error
      await waitOut(link, error, patience)
    }
  }
}

async function* batches(
  link: Link,
  partition: number,
  from: number,
  count: number
): AsyncGenerator<ReadonlyArray<StoredCommit>> {
  const events = link.client.readStream(streamOf(link.prefix, partition), {
    direction: FORWARDS,
    fromRevision: revisionOf(from),
    maxCount: count,
    requiresLeader: true
  })
  let batch: Array<StoredCommit> = []
  let bytes = 0
  try {
    for (;;) {
      const { done, value } = await inTime(events.next(), ANSWER_MS)
      if (done === true) break
      if (value.event === undefined) continue
      const commit = commitOf(partition, value.event)
      batch.push(commit)
      bytes += commit.body.length
      if (batch.length < BATCH_COMMITS && bytes < BATCH_BYTES) continue
      yield batch
      batch = []
      bytes = 0
    }
    if (batch.length > 0) yield batch
  } finally {
    leave(events)
  }
}

/** Whoever stops in the middle lets go of the read; nobody waits for it, since one that hangs would not end. */
const leave = (events: AsyncIterator<unknown>): void => void events.return?.().catch(() => undefined)

const patiently = async <T>(link: Link, ask: () => Promise<T>): Promise<T | undefined> => {
  const patience = Date.now() + PATIENCE_MS
  for (;;) {
    try {
      return await ask()
    } catch (error) {
      if (isNoStream(error)) return undefined
      await waitOut(link, error, patience)
    }
  }
}

const PAUSE_MS = 250

/** Waits before the next try, or throws when there is to be none. */
const waitOut = async ({ name, closing }: Link, error: unknown, patience: number): Promise<void> => {
  if (closing.aborted) throw new Error(`${name} was closed`, { cause: error })
  if (!mayWorkLater(error)) throw error
  if (Date.now() > patience) throw new LogUnavailable(`${name}: ${reasonOf(error)}`, { cause: error })
  await sleep(PAUSE_MS)
}
