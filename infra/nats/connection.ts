import { setTimeout as sleep } from "node:timers/promises"
import { connect, type NatsConnection } from "@nats-io/transport-node"
import { type Bell, makeBell } from "#infra/memory/bell.ts"
import { makeRequests, type Request } from "./requests.ts"

export type NatsOptions = {
  /** `nats://host:port`, several with commas between; user and password or a token may stand before the host */
  readonly url: string
  /** what the server calls this connection */
  readonly name: string
}

/** A connection that comes back by itself, and what has to be known about it in between. */
export type Link = {
  readonly nc: NatsConnection
  /** the address without secrets */
  readonly address: string
  readonly connected: () => boolean
  readonly request: Request
  /** Rings whenever the connection is lost, back or closed. */
  readonly changed: Bell
  /** Aborted by `close`. */
  readonly closing: AbortSignal
  /** Lets what was sent arrive, then closes. */
  readonly close: () => Promise<void>
}

/** Connects once, or fails with a sentence; from then on it reconnects for ever. */
export const connectNats = async ({ url, name }: NatsOptions): Promise<Link> => {
  const options = connectOptions(url)
  const address = options.servers.map((host) => `nats://${host}`).join(",")
  let nc: NatsConnection
  try {
    nc = await connect({
      ...options,
      name,
      timeout: 5_000,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 100,
      reconnectJitter: 50,
      pingInterval: 5_000, // a peer that is gone without a word is noticed after three of them
      noAsyncTraces: true // a stack for each request costs more than the request
    })
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`No NATS server can be used at ${address}: ${reason}. Is it running, and is NATS_URL right?`, {
      cause
    })
  }
  return watch(nc, address)
}

/** Where to connect to, and as whom, of `nats://user:password@host:port,...`. */
export const connectOptions = (url: string) => {
  const urls = url.split(",").map((text) => parseUrl(text.trim()))
  const [first] = urls
  return {
    servers: urls.map(({ host }) => host),
    ...credentials(first!),
    ...(first!.protocol === "tls:" ? { tls: {} } : {})
  }
}

const parseUrl = (text: string): URL => {
  try {
    return new URL(text.includes("://") ? text : `nats://${text}`)
  } catch (cause) {
    throw new Error("The address of the NATS server is not of the form nats://host:port.", { cause })
  }
}

const credentials = ({ username, password }: URL) => {
  const user = decodeURIComponent(username)
  if (user === "") return {}
  return password === "" ? { token: user } : { user, pass: decodeURIComponent(password) }
}

const watch = (nc: NatsConnection, address: string): Link => {
  const changed = makeBell()
  const closing = new AbortController()
  let connected = true
  const listen = async () => {
    for await (const { type } of nc.status()) {
      if (type !== "disconnect" && type !== "reconnect") continue
      connected = type === "reconnect"
      changed.ring()
    }
  }
  void listen()
  const close = async () => {
    if (closing.signal.aborted) return
    closing.abort()
    changed.ring()
    // draining waits for an answer of the server, which may be away
    if (!nc.isClosed()) await Promise.race([nc.drain().catch(() => undefined), sleep(2_000, undefined, { ref: false })])
    await nc.close()
  }
  const isConnected = () => connected && !nc.isClosed()
  const request = makeRequests(nc, isConnected, changed)
  return { nc, address, connected: isConnected, request, changed, closing: closing.signal, close }
}

/** Fails once the connection is closed for good: by us, or because the server refuses it. */
export const assertOpen = ({ nc, address, closing }: Link): void => {
  if (closing.aborted) throw new Error(`The connection to ${address} was closed by this process.`)
  if (nc.isClosed()) throw new Error(`The connection to ${address} was closed: the server refuses it.`)
}
