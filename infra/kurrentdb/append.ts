import { setTimeout as sleep } from "node:timers/promises"
import { EMPTY_CHAIN, type ChainHead } from "#streams/commit.ts"
import { Fenced, LogUnavailable, type StoredCommit } from "#streams/ports/event-log.ts"
import { eventOf, expectedBefore, streamOf } from "./commit-event.ts"
import { inTime, reasonOf, verdictOf, type Verdict } from "./failures.ts"
import type { Link, StoredCommits } from "./stored-commits.ts"

const ANSWER_MS = 5_000

/** Appends a commit as one event at its number, offered again until it is known whether it is stored. */
export const makeAppend = (link: Link, commits: StoredCommits, patienceMs: number) => {
  /** The newest commit of each partition as far as this process knows: perhaps old, never wrong. */
  const places = new Map<number, ChainHead>()

  /** Whether the commit follows what is there, or is there already. The server checks the number, not the hash. */
  const before = async (commit: StoredCommit): Promise<"follows" | "stored"> => {
    const { partition, no } = commit
    let place = places.get(partition)
    if (place?.no !== no - 1) {
      const newest = await commits.newest(partition)
      if (newest !== undefined && newest.no >= no) {
        const there = newest.no === no ? newest : await commits.at(partition, no)
        if (there?.hash === commit.hash) return "stored"
      }
      place = newest ?? EMPTY_CHAIN
      places.set(partition, place)
    }
    if (place.no === no - 1 && place.hash === commit.prev) return "follows"
    throw fenced(commit, place.no)
  }

  /** What stands in the commit's place, when a try has ended without a clear word. */
  const standing = async (commit: StoredCommit): Promise<"stored" | "nothing" | "unknown"> => {
    const there = await commits.at(commit.partition, commit.no).catch(unknownIfUnavailable)
    if (there === undefined) return "nothing"
    if (there === "unknown") return "unknown"
    if (there.hash === commit.hash) return "stored"
    places.delete(commit.partition)
    throw fenced(commit, there.no)
  }

  return async (commit: StoredCommit): Promise<void> => {
    if ((await before(commit)) === "stored") return
    const start = Date.now()
    let mayBeStored = false
    for (let tries = 0; ; tries++) {
      if (tries > 0) await sleep(Math.min(10 * 2 ** tries, 500))
      if (link.closing.aborted)
        throw new Error(`${link.name} was closed before commit ${commit.no} was known to be stored`)
      const { verdict, reason } = await attempt(link, commit)
      const told = `commit ${commit.no} of partition ${commit.partition} at ${link.name}: ${reason}`
      if (verdict === "refused") throw new Error(`refused: ${told}`)
      const found = verdict === "stored" || verdict === "nothing stored" ? verdict : await standing(commit)
      if (found === "stored") {
        places.set(commit.partition, commit)
        return
      }
      if (verdict === "unknown") mayBeStored = true
      if (Date.now() < start + patienceMs) continue
      if (verdict === "taken" && found === "nothing") throw new Error(`the stream contradicts itself, ${told}`)
      // what is on its way may still arrive: only of what never left is it certain that nothing is stored
      if (!mayBeStored) throw new LogUnavailable(told)
    }
  }
}

const attempt = async (
  { client, prefix }: Link,
  commit: StoredCommit
): Promise<{ readonly verdict: Verdict | "stored"; readonly reason: string }> => {
  const stream = streamOf(prefix, commit.partition)
  const streamState = expectedBefore(commit.no)
  try {
    const options = { streamState, requiresLeader: true, deadline: ANSWER_MS }
    await inTime(client.appendToStream(stream, eventOf(commit), options), ANSWER_MS + 1_000)
    return { verdict: "stored", reason: "" }
  } catch (error) {
    return { verdict: verdictOf(error), reason: reasonOf(error) }
  }
}

const unknownIfUnavailable = (error: unknown): "unknown" => {
  if (error instanceof LogUnavailable) return "unknown"
  throw error
}

const fenced = (commit: StoredCommit, stands: number): Fenced =>
  new Fenced(`partition ${commit.partition} stands at commit ${stands}: commit ${commit.no} does not follow it`)
