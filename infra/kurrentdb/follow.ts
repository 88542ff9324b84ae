import { once } from "node:events"
import { setTimeout as sleep } from "node:timers/promises"
import { START } from "@kurrent/kurrentdb-client"
import type { StoredCommit } from "#streams/ports/event-log.ts"
import { commitOf, revisionOf, streamOf } from "./commit-event.ts"
import { mayWorkLater } from "./failures.ts"
import type { Link } from "./stored-commits.ts"

const PAUSE_MS = 250
const BATCH_COMMITS = 256

/**
 * What is appended after commit `last`, as it comes, until `signal` aborts. A subscription that drops is opened again
 * after the commit that came last.
 */
export async function* commitsAfter(
  link: Link,
  partition: number,
  last: number,
  signal: AbortSignal
): AsyncGenerator<ReadonlyArray<StoredCommit>> {
  let after = last
  while (!signal.aborted) {
    try {
      for await (const batch of subscribed(link, partition, after, signal)) {
        after = batch.at(-1)!.no
        yield batch
      }
    } catch (error) {
      if (signal.aborted) return
      if (link.closing.aborted) throw new Error(`${link.name} was closed while it was followed`, { cause: error })
      if (!mayWorkLater(error)) throw error
    }
    await sleep(PAUSE_MS, undefined, { signal }).catch(() => undefined)
  }
}

/** One subscription. It starts behind the revision that it is given, not at it. */
async function* subscribed(
  { client, prefix, closing }: Link,
  partition: number,
  after: number,
  signal: AbortSignal
): AsyncGenerator<ReadonlyArray<StoredCommit>> {
  const fromRevision = after === 0 ? START : revisionOf(after)
  const subscription = client.subscribeToStream(streamOf(prefix, partition), { fromRevision })
  // the client does not end a stream that it cancels: it has to be destroyed as well
  const end = () =>
    void subscription
      .unsubscribe()
      .catch(() => undefined)
      .finally(() => subscription.destroy())
  const ended = AbortSignal.any([signal, closing])
  ended.addEventListener("abort", end)
  let failure: unknown
  subscription.on("error", (error) => (failure = error))
  const closed = once(subscription, "close").catch(() => undefined)
  try {
    while (!ended.aborted && failure === undefined && !subscription.readableEnded && !subscription.destroyed) {
      const batch: Array<StoredCommit> = []
      while (batch.length < BATCH_COMMITS) {
        const resolved = subscription.read() as { readonly event?: Parameters<typeof commitOf>[1] } | null
        if (resolved === null) break
        if (resolved.event !== undefined) batch.push(commitOf(partition, resolved.event))
      }
      // where `after` is in doubt an event may come twice
      const wanted = batch.filter(({ no }) => !(no <= after))
      if (wanted.length > 0) yield wanted
      if (batch.length === 0) await Promise.race([once(subscription, "readable"), closed])
    }
    if (failure !== undefined && !ended.aborted) throw failure
  } finally {
    ended.removeEventListener("abort", end)
    end()
  }
}
