import { Result } from "effect"
import { type HttpServerRequest } from "effect/http"
import { NodeHttpServerRequest } from "@effect/platform-node"
import { isUtf8 } from "node:buffer"
import type { IncomingMessage } from "node:http"
import type { Refused } from "./answer.ts"
import { type JsonDocument, parseJson } from "./json.ts"
import { sourceOf } from "./meta.ts"

export const BODY_BYTES_MAX = 1_048_576
/** What is thrown away so that a client that sends all before it reads gets its answer; beyond it the line is cut. */
const DISCARDED_BYTES_MAX = 64 * 1_048_576
const BODY_SECONDS_MAX = 20

const TOO_LARGE: Refused = { status: 413, code: "BodyTooLarge", detail: "The body is over 1 MB" }
const NOT_JSON: Refused = {
  status: 415,
  code: "NotJson",
  detail: "Send JSON in UTF-8, with Content-Type: application/json"
}
const MALFORMED: Refused = { status: 400, code: "MalformedJson", detail: "The body is not well-formed JSON in UTF-8" }
const CUT_OFF: Refused = { status: 400, code: "IncompleteBody", detail: "The body ended too early or came too slowly" }

/** Reads the JSON body of a request, at most 1 MB of it, and calls back once. */
export const readJson = (
  request: HttpServerRequest.HttpServerRequest,
  done: (body: Result.Result<JsonDocument, Refused>) => void
): void => {
  const source = sourceOf(request)
  const refused = isJson(source.headers["content-type"]) ? undefined : NOT_JSON
  const length = Number(source.headers["content-length"] ?? 0)
  if (length > DISCARDED_BYTES_MAX) return done(Result.fail(TOO_LARGE))
  if (source.headers.expect !== undefined) {
    // the client waits with its body until it is asked for
    if (refused !== undefined) return done(Result.fail(refused))
    if (length > BODY_BYTES_MAX) return done(Result.fail(TOO_LARGE))
    const response = NodeHttpServerRequest.toServerResponse(request)
    if ("writeContinue" in response) response.writeContinue()
  }
  readBytes(source, (bytes) => {
    if (Result.isFailure(bytes)) done(Result.fail(bytes.failure))
    else done(refused === undefined ? documentOf(bytes.success) : Result.fail(refused))
  })
}

/** A body as it came, for whoever passes it on: at most 1 MB of UTF-8. */
export const readText = (source: IncomingMessage, done: (body: string | Refused) => void): void =>
  readBytes(source, (chunks) => {
    if (Result.isFailure(chunks)) return done(chunks.failure)
    const bytes = Buffer.concat(chunks.success)
    done(isUtf8(bytes) ? bytes.toString("utf8") : MALFORMED)
  })

/** For an answer that does not need the body: lets the client send it to its end first, within the same bounds. */
export const throwAwayBody = (request: HttpServerRequest.HttpServerRequest, done: () => void): void => {
  const source = sourceOf(request)
  const { "content-length": length, expect, "transfer-encoding": encoding } = source.headers
  const isComing = encoding !== undefined || Number(length ?? 0) > 0
  if (isComing && expect === undefined && Number(length ?? 0) <= DISCARDED_BYTES_MAX) readBytes(source, done)
  else done()
}

/** Chunks of a body that is small enough; a larger one is read to its end and thrown away, never kept. */
const readBytes = (source: IncomingMessage, done: (body: Result.Result<Array<Buffer>, Refused>) => void): void => {
  let chunks: Array<Buffer> = []
  let bytes = 0
  let timer: NodeJS.Timeout | undefined = undefined
  const finish = (refused?: Refused) => {
    source.off("data", onData).off("end", onEnd).off("close", onClose)
    clearTimeout(timer)
    done(refused === undefined ? Result.succeed(chunks) : Result.fail(refused))
  }
  const onData = (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes <= BODY_BYTES_MAX) chunks.push(chunk)
    else {
      chunks = []
      if (bytes > DISCARDED_BYTES_MAX) return finish(TOO_LARGE)
    }
    // most bodies come in one piece and need no timer
    if (bytes !== Number(source.headers["content-length"])) timer ??= setTimeout(onTimeout, BODY_SECONDS_MAX * 1000)
  }
  const onEnd = () => finish(bytes > BODY_BYTES_MAX ? TOO_LARGE : undefined)
  const onClose = () => finish(CUT_OFF)
  const onTimeout = () => finish(bytes > BODY_BYTES_MAX ? TOO_LARGE : CUT_OFF)
  source.on("data", onData).on("end", onEnd).on("close", onClose)
}

const documentOf = (chunks: ReadonlyArray<Buffer>): Result.Result<JsonDocument, Refused> => {
  const bytes = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)
  const document = isUtf8(bytes) ? parseJson(bytes.toString("utf8")) : undefined
  return document === undefined ? Result.fail(MALFORMED) : Result.succeed(document)
}

const isJson = (contentType: string | undefined): boolean =>
  contentType === "application/json" ||
  (contentType !== undefined && /^application\/(?:[\w.-]+\+)?json\s*(?:;\s*charset="?utf-8"?\s*)?$/iu.test(contentType))
