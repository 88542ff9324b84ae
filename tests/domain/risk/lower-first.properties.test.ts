// Limits of the firm that are set in several partitions, and end anywhere: over the real decider of each.
import { Result } from "effect"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { plusMicros, type Time } from "#domain/kernel/time.ts"
import { divideLimits, type LimitChanges, type Shares } from "#domain/risk/divide.ts"
import { plannedAt, slotsFrom, writesOf, type LimitWrite } from "#domain/risk/lower-first.ts"
import { takenOver } from "#domain/risk/newcomer.ts"
import type { Limits } from "#domain/risk/limits.ts"
import { amount, MORNING, Story } from "#tests/domain/account/story.ts"

const HOUR = 3_600_000_000
const timeAt = (hours: number): Time => plusMicros(MORNING, hours * HOUR)
const NAMES = ["maxOpenOrders", "maxGrossNotional"] as const
const TIMES = Array.from({ length: 12 }, (_, hours) => timeAt(hours))

type Change = {
  readonly orders: number | null | undefined
  readonly gross: number | null | undefined
  readonly collar: number
  readonly shares: ReadonlyArray<number> | undefined
  readonly inHours: number | undefined
  readonly cut: number
  readonly later: number
}
const whole = fc.option(fc.oneof(fc.integer({ min: 4, max: 30 }), fc.constant(null)), { nil: undefined })
const change: fc.Arbitrary<Change> = fc.record({
  orders: whole,
  gross: whole,
  collar: fc.integer({ min: 1, max: 3 }),
  shares: fc.option(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 4, maxLength: 4 }), { nil: undefined }),
  inHours: fc.option(fc.nat(6), { nil: undefined }),
  cut: fc.nat(12),
  later: fc.nat(2)
})
const wantedOf = ({ orders, gross, collar, shares }: Change, all: ReadonlyArray<number>) => {
  const changes: LimitChanges = {
    ...(orders !== undefined && { maxOpenOrders: orders }),
    ...(gross !== undefined && { maxGrossNotional: gross === null ? null : amount(String(gross)) }),
    collarPercent: amount(String(collar))
  }
  const sum = shares?.reduce((a, b) => a + b, 0)
  const own: Shares | undefined =
    shares && new Map(all.map((p) => [p, (amount("1") * BigInt(shares[p]!)) / BigInt(sum!)]))
  return divideLimits(changes, all, own)
}

/** Of all partitions together at each time from now on, without end where one has none. */
const sums = (stories: ReadonlyArray<Story>) =>
  TIMES.flatMap((time) =>
    NAMES.map((name) => {
      if (time < stories[0]!.now) return -Infinity // over
      const values = stories.map(({ state }) => slotsFrom(state.firm, time)[0]!.limits[name])
      return values.includes(undefined) ? Infinity : values.reduce((sum: number, value) => sum + Number(value), 0)
    })
  )
const write = (story: Story, { from, changes }: LimitWrite) => {
  const outcome = story.limits("firm", "firm", changes, from === undefined ? {} : { effectiveFrom: from })
  expect(outcome.code).toBeUndefined()
}
const heldBy = ({ state, now }: Story) => plannedAt(state.firm, now)
const stepsOf = (stories: ReadonlyArray<Story>, wanted: ReadonlyMap<number, LimitChanges>, from: Time | undefined) => {
  const writes = stories.map((story, p) => writesOf(heldBy(story), wanted.get(p)!, from))
  const of = (step: "lower" | "raise") => writes.flatMap((own, p) => own[step].map((one) => [p, one] as const))
  return [of("lower"), of("raise")] as const
}

describe("limits of the firm in several partitions", () => {
  it("are at no moment above the greater one of before and after, wherever it ends, and the same again finishes it", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 4 }), fc.array(change, { minLength: 1, maxLength: 6 }), (n, changes) => {
        const all = Array.from({ length: n }, (_, p) => p)
        const stories = all.map((partition) => new Story({ partition }))
        for (const one of changes) {
          const wanted = wantedOf(one, all)
          if (Result.isFailure(wanted)) continue
          const from = one.inHours === undefined ? undefined : timeAt(one.inHours)
          const before = sums(stories)
          const goal = { maxOpenOrders: one.orders, maxGrossNotional: one.gross && Number(amount(String(one.gross))) }
          const after = sums(stories).map((was, i) => {
            const to = goal[NAMES[i % 2]!]
            const isLater = TIMES[i >> 1]! >= (from ?? stories[0]!.now)
            return isLater && to !== undefined ? (to ?? Infinity) : was
          })
          const most = before.map((was, i) => Math.max(was, after[i]!))
          const send = (steps: ReturnType<typeof stepsOf>, upTo: number) => {
            let sent = 0
            for (const step of steps)
              for (const [p, one] of step) {
                if (sent++ === upTo) return
                write(stories[p]!, one)
                sums(stories).forEach((sum, i) => expect(sum).toBeLessThanOrEqual(most[i]!))
              }
          }
          send(stepsOf(stories, wanted.success, from), one.cut)
          // whoever asks again may do so when some of it is due
          for (const story of stories) story.now = plusMicros(story.now, one.later * HOUR)
          send(stepsOf(stories, wanted.success, from), Infinity)
          const [lower, raise] = stepsOf(stories, wanted.success, from)
          expect([...lower, ...raise]).toEqual([])
          for (const [p, story] of stories.entries())
            for (const { limits } of slotsFrom(heldBy(story), from))
              for (const [name, value] of Object.entries(wanted.success.get(p)!))
                expect(limits[name as keyof Limits]).toBe(value ?? undefined)
        }
        // a partition that is added changes no sum of what is limited, and has no part that another time raises
        const newcomer = new Story({ partition: n })
        newcomer.now = stories[0]!.now
        const own = [...stories, newcomer]
        for (const one of takenOver(
          newcomer.state.firm,
          stories.map(({ state }) => state.firm)
        ))
          write(newcomer, one)
        const limited = sums(stories).map((sum) => sum !== Infinity)
        expect(sums(own).filter((_, i) => limited[i])).toEqual(sums(stories).filter((_, i) => limited[i]))
      })
    )
  })
})

describe("a partition that is added", () => {
  const MORE = timeAt(3)
  const others = [
    {
      limits: { collarPercent: amount("5"), maxPosition: amount("7"), maxDailyLoss: amount("9") } as Limits,
      waiting: [{ from: MORE, limits: { collarPercent: amount("6"), maxOpenNotional: amount("1") } as Limits }]
    },
    { limits: { maxPosition: amount("8"), washTrade: "block" } as Limits, waiting: [] }
  ]
  it("has what is the same everywhere, and no part of the rest: without a loss to lose, no order", () => {
    expect(takenOver({ limits: {}, waiting: [] }, others)).toEqual([
      { changes: { collarPercent: amount("5"), maxPosition: 0n, maxOpenOrders: 0, washTrade: "block" } },
      { from: MORE, changes: { collarPercent: amount("6"), maxOpenNotional: 0n, maxOpenOrders: null } }
    ])
  })
  it("keeps what it was given itself", () => {
    const own = { limits: { maxPosition: amount("2"), maxOpenOrders: 3 } as Limits, waiting: [] }
    expect(takenOver(own, others).map(({ changes }) => Object.keys(changes))).toEqual([
      ["collarPercent", "washTrade"],
      ["collarPercent", "maxOpenNotional"]
    ])
  })
})
