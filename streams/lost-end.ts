import { setTimeout as sleep } from "node:timers/promises"
import type { ChainHead } from "./commit.ts"
import type { EventLog } from "./ports/event-log.ts"
import { commitAt } from "./snapshots/newest-sound.ts"

/** Something beside the ledger that knows of a commit, since it saw it there. */
export type Witness = {
  /** what it has to do with the commit, and where that stands: `signed in file:...` */
  readonly name: string
  /** the newest commit of a partition that it knows of */
  readonly newest: (partition: number) => Promise<ChainHead | undefined>
}

/** A commit that was in the ledger, as people write it: `0:120:1f00a4b2c3d4`. */
export const commitName = (partition: number, { no, hash }: ChainHead): string =>
  `${partition}:${no}:${hash.slice(0, 12)}`

/** The ledger does not hold what was known to be in it: whoever went on from its end would write another history. */
export class LostEnd extends Error {
  override readonly name = "LostEnd"
  /** {@link commitName} of each commit that is not there */
  readonly lost: ReadonlyArray<string>
  constructor(message: string, lost: ReadonlyArray<string>) {
    super(message)
    this.lost = lost
  }
}

export type LostEndOptions = {
  readonly log: Pick<EventLog, "name" | "head" | "read">
  readonly partition: number
  readonly witnesses: ReadonlyArray<Witness>
  /** names of commits that somebody has given up */
  readonly accepted?: ReadonlyArray<string>
  /** how long a log that answers with less is asked again: one of several servers may still be fetching it */
  readonly patienceMs?: number
  readonly onSilent?: (witness: string, reason: string) => void
  readonly onAccepted?: (reason: string) => void
}

/** A witness that does not answer for so long is left out: nothing that is traded waits for copies. */
const WITNESS_MS = 3_000
const ASK_AGAIN_MS = 500

/**
 * Throws {@link LostEnd} where the log lacks a commit that one of the witnesses knows of, or has another in its place. To
 * be asked before a partition is written: a server that cut a damaged file short says nothing of it.
 */
export const checkEnd = async (options: LostEndOptions): Promise<void> => {
  const { log, partition, witnesses, accepted = [], patienceMs = 0, onSilent, onAccepted } = options
  // the witnesses first: the log may only have grown since
  const told = await Promise.all(
    witnesses.map(async ({ name, newest }) => {
      try {
        return { name, end: await inTime(newest(partition)) }
      } catch (error) {
        onSilent?.(name, (error as Error).message)
        return { name, end: undefined }
      }
    })
  )
  for (const until = performance.now() + patienceMs; ; await sleep(ASK_AGAIN_MS)) {
    const lost: Array<{ readonly commit: string; readonly reason: string }> = []
    for (const { name, end } of told) {
      if (end === undefined || end.no === 0) continue
      const found = await commitAt(log, partition, end.no)
      if (found?.hash === end.hash) continue
      const what = found === undefined ? "" : `, not the one that is there, ${found.hash.slice(0, 12)}`
      const commit = commitName(partition, end)
      lost.push({ commit, reason: `commit ${end.no} (${end.hash.slice(0, 12)})${what} was ${name}` })
    }
    const given = lost.filter(({ commit }) => accepted.includes(commit))
    const refused = lost.filter(({ commit }) => !accepted.includes(commit))
    if (refused.length === 0) return given.forEach(({ reason }) => onAccepted?.(reason))
    if (performance.now() < until) continue
    const end = (await log.head(partition))?.no ?? 0
    throw new LostEnd(
      `ledger partition ${partition} in ${log.name} ends at commit ${end}, and ${refused.map(({ reason }) => reason).join("; ")}`,
      [...new Set(refused.map(({ commit }) => commit))]
    )
  }
}

const inTime = async <T>(answer: Promise<T>): Promise<T> => {
  const late = new AbortController()
  const timer = sleep(WITNESS_MS, undefined, { signal: late.signal, ref: false }).then(() => {
    throw new Error(`no answer within ${WITNESS_MS / 1_000} s`)
  })
  timer.catch(() => {}) // cut short below
  try {
    return await Promise.race([answer, timer])
  } finally {
    late.abort()
  }
}
