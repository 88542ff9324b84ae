import { Result } from "effect"
import { wholeOf } from "#domain/risk/divide.ts"
import { slotsFrom, type Planned } from "#domain/risk/lower-first.ts"
import type { LevelBody, LevelPart } from "#services/contract/limits.ts"
import { limitValues } from "#services/desk/bodies.ts"
import { limitsOfBody } from "#services/desk/limit-changes.ts"
import { type Forward, isDone, type Outcome } from "./forward-all.ts"
import type { Passed } from "./forward.ts"
import { type Forwarded, pathOf } from "./forwarded.ts"

/** The limits of the firm or of a symbol as each partition has answered them. */
export type Levels = ReadonlyMap<number, LevelBody>

/** Asks one partition for its part: its answer, or what came instead. */
export const levelIn = async (
  forward: Forward,
  asked: Forwarded,
  partition: number
): Promise<Result.Result<LevelBody, Outcome>> => {
  const url = pathOf(asked)
  url.searchParams.set("partition", String(partition))
  const outcome = await forward({ ...asked, path: `${url.pathname}${url.search}` })
  return isDone(outcome) ? Result.succeed(JSON.parse(outcome.body) as LevelBody) : Result.fail(outcome)
}

/** Asks each partition for its part; without one of them there is no whole. */
export const levelsOf = async (
  forward: Forward,
  asked: Forwarded,
  partitions: ReadonlyArray<number>
): Promise<Result.Result<Levels, Outcome>> => {
  const levels = await Promise.all(partitions.map((partition) => levelIn(forward, asked, partition)))
  return Result.map(Result.all(levels), (all) => new Map(all.map((level, i) => [partitions[i]!, level])))
}

export const plannedIn = ({ limits, waiting = [] }: LevelBody): Planned => ({
  limits: limitsOfBody(limits),
  waiting: waiting.map((due) => ({ from: due.effectiveFrom, limits: limitsOfBody(due.limits) }))
})

/** The whole, now and at each time that something waits for, beside the part of each partition. */
export const answerOfAll = (levels: Levels): Passed => {
  const [{ scope, id }] = [...levels.values()] as [LevelBody, ...ReadonlyArray<LevelBody>]
  const planned = [...levels.values()].map(plannedIn)
  const wholeAt = (from?: string) => limitValues(wholeOf(planned.map((one) => slotsFrom(one, from)[0]!.limits)))
  const times = [...new Set(planned.flatMap(({ waiting }) => waiting.map(({ from }) => from)))].toSorted()
  const positions = [...levels.values()].flatMap(({ position }) => position ?? [])
  const body: LevelBody = {
    scope,
    id,
    limits: wholeAt(),
    ...(times.length > 0 && { waiting: times.map((from) => ({ effectiveFrom: from, limits: wholeAt(from) })) }),
    ...(positions.length > 0 && { position: positions.join() }),
    parts: Object.fromEntries([...levels].map(([partition, level]) => [partition, partOf(level)]))
  }
  return { status: 200, contentType: "application/json", body: JSON.stringify(body) }
}

const partOf = ({ limits, waiting, used, position }: LevelBody): LevelPart => ({
  limits,
  ...(waiting !== undefined && { waiting }),
  ...(used !== undefined && { used }),
  ...(position !== undefined && { position })
})
