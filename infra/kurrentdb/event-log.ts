import { KurrentDBClient } from "@kurrent/kurrentdb-client"
import { type EventLog, type StoredCommit } from "#streams/ports/event-log.ts"
import { makeAppend } from "./append.ts"
import { streamOf } from "./commit-event.ts"
import { commitsAfter } from "./follow.ts"
import { inTime, isNoStream, reasonOf } from "./failures.ts"
import { type Link, storedCommits } from "./stored-commits.ts"

export type KurrentLogOptions = {
  /** the client's connection string: `kurrentdb://127.0.0.1:2113?tls=false` */
  readonly url: string
  /** of the streams, one for each partition: `ledger` gives `ledger-0` */
  readonly prefix?: string
  /** how long a commit of which nothing was stored is offered before {@link LogUnavailable} says so */
  readonly patienceMs?: number
}

const FIRST_ANSWER_MS = 10_000

/**
 * The ledger in KurrentDB (EventStoreDB 20 and later), one event per commit, one stream per partition. The number that
 * the server expects fences writers; the hash of what stands there heals lost answers. Fails with a sentence when no
 * server answers, or when a stream's metadata would let it forget.
 */
export const openKurrentLog = async ({
  url,
  prefix = "ledger",
  patienceMs = 15_000
}: KurrentLogOptions): Promise<EventLog> => {
  const address = url.replace(/\/\/[^@/]*@/u, "//") // without the password
  const name = address.startsWith("kurrentdb:") ? address : `kurrentdb:${address}`
  const closed = new AbortController()
  const client = clientFor(url, address)
  const link: Link = { client, prefix, name, closing: closed.signal }
  const commits = storedCommits(link)
  const offer = makeAppend(link, commits, patienceMs)
  const close = async (): Promise<void> => {
    closed.abort()
    await inTime(dispose(client), 2_000).catch(() => undefined)
  }
  try {
    await refuseForgetful(link, 0)
  } catch (error) {
    await close()
    throw error
  }
  const judged = new Map<number, Promise<void>>([[0, Promise.resolve()]])
  /** Once for each partition, before it is used. */
  const judge = (partition: number): Promise<void> => {
    const before = judged.get(partition)
    if (before !== undefined) return before
    const now = refuseForgetful(link, partition)
    judged.set(partition, now)
    now.catch(() => judged.delete(partition))
    return now
  }

  async function* read(partition: number, from: number): AsyncGenerator<ReadonlyArray<StoredCommit>> {
    await judge(partition)
    const end = (await commits.newest(partition))?.no ?? 0
    yield* commits.range(partition, from, end)
  }

  async function* follow(
    partition: number,
    from: number,
    signal: AbortSignal
  ): AsyncGenerator<ReadonlyArray<StoredCommit>> {
    if (signal.aborted) return
    await judge(partition)
    const head = (await commits.newest(partition))?.no ?? 0
    for await (const batch of commits.range(partition, from, head)) {
      yield batch
      if (signal.aborted) return
    }
    // a server need not know what to do with a revision that lies ahead
    for await (const batch of commitsAfter(link, partition, head, signal)) {
      const wanted = batch.filter(({ no }) => !(no < from))
      if (wanted.length > 0) yield wanted
    }
  }

  return {
    name,
    head: async (partition) => {
      await judge(partition)
      return commits.newest(partition)
    },
    append: async (commit) => {
      await judge(commit.partition)
      await offer(commit)
    },
    read,
    follow,
    close
  }
}

const clientFor = (url: string, address: string): KurrentDBClient => {
  try {
    return KurrentDBClient.connectionString(url)
  } catch (cause) {
    throw new Error(`${address} is no connection string of KurrentDB: ${reasonOf(cause).replaceAll(url, address)}`, {
      cause
    })
  }
}

/** Settings by which a stream drops its oldest events; a ledger keeps all. It is also the first question to the server. */
const refuseForgetful = async ({ client, prefix, name }: Link, partition: number): Promise<void> => {
  const stream = streamOf(prefix, partition)
  const { metadata } = await inTime(client.getStreamMetadata(stream, { requiresLeader: true }), FIRST_ANSWER_MS).catch(
    (cause: unknown) => {
      if (isNoStream(cause)) return { metadata: undefined }
      throw new Error(`There is no KurrentDB to be had at ${name}: ${reasonOf(cause)}.`, { cause })
    }
  )
  const set = (["maxAge", "maxCount", "truncateBefore"] as const).filter((key) => metadata?.[key] !== undefined)
  if (set.length === 0) return
  throw new Error(
    `The stream ${stream} at ${name} cannot hold a ledger: its metadata sets ${set.join(", ")}. Remove that.`
  )
}

/** The client cancels what it runs and leaves its channel open, which would keep the process alive. */
const dispose = async (client: KurrentDBClient): Promise<void> => {
  await client.dispose()
  const inner = client as unknown as { readonly getChannel: () => Promise<{ readonly close: () => void }> }
  ;(await inner.getChannel()).close()
}
