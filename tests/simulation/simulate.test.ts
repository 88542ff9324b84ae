import { describe, expect, it } from "vitest"
import { ACCOUNT_EVENTS } from "#domain/account/events.ts"
import { simulate } from "#services/simulation/run.ts"
import { FAULTS, type Decider } from "./planted-faults.ts"

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

  it("comes to every type of event, and to most refusals", () => {
    const types = new Set<string>()
    const refusals = new Set<string>()
    for (const seed of [1, 2, 3]) {
      const result = simulate({ seed, steps: STEPS, auditEvery: STEPS })
      for (const type of Object.keys(result.eventTypes)) types.add(type)
      for (const code of Object.keys(result.refusals)) refusals.add(code)
    }
    expect([...types].toSorted()).toEqual(ACCOUNT_EVENTS.map(({ type }) => type).toSorted())
    expect(refusals.size).toBeGreaterThanOrEqual(12)
  })
})

const firstBroken = (decider: Decider) => {
  for (const seed of [1, 2, 3, 4]) {
    const { broken } = simulate({ seed, steps: STEPS, auditEvery: 50, decider })
    if (broken !== undefined) return broken
  }
  return undefined
}

describe("a planted fault is noticed", () => {
  it.each(Object.entries(FAULTS))("%s", (_, decider) => {
    const broken = firstBroken(decider)
    expect(broken).toBeDefined()
    expect(broken!.law).not.toMatch(/^TypeError|^RangeError/)
  })
})
