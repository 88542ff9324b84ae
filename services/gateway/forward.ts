import { setTimeout as sleep } from "node:timers/promises"
import { type Refused, refused } from "#services/http/answer.ts"
import { type Forwarded, repeatable } from "./forwarded.ts"

/** An answer as it came. */
export type Passed = { readonly status: number; readonly contentType: string; readonly body: string }

export type ForwardOptions = {
  /** the partition that a request is for */
  readonly partitionOf: (request: Forwarded) => Promise<number>
  /** where its writer is asked, as far as anybody knows */
  readonly writerOf: (partition: number) => Promise<string | undefined>
  readonly newId: () => string
  /** how long a request is offered before its caller is told that nobody takes it */
  readonly patienceMs?: number
  /** how long one try waits for its answer at first */
  readonly tryMs?: number
}

const LONGEST_TRY_MS = 8_000
const PAUSE_MS = 30
const LONGEST_PAUSE_MS = 100

/**
 * Passes requests to whoever writes their partition, and again, under the same command id, when that one is gone, does
 * not answer, or says that it is not the writer.
 */
export const forwarder = (options: ForwardOptions) => {
  const { partitionOf, writerOf, newId, patienceMs = 15_000, tryMs = 1_000 } = options
  const writers = new Map<number, string>()
  return async (asked: Forwarded): Promise<Passed | { readonly problem: Refused }> => {
    const end = performance.now() + patienceMs
    const { request, isSafe } = repeatable(asked, newId)
    let partition: number | undefined
    let mayBeDone = false
    let pauseMs = PAUSE_MS
    for (let timeoutMs = tryMs; performance.now() < end;) {
      // while the ledger or the leases cannot be read, it is not known whom to ask
      const known = partition
      partition = await partitionOf(request).catch(() => known) // it may have moved meanwhile
      const url =
        partition === undefined
          ? undefined
          : (writers.get(partition) ?? (await writerOf(partition).catch(() => undefined)))
      if (partition !== undefined && url !== undefined) {
        const outcome = await attempt(url, request, isSafe ? timeoutMs : patienceMs)
        if (typeof outcome === "object") {
          writers.set(partition, url)
          return outcome
        }
        writers.delete(partition)
        if (outcome === "unknown") {
          mayBeDone = true
          if (!isSafe) break
          timeoutMs = Math.min(timeoutMs * 2, LONGEST_TRY_MS)
        }
      }
      await sleep(pauseMs)
      pauseMs = Math.min(pauseMs * 1.5, LONGEST_PAUSE_MS)
    }
    return mayBeDone
      ? refused(503, "OutcomeUnknown", "no answer: it may have been recorded, send it again with the same clOrdId")
      : refused(
          503,
          "NotTheWriter",
          `nobody writes ${partition === undefined ? "it" : `partition ${partition}`} right now: nothing was recorded`
        )
  }
}

/** One try: the answer, or that it surely was not taken, or that nobody knows. */
const attempt = async (
  url: string,
  { method, path, headers, body }: Forwarded,
  timeoutMs: number
): Promise<Passed | "not taken" | "unknown"> => {
  try {
    const signal = AbortSignal.timeout(timeoutMs)
    const response = await fetch(`${url}${path}`, { method, headers, signal, ...(body !== undefined && { body }) })
    const text = await response.text()
    if (response.status === 503 && isNotTheWriter(text)) return "not taken"
    return { status: response.status, contentType: response.headers.get("content-type") ?? "", body: text }
  } catch (error) {
    const { code } = ((error as Error).cause ?? {}) as { code?: string }
    return code === "ECONNREFUSED" ? "not taken" : "unknown"
  }
}

const isNotTheWriter = (problem: string): boolean => {
  try {
    return (JSON.parse(problem) as { code?: string }).code === "NotTheWriter"
  } catch {
    return false
  }
}
