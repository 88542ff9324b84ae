import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { Symbol } from "#domain/kernel/ids.ts"
import { exposureOf, moveExposure, newScope, rateUsed, spendRate } from "#domain/risk/scope.ts"

describe("the order budget of a scope", () => {
  it("lets so many through at once, and in any stretch no more than the burst and what the rate adds", () => {
    const gaps = fc.array(fc.constantFrom(0, 1, 1000, 50_000, 333_333, 1_000_000), { maxLength: 80 })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), gaps, (perSecond, waits) => {
        const scope = newScope("account", "A")
        const passed: Array<number> = []
        let now = 1_700_000_000_000_000
        for (const wait of waits) {
          now += wait
          const used = rateUsed(scope, perSecond, now)
          expect(used >= 0 && used <= perSecond).toBe(true)
          if (used + 1 > perSecond) continue
          spendRate(scope, perSecond, now)
          passed.push(now)
        }
        for (const [i, from] of passed.entries()) {
          const within = passed.slice(i).filter((at) => at <= from + 1_000_000).length
          expect(within).toBeLessThanOrEqual(2 * perSecond)
          expect(passed.slice(i).filter((at) => at === from).length).toBeLessThanOrEqual(perSecond)
        }
      })
    )
  })

  it("is whole again after a second of rest", () => {
    const scope = newScope("account", "A")
    for (let i = 0; i < 7; i++) spendRate(scope, 7, 1_000_000)
    expect(rateUsed(scope, 7, 1_000_000)).toBe(7)
    expect(rateUsed(scope, 7, 2_000_010)).toBe(0)
  })

  it("used at one rate counts at the one that holds", () => {
    const scope = newScope("account", "A")
    for (let i = 0; i < 10; i++) spendRate(scope, 10, 0)
    expect([rateUsed(scope, 10, 0), rateUsed(scope, 5, 0), rateUsed(scope, 100, 0)]).toEqual([10, 5, 100])
  })
})

describe("the exposure of a scope", () => {
  it("is the sum of what moved it, and leaves nothing behind at zero", () => {
    const move = fc.record({ position: fc.bigInt(-9n, 9n), buying: fc.bigInt(-9n, 9n), selling: fc.bigInt(-9n, 9n) })
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom("X", "Y"), move)), (moves) => {
        const scope = newScope("firm", "firm")
        for (const [symbol, by] of moves) moveExposure(scope, symbol as Symbol, by)
        for (const symbol of ["X", "Y"]) {
          const own = moves.filter(([of]) => of === symbol).map(([, by]) => by)
          const sum = (key: keyof (typeof own)[number]) => own.reduce((total, by) => total + by[key], 0n)
          const expected = { position: sum("position"), buying: sum("buying"), selling: sum("selling") }
          expect(exposureOf(scope, symbol as Symbol)).toEqual(expected)
          if (Object.values(expected).every((part) => part === 0n))
            expect(scope.symbols.has(symbol as Symbol)).toBe(false)
        }
      })
    )
  })
})
