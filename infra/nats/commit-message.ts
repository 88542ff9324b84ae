import { headers, type Msg, type MsgHdrs } from "@nats-io/transport-node"
import type { StoredCommit } from "#streams/ports/event-log.ts"

// One message is one commit: the body is the commit's body, the rest stands in these headers. Stored for ever.
const ID = "Nats-Msg-Id"
const NO = "Commit-No"
const PREV = "Commit-Prev"
const ROOT = "Commit-Root"
const HASH = "Commit-Hash"

/** The headers of a commit that is to follow the message `afterSeq` of its subject (0: to be the first one). */
export const headersOf = (commit: StoredCommit, stream: string, afterSeq: number): MsgHdrs => {
  const fields = headers()
  fields.append(ID, commit.id)
  fields.append("Nats-Expected-Stream", stream)
  fields.append("Nats-Expected-Last-Subject-Sequence", String(afterSeq))
  fields.append(NO, String(commit.no))
  fields.append(PREV, commit.prev)
  fields.append(ROOT, commit.root)
  fields.append(HASH, commit.hash)
  return fields
}

/** What is not there becomes an empty text or NaN: a foreign message shows as a broken chain, not as a crash. */
export const commitOf = (partition: number, fields: Iterable<[string, string[]]>, body: Uint8Array): StoredCommit => {
  let no = Number.NaN
  let [id, prev, root, hash] = ["", "", "", ""]
  for (const [name, values] of fields) {
    const value = values[0]!
    if (name === ID) id = value
    else if (name === NO) no = Number(value)
    else if (name === PREV) prev = value
    else if (name === ROOT) root = value
    else if (name === HASH) hash = value
  }
  return { partition, no, id, prev, root, hash, body }
}

/** Where a delivered message stands, by its reply subject: in the stream and since when, and in its consumer. */
export type Place = { readonly seq: number; readonly delivery: number; readonly storedNanos: string }
export const placeOf = (msg: Msg): Place => {
  // $JS.ACK.<stream>.<consumer>.<count>.<seq>.<delivery>.<time>.<pending>; newer: two more words after $JS.ACK
  const words = msg.reply!.split(".")
  const at = words.length === 9 ? 5 : 7
  return { seq: Number(words[at]), delivery: Number(words[at + 1]), storedNanos: words[at + 2]! }
}
