import { connect, createInbox, Empty, type NatsConnection } from "@nats-io/transport-node"
import { connectOptions, type Link } from "./connection.ts"
import { SERVER_STATE } from "./service-users.ts"

/** What one server says of itself: only it knows whether it syncs, and how much of its space is left. */
export type ServerState = {
  readonly id: string
  readonly name: string
  readonly syncAlways: boolean
  readonly storedBytes: number
  readonly maxBytes: number
  /** the folder of its files, on its own machine */
  readonly folder: string
}

export type ServerSources = {
  /** `http://host:8222`, several with commas between: the monitoring addresses of the servers */
  readonly monitorUrl?: string | undefined
  /** `nats://sys:password@host:4222`: a user of the system account */
  readonly systemUrl?: string | undefined
}

/** After so long without an answer, or without another, there is none. */
const ANSWER_MS = 1_000

/**
 * Every server that says how it is: over the connection itself where the account imports {@link SERVER_STATE}, by a user
 * of the system account, or over the monitoring addresses. Empty where nobody answers. `expected`: no need to wait
 * for more.
 */
export const serverStates = async (
  link: Link,
  { monitorUrl, systemUrl }: ServerSources,
  expected = 1
): Promise<ReadonlyArray<ServerState>> => {
  const found = new Map<string, ServerState>()
  const note = (states: ReadonlyArray<ServerState>) => states.forEach((state) => found.set(state.id, state))
  if (link.connected()) note(await ping(link.nc, expected))
  if (found.size < expected && systemUrl !== undefined) note(await asSystem(systemUrl, expected))
  if (found.size < expected && monitorUrl !== undefined) {
    const urls = monitorUrl.split(",").map((url) => url.trim())
    note((await Promise.all(urls.map(monitored))).flatMap((state) => state ?? []))
  }
  return [...found.values()]
}

type Varz = {
  readonly server_id?: string
  readonly server_name?: string
  readonly jetstream?: {
    readonly config?: {
      readonly sync_always?: boolean
      readonly max_storage?: number
      readonly store_dir?: string
    }
    readonly stats?: { readonly storage?: number }
  }
}

/** A server without JetStream keeps nothing, so it says nothing here. */
const stateOf = ({ server_id, server_name = "", jetstream }: Varz): ServerState | undefined => {
  const config = jetstream?.config
  if (server_id === undefined || config?.store_dir === undefined) return undefined
  return {
    id: server_id,
    name: server_name,
    syncAlways: config.sync_always === true,
    storedBytes: jetstream?.stats?.storage ?? 0,
    maxBytes: config.max_storage ?? -1,
    folder: config.store_dir
  }
}

const ping = (nc: NatsConnection, expected: number): Promise<ReadonlyArray<ServerState>> =>
  new Promise((resolve) => {
    const states: Array<ServerState> = []
    const inbox = createInbox()
    const end = () => {
      clearTimeout(timer)
      if (!nc.isClosed()) answers.unsubscribe()
      resolve(states)
    }
    let timer = setTimeout(end, ANSWER_MS)
    const answers = nc.subscribe(inbox, {
      callback: (error, msg) => {
        if (error !== null || (msg.headers?.code ?? 0) >= 400) return end() // not permitted, or nobody there
        const state = stateOf(msg.json<{ data?: Varz }>().data ?? {})
        if (state !== undefined) states.push(state)
        if (states.length >= expected) return end()
        clearTimeout(timer)
        timer = setTimeout(end, ANSWER_MS)
      }
    })
    nc.publish(SERVER_STATE, Empty, { reply: inbox })
  })

const asSystem = async (url: string, expected: number): Promise<ReadonlyArray<ServerState>> => {
  let nc: NatsConnection | undefined
  try {
    nc = await connect({ ...connectOptions(url), name: "trade2026-check", timeout: ANSWER_MS, reconnect: false })
    return await ping(nc, expected)
  } catch {
    return [] // says nothing, as if it had not been named
  } finally {
    await nc?.close()
  }
}

const monitored = async (url: string): Promise<ServerState | undefined> => {
  try {
    const answer = await fetch(`${url.replace(/\/$/u, "")}/varz`, { signal: AbortSignal.timeout(ANSWER_MS) })
    return stateOf((await answer.json()) as Varz)
  } catch {
    return undefined
  }
}
