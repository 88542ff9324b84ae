import type { HttpServerRequest } from "effect/http"
import type { Refused } from "./answer.ts"
import { sourceOf } from "./meta.ts"

const LOOPBACK = ["127.0.0.1", "::1", "localhost"]
const HOST = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/iu
const ORIGIN = /^https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/iu

/** Whether a server may listen there while nobody has to say who he is. */
export const isLoopback = (host: string): boolean => LOOPBACK.includes(host)

const STRANGE_HOST: Refused = {
  status: 403,
  code: "HostNotAllowed",
  detail: "Ask by localhost, 127.0.0.1 or [::1]: another name in Host may be a page that was rebound to this machine"
}
const STRANGE_ORIGIN: Refused = {
  status: 403,
  code: "OriginNotAllowed",
  detail: "Pages of other origins may not use this service"
}

/**
 * Turns away what a stranger's web page could send to a service on this machine: without authentication, the loopback
 * address alone does not keep browsers out (DNS rebinding, cross-site requests and WebSockets).
 */
export const turnedAway = (request: HttpServerRequest.HttpServerRequest): Refused | undefined => {
  const { headers, url } = sourceOf(request)
  // an absolute target overrides Host (RFC 9112 section 3.2.2); Effect has put its authority into its own headers
  const host = url !== undefined && url.startsWith("/") ? headers.host : request.headers["host"]
  if (host === undefined || !HOST.test(host)) return STRANGE_HOST
  return headers.origin === undefined || ORIGIN.test(headers.origin) ? undefined : STRANGE_ORIGIN
}
