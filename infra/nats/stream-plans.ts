import { DiscardPolicy, RetentionPolicy, StorageType, StoreCompression, type StreamConfig } from "@nats-io/jetstream"
import { nanos } from "@nats-io/transport-node"
import { subjectOf } from "./subjects.ts"

/** A stream as it is to be. */
export type StreamPlan = {
  readonly config: Partial<StreamConfig> & Pick<StreamConfig, "name" | "subjects">
  /** settings on which a promise rests; the others may be tuned, and are left as they are found */
  readonly promised: ReadonlyArray<Setting>
  /** kept on one server, whatever the others are */
  readonly single?: true
  /** at most this part of the space that the server has, so that it never takes the ledger's */
  readonly share?: number
}

const DAY_MS = 86_400_000
const WINDOW_MS = 120_000

/**
 * Facts, kept for ever: nothing ages, nothing is dropped, nothing can be deleted or overwritten. Nor compressed: a server of
 * several that was killed cuts its newest block back, compressed, and appends to it what is not; at the next start it cannot
 * read its copy, and throws it away (nats-server 2.15.2, `sync_interval: always`).
 */
const FOR_EVER = {
  storage: StorageType.File,
  retention: RetentionPolicy.Limits,
  max_age: 0,
  max_msgs: -1,
  max_msgs_per_subject: -1,
  discard: DiscardPolicy.New,
  deny_delete: true,
  deny_purge: true,
  allow_rollup_hdrs: false,
  allow_msg_ttl: false,
  allow_msg_counter: false,
  no_ack: false,
  sealed: false,
  compression: StoreCompression.None,
  allow_direct: true,
  duplicate_window: nanos(WINDOW_MS)
} satisfies Partial<StreamConfig>

const KEPT = [
  "storage",
  "retention",
  "max_age",
  "max_msgs",
  "max_msgs_per_subject",
  "discard",
  "deny_delete",
  "deny_purge",
  "allow_rollup_hdrs",
  "allow_msg_ttl",
  "allow_msg_counter",
  "no_ack",
  "sealed",
  "compression"
] as const

type Setting = (typeof KEPT)[number]

const forEver = (name: string, ...subjects: ReadonlyArray<string>): StreamPlan => ({
  config: { ...FOR_EVER, name, subjects: [...subjects] },
  promised: KEPT
})

/** The stream of a ledger: `LEDGER`, or another name with subjects of its own. */
export const ledgerPlan = (stream: string): StreamPlan => forEver(stream, subjectOf(stream, "*"))

/** Market data of some days; acknowledged before it is on disk, which is for what can be had again. */
const marketData = (name: string, subject: string, share: number): StreamPlan => ({
  config: {
    name,
    subjects: [subject],
    storage: StorageType.File,
    retention: RetentionPolicy.Limits,
    max_age: nanos(7 * DAY_MS),
    discard: DiscardPolicy.Old,
    compression: StoreCompression.S2,
    allow_direct: true,
    duplicate_window: nanos(WINDOW_MS),
    persist_mode: "async" // possible on one server only
  },
  promised: ["storage", "retention"],
  single: true,
  share
})

/** What came from outside as it came. A venue's reports are in it, so it is synced; it is refused rather than dropped. */
const raw: StreamPlan = {
  config: { ...FOR_EVER, name: "RAW", subjects: ["raw.*.*"], max_age: nanos(30 * DAY_MS) },
  promised: KEPT.filter((setting) => setting !== "max_age"),
  share: 0.1
}

/** A key-value bucket as its clients expect it. */
const bucket = (name: string, history: number): StreamPlan => ({
  config: {
    name: `KV_${name}`,
    subjects: [`$KV.${name}.>`],
    storage: StorageType.File,
    retention: RetentionPolicy.Limits,
    max_msgs_per_subject: history,
    discard: DiscardPolicy.New,
    deny_delete: true,
    allow_rollup_hdrs: true,
    allow_direct: true,
    compression: StoreCompression.None, // as facts are
    duplicate_window: nanos(WINDOW_MS)
  },
  promised: ["storage", "retention", "discard", "allow_rollup_hdrs", "deny_delete", "compression"],
  share: 0.02
})

/** An object store as its clients expect it. */
const objects = (name: string): StreamPlan => ({
  config: {
    name: `OBJ_${name}`,
    subjects: [`$O.${name}.C.>`, `$O.${name}.M.>`],
    storage: StorageType.File,
    retention: RetentionPolicy.Limits,
    discard: DiscardPolicy.New,
    allow_rollup_hdrs: true,
    allow_direct: true,
    compression: StoreCompression.None // snapshots come compressed
  },
  promised: ["storage", "retention", "discard", "allow_rollup_hdrs"],
  share: 0.05
})

/** Every stream of the platform. */
export const PLANS: ReadonlyArray<StreamPlan> = [
  ledgerPlan("LEDGER"),
  forEver("AUDIT", "audit.anchor", "audit.ops.>"),
  forEver("REFERENCE", "evt.reference"),
  raw,
  marketData("MD", "md.*.*.*", 0.1),
  marketData("ALT", "alt.*.*", 0.02),
  bucket("snapshots", 2),
  bucket("leases", 1),
  objects("snapshots")
]

/** The settings that a promise rests on and that are not as they must be, each in words. */
export const brokenPromises = ({ config, promised }: StreamPlan, found: StreamConfig): ReadonlyArray<string> => {
  const wrong: Array<string> = promised
    .filter((setting) => (found[setting] ?? config[setting]) !== config[setting])
    .map((setting) => `${setting} is ${String(found[setting])} and must be ${String(config[setting])}`)
  const lacking = config.subjects.filter((subject) => !found.subjects?.includes(subject))
  if (lacking.length > 0) wrong.push(`its subjects lack ${lacking.join(", ")}`)
  if (found.persist_mode === "async" && config.persist_mode !== "async") {
    wrong.push("persist_mode is async, which acknowledges before it writes")
  }
  return wrong
}
