import { Result } from "effect"
import { divideLimits, isDivided, type LimitChanges, sharesProblem, type Undivided } from "#domain/risk/divide.ts"
import type { LimitName } from "#domain/risk/limits.ts"
import { type LimitWrite, writesOf } from "#domain/risk/lower-first.ts"
import { SetLimits } from "#services/contract/limits.ts"
import { changesBody, changesOf } from "#services/desk/limit-changes.ts"
import { refused, type RefusalStatus } from "#services/http/answer.ts"
import { decoder } from "#services/http/decode.ts"
import { parseJson } from "#services/http/json.ts"
import { type Forward, isDone, type Outcome } from "./forward-all.ts"
import { fieldsOf, type Forwarded } from "./forwarded.ts"
import { answerOfAll, type Levels, levelsOf, plannedIn } from "./level-of-all.ts"

type Partitions = ReadonlyArray<number>
type Written = { readonly partition: number; readonly outcome: Outcome }
const decode = decoder(SetLimits)

/**
 * Sets limits of the firm or of a symbol in all partitions, divided beforehand: what raises a part is sent when all have
 * recorded what lowers one, so the sum is never above what it was or is to be. Answered when all hold what was asked. Where
 * some could not be reached the same request again finishes it, since what a partition holds already is not sent to it.
 */
export const setInAll = async (
  forward: Forward,
  asked: Forwarded,
  all: Partitions,
  partitions: () => Promise<Partitions>
): Promise<Outcome> => {
  const { value, inexact } = parseJson(asked.body!)!
  const decoded = decode(value, inexact)
  if (Result.isFailure(decoded)) return { problem: decoded.failure }
  const { scope, id, limits, parts, effectiveFrom, partition: _, ...why } = decoded.success
  const wanted = divided(changesOf(limits), all, parts)
  if (Result.isFailure(wanted)) {
    const { code, field, reason } = wanted.failure
    return refused(422, code, `${field}: ${reason}`, { errors: [{ field, reason }] })
  }
  const missing = (levels: Levels) =>
    [...levels].map(([partition, level]) => {
      const writes = writesOf(plannedIn(level), wanted.success.get(partition)!, effectiveFrom)
      return { partition, ...writes }
    })
  const look = { ...asked, method: "GET", body: undefined, path: `/risk/limits/${scope}/${encodeURIComponent(id)}` }
  const before = await levelsOf(forward, look, all)
  if (Result.isFailure(before)) return before.failure

  const written: Array<Written> = []
  const writeAll = async (partition: number, writes: ReadonlyArray<LimitWrite>) => {
    for (const { from, changes } of writes) {
      const when = from !== undefined && { effectiveFrom: from }
      const body = { scope, id, limits: changesBody(changes), ...why, ...when, partition }
      const outcome = await forward({ ...asked, body: JSON.stringify(body) })
      written.push({ partition, outcome })
      if (!isDone(outcome)) return
    }
  }
  const writes = missing(before.success)
  for (const step of ["lower", "raise"] as const) {
    await Promise.all(writes.map((own) => writeAll(own.partition, own[step])))
    const failed = written.find(({ outcome }) => !isDone(outcome))
    if (failed !== undefined) return notInAll(failed, written)
  }
  const after = await levelsOf(forward, look, all)
  if (Result.isFailure(after)) return notInAll({ partition: all[0]!, outcome: after.failure }, written)
  if (missing(after.success).some(({ lower, raise }) => lower.length + raise.length > 0))
    return refused(409, "LimitsChanged", "they were set by somebody else at the same moment: look, and send it again")
  // whoever was added after this has seen what was recorded
  const now = await partitions().catch(() => undefined)
  if (now?.join() !== all.join())
    return refused(503, "OutcomeUnknown", "a partition was added meanwhile, which may not have it: send it again")
  return answerOfAll(after.success)
}

type Unwanted = Omit<Undivided, "code"> & { readonly code: string }
const divided = (
  changes: LimitChanges,
  partitions: Partitions,
  parts: Readonly<Record<string, bigint>> | undefined
): Result.Result<ReadonlyMap<number, LimitChanges>, Unwanted> => {
  const shares = parts && new Map(Object.entries(parts).map(([partition, share]) => [Number(partition), share]))
  const none = "none of these limits is divided: they are the same in every partition"
  const isNeeded = Object.keys(changes).some((name) => isDivided(name as LimitName))
  const problem = shares && (isNeeded ? sharesProblem(shares, partitions) : none)
  if (problem !== undefined) return Result.fail({ code: "ImpossibleValue", field: "parts", reason: problem })
  return divideLimits(changes, partitions, shares)
}

/** What is recorded stays: nothing was raised before everything was lowered. */
const notInAll = ({ partition, outcome }: Written, written: ReadonlyArray<Written>): Outcome => {
  const recorded = written.flatMap((one) => {
    if (!isDone(one.outcome)) return []
    const { position } = JSON.parse(one.outcome.body) as { readonly position?: string }
    return position ?? `partition ${one.partition}`
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
