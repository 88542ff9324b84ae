import { Effect } from "effect"
import { HttpRouter, HttpServerResponse, type HttpServerRequest } from "effect/http"
import { Socket } from "effect/socket"
import type { Refused } from "#services/http/answer.ts"
import { metaOf, sourceOf } from "#services/http/meta.ts"
import { problemResponse } from "#services/http/problem.ts"
import type { CancelOnDisconnect } from "./cancel-on-disconnect.ts"
import type { LiveFeed } from "./feed.ts"
import { openSession, type Session } from "./session.ts"

const CLIENTS_MAX = 2000
/** A client that does not read cannot say goodbye either. */
const GOODBYE_MS = 2000

const NO_UPGRADE: Refused = { status: 426, code: "UpgradeRequired", detail: "This route speaks WebSocket" }
const FULL: Refused = {
  status: 503,
  code: "TooManyClients",
  detail: `At most ${CLIENTS_MAX} connections`,
  retryAfterSeconds: 5
}

/** `GET /ws`: one session for each client. `clients` holds those that are connected. */
export const liveRoute = (feed: LiveFeed, clients: Set<Session>, cancels?: CancelOnDisconnect) =>
  HttpRouter.add("GET", "/ws", (request) => {
    const refused =
      sourceOf(request).headers.upgrade?.toLowerCase() !== "websocket"
        ? NO_UPGRADE
        : clients.size >= CLIENTS_MAX
          ? FULL
          : undefined
    return refused === undefined
      ? Effect.as(Effect.ignore(Effect.scoped(serve(request, feed, clients, cancels))), HttpServerResponse.empty())
      : Effect.succeed(problemResponse(refused, metaOf(request).requestId))
  })

/** Until the client or the server closes, which ends the reading with an error. */
const serve = Effect.fnUntraced(function* (
  request: HttpServerRequest.HttpServerRequest,
  feed: LiveFeed,
  clients: Set<Session>,
  cancels: CancelOnDisconnect | undefined
) {
  const socket = yield* request.upgrade
  const writer = yield* socket.writer
  const reader = yield* socket.reader
  const session = yield* Effect.acquireRelease(
    Effect.sync(() => {
      const opened = openSession(feed, lineTo(request, writer), cancels)
      clients.add(opened)
      return opened
    }),
    (opened) =>
      Effect.sync(() => {
        clients.delete(opened)
        opened.end()
      })
  )
  const receive = Effect.map(reader.pull, (frames) => {
    for (const frame of frames) session.receive(typeof frame === "string" ? frame : "(binary)")
  })
  yield* Effect.forever(receive)
})

const lineTo = (request: HttpServerRequest.HttpServerRequest, writer: Socket.Writer) => {
  const connection = sourceOf(request).socket
  connection.setKeepAlive(true, 30_000)
  connection.setNoDelay(true)
  // an open WebSocket writes at once or throws; a closed one takes it and forgets it
  const write = (what: string | Socket.CloseEvent) => void Effect.runSyncExit(writer.write(what))
  return {
    send: write,
    // without compression a frame goes straight to the connection, so what waits there is all that waits
    backlog: () => connection.writableLength,
    close: (code: number, reason: string) => {
      write(new Socket.CloseEvent(code, reason))
      setTimeout(() => connection.destroy(), GOODBYE_MS).unref()
    }
  }
}
