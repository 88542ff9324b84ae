import type { JetStreamManager } from "@nats-io/jetstream"
import type { Link } from "./connection.ts"
import { LedgerRefused } from "./ledger-stream.ts"
import { serverStates, type ServerSources, type ServerState } from "./server-state.ts"
import { subjectOf } from "./subjects.ts"
import { destructive, mayPublish, OWN_PERMISSIONS, SERVER_STATE } from "./service-users.ts"

/** What may be taken on trust, each only when somebody said so. */
export type Trust = {
  /** trades where no server says whether it syncs; one that says it does not is refused all the same */
  readonly acceptUnverifiedSync?: boolean
  /** trades as a user who could delete the ledger */
  readonly acceptAdminUser?: boolean
  /** for measurements alone: writes where it is known that nothing is synced */
  readonly acceptUnsynced?: boolean
}
export type ServerPromise = ServerSources & Trust

/** A server that holds the stream. */
type Holder = Pick<ServerState, "name"> & { readonly id?: string }

/**
 * What a client can find out about the promise that an answered commit stays: the servers sync, and this user can
 * take nothing back. Fails with {@link LedgerRefused}, one sentence for each thing that is wrong; gives back what was
 * taken on trust.
 */
export const checkServer = async (
  link: Link,
  jsm: JetStreamManager,
  stream: string,
  promise: ServerPromise
): Promise<ReadonlyArray<string>> => {
  const [user, sync] = await Promise.all([userOf(link, stream), syncOrSilence(link, jsm, stream, promise)])
  const wrong = [...user.lacks]
  const doubts: Array<string> = []
  ;(promise.acceptUnsynced === true ? doubts : wrong).push(...sync.wrong)
  if (user.powers !== undefined) (promise.acceptAdminUser === true ? doubts : wrong).push(user.powers)
  if (sync.unknown !== undefined) (promise.acceptUnverifiedSync === true ? doubts : wrong).push(sync.unknown)
  if (wrong.length === 0) return doubts
  throw new LedgerRefused(`The server at ${link.address} cannot be trusted with a ledger. ${wrong.join(" ")}`)
}

/** Servers that say that they do not sync, as sentences; undefined where nobody answers. */
export const unsynced = async (
  link: Link,
  sources: ServerSources,
  expected: number
): Promise<ReadonlyArray<string> | undefined> => {
  const states = await serverStates(link, sources, expected)
  return states.length === 0 ? undefined : states.filter(({ syncAlways }) => !syncAlways).map(notSynced)
}

const notSynced = ({ name }: ServerState): string =>
  `Server ${name} acknowledges before it has written to disk: set \`sync_interval: always\` in its jetstream block and restart it.`

/** One that was ended, or has come back, a moment ago counts as there and says nothing yet: it is asked again. */
const SILENCE_MS = 20_000
const syncOrSilence = async (link: Link, jsm: JetStreamManager, stream: string, sources: ServerSources) => {
  const end = Date.now() + SILENCE_MS
  for (;;) {
    const sync = await syncOf(link, jsm, stream, sources)
    if (sync.unknown === undefined || !sync.isPartial || Date.now() > end) return sync
    await link.changed.wait(link.changed.rings(), link.closing, 250)
  }
}

const syncOf = async (link: Link, jsm: JetStreamManager, stream: string, sources: ServerSources) => {
  const { holders, servers } = await holdersOf(link, jsm, stream)
  const states = await serverStates(link, sources, servers)
  const wrong = states.filter(({ syncAlways }) => !syncAlways).map(notSynced)
  const silent = holders.filter((holder) => !states.some((state) => isOf(state, holder)))
  if (silent.length === 0) return { wrong }
  const names = silent.map(({ name }) => name).join(", ")
  const unknown =
    `Whether ${names} syncs before it acknowledges is not known: set NATS_MONITOR_URL to the monitoring address of each server ` +
    `(http://host:8222) or NATS_SYSTEM_URL to a user of the system account, or let this account import ${SERVER_STATE}; ` +
    "to trade without knowing, start with --accept-unverified-sync."
  return { wrong, unknown, isPartial: silent.length < holders.length }
}

const isOf = (state: ServerState, { name, id }: Holder): boolean => state.name === name && (id ?? state.id) === state.id

/**
 * The servers that hold the stream and are there: its replicas, or the only one there is. One that is away, or has not
 * caught up, is not needed for what is acknowledged now, so nobody has to know it; `servers` counts it: of a stream just
 * made nobody has caught up, and what it says of itself is heard.
 */
export const holdersOf = async (
  link: Link,
  jsm: JetStreamManager,
  stream: string
): Promise<{ readonly holders: ReadonlyArray<Holder>; readonly servers: number }> => {
  const { cluster } = await jsm.streams.info(stream)
  const server = link.nc.info
  const alone = { name: server?.server_name ?? "the server", ...(server && { id: server.server_id }) }
  if (server?.cluster === undefined) return { holders: [alone], servers: 1 }
  if (cluster?.leader === undefined) throw new Error(`the stream ${stream} has no leader`) // in a moment it has
  const { leader, replicas = [] } = cluster
  const caughtUp = replicas.filter(({ current, offline }) => current && offline !== true)
  return { holders: [{ name: leader }, ...caughtUp.map(({ name }) => ({ name }))], servers: 1 + replicas.length }
}

type UserInfo = {
  readonly data?: {
    readonly user?: string
    readonly permissions?: { readonly publish?: Parameters<typeof mayPublish>[0] }
  }
}

const API = "$JS.API.STREAM."
const ADVICE =
  "Connect as a service user (`npm run trade -- nats config` writes a server's users), or start with --accept-admin-user."

type User = { readonly lacks: ReadonlyArray<string>; readonly powers?: string }

/** What this user cannot do and has to, and what it could do to the stream that no service may. */
const userOf = async (link: Link, stream: string): Promise<User> => {
  const reply = await link.request(OWN_PERMISSIONS, "", 1_000).catch(() => "nobody" as const)
  if (reply === "nobody" || reply === "silence") {
    const powers = `What this user may do to the stream ${stream} is not known: let it publish ${OWN_PERMISSIONS}. ${ADVICE}`
    return { lacks: [], powers }
  }
  const { data } = reply.json<UserInfo>()
  const publish = data?.permissions?.publish
  const who = data?.user ? `User ${data.user}` : "Whoever connects"
  const [write, read] = [subjectOf(stream, 0), `$JS.API.STREAM.MSG.GET.${stream}`]
  const lacks = [write, read]
    .filter((subject) => !mayPublish(publish, subject))
    .map((subject) => `${who} may not publish ${subject}, as the ledger's writer has to: allow it, or connect as oms.`)
  const able = destructive(stream).filter(({ subject }) => mayPublish(publish, subject))
  if (able.length === 0) return { lacks }
  const requests = able.map(({ subject }) => subject.slice(API.length, -stream.length - 1)).join(", ")
  const deeds = able.map(({ does }) => does)
  const powers = `${who} could take back what stream ${stream} holds (${API}${requests}: ${list(deeds)}). ${ADVICE}`
  return { lacks, powers }
}

const list = (parts: ReadonlyArray<string>): string =>
  parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} or ${parts.at(-1)}`
