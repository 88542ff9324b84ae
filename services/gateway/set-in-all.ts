import { Result } from "effect"
import type { Time } from "#domain/kernel/time.ts"
import type { LimitChanges } from "#domain/risk/divide.ts"
import { type LimitWrite, type LimitWrites, writesOf } from "#domain/risk/lower-first.ts"
import { partInUse } from "#domain/risk/used.ts"
import type { LevelBody } from "#services/contract/limits.ts"
import { changesBody, limitsOfBody } from "#services/desk/limit-changes.ts"
import { refused } from "#services/http/answer.ts"
import { type Forward, isDone, type Outcome } from "./forward-all.ts"
import type { Forwarded } from "./forwarded.ts"
import { answerOfAll, levelIn, type Levels, levelsOf, plannedIn } from "./level-of-all.ts"
import { Recording } from "./recording.ts"
import { type WantedLimits, wantedLimits } from "./wanted-limits.ts"

type Partitions = ReadonlyArray<number>
export type Ways = {
  /** to the writer of the partition that a request names */
  readonly forward: Forward
  /** all that there are now */
  readonly partitions: () => Promise<Partitions>
  readonly clock: () => Time
}

/**
 * Sets limits of the firm or of a symbol in all partitions, divided beforehand: what raises a part is sent when all have
 * recorded what lowers one, so the sum is never above what it was or is to be. Answered when all hold what was asked. Where
 * some could not be reached the same request again finishes it, since what a partition holds already is not sent to it.
 */
export const setInAll = async (ways: Ways, asked: Forwarded, all: Partitions): Promise<Outcome> => {
  const asking = wantedLimits(asked.body!, all)
  if (Result.isFailure(asking)) return asking.failure
  const wanted = asking.success
  const { scope, id } = wanted.head
  const path = `/risk/limits/${scope}/${encodeURIComponent(id)}`
  const read: Forwarded = { ...asked, method: "GET", path, body: undefined }
  const recording = new Recording()
  const look = async (): Promise<Levels> => {
    const levels = await levelsOf(ways.forward, read, all)
    if (Result.isSuccess(levels)) return levels.success
    recording.notRead(levels.failure)
    return NONE
  }

  // whoever can be reached does not wait for the others with what is lowered
  const writes = await Promise.all(
    all.map(async (partition) => {
      const level = await levelIn(ways.forward, read, partition)
      if (Result.isFailure(level)) return recording.notRead(level.failure)
      const own = writesIn(wanted, partition, level.success)
      await send(ways.forward, asked, wanted, partition, own.lower, recording)
      return { partition, ...own }
    })
  )
  if (recording.problem !== undefined) return recording.problem
  const raises = writes.flatMap((own) => (own === undefined || own.raise.length === 0 ? [] : own))
  if (raises.length > 0) {
    // only now: before it was lowered more could be used
    const lowered = await look()
    if (recording.problem !== undefined) return recording.problem
    const inUse = stillUsed(lowered, wanted, raises, ways.clock())
    if (inUse !== undefined) return inUse
    await Promise.all(
      raises.map(({ partition, raise }) => send(ways.forward, asked, wanted, partition, raise, recording))
    )
    if (recording.problem !== undefined) return recording.problem
  }
  const after = await look()
  if (recording.problem !== undefined) return recording.problem
  for (const [partition, level] of after) {
    const { lower, raise } = writesIn(wanted, partition, level)
    if (lower.length + raise.length > 0)
      return refused(409, "LimitsChanged", "somebody else has set them at the same moment: look, and send it again")
  }
  // whoever was added after this has seen what was recorded
  const now = await ways.partitions().catch(() => undefined)
  if (now?.join() === all.join()) return answerOfAll(after)
  return refused(503, "OutcomeUnknown", "a partition was added meanwhile, which may not have it: send it again")
}

const NONE: Levels = new Map()

const writesIn = ({ parts, effectiveFrom }: WantedLimits, partition: number, level: LevelBody): LimitWrites =>
  writesOf(plannedIn(level), parts.get(partition)!, effectiveFrom)

/** One partition's, one after another: what holds from later on comes after what holds before. */
const send = async (
  forward: Forward,
  asked: Forwarded,
  { head }: WantedLimits,
  partition: number,
  writes: ReadonlyArray<LimitWrite>,
  recording: Recording
): Promise<void> => {
  for (const { from, changes } of writes) {
    const when = from !== undefined && { effectiveFrom: from }
    const body = { ...head, limits: changesBody(changes), ...when, partition }
    const outcome = await forward({ ...asked, body: JSON.stringify(body) })
    recording.written(partition, outcome)
    if (!isDone(outcome)) return
  }
}

/** What one uses beyond its new part is not undone: what others would get more comes on top of it. */
const stillUsed = (
  levels: Levels,
  { whole, parts, effectiveFrom }: WantedLimits,
  writes: ReadonlyArray<LimitWrites>,
  now: Time
): Outcome | undefined => {
  if (effectiveFrom !== undefined && effectiveFrom > now) return undefined // nobody knows what will be used then
  const names = new Set(writes.flatMap(({ raise }) => raise.flatMap(({ changes }) => Object.keys(changes))))
  const raised: LimitChanges = Object.fromEntries(Object.entries(whole).filter(([name]) => names.has(name)))
  const inUse = partInUse(
    raised,
    [...levels].map(([partition, { used = {} }]) => {
      return { partition, wanted: parts.get(partition)!, used: limitsOfBody(used) }
    })
  )
  if (inUse === undefined) return undefined
  const reason = `partition ${inUse.partition} uses more than its new part of ${inUse.name}`
  const what = "nothing was raised; send it again when less is used, or with other parts"
  return refused(409, "PartInUse", `${reason}: ${what}`, { errors: [{ field: `limits.${inUse.name}`, reason }] })
}
