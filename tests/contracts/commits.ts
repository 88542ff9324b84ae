// Chains of commits for tests of logs, and what a log gives back.
import { type ChainHead, EMPTY_CHAIN, sealCommit } from "#streams/commit.ts"
import type { EventLog, StoredCommit } from "#streams/ports/event-log.ts"

const event = (eventNo: number, note = ""): string => JSON.stringify({ eventNo, type: "Noted", data: { note } })

/** Commits that follow each other from `head` on; `sizes` says how many events each has. */
export const chainOf = (
  sizes: ReadonlyArray<number>,
  { partition = 0, head = EMPTY_CHAIN, epoch = 1, writer = "a", note = "" } = {}
): ReadonlyArray<StoredCommit> => {
  let after: ChainHead = head
  let eventNo = head.no * 1_000
  return sizes.map((size) => {
    const events = Array.from({ length: size }, () => event(++eventNo, note))
    const commit = sealCommit(after, partition, epoch, writer, events)
    after = commit
    return commit
  })
}

export const appendAll = async (log: EventLog, commits: ReadonlyArray<StoredCommit>): Promise<void> => {
  for (const commit of commits) await log.append(commit)
}

export const readAll = async (log: EventLog, partition = 0, from = 1): Promise<ReadonlyArray<StoredCommit>> => {
  const all: Array<StoredCommit> = []
  for await (const batch of log.read(partition, from)) all.push(...batch)
  return all
}

/** The first `count` commits that a follower sees. */
export const followed = async (
  log: EventLog,
  count: number,
  { partition = 0, from = 1, seen }: { partition?: number; from?: number; seen?: (commit: StoredCommit) => void } = {}
): Promise<ReadonlyArray<StoredCommit>> => {
  const stop = new AbortController()
  const all: Array<StoredCommit> = []
  for await (const batch of log.follow(partition, from, stop.signal)) {
    for (const commit of batch) {
      all.push(commit)
      seen?.(commit)
    }
    if (all.length >= count) stop.abort()
  }
  return all
}

/** Buffers and plain byte arrays compare as equal. */
export const plain = (commits: ReadonlyArray<StoredCommit>) =>
  commits.map((commit) => ({ ...commit, body: Buffer.from(commit.body).toString("utf8") }))
