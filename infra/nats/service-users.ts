/** What a user of the server may publish and hear; no user but the administrator changes a stream. */
export type Permissions = {
  readonly publish: { readonly allow: ReadonlyArray<string>; readonly deny?: ReadonlyArray<string> }
  readonly subscribe: { readonly allow: ReadonlyArray<string> }
}

/**
 * Who connects: `admin` makes and changes streams and is not for services; `sys` sees the servers themselves; `oms` writes
 * the ledger; `feeds` brings raw messages and market data; `reader` reads everything stored; `client` sends commands.
 */
export const USERS = ["admin", "sys", "oms", "feeds", "reader", "client"] as const
export type UserName = (typeof USERS)[number]

/** The servers' own state, imported from the system account: `sync_always`, and how much space is left. */
export const SERVER_STATE = "$SYS.REQ.SERVER.PING.VARZ"
/** A user's own permissions, as the server enforces them. */
export const OWN_PERMISSIONS = "$SYS.REQ.USER.INFO"

const ASK = [OWN_PERMISSIONS, SERVER_STATE, "_INBOX.>"]
const READ = [
  ...ASK,
  "$JS.API.INFO",
  "$JS.API.STREAM.INFO.*",
  "$JS.API.STREAM.NAMES",
  "$JS.API.STREAM.LIST",
  "$JS.API.STREAM.MSG.GET.*",
  "$JS.API.DIRECT.GET.>",
  "$JS.API.CONSUMER.CREATE.>",
  "$JS.API.CONSUMER.DURABLE.CREATE.>",
  "$JS.API.CONSUMER.INFO.>",
  "$JS.API.CONSUMER.NAMES.*",
  "$JS.API.CONSUMER.LIST.*",
  "$JS.API.CONSUMER.MSG.NEXT.>",
  "$JS.API.CONSUMER.DELETE.>",
  "$JS.ACK.>",
  "$JS.FC.>"
]
// snapshots and leases are a cache: what is old there is purged by the one who wrote it
const CACHES = [
  "$KV.snapshots.>",
  "$KV.leases.>",
  "$O.snapshots.>",
  "$JS.API.STREAM.PURGE.OBJ_snapshots",
  "$JS.API.STREAM.PURGE.KV_snapshots"
]

/** An allow-list for each service user; undefined: everything in its account. */
export const permissionsOf = (user: UserName): Permissions | undefined => {
  switch (user) {
    case "admin":
    case "sys":
      return undefined
    case "oms":
      return {
        publish: {
          allow: [...READ, ...CACHES, "evt.ledger.*", "evt.reference", "audit.>", "raw.*.*", "live.>", "cmd.>"]
        },
        subscribe: { allow: ["_INBOX.>", "cmd.>", "live.>"] }
      }
    case "feeds":
      return {
        publish: { allow: [...READ, "raw.*.*", "md.>", "alt.>"] },
        subscribe: { allow: ["_INBOX.>"] }
      }
    case "reader":
      return { publish: { allow: READ }, subscribe: { allow: ["_INBOX.>", "live.>"] } }
    case "client":
      return { publish: { allow: ["cmd.>", "_INBOX.>"] }, subscribe: { allow: ["_INBOX.>", "live.>"] } }
  }
}

/** Requests that could take away or change what a stream has stored, each with what it would do. */
export const destructive = (stream: string): ReadonlyArray<{ readonly subject: string; readonly does: string }> => [
  { subject: `$JS.API.STREAM.UPDATE.${stream}`, does: "let it drop messages" },
  { subject: `$JS.API.STREAM.DELETE.${stream}`, does: "delete it" },
  { subject: `$JS.API.STREAM.PURGE.${stream}`, does: "purge it" },
  { subject: `$JS.API.STREAM.MSG.DELETE.${stream}`, does: "delete messages" },
  { subject: `$JS.API.STREAM.RESTORE.${stream}`, does: "replace it" },
  { subject: `$JS.API.STREAM.PEER.REMOVE.${stream}`, does: "remove replicas" }
]

/** Whether permissions as the server reports them let `subject` be published. None at all: everything. */
export const mayPublish = (
  publish: { readonly allow?: ReadonlyArray<string>; readonly deny?: ReadonlyArray<string> } | undefined,
  subject: string
): boolean => {
  if (publish === undefined) return true
  if (publish.deny?.some((pattern) => matches(pattern, subject))) return false
  const { allow } = publish
  return allow === undefined || allow.length === 0 || allow.some((pattern) => matches(pattern, subject))
}

/** NATS subjects: `*` is one word, `>` at the end is one or more. */
const matches = (pattern: string, subject: string): boolean => {
  const words = subject.split(".")
  const wanted = pattern.split(".")
  for (const [i, word] of wanted.entries()) {
    if (word === ">") return words.length > i
    if (word !== "*" && word !== words[i]) return false
    if (i >= words.length) return false
  }
  return words.length === wanted.length
}
