import { Effect, Result } from "effect"
import { type HttpServerRequest, HttpServerResponse } from "effect/http"
import type { Answer, Meta, Refused } from "./answer.ts"
import { readJson } from "./body.ts"
import type { Decoder } from "./decode.ts"
import { metaOf } from "./meta.ts"
import { problemResponse } from "./problem.ts"

type Request = HttpServerRequest.HttpServerRequest
type Response = HttpServerResponse.HttpServerResponse

/** Answers a route that has no body. */
export const answer = <T>(request: Request, ask: (meta: Meta) => Promise<Answer<T>>): Effect.Effect<Response> =>
  Effect.callback((resume) => {
    const meta = metaOf(request)
    settle(ask, meta, (response) => resume(response))
  })

/**
 * Answers a route with a JSON body: reads, decodes, asks. One callback for all three, since this is the way of every
 * order; the kit's README says why HttpApi does not decode it.
 */
export const answerBody = <A, T>(
  request: Request,
  decode: Decoder<A>,
  ask: (input: A, meta: Meta) => Promise<Answer<T>>
): Effect.Effect<Response> =>
  Effect.callback((resume) => {
    const meta = metaOf(request)
    readJson(request, (body) => {
      const decoded: Result.Result<A, Refused> = Result.isSuccess(body)
        ? decode(body.success.value, body.success.inexact)
        : Result.fail(body.failure)
      if (Result.isFailure(decoded)) resume(Effect.succeed(problemResponse(decoded.failure, meta.requestId)))
      else
        settle(
          (meta) => ask(decoded.success, meta),
          meta,
          (response) => resume(response)
        )
    })
  })

/** What throws or rejects is broken, not refused: it goes on as a defect, which becomes a 500 and a line in the log. */
const settle = <T>(
  ask: (meta: Meta) => Promise<Answer<T>>,
  meta: Meta,
  resume: (response: Effect.Effect<Response>) => void
) => {
  try {
    ask(meta).then(
      (answer) => resume(Effect.succeed(responseOf(answer, meta))),
      (defect: unknown) => resume(Effect.die(defect))
    )
  } catch (defect) {
    resume(Effect.die(defect))
  }
}

const responseOf = <T>(answer: Answer<T>, { requestId }: Meta): Response =>
  "problem" in answer
    ? problemResponse(answer.problem, requestId)
    : HttpServerResponse.text(JSON.stringify(answer.body), {
        status: answer.status,
        contentType: "application/json",
        headers: { "x-request-id": requestId }
      })
