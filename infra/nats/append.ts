import type { MsgHdrs } from "@nats-io/transport-node"
import { EMPTY_CHAIN } from "#streams/commit.ts"
import { Fenced, LogUnavailable, type StoredCommit } from "#streams/ports/event-log.ts"
import { headersOf } from "./commit-message.ts"
import { assertOpen, type Link } from "./connection.ts"
import { subjectOf } from "./ledger-stream.ts"
import type { StoredMessages } from "./stored-messages.ts"

/** After this long nothing of an unanswered try can still be on its way. */
const QUIET_MS = 10_000

/** Where a commit stands, and the sequence of its message in the stream. */
type Place = { readonly no: number; readonly hash: string; readonly seq: number }
const NOTHING: Place = { ...EMPTY_CHAIN, seq: 0 }

/** Appends a commit with one message, sent again until it is known whether it is stored. */
export const makeAppend = (link: Link, stream: string, messages: StoredMessages, patienceMs: number) => {
  /** The newest commit of each partition as far as this process knows: perhaps old, never wrong. */
  const places = new Map<number, Place>()

  /** The place that the commit is to follow, or that it is stored already. */
  const before = async (commit: StoredCommit): Promise<Place | "stored"> => {
    const { partition, no } = commit
    let place = places.get(partition)
    if (place?.no !== no - 1) {
      const newest = await messages.newest(partition)
      if (newest !== undefined && newest.commit.no >= no) {
        const there = await messages.find(partition, no, newest)
        if (there.commit.hash === commit.hash) return "stored"
      }
      place = newest === undefined ? NOTHING : { ...newest.commit, seq: newest.seq }
      places.set(partition, place)
    }
    if (place.no === no - 1 && place.hash === commit.prev) return place
    throw fenced(commit, place.no)
  }

  /** What stands in the commit's place: a repeat is told "wrong sequence" or "duplicate", and neither is a proof. */
  const standing = async (commit: StoredCommit, after: Place): Promise<"stored" | "nothing" | "unknown"> => {
    const next = await messages.firstFrom(commit.partition, after.seq + 1).catch(unknownIfUnavailable)
    if (next === undefined) return "nothing"
    if (next === "unknown") return "unknown"
    if (next.commit.hash === commit.hash) return "stored"
    places.delete(commit.partition)
    throw fenced(commit, next.commit.no)
  }

  return async (commit: StoredCommit): Promise<void> => {
    const after = await before(commit)
    if (after === "stored") return
    const headers = headersOf(commit, stream, after.seq)
    const subject = subjectOf(stream, commit.partition)
    const start = Date.now()
    let unanswered = 0 // when a try last ended without a word
    for (let tries = 0; ; tries++) {
      if (tries > 0) await pause(link, tries)
      const { verdict, reason, seq } = await attempt(link, subject, commit.body, headers, tries)
      if (verdict === "stored") {
        places.set(commit.partition, { ...commit, seq })
        return
      }
      const found = verdict === "again" || verdict === "silence" ? "nothing" : await standing(commit, after)
      if (found === "stored") return
      if (verdict === "silence" || found === "unknown") {
        unanswered = Date.now()
        continue
      }
      const told = `commit ${commit.no} of partition ${commit.partition} at ${link.address}: ${reason}`
      if (verdict === "refused") throw new Error(`refused: ${told}`)
      if (verdict === "no space" && Date.now() > unanswered + QUIET_MS) throw new LogUnavailable(told)
      if (Date.now() < start + patienceMs) continue
      if (verdict === "again" && unanswered === 0) throw new LogUnavailable(told)
      // the message before it is there no more, or its id was given to another one
      if (verdict === "taken") throw new Error(`the stream ${stream} contradicts itself, ${told}`)
    }
  }
}

type Verdict = "stored" | "taken" | "no space" | "again" | "silence" | "refused"
type Ack = {
  readonly seq: number
  readonly duplicate?: boolean
  readonly error?: { readonly code: number; readonly err_code: number; readonly description: string }
}

// JetStream's error codes: 10071 and 10164 wrong last sequence; 10158 an earlier copy is under way, 10167 too many are;
// 10002, 10023 and 10047 limits of account and server, 10077 the file could not take it or the stream is full
const verdictOf = ({ error, duplicate }: Ack): Verdict => {
  if (error === undefined) return duplicate === true ? "taken" : "stored"
  if ([10071, 10164].includes(error.err_code)) return "taken"
  if ([10002, 10023, 10047, 10077].includes(error.err_code)) return "no space"
  return error.code === 503 || [10158, 10167].includes(error.err_code) ? "again" : "refused"
}

const attempt = async (
  link: Link,
  subject: string,
  body: Uint8Array,
  headers: MsgHdrs,
  tries: number
): Promise<{ readonly verdict: Verdict; readonly reason: string; readonly seq: number }> => {
  assertOpen(link)
  // what is sent while there is no connection would wait in a buffer and be sent late
  if (!link.connected()) return { verdict: "again", reason: "there is no connection", seq: 0 }
  const reply = await link.request(subject, body, Math.min(500 * 2 ** tries, 2_000), headers)
  if (reply === "nobody") return { verdict: "again", reason: "the stream has no leader", seq: 0 }
  if (reply === "silence") return { verdict: "silence", reason: "no answer", seq: 0 }
  const ack = reply.json<Ack>()
  return { verdict: verdictOf(ack), reason: ack.error?.description ?? "taken for a duplicate", seq: ack.seq }
}

/** Short at first: a server that restarts is back in a moment. A change of the connection ends it. */
const pause = ({ changed, closing }: Link, tries: number): Promise<void> =>
  changed.wait(changed.rings(), closing, Math.min(10 * 2 ** tries, 250))

const unknownIfUnavailable = (error: unknown): "unknown" => {
  if (error instanceof LogUnavailable) return "unknown"
  throw error
}

const fenced = (commit: StoredCommit, stands: number): Fenced =>
  new Fenced(`partition ${commit.partition} stands at commit ${stands}: commit ${commit.no} does not follow it`)
