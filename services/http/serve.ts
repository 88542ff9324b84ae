import { NodeHttpServer } from "@effect/platform-node"
import { Data, Layer } from "effect"
import { HttpRouter } from "effect/http"
import { createServer } from "node:http"
import { around } from "./around.ts"
import { DOCUMENTS, documentRoutes } from "./documents.ts"
import { isLoopback } from "./guard.ts"
import type { Mount } from "./mount.ts"
import { type Gauge, requestMetrics } from "./request-metrics.ts"
import { routeTable } from "./route-table.ts"
import { type Health, serviceMount } from "./service-routes.ts"
import { keepHeads } from "./websocket.ts"

/** A service that could not start to listen; `message` is a sentence for whoever started it. */
export class ServeFailed extends Data.TaggedError("ServeFailed")<{
  readonly reason: "PortInUse" | "NotLoopback" | "CannotListen"
  readonly service: string
  readonly port: number
  readonly message: string
}> {}

/** One service as it is served. */
export type ServeOptions = {
  readonly name: string
  readonly version: string
  readonly port: number
  /** loopback only, as long as nobody has to say who he is; 127.0.0.1 unless told */
  readonly host?: string
  readonly mounts: ReadonlyArray<Mount>
  readonly health: Health
  /** what else `/metrics` shows, read when it is asked */
  readonly gauges?: ReadonlyArray<Gauge>
}

/**
 * Serves the routes of `mounts` and what every service has: `/health`, `/metrics`, `/openapi.json`, `/docs`.
 * It listens when the layer is built and stops when its scope ends.
 */
export const serveApi = (options: ServeOptions): Layer.Layer<never, ServeFailed> => {
  const { health, host = "127.0.0.1", name, port, version } = options
  if (!isLoopback(host)) return Layer.effectDiscard(notLoopback(name, port, host))
  const metrics = requestMetrics(name, options.gauges ?? [])
  const mounts = [...options.mounts, serviceMount(name, version, health, metrics)]
  const apis = mounts.flatMap((mount) => mount.api ?? [])
  const routes = Layer.mergeAll(
    documentRoutes(name, version, apis),
    HttpRouter.middleware(around(routeTable(apis, DOCUMENTS), metrics), { global: true }),
    ...mounts.map((mount) => mount.layer)
  )
  return HttpRouter.serve(routes, {
    disableLogger: true,
    disableListenLog: true,
    routerConfig: { caseSensitive: true }
  }).pipe(
    Layer.provide(
      NodeHttpServer.layer(() => keepHeads(createServer({ keepAliveTimeout: 60_000, requestTimeout: 60_000 })), {
        host,
        port,
        backlog: 1024,
        gracefulShutdownTimeout: "1 second",
        websocket: { maxPayload: 64 * 1024 }
      })
    ),
    Layer.catchTag("ServeError", ({ cause }) => Layer.effectDiscard(cannotListen(name, port, cause)))
  )
}

const notLoopback = (service: string, port: number, host: string) =>
  new ServeFailed({
    reason: "NotLoopback",
    service,
    port,
    message: `${service} is not started on ${host}: authentication is not configured, so it listens on this machine only (127.0.0.1)`
  })

const cannotListen = (service: string, port: number, cause: unknown) => {
  const code = typeof cause === "object" && cause !== null && "code" in cause ? cause.code : undefined
  const inUse = code === "EADDRINUSE"
  return new ServeFailed({
    reason: inUse ? "PortInUse" : "CannotListen",
    service,
    port,
    message: inUse
      ? `Port ${port} of ${service} is in use: stop what uses it, or set TRADE2026_PORT_OFFSET (for example 10000) to move all ports`
      : `${service} cannot listen on port ${port}: ${cause instanceof Error ? cause.message : String(code ?? cause)}`
  })
}
