import { Schema } from "effect"
import { HttpServerResponse } from "effect/http"
import { HttpApiSchema } from "effect/http-api"
import { STATUS_CODES } from "node:http"
import type { Refused } from "./answer.ts"

const CONTENT_TYPE = "application/problem+json"

/** Every error, as RFC 9457 puts it. */
export const Problem = Schema.Struct({
  type: Schema.String,
  title: Schema.String,
  status: Schema.Int,
  code: Schema.String,
  detail: Schema.String,
  errors: Schema.optionalKey(Schema.Array(Schema.Struct({ field: Schema.String, reason: Schema.String }))),
  requestId: Schema.String
}).annotate({ identifier: "Problem" })
export type Problem = typeof Problem.Type

const documented = (status: number, description: string) =>
  Problem.pipe(HttpApiSchema.asJson({ contentType: CONTENT_TYPE })).annotateKey({ description, httpApiStatus: status })
/** For the description of a route: how it can fail. */
export const PROBLEMS = {
  undecodable: documented(400, "Cannot be decoded: malformed, an unknown field, a wrong type"),
  notFound: documented(404, "No such thing in the path"),
  conflict: documented(409, "The same clOrdId with other content, or the order is finished"),
  tooLarge: documented(413, "The body is over 1 MB"),
  notJson: documented(415, "The body is not JSON"),
  impossible: documented(422, "Decoded, but impossible: unknown account or symbol, too many decimals, a missing price"),
  busy: documented(429, "Too many requests"),
  unavailable: documented(503, "Not now: see Retry-After")
} as const
/** Of every read. */
export const READ_PROBLEMS = [
  PROBLEMS.undecodable,
  PROBLEMS.notFound,
  PROBLEMS.impossible,
  PROBLEMS.unavailable
] as const
/** Of every command. */
export const COMMAND_PROBLEMS = [
  ...READ_PROBLEMS,
  PROBLEMS.conflict,
  PROBLEMS.tooLarge,
  PROBLEMS.notJson,
  PROBLEMS.busy
] as const

/** The answer that says why there is none. */
export const problemResponse = (refused: Refused, requestId: string): HttpServerResponse.HttpServerResponse => {
  const { code, detail, errors, retryAfterSeconds, status } = refused
  const body: Problem = {
    type: `urn:trade2026:problem:${code}`,
    title: STATUS_CODES[status] ?? "Error",
    status,
    code,
    detail,
    ...(errors === undefined ? undefined : { errors }),
    requestId
  }
  const headers: Record<string, string> = { "x-request-id": requestId }
  if (status === 503 || status === 429 || retryAfterSeconds !== undefined)
    headers["retry-after"] = String(Math.ceil(retryAfterSeconds ?? 1))
  return HttpServerResponse.text(JSON.stringify(body), { status, headers, contentType: CONTENT_TYPE })
}
