import { bodyOf, BrokenChain, checkRoot, readChecked, type CheckedCommit } from "./chain.ts"
import { EMPTY_CHAIN, type ChainHead } from "./commit.ts"
import type { EventLog } from "./ports/event-log.ts"

/** The target holds something else than the source's beginning, or the source moved: `no` is the first such commit. */
export class NotTheSame extends Error {
  override readonly name = "NotTheSame"
}

/** What was copied of a partition; `copied` are the commits that were not there before. */
export type CopiedPartition = {
  readonly partition: number
  readonly commits: number
  readonly events: number
  readonly copied: number
  readonly head: ChainHead
}
export type CopyProgress = (stage: "copy" | "prove", done: number, total: number) => void

/**
 * Copies a partition, commit by commit as it is stored: numbers, ids, hashes and bytes stay. Every commit of the source
 * is checked before it is appended. A target that is a prefix of the source is continued; one that holds anything else
 * is refused before anything is appended ({@link NotTheSame}). At the end both are read again from the first commit and
 * compared. The source must rest meanwhile: when it moved, that is said, and the next copy goes on.
 */
export const copyPartition = async (
  from: EventLog,
  to: EventLog,
  partition: number,
  onProgress: CopyProgress = () => undefined
): Promise<CopiedPartition> => {
  const end = (await from.head(partition)) ?? EMPTY_CHAIN
  const there = (await to.head(partition)) ?? EMPTY_CHAIN
  if (there.no > end.no) {
    throw new NotTheSame(`${to.name} has ${there.no} commits of partition ${partition}, and ${from.name} ${end.no}`)
  }
  for await (const commit of commitsOf(from, partition, end.no)) {
    const { no, hash } = commit.stored
    if (no === there.no && hash !== there.hash) throw await differing(from, to, partition, there.no)
    checkRoot(commit)
    if (no > there.no) await to.append(commit.stored)
    onProgress("copy", no, end.no)
  }
  const events = await proveEqual(from, to, partition, end, onProgress)
  const moved = (await from.head(partition)) ?? EMPTY_CHAIN
  if (moved.no !== end.no || moved.hash !== end.hash) {
    throw new NotTheSame(
      `${from.name} was written while it was copied: partition ${partition} went from commit ${end.no} to ${moved.no}. ` +
        "Stop its writer and copy again: it goes on from here"
    )
  }
  return { partition, commits: end.no, events, copied: end.no - there.no, head: { no: end.no, hash: end.hash } }
}

/** Reads both from the first commit and compares every one, up to `end`, which must be the head of the target. */
const proveEqual = async (
  from: EventLog,
  to: EventLog,
  partition: number,
  end: ChainHead,
  onProgress: CopyProgress
): Promise<number> => {
  let events = 0
  let no = 0
  const copies = commitsOf(to, partition, Number.MAX_SAFE_INTEGER)
  try {
    for await (const commit of commitsOf(from, partition, end.no)) {
      const { stored } = commit
      no = stored.no
      const copy = await copies.next()
      if (copy.done === true) throw new NotTheSame(`${to.name} lacks commit ${no} of partition ${partition}`)
      if (copy.value.stored.hash !== stored.hash) throw notEqual(to, partition, no)
      events += bodyOf(commit).events.length
      onProgress("prove", no, end.no)
    }
    const more = await copies.next()
    if (no !== end.no) throw new BrokenChain(partition, no + 1, `${from.name} ends before its head ${end.no}`)
    if (more.done !== true) throw new NotTheSame(`${to.name} goes on after commit ${no} of partition ${partition}`)
  } finally {
    await copies.return(undefined)
  }
  const head = (await to.head(partition)) ?? EMPTY_CHAIN
  if (head.no !== end.no || head.hash !== end.hash) throw notEqual(to, partition, head.no)
  return events
}

/** Where two chains begin to differ, for the one who has to find out why. */
const differing = async (from: EventLog, to: EventLog, partition: number, last: number): Promise<NotTheSame> => {
  const theirs = commitsOf(to, partition, Number.MAX_SAFE_INTEGER)
  for await (const { stored } of commitsOf(from, partition, last)) {
    const other = await theirs.next()
    if (other.done !== true && other.value.stored.hash === stored.hash) continue
    await theirs.return(undefined)
    return notEqual(to, partition, stored.no)
  }
  return notEqual(to, partition, last)
}

const notEqual = (to: EventLog, partition: number, no: number): NotTheSame =>
  new NotTheSame(`commit ${no} of partition ${partition} in ${to.name} is another one than in the source`)

/** The log as it was when the copy began: what is appended to it later is left out. */
const upTo = (log: EventLog, end: number): Pick<EventLog, "read"> => ({
  read: async function* (partition, from) {
    for await (const batch of log.read(partition, from)) {
      const wanted = batch.filter(({ no }) => !(no > end))
      if (wanted.length > 0) yield wanted
      if (wanted.length < batch.length) return
    }
  }
})

/** Checked commits up to number `end`; damage is told with the name of the log that it is in. */
async function* commitsOf(log: EventLog, partition: number, end: number): AsyncGenerator<CheckedCommit> {
  try {
    for await (const batch of readChecked(upTo(log, end), partition)) yield* batch
  } catch (error) {
    if (error instanceof BrokenChain) error.message = `${log.name}: ${error.message}`
    throw error
  }
}
