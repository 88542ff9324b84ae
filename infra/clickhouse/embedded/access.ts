import { createHash, timingSafeEqual } from "node:crypto"
import type { IncomingMessage } from "node:http"
import { Refusal } from "./refusal.ts"

const loopback = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i

/** Only names of this machine: a page in a browser can make its own name point here, but not change the Host it sends. */
export function requireLoopbackHost(request: IncomingMessage): void {
  const host = request.headers.host ?? ""
  if (loopback.test(host)) return
  throw Refusal.of(516, "AUTHENTICATION_FAILED", `Host ${JSON.stringify(host)} is not an address of this machine`, 403)
}

/** The key that the parent handed over, where ClickHouse's clients put a password. */
export function requireKey(request: IncomingMessage, url: URL, key: string): void {
  const given = givenKey(request, url)
  if (given !== undefined && timingSafeEqual(digest(given), digest(key))) return
  throw Refusal.of(516, "AUTHENTICATION_FAILED", "Authentication failed: password is incorrect")
}

function givenKey(request: IncomingMessage, url: URL): string | undefined {
  const header = request.headers["x-clickhouse-key"]
  if (typeof header === "string") return header
  const basic = /^Basic (.+)$/i.exec(request.headers.authorization ?? "")?.[1]
  if (basic === undefined) return url.searchParams.get("password") ?? undefined
  const text = Buffer.from(basic, "base64").toString()
  return text.slice(text.indexOf(":") + 1)
}

// Digests have one length, which timingSafeEqual wants.
function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest()
}
