import type { Time } from "#domain/kernel/time.ts"
import { isDivided, type LimitChanges } from "./divide.ts"
import type { LimitName, Limits } from "./limits.ts"

/** The limits of one partition, and the changes that wait there, in the order of their times. */
export type Planned = {
  readonly limits: Limits
  readonly waiting: ReadonlyArray<{ readonly from: string; readonly limits: Limits }>
}
/** A change of one partition's limits that holds from `from` on; without it from now on. */
export type LimitWrite = { readonly from?: Time; readonly changes: LimitChanges }
/** Those that lower a limit, and those that raise one: of all partitions the first come before the second. */
export type LimitWrites = { readonly lower: ReadonlyArray<LimitWrite>; readonly raise: ReadonlyArray<LimitWrite> }

type Slot = { readonly from?: string; readonly limits: Limits }

/** What has become due is written into the state by the next commit, and holds before. */
export const plannedAt = (planned: Planned, at: Time): Planned => {
  const [{ limits }, ...waiting] = slotsFrom(planned, at) as [Slot, ...Planned["waiting"]]
  return { limits, waiting }
}

/** What holds at a time, or now, and each thing that is planned for later. */
export const slotsFrom = ({ limits, waiting }: Planned, from?: string): ReadonlyArray<Slot> => {
  const isFirst = (at: string) => from !== undefined && at <= from
  const first = waiting.findLast((due) => isFirst(due.from))?.limits ?? limits
  // of several that wait for the same moment the newest holds
  const later = waiting.filter((due, i) => !isFirst(due.from) && waiting[i + 1]?.from !== due.from)
  return [{ ...(from !== undefined && { from }), limits: first }, ...later]
}

/**
 * How one partition comes to hold what it is wanted to from a time on, whatever waits for later. No limit is above both
 * what it was and what it is to be in between, so when every partition lowers before any raises, the sum of their parts is
 * at no moment above the greater one of before and after: also when it ends in the middle, and for each time that is
 * planned for. What is wanted already needs no write, so the same again goes on where it ended.
 */
export const writesOf = (planned: Planned, wanted: LimitChanges, from?: Time): LimitWrites => {
  const slots = slotsFrom(planned, from)
  const [lower, raise] = [new Map<number, Change>(), new Map<number, Change>()]
  for (const name of Object.keys(wanted) as ReadonlyArray<LimitName>) {
    const goal = wanted[name] ?? undefined
    let values = slots.map(({ limits }) => limits[name])
    const over = values.findIndex((value) => isAbove(name, value, goal))
    if (over >= 0) {
      // one write for all that is later: the least of it, since a plan for later may be lower
      const least = values.slice(over).reduce((low, value) => (isAbove(name, low, value) ? value : low), goal)
      const low = isDivided(name) ? least : goal
      put(lower, over, name, low)
      values = values.map((value, i) => (i < over ? value : low))
    }
    const under = values.findIndex((value) => isAbove(name, goal, value))
    if (under >= 0) put(raise, under, name, goal)
  }
  return { lower: inOrder(slots, lower), raise: inOrder(slots, raise) }
}

type Change = Record<string, unknown>
const put = (writes: Map<number, Change>, slot: number, name: LimitName, value: Limits[LimitName]): void => {
  writes.set(slot, { ...writes.get(slot), [name]: value ?? null })
}
const inOrder = (slots: ReadonlyArray<Slot>, writes: ReadonlyMap<number, Change>): ReadonlyArray<LimitWrite> =>
  slots.flatMap(({ from }, i) => {
    const changes = writes.get(i) as LimitChanges | undefined
    return changes === undefined ? [] : [{ ...(from !== undefined && { from: from as Time }), changes }]
  })

/** No limit is above every limit. What is not divided has no order: another value is written with those that lower. */
const isAbove = (name: LimitName, a: Limits[LimitName], b: Limits[LimitName]): boolean => {
  if (!isDivided(name)) return a !== b
  return b !== undefined && (a === undefined || a > b)
}
