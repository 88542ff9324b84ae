import { Effect } from "effect"
import { HttpServerResponse, type HttpServerRequest } from "effect/http"
import { NodeWS } from "@effect/platform-node"
import type { IncomingMessage, Server } from "node:http"
import type { Socket } from "node:net"
import { sourceOf } from "./meta.ts"

/** The bytes that came behind the head of an upgrade request: they belong to the first frame. */
const heads = new WeakMap<IncomingMessage, Buffer>()
export const keepHeads = (server: Server): Server =>
  server.prependListener("upgrade", (request, _socket, head) => heads.set(request, head))

/** A WebSocket of `ws` with the connection below it. */
export type BareSocket = { readonly ws: NodeWS.WebSocket; readonly connection: Socket }

/**
 * Upgrades a request to a WebSocket of the library itself, and holds the route until that is closed. For routes that
 * need what Effect's socket does not have (pings, pausing, frames without a copy). No compression: it costs more than
 * loopback carries. `serve` is called once it is open.
 */
export const bareWebSocket = (
  request: HttpServerRequest.HttpServerRequest,
  options: { readonly frameBytesMax: number },
  serve: (socket: BareSocket) => void
): Effect.Effect<HttpServerResponse.HttpServerResponse> =>
  Effect.callback((resume) => {
    const source = sourceOf(request)
    const connection = source.socket
    const server = serverOf(options.frameBytesMax)
    let open: NodeWS.WebSocket | undefined
    connection.once("close", () => resume(Effect.succeed(HttpServerResponse.empty())))
    server.handleUpgrade(source, connection, heads.get(source) ?? Buffer.alloc(0), (ws) => {
      open = ws
      connection.setNoDelay(true)
      serve({ ws, connection })
    })
    return Effect.sync(() => {
      open?.close(GOING_AWAY)
      setTimeout(() => connection.destroy(), GOODBYE_MS).unref()
    })
  })
const GOING_AWAY = 1001
const GOODBYE_MS = 500

const servers = new Map<number, NodeWS.WebSocketServer>()
const serverOf = (maxPayload: number): NodeWS.WebSocketServer => {
  let server = servers.get(maxPayload)
  if (server === undefined) {
    server = new NodeWS.WebSocketServer({ noServer: true, perMessageDeflate: false, clientTracking: false, maxPayload })
    servers.set(maxPayload, server)
  }
  return server
}
