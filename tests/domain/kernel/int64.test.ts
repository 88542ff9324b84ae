import fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
  bigintOf,
  exactNumber,
  highHalf,
  isTakenWhole,
  lowHalf,
  nearestNumber,
  takeHalves
} from "#domain/kernel/int64.ts"

/** Around every number where a number of bits ends, on both sides of 0. */
const anyAmount = fc.oneof(
  fc.bigInt(-(2n ** 90n), 2n ** 90n),
  fc
    .tuple(fc.nat(70), fc.bigInt(-3n, 3n), fc.constantFrom(1n, -1n))
    .map(([bits, off, sign]) => sign * 2n ** BigInt(bits) + off)
)

describe("an amount", () => {
  it("is a number where that is exact, and the nearest one elsewhere", () => {
    fc.assert(
      fc.property(anyAmount, (amount) => {
        const isExact = Number.isSafeInteger(Number(amount))
        expect(exactNumber(amount)).toBe(isExact ? Number(amount) : Number.NaN)
        expect(nearestNumber(amount)).toBe(Number(amount))
      })
    )
  })
  it("is what its number says", () => {
    const safe = fc.oneof(fc.maxSafeInteger(), fc.integer({ min: -5, max: 5 }))
    fc.assert(
      fc.property(safe, (value) => {
        expect(bigintOf(value)).toBe(BigInt(value))
      })
    )
    expect(bigintOf(-0)).toBe(0n)
  })
  it("has two halves, which are all of it where it has 64 bits", () => {
    fc.assert(
      fc.property(anyAmount, (amount) => {
        takeHalves(amount)
        expect(lowHalf()).toBe(Number(BigInt.asIntN(32, amount)))
        expect(highHalf()).toBe(Number(BigInt.asIntN(32, amount >> 32n)))
        expect(isTakenWhole(amount)).toBe(BigInt.asIntN(64, amount) === amount)
      })
    )
  })
})
