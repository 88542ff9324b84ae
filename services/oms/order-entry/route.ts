import { Effect } from "effect"
import { HttpRouter } from "effect/http"
import { SESSION_FRAME_BYTES_MAX } from "#services/contract/order-entry.ts"
import type { Refused } from "#services/http/answer.ts"
import { metaOf, sourceOf } from "#services/http/meta.ts"
import type { Mount } from "#services/http/mount.ts"
import { problemResponse } from "#services/http/problem.ts"
import { bareWebSocket, type BareSocket } from "#services/http/websocket.ts"
import { connect, type Connection, type Line } from "./connection.ts"
import { errorFrame } from "./read-frame.ts"
import type { OrderSessions } from "./sessions.ts"

export type SessionRouteOptions = {
  /** how often a client is asked whether it is there; after three times without a word it is let go */
  readonly heartbeatMs?: number
  /** how many numbers may be unanswered in all sessions together, and in one */
  readonly unansweredMax?: number
  readonly windowMax?: number
}
const CLIENTS_MAX = 256
const HEARTBEAT_MS = 10_000
const BEATS_MAX = 3
const UNANSWERED_MAX = 65_536
const WINDOW_MIN = 64
const WINDOW_MAX = 4096
/** A client that does not read cannot say goodbye either. */
const GOODBYE_MS = 2000

const NO_UPGRADE: Refused = { status: 426, code: "UpgradeRequired", detail: "This route speaks WebSocket" }
const FULL: Refused = {
  status: 503,
  code: "TooManyClients",
  detail: `At most ${CLIENTS_MAX} connections`,
  retryAfterSeconds: 5
}

type Client = { readonly socket: BareSocket; readonly connection: Connection; silent: number; flushed: number }

/** `GET /session`: order entry over a WebSocket. */
export const sessionRoute = (sessions: OrderSessions, options: SessionRouteOptions = {}) => {
  const { heartbeatMs = HEARTBEAT_MS, unansweredMax = UNANSWERED_MAX, windowMax = WINDOW_MAX } = options
  const clients = new Set<Client>()
  let beat: NodeJS.Timeout | undefined
  const window = () =>
    Math.max(Math.min(WINDOW_MIN, windowMax), Math.min(windowMax, Math.floor(unansweredMax / clients.size)))

  const serve = (socket: BareSocket) => {
    const { ws, connection: tcp } = socket
    const connection = connect(lineTo(socket), sessions, window)
    const client: Client = { socket, connection, silent: 0, flushed: 0 }
    clients.add(client)
    beat ??= setInterval(() => clients.forEach(check), heartbeatMs).unref()
    ws.on("message", (data: Buffer, isBinary: boolean) => {
      client.silent = 0
      if (isBinary) ws.send(JSON.stringify(errorFrame("BinaryFrame", "Frames are JSON in text frames")))
      else connection.receive(data.toString("utf8"))
    })
    ws.on("pong", () => (client.silent = 0))
    tcp.on("drain", connection.drained)
    // what is wrong with a frame as such (too large, not masked, no UTF-8) is told by the close code
    ws.on("error", () => {})
    ws.on("close", () => {
      clients.delete(client)
      connection.end()
      if (clients.size > 0) return
      clearInterval(beat)
      beat = undefined
    })
  }
  const layer = HttpRouter.add("GET", "/session", (request) => {
    const isUpgrade = sourceOf(request).headers.upgrade?.toLowerCase() === "websocket"
    const refused = !isUpgrade ? NO_UPGRADE : clients.size >= CLIENTS_MAX ? FULL : undefined
    return refused === undefined
      ? bareWebSocket(request, { frameBytesMax: SESSION_FRAME_BYTES_MAX }, serve)
      : Effect.succeed(problemResponse(refused, metaOf(request).requestId))
  })
  const mount: Mount = { layer }
  return {
    mount,
    gauges: [
      { name: "order_sessions_connected", description: "Clients of /session", read: () => clients.size }
    ] as const
  }
}

/** Half-open connections and clients that take nothing are found out here. */
const check = (client: Client): void => {
  const { ws, connection: tcp } = client.socket
  if (client.connection.isPaused()) {
    // nothing is read, so not even a pong can come: it must take what is sent instead
    const flushed = tcp.bytesWritten - tcp.writableLength
    client.silent = tcp.writableLength > 0 && flushed === client.flushed ? client.silent + 1 : 0
    client.flushed = flushed
  } else {
    client.silent++
    ws.ping()
  }
  if (client.silent > BEATS_MAX) tcp.destroy()
}

const lineTo = ({ ws, connection }: BareSocket): Line => ({
  send: (text) => {
    if (ws.readyState === ws.OPEN) ws.send(text)
  },
  close: (code, reason) => {
    ws.close(code, reason)
    if (ws.isPaused) ws.resume() // its goodbye must be read
    setTimeout(() => connection.destroy(), GOODBYE_MS).unref()
  },
  pause: () => ws.pause(),
  resume: () => ws.resume(),
  backlog: () => connection.writableLength
})
