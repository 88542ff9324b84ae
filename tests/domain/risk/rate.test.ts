import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { newRate, rateUsed, spendRate } from "#domain/risk/rate.ts"

describe("the budget of a second", () => {
  it("lets so many through at once, and no more in any second, wherever it begins", () => {
    const gaps = fc.array(fc.constantFrom(0, 1, 1000, 50_000, 333_333, 999_999, 1_000_000), { maxLength: 120 })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), gaps, (perSecond, waits) => {
        const rate = newRate()
        const passed: Array<number> = []
        let now = 1_700_000_000_000_000
        for (const wait of waits) {
          now += wait
          const used = rateUsed(rate, now)
          expect(used).toBe(passed.filter((at) => at > now - 1_000_000).length)
          if (used + 1 > perSecond) continue
          spendRate(rate, now)
          passed.push(now)
        }
        for (const from of passed)
          expect(passed.filter((at) => at >= from && at < from + 1_000_000).length).toBeLessThanOrEqual(perSecond)
      })
    )
  })

  it("is whole again a second after the last was taken", () => {
    const rate = newRate()
    for (let i = 0; i < 7; i++) spendRate(rate, 1_000_000)
    expect([rateUsed(rate, 1_999_999), rateUsed(rate, 2_000_000)]).toEqual([7, 0])
  })

  it("is not moved by a clock that goes back", () => {
    const rate = newRate()
    spendRate(rate, 5_000_000)
    spendRate(rate, 4_000_000)
    expect([rateUsed(rate, 4_000_000), rateUsed(rate, 5_999_999), rateUsed(rate, 6_000_000)]).toEqual([2, 2, 0])
  })

  it("keeps no more than what was taken in a second", () => {
    const rate = newRate()
    for (let i = 0; i < 100_000; i++) spendRate(rate, i * 10_000)
    expect(rate.taken.length).toBeLessThan(300)
    expect(rateUsed(rate, 999_990_000)).toBe(100)
  })
})
