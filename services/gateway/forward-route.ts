import { Effect } from "effect"
import { HttpRouter, type HttpServerRequest, HttpServerResponse } from "effect/http"
import { readText } from "#services/http/body.ts"
import { metaOf, sourceOf } from "#services/http/meta.ts"
import type { Mount } from "#services/http/mount.ts"
import { problemResponse } from "#services/http/problem.ts"
import type { Forward } from "./forward-all.ts"

type Response = HttpServerResponse.HttpServerResponse
const PREFIX = "/api"
const PASSED_ON = ["content-type", "traceparent"] as const

/** Everything below `/api`, answered by the writer whom it concerns. */
export const forwardRoute = (forward: Forward): Mount => ({
  layer: HttpRouter.add("*", `${PREFIX}/*`, (request) => passed(request, forward))
})

const passed = (request: HttpServerRequest.HttpServerRequest, forward: Forward): Effect.Effect<Response> =>
  Effect.callback((resume) => {
    const { requestId } = metaOf(request)
    const source = sourceOf(request)
    const answer = (response: Response) => resume(Effect.succeed(response))
    readText(source, (body) => {
      if (typeof body !== "string") return answer(problemResponse(body, requestId))
      const headers: Record<string, string> = { "x-request-id": requestId }
      for (const name of PASSED_ON) {
        const value = source.headers[name]
        if (typeof value === "string") headers[name] = value
      }
      const path = source.url!.slice(PREFIX.length)
      const asked = { method: request.method, path, headers, body: body === "" ? undefined : body }
      forward(asked).then(
        (outcome) =>
          answer(
            "problem" in outcome
              ? problemResponse(outcome.problem, requestId)
              : HttpServerResponse.text(outcome.body, {
                  status: outcome.status,
                  contentType: outcome.contentType,
                  headers: { "x-request-id": requestId, ...(outcome.status === 503 && { "retry-after": "1" }) }
                })
          ),
        (defect: unknown) => resume(Effect.die(defect))
      )
    })
  })
