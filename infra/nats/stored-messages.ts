import { MsgHdrsImpl } from "@nats-io/transport-node"
import { LogUnavailable, type StoredCommit } from "#streams/ports/event-log.ts"
import { commitOf } from "./commit-message.ts"
import { assertOpen, type Link } from "./connection.ts"
import { subjectOf } from "./ledger-stream.ts"

const PATIENCE_MS = 30_000
const NO_MESSAGE_FOUND = 10037

/** A commit with its place in the stream. */
export type Delivered = { readonly seq: number; readonly commit: StoredCommit }

/** Single messages as the stream's leader has them: a direct get may come from a replica that lags behind. */
export type StoredMessages = {
  /** The newest commit of a partition. */
  readonly newest: (partition: number) => Promise<Delivered | undefined>
  /** The first commit of a partition whose message is `seq` or later. */
  readonly firstFrom: (partition: number, seq: number) => Promise<Delivered | undefined>
  /** Commit `no` or, where that one is missing, the next one; `newest` has that number or a higher one. */
  readonly find: (partition: number, no: number, newest: Delivered) => Promise<Delivered>
}

export const storedMessages = (link: Link, stream: string): StoredMessages => {
  const get = async (partition: number, query: object): Promise<Delivered | undefined> => {
    const answer = await ask(link, `$JS.API.STREAM.MSG.GET.${stream}`, JSON.stringify(query))
    return answer === undefined ? undefined : deliveredOf(partition, answer)
  }
  const firstFrom = (partition: number, seq: number) =>
    get(partition, { seq, next_by_subj: subjectOf(stream, partition) })
  return {
    newest: (partition) => get(partition, { last_by_subj: subjectOf(stream, partition) }),
    firstFrom,
    find: async (partition, no, newest) => {
      // A commit takes a message of the stream, so number n is never before sequence n. With one partition the first
      // look finds it there; with several the space between is halved.
      let low = Math.max(no, 1)
      let high = newest.seq
      let best = newest
      let probe = low
      while (low < high && best.commit.no !== no) {
        const found = await firstFrom(partition, probe)
        if (found === undefined) break
        if (found.commit.no < no) low = found.seq + (no - found.commit.no)
        else [best, high] = [found, probe]
        probe = Math.floor((low + high) / 2)
      }
      return best
    }
  }
}

type StoredMessage = { readonly seq: number; readonly hdrs?: string; readonly data?: string }
type Answer = {
  readonly message?: StoredMessage
  readonly error?: { readonly code: number; readonly err_code: number; readonly description: string }
}

const deliveredOf = (partition: number, { seq, hdrs = "", data = "" }: StoredMessage): Delivered => {
  const fields = MsgHdrsImpl.decode(Buffer.from(hdrs, "base64"))
  return { seq, commit: commitOf(partition, fields, Buffer.from(data, "base64")) }
}

/** Asks until there is an answer: while a leader is elected or the server restarts there is none. */
const ask = async (link: Link, subject: string, query: string): Promise<StoredMessage | undefined> => {
  const end = Date.now() + PATIENCE_MS
  for (;;) {
    assertOpen(link)
    const reply = link.connected() ? await link.request(subject, query, 1_000) : "nobody"
    if (reply !== "nobody" && reply !== "silence") {
      const { message, error } = reply.json<Answer>()
      if (message !== undefined) return message
      if (error?.err_code === NO_MESSAGE_FOUND) return undefined
      if (error?.code !== 503) throw new Error(`${link.address} cannot read the ledger: ${error?.description}`)
    }
    if (Date.now() > end) throw new LogUnavailable(`${link.address} does not answer: the ledger cannot be read`)
    await link.changed.wait(link.changed.rings(), link.closing, 50)
  }
}
