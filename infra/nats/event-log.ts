import { setTimeout as sleep } from "node:timers/promises"
import { type JetStreamManager, jetstreamManager } from "@nats-io/jetstream"
import { BrokenChain } from "#streams/chain.ts"
import { type EventLog, LogUnavailable, type StoredCommit } from "#streams/ports/event-log.ts"
import type { LogSpace } from "#streams/ports/log-space.ts"
import { makeAppend } from "./append.ts"
import { commitOf } from "./commit-message.ts"
import { connectNats, type Link } from "./connection.ts"
import type { Source } from "./consumer.ts"
import { deliver } from "./deliver.ts"
import { partitionsOf } from "./ledger-partitions.ts"
import { ledgerStream, patiently, streamToWrite, subjectOf } from "./ledger-stream.ts"
import { natsRooms } from "./room.ts"
import { ledgerPlan } from "./stream-plans.ts"
import { checkServer, holdersOf, type ServerPromise, unsynced } from "./server-check.ts"
import { storedMessages } from "./stored-messages.ts"

export type NatsLogOptions = ServerPromise & {
  readonly url: string
  /** `LEDGER` if none is named */
  readonly stream?: string
  /** For reading only: nothing is made and nothing can be appended. */
  readonly readOnly?: boolean
  /** `false`: a stream that is missing is not made */
  readonly makes?: boolean
  /** how many servers have to have each commit: three where the server is one of a cluster */
  readonly replicas?: number
  /** what the server calls this connection */
  readonly name?: string
  /**
   * How long a commit of which nothing was stored is offered before {@link LogUnavailable} says so: 15 s, because an
   * election takes up to 9. One that may be stored is offered until that is known.
   */
  readonly patienceMs?: number
}

export type NatsLog = EventLog &
  LogSpace & {
    /** what of its promise was taken on trust: sentences for whoever watches */
    readonly doubts: () => ReadonlyArray<string>
    /** Whether several servers hold it, one of which may have less of it for a while. */
    readonly isClustered: () => boolean
  }

/**
 * The ledger in a JetStream stream, one message per commit, on a connection of its own that reconnects for ever.
 * To be written, the stream is made when it is missing and the user may. Fails with a sentence when there is no server,
 * when the stream's settings would not keep every commit, and when the server's own would not (`checkServer`).
 */
export const openNatsLog = async (options: NatsLogOptions): Promise<NatsLog> => {
  const { url, stream = "LEDGER", name = "trade2026-ledger", patienceMs = 15_000, readOnly = false } = options
  const link = await connectNats({ url, name })
  try {
    const jsm = await jetstreamManager(link.nc, { checkAPI: false, timeout: 1_000 })
    const replicas = options.replicas ?? (link.nc.info?.cluster === undefined ? 1 : 3)
    const promise = readOnly ? undefined : await keptPromise(link, jsm, stream, replicas, options)
    if (readOnly) await ledgerStream(link, jsm, stream)
    const messages = storedMessages(link, stream)
    const offer = makeAppend(link, stream, messages, patienceMs)
    const offered = new Set<Promise<void>>()

    const append = async (commit: StoredCommit): Promise<void> => {
      if (promise === undefined) throw new LogUnavailable(`${stream} at ${link.address} was opened for reading only`)
      const broken = promise.broken()
      if (broken !== undefined) throw new LogUnavailable(broken)
      const outcome = offer(commit).finally(() => offered.delete(outcome))
      offered.add(outcome)
      await outcome
    }

    const close = async (): Promise<void> => {
      await Promise.race([Promise.allSettled(offered), sleep(2_000, undefined, { ref: false })])
      await link.close()
    }

    const sourceOf = (partition: number): Source<StoredCommit> => ({
      link,
      jsm,
      stream,
      subject: subjectOf(stream, partition),
      read: (_, fields, body) => commitOf(partition, fields ?? [], body)
    })

    async function* read(partition: number, from: number): AsyncGenerator<ReadonlyArray<StoredCommit>> {
      const newest = await messages.newest(partition)
      if (newest === undefined || from > newest.commit.no) return
      const first = await messages.find(partition, from, newest)
      let last = from - 1
      for await (const batch of deliver(sourceOf(partition), first.seq, NEVER, newest.seq)) {
        last = batch.at(-1)!.message.no
        yield batch.map(({ message }) => message)
      }
      // a block file that lost its end would look like a log that is shorter
      if (last !== newest.commit.no) throw new BrokenChain(partition, last + 1, "the stream does not deliver it")
    }

    /** The sequence to follow from; an outage is waited out. */
    const startOf = async (partition: number, from: number, signal: AbortSignal): Promise<number> => {
      while (!signal.aborted) {
        try {
          const newest = await messages.newest(partition)
          if (newest === undefined || from > newest.commit.no) return (newest?.seq ?? 0) + 1
          return (await messages.find(partition, from, newest)).seq
        } catch (error) {
          if (!(error instanceof LogUnavailable)) throw error
        }
      }
      return 1
    }

    async function* follow(
      partition: number,
      from: number,
      signal: AbortSignal
    ): AsyncGenerator<ReadonlyArray<StoredCommit>> {
      const start = await startOf(partition, from, signal)
      for await (const batch of deliver(sourceOf(partition), start, signal)) {
        const commits = batch.map(({ message }) => message)
        // only where `from` lies ahead of the head is there anything to leave out
        const wanted = commits[0]!.no < from ? commits.filter(({ no }) => !(no < from)) : commits
        if (wanted.length > 0) yield wanted
      }
    }

    const head = async (partition: number) => (await messages.newest(partition))?.commit
    return {
      name: `nats:${link.address}`,
      head,
      append,
      read,
      follow,
      partitions: () => partitionsOf(jsm, stream),
      rooms: natsRooms(link, jsm, stream, options),
      doubts: () => promise?.doubts() ?? [],
      isClustered: () => link.nc.info?.cluster !== undefined,
      close
    }
  } catch (error) {
    await link.close()
    throw error
  }
}

/** A server that comes back as a replica of a stream changes no connection of ours. */
const LOOK_EVERY_MS = 2_000

/**
 * The stream that may be written, what of it was taken on trust, and, looked at again with every new connection and now
 * and then, what has broken since: a server that was started again may have other settings.
 */
const keptPromise = async (
  link: Link,
  jsm: JetStreamManager,
  stream: string,
  replicas: number,
  options: NatsLogOptions
) => {
  await streamToWrite(link, jsm, ledgerPlan(stream), replicas, options.makes ?? true)
  const doubts = await patiently(link, () => checkServer(link, jsm, stream, options))
  let broken: string | undefined
  let expected = 1
  const look = async () => {
    if (!link.connected() || options.acceptUnsynced === true) return
    // while there is no leader the servers answer all the same
    expected = (await holdersOf(link, jsm, stream).catch(() => undefined))?.servers ?? expected
    const found = await unsynced(link, options, expected)
    if (found !== undefined) broken = found[0]
  }
  const lookAgain = () => void look().catch(() => undefined) // without an answer it stays as it was
  link.changed.onRing(lookAgain)
  const looking = setInterval(lookAgain, LOOK_EVERY_MS).unref()
  link.closing.addEventListener("abort", () => clearInterval(looking))
  return { doubts: () => (broken === undefined ? doubts : [...doubts, broken]), broken: () => broken }
}

const NEVER = new AbortController().signal
