// Stored runs depend on these numbers: a changed one is another story under an old seed.
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { chanceOf, digestOf, fractionOf } from "#domain/kernel/chance.ts"

describe("chance", () => {
  it.each<[ReadonlyArray<number | string>, number]>([
    [[], 0],
    [[0], 0],
    [[1], 0],
    [[1, 2], 0],
    [[2, 1], 0],
    [[-1], 0],
    [[2 ** 32], 0],
    [[2 ** 53 - 1], 0],
    [[""], 0],
    [["a"], 0],
    [["ab"], 0],
    [["a", "b"], 0],
    [["żółć"], 0],
    [[7, "0-1042", 99_574], 0]
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
  it.each([
    ["", 0],
    ["a", 0],
    ["order|BTCUSDT|buy|limit|GTC|100000000|4500000000000|||", 0]
  ])("of %j is %i", (text, number) => {
    expect(digestOf(text)).toBe(number)
  })

  it("tells texts apart that differ in one place, and stays within 53 bits", () => {
    const seen = new Map<number, string>()
    for (let quantity = 0; quantity < 20_000; quantity++) {
      for (const side of ["buy", "sell"]) {
        const text = `order|BTCUSDT|${side}|limit|GTC|${quantity}|4500000000000|||`
        const digest = digestOf(text)
        expect(Number.isSafeInteger(digest) && digest >= 0).toBe(true)
        expect(seen.get(digest)).toBeUndefined()
        seen.set(digest, text)
      }
    }
  })
})
