import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { Symbol } from "#domain/kernel/ids.ts"
import { exposureOf, moveExposure, newScope, totalsOf } from "#domain/risk/scope.ts"

describe("the exposure of a scope", () => {
  it("is the sum of what moved it, and says nothing at zero", () => {
    const part = fc.bigInt(-9n, 9n)
    const move = fc.record({ position: part, buying: part, selling: part, notional: part })
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom("X", "Y"), move)), (moves) => {
        const scope = newScope("firm", "firm")
        for (const [symbol, by] of moves) moveExposure(scope, totalsOf(scope, symbol as Symbol), by)
        for (const symbol of ["X", "Y"]) {
          const own = moves.filter(([of]) => of === symbol).map(([, by]) => by)
          const sum = (key: keyof (typeof own)[number]) => own.reduce((total, by) => total + by[key], 0n)
          const expected = {
            position: sum("position"),
            buying: sum("buying"),
            selling: sum("selling"),
            notional: sum("notional")
          }
          expect(exposureOf(scope, symbol as Symbol)).toMatchObject(expected)
          if (Object.values(expected).every((part) => part === 0n))
            expect(scope.symbols.held().map(([of]) => of as string)).not.toContain(symbol)
        }
        expect(scope.openNotional).toBe(moves.reduce((total, [, by]) => total + by.notional, 0n))
      })
    )
  })
})
