import { setTimeout as sleep } from "node:timers/promises"
import { jetstreamManager } from "@nats-io/jetstream"
import { BrokenChain } from "#streams/chain.ts"
import { type EventLog, LogUnavailable, type StoredCommit } from "#streams/ports/event-log.ts"
import { makeAppend } from "./append.ts"
import type { Delivered } from "./commit-message.ts"
import { connectNats } from "./connection.ts"
import { deliver } from "./deliver.ts"
import { ensureLedgerStream, subjectOf } from "./ledger-stream.ts"
import { storedMessages } from "./stored-messages.ts"

export type NatsLogOptions = {
  readonly url: string
  /** `LEDGER` if none is named; made when it is missing */
  readonly stream?: string
  /** what the server calls this connection */
  readonly name?: string
  /**
   * How long a commit of which nothing was stored is offered before {@link LogUnavailable} says so: 15 s, because an
   * election takes up to 9. One that may be stored is offered until that is known.
   */
  readonly patienceMs?: number
}

/**
 * The ledger in a JetStream stream, one message per commit, on a connection of its own that reconnects for ever.
 * Fails with a sentence when there is no server, or when the stream's settings would not keep every commit.
 */
export const openNatsLog = async ({
  url,
  stream = "LEDGER",
  name = "trade2026-ledger",
  patienceMs = 15_000
}: NatsLogOptions): Promise<EventLog> => {
  const link = await connectNats({ url, name })
  try {
    const jsm = await jetstreamManager(link.nc, { checkAPI: false, timeout: 1_000 })
    await ensureLedgerStream(link, jsm, stream)
    const messages = storedMessages(link, stream)
    const offer = makeAppend(link, stream, messages, patienceMs)
    const offered = new Set<Promise<void>>()

    const append = (commit: StoredCommit): Promise<void> => {
      const outcome = offer(commit).finally(() => offered.delete(outcome))
      offered.add(outcome)
      return outcome
    }

    const close = async (): Promise<void> => {
      await Promise.race([Promise.allSettled(offered), sleep(2_000, undefined, { ref: false })])
      await link.close()
    }

    async function* read(partition: number, from: number): AsyncGenerator<ReadonlyArray<StoredCommit>> {
      const newest = await messages.newest(partition)
      if (newest === undefined || from > newest.commit.no) return
      const first = await messages.find(partition, from, newest)
      let last = from - 1
      const source = { link, jsm, stream, partition }
      for await (const batch of deliver(source, first.seq, NEVER, newest.seq)) {
        last = batch.at(-1)!.commit.no
        yield batch.map(commitOf)
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
      for await (const batch of deliver({ link, jsm, stream, partition }, start, signal)) {
        const commits = batch.map(commitOf)
        // only where `from` lies ahead of the head is there anything to leave out
        const wanted = commits[0]!.no < from ? commits.filter(({ no }) => !(no < from)) : commits
        if (wanted.length > 0) yield wanted
      }
    }

    const head = async (partition: number) => (await messages.newest(partition))?.commit
    const partitions = async () => {
      const { state } = await jsm.streams.info(stream, { subjects_filter: subjectOf(stream, "*") })
      const subjects = Object.keys(state.subjects ?? {})
      return subjects.map((subject) => Number(subject.split(".").at(-1))).toSorted((a, b) => a - b)
    }
    return { name: `nats:${link.address}`, head, append, read, follow, partitions, close }
  } catch (error) {
    await link.close()
    throw error
  }
}

const NEVER = new AbortController().signal
const commitOf = ({ commit }: Delivered): StoredCommit => commit
