import type { Fact, Recorded } from "#domain/kernel/event.ts"
import { bodyOf, checkCommit } from "./chain.ts"
import type { Codec } from "./codec.ts"
import { eventsOf } from "./commit-events.ts"
import type { EventLog, StoredCommit } from "./ports/event-log.ts"

/** The events `first` to `last` of a partition, found by halving: a repeat is answered from what the first time recorded. */
export const eventsBetween = async <Event extends Fact>(
  log: Pick<EventLog, "read" | "head">,
  codec: Codec<Event>,
  partition: number,
  first: number,
  last: number
): Promise<ReadonlyArray<Recorded<Event>>> => {
  const head = await log.head(partition)
  let low = 1
  let high = head?.no ?? 0
  // the newest commit that begins at or before `first`; commits without events are passed over to the next
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    const begins = await firstEventFrom(log, partition, middle)
    if (begins === undefined || begins > first) high = middle - 1
    else low = middle
  }
  const found: Array<Recorded<Event>> = []
  for await (const batch of log.read(partition, low)) {
    for (const commit of batch) {
      for (const event of eventsOf(codec, checked(commit))) {
        const { eventNo } = event
        if (eventNo >= first && eventNo <= last) found.push(event)
        if (eventNo >= last) return found
      }
    }
  }
  return found
}

const checked = (commit: StoredCommit) =>
  checkCommit({ no: commit.no - 1, hash: commit.prev }, commit, commit.partition)

const firstEventFrom = async (
  log: Pick<EventLog, "read">,
  partition: number,
  no: number
): Promise<number | undefined> => {
  for await (const batch of log.read(partition, no)) {
    for (const commit of batch) {
      const [first] = bodyOf(checked(commit)).events
      if (first !== undefined) return first["eventNo"] as number
    }
  }
  return undefined
}
