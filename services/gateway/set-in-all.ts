import { Result } from "effect"
import type { Time } from "#domain/kernel/time.ts"
import type { LimitChanges } from "#domain/risk/divide.ts"
import { type LimitWrite, type LimitWrites, writesOf } from "#domain/risk/lower-first.ts"
import { partInUse } from "#domain/risk/used.ts"
import { changesBody, limitsOfBody } from "#services/desk/limit-changes.ts"
import { refused, type RefusalStatus } from "#services/http/answer.ts"
import { type Forward, isDone, type Outcome } from "./forward-all.ts"
import { fieldsOf, type Forwarded } from "./forwarded.ts"
import { answerOfAll, type Levels, levelsOf, plannedIn } from "./level-of-all.ts"
import { type WantedLimits, wantedLimits } from "./wanted-limits.ts"

type Partitions = ReadonlyArray<number>
export type Ways = {
  /** to the writer of the partition that a request names */
  readonly forward: Forward
  /** all that there are now */
  readonly partitions: () => Promise<Partitions>
  readonly clock: () => Time
}
type Written = { readonly partition: number; readonly outcome: Outcome }

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
  const look = () => levelsOf(ways.forward, { ...asked, method: "GET", path, body: undefined }, all)
  const before = await look()
  if (Result.isFailure(before)) return before.failure

  const writes = missingIn(before.success, wanted)
  const written: Array<Written> = []
  for (const step of ["lower", "raise"] as const) {
    if (step === "raise" && writes.some(({ raise }) => raise.length > 0)) {
      // only now: before it was lowered more could be used
      const lowered = await look()
      if (Result.isFailure(lowered)) return notInAll({ partition: all[0]!, outcome: lowered.failure }, written)
      const inUse = stillUsed(lowered.success, wanted, writes, ways.clock())
      if (inUse !== undefined) return inUse
    }
    await Promise.all(writes.map((own) => send(ways.forward, asked, wanted, own.partition, own[step], written)))
    const failed = written.find(({ outcome }) => !isDone(outcome))
    if (failed !== undefined) return notInAll(failed, written)
  }
  const after = await look()
  if (Result.isFailure(after)) return notInAll({ partition: all[0]!, outcome: after.failure }, written)
  if (missingIn(after.success, wanted).some(({ lower, raise }) => lower.length + raise.length > 0))
    return refused(409, "LimitsChanged", "they were set by somebody else at the same moment: look, and send it again")
  // whoever was added after this has seen what was recorded
  const now = await ways.partitions().catch(() => undefined)
  if (now?.join() === all.join()) return answerOfAll(after.success)
  return refused(503, "OutcomeUnknown", "a partition was added meanwhile, which may not have it: send it again")
}

type OwnWrites = LimitWrites & { readonly partition: number }
const missingIn = (levels: Levels, { parts, effectiveFrom }: WantedLimits): ReadonlyArray<OwnWrites> =>
  [...levels].map(([partition, level]) => {
    return { partition, ...writesOf(plannedIn(level), parts.get(partition)!, effectiveFrom) }
  })

/** One partition's, one after another: what holds from later on comes after what holds before. */
const send = async (
  forward: Forward,
  asked: Forwarded,
  { head }: WantedLimits,
  partition: number,
  writes: ReadonlyArray<LimitWrite>,
  written: Array<Written>
): Promise<void> => {
  for (const { from, changes } of writes) {
    const when = from !== undefined && { effectiveFrom: from }
    const body = { ...head, limits: changesBody(changes), ...when, partition }
    const outcome = await forward({ ...asked, body: JSON.stringify(body) })
    written.push({ partition, outcome })
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
  return refused(
    409,
    "PartInUse",
    `${reason}: nothing was raised; send it again when less is used, or with other parts`,
    {
      errors: [{ field: `limits.${inUse.name}`, reason }]
    }
  )
}

/** What is recorded stays: nothing was raised before everything was lowered. */
const notInAll = ({ partition, outcome }: Written, written: ReadonlyArray<Written>): Outcome => {
  const recorded = written.flatMap((one) => {
    if (!isDone(one.outcome)) return []
    const { position } = fieldsOf(one.outcome.body)
    return typeof position === "string" ? position : `partition ${one.partition}`
  })
  if (recorded.length === 0) return outcome
  const where = `it is recorded at ${recorded.join()}, and not in every partition`
  if ("problem" in outcome || outcome.status >= 500) return refused(503, "OutcomeUnknown", `${where}: send it again`)
  const { code, detail, errors } = fieldsOf(outcome.body)
  return refused(
    outcome.status as RefusalStatus,
    String(code),
    `partition ${partition}: ${String(detail)} (${where})`,
    {
      ...(Array.isArray(errors) && { errors })
    }
  )
}
