import type { Time } from "#domain/kernel/time.ts"
import { isDivided, type LimitChanges } from "./divide.ts"
import { LIMIT_NAMES, limitProblem, type Limits } from "./limits.ts"
import { slotsFrom, type LimitWrite, type Planned } from "./lower-first.ts"

/**
 * What a partition that is added writes down of the firm's or a symbol's limits before it serves, by what the others hold
 * and plan: the same limits, and no part of those that are divided, so that the sum of the parts is what it was. What it
 * has itself stays.
 */
export const takenOver = (own: Planned, others: ReadonlyArray<Planned>): ReadonlyArray<LimitWrite> => {
  const times = [...new Set(others.flatMap(({ waiting }) => waiting.map(({ from }) => from)))].toSorted()
  const mine = new Set(slotsFrom(own).flatMap(({ limits }) => Object.keys(limits)))
  let before: Limits = {}
  return [undefined, ...times].flatMap((from) => {
    const held = withoutPart(others.map((other) => slotsFrom(other, from)[0]!.limits))
    const changed = LIMIT_NAMES.filter((name) => !mine.has(name) && held[name] !== before[name])
    before = held
    const changes = Object.fromEntries(changed.map((name) => [name, held[name] ?? null])) as LimitChanges
    return changed.length === 0 ? [] : [{ ...(from !== undefined && { from: from as Time }), changes }]
  })
}

/** Of a limit that is not the same in all the others the first one's is taken. */
const withoutPart = (others: ReadonlyArray<Limits>): Limits => {
  const held: Record<string, unknown> = {}
  for (const name of LIMIT_NAMES) {
    const value = others.find((limits) => limits[name] !== undefined)?.[name]
    if (value === undefined) continue
    const none = (typeof value === "bigint" ? 0n : 0) as Limits[typeof name]
    if (!isDivided(name)) held[name] = value
    else if (limitProblem(name, none) === undefined) held[name] = none
    // rates and losses cannot be limited to nothing: where no order passes, none counts and nothing is lost
    else held["maxOpenOrders"] = 0
  }
  return held
}
