import { type JetStreamManager, JetStreamApiCodes, JetStreamApiError, type StreamConfig } from "@nats-io/jetstream"
import { assertOpen, type Link } from "./connection.ts"
import { brokenPromises, type StreamPlan } from "./stream-plans.ts"

export { subjectOf } from "./subjects.ts"

/** How long a stream may take to be had: a cluster without a leader yet does not answer at all. */
const PATIENCE_MS = 15_000

/** A stream that cannot hold a ledger, or that is not there; the message says which and what to do. */
export class LedgerRefused extends Error {
  override readonly name = "LedgerRefused"
}

/** The ledger's stream as it is; fails with a sentence where there is none. */
export const ledgerStream = async (link: Link, jsm: JetStreamManager, stream: string): Promise<StreamConfig> => {
  const found = await patiently(link, () => infoOf(jsm, stream))
  if (found !== undefined) return found
  throw missing(link, stream)
}

const missing = (link: Link, stream: string, cause?: unknown) =>
  new LedgerRefused(`There is no stream ${stream} at ${link.address}: \`npm run trade -- nats provision\` makes it.`, {
    cause
  })

/**
 * A stream to write to: made when it is missing and this user may, refused when its settings would not keep every
 * message. `replicas`: so many servers have to have each.
 */
export const streamToWrite = async (
  link: Link,
  jsm: JetStreamManager,
  plan: StreamPlan,
  replicas: number,
  makes: boolean
): Promise<StreamConfig> => {
  const stream = plan.config.name
  const add = async () => {
    if (!makes) throw missing(link, stream)
    try {
      return (await jsm.streams.add({ ...plan.config, num_replicas: replicas })).config
    } catch (error) {
      throw isForbidden(error) ? missing(link, stream, error) : error
    }
  }
  const found = await patiently(link, async () => (await infoOf(jsm, stream)) ?? (await add()))
  const wrong = [...brokenPromises(plan, found)]
  if (found.num_replicas < replicas) wrong.push(`num_replicas is ${found.num_replicas} and must be ${replicas}`)
  if (wrong.length === 0) return found
  throw new LedgerRefused(
    `The stream ${stream} at ${link.address} cannot keep what it is for: ${wrong.join("; ")}. ` +
      "Correct it with `npm run trade -- nats provision` as the administrator, or name another stream."
  )
}

const infoOf = async (jsm: JetStreamManager, stream: string): Promise<StreamConfig | undefined> => {
  try {
    return (await jsm.streams.info(stream)).config
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound) return undefined
    throw error
  }
}

/** Asks until the server has an answer; its own word is final, unless it says that it is not ready (503). */
export const patiently = async <T>(link: Link, attempt: () => Promise<T>): Promise<T> => {
  const end = Date.now() + PATIENCE_MS
  for (;;) {
    try {
      return await attempt()
    } catch (cause) {
      assertOpen(link)
      if (cause instanceof LedgerRefused) throw cause
      const final = isForbidden(cause) || (cause instanceof JetStreamApiError && cause.status !== 503)
      if (!final && Date.now() < end) {
        await link.changed.wait(link.changed.rings(), link.closing, 100)
        continue
      }
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw new LedgerRefused(`The stream cannot be had at ${link.address}: ${reason}.`, { cause })
    }
  }
}

const isForbidden = (error: unknown): boolean =>
  error instanceof Error && /permissions violation/i.test(`${error.message} ${String(error.cause)}`)
