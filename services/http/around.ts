import { Cause, Context, Effect } from "effect"
import { HttpRouter, HttpServerError, HttpServerRequest, HttpServerResponse } from "effect/http"
import type { Refused } from "./answer.ts"
import { throwAwayBody } from "./body.ts"
import { turnedAway } from "./guard.ts"
import { metaOf, sourceOf } from "./meta.ts"
import { problemResponse } from "./problem.ts"
import type { RequestMetrics } from "./request-metrics.ts"
import type { RouteTable } from "./route-table.ts"

type Response = HttpServerResponse.HttpServerResponse

/**
 * What happens to every request of a service: strangers are turned away before anything is looked at, what no route
 * answers gets a problem, what breaks gets one without its innards, and each is counted by its route.
 */
export const around =
  (routes: RouteTable, metrics: RequestMetrics) =>
  <E, R>(app: Effect.Effect<Response, E, R>) =>
    Effect.withFiber<Response, E, R>((fiber) => {
      const request = Context.getUnsafe(fiber.context, HttpServerRequest.HttpServerRequest)
      const began = performance.now()
      const refused = turnedAway(request)
      if (refused !== undefined) return Effect.succeed(observe(problemResponse(refused, metaOf(request).requestId)))
      return Effect.matchCauseEffect(app, {
        onSuccess: (response) => Effect.succeed(observe(response)),
        onFailure: (cause) =>
          // the client has gone, or the server stops: there is nobody to answer
          Cause.hasInterruptsOnly(cause) ? Effect.failCause(cause) : Effect.map(failed(request, cause), observe)
      })

      function observe(response: Response): Response {
        // of a WebSocket the time would be that of the whole connection
        if (sourceOf(request).headers.upgrade === undefined)
          metrics.observe(request.method, routeOf(fiber.context), response.status, (performance.now() - began) / 1000)
        const { requestId } = metaOf(request)
        return response.headers["x-request-id"] === undefined
          ? HttpServerResponse.setHeader(response, "x-request-id", requestId)
          : response
      }

      function failed(request: HttpServerRequest.HttpServerRequest, cause: Cause.Cause<E>): Effect.Effect<Response> {
        const { requestId } = metaOf(request)
        const error: unknown = Cause.squash(cause)
        if (HttpServerError.isHttpServerError(error) && error.reason._tag === "RouteNotFound") {
          const allowed = routes.methodsOf(request.url)
          // a path that cannot be decoded (%zz) matches and is still not there
          const isThere = allowed.length > 0 && !allowed.includes(request.method)
          const response = isThere
            ? HttpServerResponse.setHeader(problemResponse(NO_METHOD, requestId), "allow", allowed.join(", "))
            : problemResponse(NO_ROUTE, requestId)
          return Effect.callback((resume) => throwAwayBody(request, () => resume(Effect.succeed(response))))
        }
        return Effect.as(
          Effect.logError(`${request.method} ${routeOf(fiber.context)} failed, request ${requestId}`, cause),
          problemResponse(BROKEN, requestId)
        )
      }
    })

/** The pattern of the route (`/orders/:id`), never the path: ids would make a time series each. */
const routeOf = (context: Context.Context<never>): string =>
  Context.getOrUndefined(context as Context.Context<HttpRouter.RouteContext>, HttpRouter.RouteContext)?.route.path ??
  "none"

const NO_ROUTE: Refused = { status: 404, code: "NoSuchRoute", detail: "There is no such route: /docs lists them" }
const NO_METHOD: Refused = {
  status: 405,
  code: "MethodNotAllowed",
  detail: "This route does not take that method: see Allow"
}
const BROKEN: Refused = {
  status: 500,
  code: "InternalError",
  detail: "Something is broken here; the log says more under this requestId"
}
