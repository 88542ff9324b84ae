import { rm } from "node:fs/promises"
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import { Readable } from "node:stream"
import { pipeline } from "node:stream/promises"
import { createGzip } from "node:zlib"
import { requireKey, requireLoopbackHost } from "./access.ts"
import { largeAnswer } from "./answer-file.ts"
import { Refusal } from "./refusal.ts"
import { readStatement } from "./request.ts"
import { type Outcome, runStatement, type Surroundings } from "./run-statement.ts"
import type { Slots } from "./slots.ts"

export interface Front extends Surroundings {
  readonly key: string
  readonly slots: Slots
}

/** ClickHouse's HTTP interface, as far as its clients use it. */
export function createFront(front: Front): Server {
  // Parameters and settings travel in the URL; a server takes URLs up to 1 MiB.
  const server = createServer({ maxHeaderSize: 1024 * 1024, keepAliveTimeout: 65_000 }, (request, response) => {
    const gone = new AbortController()
    response.on("close", () => {
      if (!response.writableFinished) gone.abort()
    })
    answer(front, request, response, gone.signal).catch((error: unknown) => answerError(request, response, error))
  })
  return server
}

async function answer(
  front: Front,
  request: IncomingMessage,
  response: ServerResponse,
  gone: AbortSignal
): Promise<void> {
  requireLoopbackHost(request)
  const url = new URL(request.url ?? "/", "http://localhost")
  if (url.pathname === "/ping" || url.pathname === "/replicas_status") return void response.end("Ok.\n")
  requireKey(request, url, front.key)
  const queryId = url.searchParams.get("query_id")
  if (queryId !== null && /^[\x20-\x7e]+$/.test(queryId)) response.setHeader("X-ClickHouse-Query-Id", queryId)
  response.setHeader("X-ClickHouse-Timezone", "UTC")
  const statement = await readStatement(request, url, front.passing)
  if (statement === undefined) return void response.end("Ok.\n")
  const begun = process.hrtime.bigint()
  try {
    const outcome = await front.slots.hold(gone, () => runStatement(front, statement, gone))
    await send(outcome, begun, request, response)
  } finally {
    if (statement.rows !== undefined) await rm(statement.rows, { force: true })
  }
}

async function send(
  outcome: Outcome,
  begun: bigint,
  request: IncomingMessage,
  response: ServerResponse
): Promise<void> {
  response.setHeader("X-ClickHouse-Format", outcome.format)
  response.setHeader("X-ClickHouse-Summary", summary(outcome, begun))
  response.setHeader("Content-Type", contentType(outcome.format))
  try {
    const source = outcome.file === undefined ? Readable.from([outcome.bytes]) : largeAnswer(outcome.file)
    if (wantsGzip(request)) {
      response.setHeader("Content-Encoding", "gzip")
      await pipeline(source, createGzip({ level: 1 }), response)
    } else {
      if (outcome.file === undefined) response.setHeader("Content-Length", outcome.bytes.length)
      await pipeline(source, response)
    }
  } finally {
    if (outcome.file !== undefined) await rm(outcome.file, { force: true })
  }
}

function answerError(request: IncomingMessage, response: ServerResponse, error: unknown): void {
  // Nobody is left to tell, or a part of the answer is out: then a cut connection is the only true sign.
  if (response.headersSent || response.destroyed) return void response.destroy()
  const refusal = Refusal.from(error)
  for (const name of response.getHeaderNames()) if (name.startsWith("content-")) response.removeHeader(name)
  response.statusCode = refusal.status
  response.setHeader("X-ClickHouse-Exception-Code", refusal.code)
  response.setHeader("Content-Type", "text/plain; charset=UTF-8")
  // A body that was not read to its end would be taken for the next request.
  if (!request.readableEnded) response.setHeader("Connection", "close")
  response.end(`${refusal.message}\n`)
}

function summary(outcome: Outcome, begun: bigint): string {
  return JSON.stringify({
    read_rows: String(outcome.read.rows),
    read_bytes: String(outcome.read.bytes),
    written_rows: String(outcome.written.rows),
    written_bytes: String(outcome.written.bytes),
    total_rows_to_read: "0",
    result_rows: String(outcome.read.rows),
    result_bytes: String(outcome.file === undefined ? outcome.bytes.length : outcome.read.bytes),
    elapsed_ns: String(process.hrtime.bigint() - begun)
  })
}

function wantsGzip(request: IncomingMessage): boolean {
  return (
    /[?&]enable_http_compression=1\b/.test(request.url ?? "") &&
    /\bgzip\b/.test(request.headers["accept-encoding"] ?? "")
  )
}

function contentType(format: string): string {
  if (/EachRow/i.test(format)) return "application/x-ndjson; charset=UTF-8"
  if (/^JSON/i.test(format)) return "application/json; charset=UTF-8"
  if (/^(TabSeparated|TSV)/i.test(format)) return "text/tab-separated-values; charset=UTF-8"
  if (/^CSV/i.test(format)) return "text/csv; charset=UTF-8"
  return /^(Pretty|Vertical|Values|Markdown|XML|SQL)/i.test(format)
    ? "text/plain; charset=UTF-8"
    : "application/octet-stream"
}
