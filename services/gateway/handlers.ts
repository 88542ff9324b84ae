import { Effect, Layer } from "effect"
import { HttpRouter, HttpServerResponse } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import type { OverviewBody } from "#services/contract/health.ts"
import { ok } from "#services/http/answer.ts"
import { answer } from "#services/http/handle.ts"
import { type Mount, mount } from "#services/http/mount.ts"
import type { Gauge } from "#services/http/request-metrics.ts"
import { GatewayApi } from "./api.ts"
import type { CancelOnDisconnect } from "./cancel-on-disconnect.ts"
import type { LiveFeed } from "./feed.ts"
import { liveRoute } from "./live-route.ts"
import { page, pageHeaders } from "./page.ts"
import type { Session } from "./session.ts"

/** What the gateway shows. */
export type GatewayParts = {
  readonly feed: LiveFeed
  readonly overview: () => Promise<OverviewBody>
  readonly cancels?: CancelOnDisconnect
}

/**
 * The gateway's own routes: the page, `/ws` and `/api/overview`. The routes of other services below `/api` are mounted
 * beside it, by whoever composes them.
 */
export const gatewayRoutes = ({
  feed,
  overview,
  cancels
}: GatewayParts): { readonly mount: Mount; readonly gauges: ReadonlyArray<Gauge> } => {
  const clients = new Set<Session>()
  const api = mount(
    GatewayApi,
    HttpApiBuilder.group(GatewayApi, "platform", (handlers) =>
      handlers.handle("overview", ({ request }) => answer(request, async () => ok(await overview())))
    )
  )
  const html = HttpServerResponse.text(page, { headers: pageHeaders, contentType: "text/html; charset=utf-8" })
  return {
    mount: {
      api: api.api!,
      layer: Layer.mergeAll(
        api.layer,
        liveRoute(feed, clients, cancels),
        HttpRouter.add("GET", "/", Effect.succeed(html))
      )
    },
    gauges: [{ name: "websocket_clients", description: "Clients of /ws", read: () => clients.size }]
  }
}
