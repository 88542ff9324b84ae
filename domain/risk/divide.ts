import { Result } from "effect"
import { ONE } from "#domain/kernel/money.ts"
import { limitProblem, type LimitName, type Limits } from "./limits.ts"

/**
 * Limits on what adds up over the partitions of a ledger. Each partition has a part, and decides by it alone: whatever the
 * others do, all together stay within the whole. The other limits compare with the order itself, an account, or a share,
 * and are the same in every partition.
 */
const DIVIDED = [
  "maxPosition",
  "maxGrossNotional",
  "maxOpenNotional",
  "maxOpenOrders",
  "maxOrdersPerSecond",
  "maxCancelsPerSecond",
  "maxDailyLoss",
  "maxTrailingLoss",
  "maxDrawdown"
] as const satisfies ReadonlyArray<LimitName>
type DividedName = (typeof DIVIDED)[number]
const divided: ReadonlySet<LimitName> = new Set(DIVIDED)
export const isDivided = (name: LimitName): name is DividedName => divided.has(name)

/** What is left out stays, `null` clears. */
export type LimitChanges = { readonly [K in LimitName]?: Limits[K] | null }
/** Each partition's share of a whole, of scale 8; together 1 at most. */
export type Shares = ReadonlyMap<number, bigint>
/** Which field of a request is wrong, and why. */
export type Undivided = {
  readonly code: "OutOfRange" | "Indivisible"
  readonly field: string
  readonly reason: string
}

/**
 * What each partition is to change, so that the parts of each limit add up to the whole, or to that share of it which
 * `shares` hands out; evenly without them. What does not divide, units or hundred-millionths, goes to the first ones.
 */
export const divideLimits = (
  changes: LimitChanges,
  partitions: ReadonlyArray<number>,
  shares?: Shares
): Result.Result<ReadonlyMap<number, LimitChanges>, Undivided> => {
  const parts = new Map(partitions.map((partition) => [partition, {} as Record<string, unknown>]))
  for (const name of Object.keys(changes) as ReadonlyArray<LimitName>) {
    const whole = changes[name]
    if (whole === undefined) continue
    const field = `limits.${name}`
    if (!isDivided(name) || whole === null) {
      for (const part of parts.values()) part[name] = whole
      continue
    }
    const problem = limitProblem(name, whole)
    if (problem !== undefined) return Result.fail({ code: "OutOfRange", field, reason: problem })
    const isCount = typeof whole === "number"
    for (const [partition, part] of partsOf(BigInt(whole as bigint), partitions, shares)) {
      const value = isCount ? Number(part) : part
      const isMeant = whole === 0 || whole === 0n || shares?.get(partition) === 0n
      if ((part === 0n && !isMeant) || limitProblem(name, value as Limits[LimitName]) !== undefined)
        return Result.fail({ code: "Indivisible", field, reason: `so little leaves none for partition ${partition}` })
      parts.get(partition)![name] = value
    }
  }
  return Result.succeed(parts as ReadonlyMap<number, LimitChanges>)
}

/** Parts of a whole, in its smallest units: their sum is the whole, times the sum of the shares, rounded down. */
const partsOf = (
  whole: bigint,
  partitions: ReadonlyArray<number>,
  shares?: Shares
): ReadonlyArray<readonly [partition: number, part: bigint]> => {
  const of = shares === undefined ? BigInt(partitions.length) : ONE
  const weights = partitions.map((partition) => (shares === undefined ? 1n : (shares.get(partition) ?? 0n)))
  const parts = weights.map((weight) => (whole * weight) / of)
  let rest = (whole * sumOf(weights)) / of - sumOf(parts)
  return partitions.map((partition, i) => {
    const more = rest > 0n && weights[i]! > 0n ? 1n : 0n
    rest -= more
    return [partition, parts[i]! + more]
  })
}
const sumOf = (values: ReadonlyArray<bigint>): bigint => values.reduce((sum, value) => sum + value, 0n)

/** Why shares are none of these partitions', or undefined. */
export const sharesProblem = (shares: Shares, partitions: ReadonlyArray<number>): string | undefined => {
  const unknown = [...shares.keys()].find((partition) => !partitions.includes(partition))
  if (unknown !== undefined) return `there is no partition ${unknown}`
  const missing = partitions.find((partition) => !shares.has(partition))
  if (missing !== undefined) return `partition ${missing} is not named: 0 gives it nothing`
  return sumOf([...shares.values()]) > ONE ? "they add up to more than 1" : undefined
}

/** The limits of all partitions together: of the divided ones the sum, of the others what is the same in each. */
export const wholeOf = (parts: ReadonlyArray<Limits>): Limits => {
  const [first = {}, ...others] = parts
  const whole: Record<string, unknown> = {}
  for (const name of Object.keys(first) as ReadonlyArray<LimitName>) {
    const values = parts.map((part) => part[name])
    if (isDivided(name)) {
      if (values.includes(undefined)) continue // where one has no limit, all together have none
      whole[name] =
        typeof first[name] === "number"
          ? (values as ReadonlyArray<number>).reduce((sum, value) => sum + value, 0)
          : sumOf(values as ReadonlyArray<bigint>)
    } else if (others.every((other) => other[name] === first[name])) whole[name] = first[name]
  }
  return whole
}
