import { Result, Schema } from "effect"
import type { LimitChanges } from "#domain/risk/divide.ts"
import { LIMIT_NAMES, Limits } from "#domain/risk/limits.ts"
import type { LimitChanges as Asked, LimitValues } from "#services/contract/limits.ts"
import { limitValues } from "./bodies.ts"

/** Changes as the ledger has them: a list of symbols is one text there, and an empty list restricts nothing. */
export const changesOf = ({ restricted, ...limits }: Asked): LimitChanges =>
  restricted === undefined
    ? limits
    : { ...limits, restricted: restricted?.length ? [...new Set(restricted)].join(" ") : null }

/** Changes as a request has them. */
export const changesBody = (changes: LimitChanges): Readonly<Record<string, unknown>> => {
  const cleared = LIMIT_NAMES.filter((name) => changes[name] === null).map((name) => [name, null] as const)
  const set = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== null))
  return { ...limitValues(set), ...Object.fromEntries(cleared) }
}

const decode = Schema.decodeUnknownResult(Limits)
/** Limits out of the body of an answer. */
export const limitsOfBody = ({ restricted, ...values }: LimitValues): Limits =>
  Result.getOrThrow(decode({ ...values, ...(restricted !== undefined && { restricted: restricted.join(" ") }) }))
