import {
  DiscardPolicy,
  type JetStreamManager,
  JetStreamApiCodes,
  JetStreamApiError,
  RetentionPolicy,
  StorageType,
  StoreCompression,
  type StreamConfig
} from "@nats-io/jetstream"
import { nanos } from "@nats-io/transport-node"
import { assertOpen, type Link } from "./connection.ts"

/** How long a stream may take to be had: a cluster without a leader yet does not answer at all. */
const PATIENCE_MS = 15_000

/** `LEDGER` keeps `evt.ledger.<partition>`; a stream of another name has subjects of its own. */
export const subjectOf = (stream: string, partition: number | "*"): string => `evt.${stream.toLowerCase()}.${partition}`

const wanted = (stream: string) => ({
  name: stream,
  subjects: [subjectOf(stream, "*")],
  storage: StorageType.File,
  retention: RetentionPolicy.Limits,
  max_age: 0,
  max_msgs: -1,
  max_msgs_per_subject: -1,
  discard: DiscardPolicy.New,
  deny_delete: true,
  deny_purge: true,
  allow_rollup_hdrs: false,
  sealed: false,
  compression: StoreCompression.S2,
  allow_direct: true,
  duplicate_window: nanos(120_000)
})

/** Settings that decide whether facts are kept for ever; the others may be tuned. */
const promised = [
  "storage",
  "retention",
  "max_age",
  "max_msgs",
  "max_msgs_per_subject",
  "discard",
  "deny_delete",
  "deny_purge",
  "allow_rollup_hdrs",
  "sealed"
] as const

/** Makes the ledger's stream when it is missing; refuses one that would not keep every commit. */
export const ensureLedgerStream = async (link: Link, jsm: JetStreamManager, stream: string): Promise<void> => {
  const found = await patiently(link, () => infoOrAdd(jsm, stream))
  const differing = differences(stream, found)
  if (differing.length === 0) return
  throw new Error(
    `The stream ${stream} at ${link.address} cannot hold a ledger: ${differing.join("; ")}. ` +
      "Correct it, or name another stream."
  )
}

const infoOrAdd = async (jsm: JetStreamManager, stream: string): Promise<StreamConfig> => {
  try {
    return (await jsm.streams.info(stream)).config
  } catch (error) {
    if (!(error instanceof JetStreamApiError) || error.code !== JetStreamApiCodes.StreamNotFound) throw error
  }
  return (await jsm.streams.add(wanted(stream))).config
}

const differences = (stream: string, found: StreamConfig): ReadonlyArray<string> => {
  const right = wanted(stream)
  const wrong: Array<string> = promised
    .filter((setting) => (found[setting] ?? right[setting]) !== right[setting])
    .map((setting) => `${setting} is ${String(found[setting])} and must be ${String(right[setting])}`)
  if (!found.subjects.includes(right.subjects[0]!)) wrong.push(`its subjects lack ${right.subjects[0]}`)
  if (found.persist_mode === "async") wrong.push("persist_mode is async, which acknowledges before it writes")
  return wrong
}

const patiently = async <T>(link: Link, attempt: () => Promise<T>): Promise<T> => {
  const end = Date.now() + PATIENCE_MS
  for (;;) {
    try {
      return await attempt()
    } catch (cause) {
      assertOpen(link)
      // the server's own word is final, unless it says that it is not ready (503)
      const final = cause instanceof JetStreamApiError && cause.status !== 503
      if (!final && Date.now() < end) {
        await link.changed.wait(link.changed.rings(), link.closing, 100)
        continue
      }
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw new Error(`The ledger's stream cannot be had at ${link.address}: ${reason}.`, { cause })
    }
  }
}
