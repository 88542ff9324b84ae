import type { HttpServerRequest } from "effect/http"
import { randomUUID } from "node:crypto"
import type { IncomingMessage } from "node:http"
import type { Meta } from "./answer.ts"

const SANE_ID = /^[A-Za-z0-9_.:-]{1,64}$/u
const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/u

const known = new WeakMap<object, Meta>()

/** Who asks with this request; the same for as long as the request is worked on. */
export const metaOf = (request: HttpServerRequest.HttpServerRequest): Meta => {
  const source = sourceOf(request)
  const before = known.get(source)
  if (before !== undefined) return before
  const { traceparent, "x-request-id": sent } = source.headers
  const requestId = typeof sent === "string" && SANE_ID.test(sent) ? sent : randomUUID()
  const meta: Meta =
    typeof traceparent === "string" && TRACEPARENT.test(traceparent)
      ? { requestId, trace: traceparent, actor: "api" }
      : { requestId, actor: "api" }
  known.set(source, meta)
  return meta
}

/** Node's own request: the servers of this kit are node:http servers. */
export const sourceOf = (request: HttpServerRequest.HttpServerRequest): IncomingMessage =>
  request.source as IncomingMessage
