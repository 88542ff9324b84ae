import { Result } from "effect"
import type { Time } from "#domain/kernel/time.ts"
import { divideLimits, isDivided, type LimitChanges, sharesProblem } from "#domain/risk/divide.ts"
import type { LimitName } from "#domain/risk/limits.ts"
import { SetLimits } from "#services/contract/limits.ts"
import { changesOf } from "#services/desk/limit-changes.ts"
import { type Refused, refused } from "#services/http/answer.ts"
import { decoder } from "#services/http/decode.ts"
import { parseJson } from "#services/http/json.ts"

/** What a request wants of the limits of all partitions together. */
export type WantedLimits = {
  /** whose they are, who wants it and why, as the request has it */
  readonly head: Pick<SetLimits, "scope" | "id" | "reason" | "proposedBy" | "approvedBy">
  readonly effectiveFrom: Time | undefined
  readonly whole: LimitChanges
  /** what each partition is to have of it */
  readonly parts: ReadonlyMap<number, LimitChanges>
}

const decode = decoder(SetLimits)

/** Reads a request (well-formed JSON) and divides what it wants among the partitions, or says which field is wrong. */
export const wantedLimits = (
  body: string,
  partitions: ReadonlyArray<number>
): Result.Result<WantedLimits, { readonly problem: Refused }> => {
  const { value, inexact } = parseJson(body)!
  const decoded = decode(value, inexact)
  if (Result.isFailure(decoded)) return Result.fail({ problem: decoded.failure })
  const { limits, parts: asked, effectiveFrom, partition: _, ...head } = decoded.success
  const whole = changesOf(limits)
  const shares = asked && new Map(Object.entries(asked).map(([partition, share]) => [Number(partition), share]))
  const isNeeded = Object.keys(whole).some((name) => isDivided(name as LimitName))
  const none = "none of these limits is divided: they are the same in every partition"
  const problem = shares && (isNeeded ? sharesProblem(shares, partitions) : none)
  if (problem !== undefined) return Result.fail(wrong("ImpossibleValue", "parts", problem))
  const parts = divideLimits(whole, partitions, shares)
  if (Result.isSuccess(parts)) return Result.succeed({ head, effectiveFrom, whole, parts: parts.success })
  const { code, field, reason } = parts.failure
  return Result.fail(wrong(code, field, reason))
}

const wrong = (code: string, field: string, reason: string) =>
  refused(422, code, `${field}: ${reason}`, { errors: [{ field, reason }] })
