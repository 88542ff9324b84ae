// Stored runs depend on these numbers: a changed one is another story under an old seed.
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { chanceOf, digestOf, fractionOf } from "#domain/kernel/chance.ts"

describe("chance", () => {
  it.each<[ReadonlyArray<number | string>, number]>([
    [[], 2654435769],
    [[0], 1131751171],
    [[1], 187332800],
    [[1, 2], 2138337525],
    [[2, 1], 2488898385],
    [[-1], 389333724],
    [[2 ** 32], 930993813],
    [[2 ** 53 - 1], 2012805336],
    [[""], 1020716019],
    [["a"], 3329346816],
    [["ab"], 2210408611],
    [["a", "b"], 222266629],
    [["żółć"], 1435497471],
    [[7, "0-1042", 99_574], 4112595573]
  ])("of %j is %i, for ever", (keys, number) => {
    expect(chanceOf(...keys)).toBe(number)
  })

  it("is a fraction of it, at least 0 and below 1", () => {
    const keys = fc.array(fc.oneof(fc.maxSafeInteger(), fc.string()), { maxLength: 4 })
    fc.assert(
      fc.property(keys, (some) => {
        const chance = chanceOf(...some)
        expect(Number.isInteger(chance) && chance >= 0 && chance < 2 ** 32).toBe(true)
        expect(chanceOf(...some)).toBe(chance)
        expect(fractionOf(...some)).toBe(chance / 2 ** 32)
      })
    )
  })

  it("falls evenly, for keys that count up in any place", () => {
    const draws: ReadonlyArray<(i: number) => number> = [
      (i) => fractionOf(i),
      (i) => fractionOf(7, i),
      (i) => fractionOf(i, 7),
      (i) => fractionOf(7, `0-${i}`),
      (i) => fractionOf(i * 2 ** 32)
    ]
    for (const draw of draws) {
      const buckets = Array.from({ length: 20 }, () => 0)
      for (let i = 0; i < 20_000; i++) buckets[Math.floor(draw(i) * 20)]!++
      // 1000 each with a deviation of 31: five of them on either side
      expect(Math.min(...buckets)).toBeGreaterThan(845)
      expect(Math.max(...buckets)).toBeLessThan(1155)
    }
  })
})

describe("a digest", () => {
  it("tells amounts apart, however large, and what is left out from what comes next", () => {
    const large = fc.oneof(fc.bigInt(-(10n ** 26n), 10n ** 26n), fc.bigInt(-3n, 3n))
    const shift = fc
      .tuple(fc.nat(86), fc.boolean())
      .map(([bits, down]) => (down ? -(2n ** BigInt(bits)) : 2n ** BigInt(bits)))
    fc.assert(
      fc.property(large, shift, (amount, by) => {
        expect(digestOf("deposit", amount)).not.toBe(digestOf("deposit", amount + by))
        expect(digestOf("deposit", amount, undefined)).not.toBe(digestOf("deposit", undefined, amount))
      })
    )
    expect(digestOf("a", "b")).not.toBe(digestOf("ab", ""))
    expect(digestOf("a")).not.toBe(digestOf("a", undefined))
  })

  it("tells texts apart that differ in one place, and stays within 53 bits", () => {
    const digests = new Set<number>()
    for (let quantity = 0; quantity < 20_000; quantity++) {
      for (const side of ["buy", "sell"]) digests.add(digestOf(`order|BTCUSDT|${side}|limit|GTC|${quantity}|4500|||`))
    }
    expect(digests.size).toBe(40_000)
    expect([...digests].every((digest) => Number.isSafeInteger(digest) && digest >= 0)).toBe(true)
  })
})
