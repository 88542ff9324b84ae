import { describe, expect, it } from "vitest"
import { ACCOUNT_EVENTS } from "#domain/account/events.ts"
import { kindOf } from "#services/simulation/broken-law.ts"
import { simulate } from "#services/simulation/run.ts"
import { shortestHistory } from "#services/simulation/shrink.ts"
import type { Decider } from "./faults.ts"
import { FAULTS } from "./planted-faults.ts"

const STEPS = 1000

describe("a simulation", () => {
  it.each([1, 2, 3])("of seed %i keeps every law, and tells the same story again", (seed) => {
    const first = simulate({ seed, steps: STEPS })
    expect(first.broken).toBeUndefined()
    expect(simulate({ seed, steps: STEPS })).toEqual(first)
  })

  it("of another seed tells another story", () => {
    expect(simulate({ seed: 4, steps: 300 }).digest).not.toBe(simulate({ seed: 5, steps: 300 }).digest)
  })

  it("does not depend on how often the laws are looked at", () => {
    const often = simulate({ seed: 6, steps: 400, auditEvery: 10 })
    expect(often.broken).toBeUndefined()
    expect(often.digest).toBe(simulate({ seed: 6, steps: 400, auditEvery: 400 }).digest)
  })

  it("comes to every type of event that it has words for, and to most refusals", () => {
    const types = new Set<string>()
    const refusals = new Set<string>()
    for (let seed = 1; seed <= 20 && (types.size < ACCOUNT_EVENTS.length || refusals.size < 12); seed++) {
      const result = simulate({ seed, steps: 2 * STEPS, auditEvery: STEPS })
      for (const type of Object.keys(result.eventTypes)) types.add(type)
      for (const code of Object.keys(result.refusals)) refusals.add(code)
    }
    expect([...types].toSorted()).toEqual(ACCOUNT_EVENTS.map(({ type }) => type).toSorted())
    expect(refusals.size).toBeGreaterThanOrEqual(12)
  })
})

/** The first of some seeds whose story shows the fault, with the shortest history found of it. */
const firstBroken = (decider: Decider) => {
  for (let seed = 1; seed <= 24; seed++) {
    const { broken } = simulate({ seed, steps: STEPS, decider })
    if (broken !== undefined) return { seed, ...broken }
  }
  return undefined
}
/** Telling a fault shortly takes longer than noticing it: every other in CI, elsewhere a few. */
const isTold = (at: number): boolean => at % (process.env["REQUIRE_BACKENDS"] === "1" ? 2 : 16) === 0

describe("a planted fault is noticed and told shortly", () => {
  const lengths: Array<number> = []
  it.each(Object.entries(FAULTS).map(([name, decider], at) => [name, decider, at] as const))(
    "%s",
    (_, decider, at) => {
      const broken = firstBroken(decider)
      expect(broken).toBeDefined()
      expect(broken!.law).not.toMatch(/^TypeError|^RangeError/)
      if (!isTold(at)) return
      const { law, ...found } = broken!
      const shortest = shortestHistory({ law, ...found }, decider)
      expect(kindOf(shortest!.broken!.law)).toBe(kindOf(law))
      expect(shortest!.broken!.step).toBe(shortest!.lines.length)
      lengths.push(shortest!.lines.length)
    },
    240_000
  ) // telling the longest of them is 20 s of work
  it("in ten commands mostly", () => {
    expect(lengths.filter((length) => length > 10).length).toBeLessThanOrEqual(lengths.length / 6)
    expect(Math.max(...lengths)).toBeLessThanOrEqual(30)
  })

  it("at the step that shows it, however seldom all of the state is looked at", () => {
    const decider = FAULTS["a halt is not lifted"]!
    const often = simulate({ seed: 1, steps: STEPS, auditEvery: 1, decider })
    expect(simulate({ seed: 1, steps: STEPS, decider }).broken).toEqual(often.broken)
  })
})
