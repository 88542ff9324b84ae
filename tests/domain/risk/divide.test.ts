import { Result } from "effect"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { ONE } from "#domain/kernel/money.ts"
import { divideLimits, isDivided, sharesProblem, wholeOf, type Shares } from "#domain/risk/divide.ts"
import { LIMIT_NAMES, type Limits } from "#domain/risk/limits.ts"
import { amount } from "#tests/domain/account/story.ts"

const partitions = fc.uniqueArray(fc.nat(40), { minLength: 1, maxLength: 12 })
/** Shares that add up to 1 at most, some of them 0. */
const sharesOf = (all: ReadonlyArray<number>, weights: ReadonlyArray<number>, handedOut: bigint): Shares => {
  const own = all.map((_, i) => BigInt(weights[i % weights.length]!))
  const sum = own.reduce((a, b) => a + b, 0n) || 1n
  return new Map(all.map((partition, i) => [partition, (handedOut * own[i]!) / sum]))
}
const drawn = fc.record({
  all: partitions,
  amount: fc.bigInt({ min: 1n, max: 10n ** 26n - 1n }),
  count: fc.integer({ min: 0, max: 1_000_000_000 }),
  shares: fc.option(fc.tuple(fc.array(fc.nat(9), { minLength: 1 }), fc.bigInt({ min: 0n, max: ONE })), {
    nil: undefined
  })
})

describe("a limit that is divided", () => {
  it("is never less than its parts together, and what the shares hand out is handed out to the last unit", () => {
    fc.assert(
      fc.property(drawn, ({ all, amount: units, count, shares }) => {
        const own = shares && sharesOf(all, ...shares)
        for (const [name, whole] of [
          ["maxGrossNotional", units],
          ["maxOpenOrders", count]
        ] as const) {
          const divided = divideLimits({ [name]: whole } as Limits, all, own)
          const each = BigInt(whole)
          const handedOut = own === undefined ? ONE : [...own.values()].reduce((a, b) => a + b, 0n)
          if (Result.isFailure(divided)) {
            expect(divided.failure).toMatchObject({ code: "Indivisible", field: `limits.${name}` })
            continue
          }
          const parts = all.map((partition) => BigInt(divided.success.get(partition)![name]!))
          const sum = parts.reduce((a, b) => a + b, 0n)
          expect(sum).toBe((each * handedOut) / ONE)
          expect(sum <= each && parts.every((part) => part >= 0n)).toBe(true)
          expect(BigInt(wholeOf([...divided.success.values()] as ReadonlyArray<Limits>)[name]!)).toBe(sum)
          if (own !== undefined) continue
          // evenly, what is left over to the first ones
          expect(parts).toEqual(parts.toSorted((a, b) => (a < b ? 1 : a > b ? -1 : 0)))
          expect(parts[0]! - parts.at(-1)! <= 1n).toBe(true)
        }
      })
    )
  })

  it("is divided exactly", () => {
    const parts = divideLimits({ maxPosition: amount("100"), maxOrdersPerSecond: 8, washTrade: "block" }, [0, 1, 2])
    expect(Result.getOrThrow(parts)).toEqual(
      new Map([
        [0, { maxPosition: amount("33.33333334"), maxOrdersPerSecond: 3, washTrade: "block" }],
        [1, { maxPosition: amount("33.33333333"), maxOrdersPerSecond: 3, washTrade: "block" }],
        [2, { maxPosition: amount("33.33333333"), maxOrdersPerSecond: 2, washTrade: "block" }]
      ])
    )
  })

  it.each([
    ["Indivisible", { maxOpenOrders: 1 }, undefined],
    ["Indivisible", { maxDailyLoss: amount("0.00000001") }, undefined],
    ["Indivisible", { maxOpenOrders: 5 }, ["0.9", "0.1"]],
    ["Indivisible", { maxDailyLoss: amount("5") }, ["1", "0"]],
    ["OutOfRange", { maxDailyLoss: amount("0") }, undefined]
  ] as const)("%s: %o over two partitions by %o", (code, changes, shares) => {
    const by = shares && new Map(shares.map((share, i) => [i, amount(share)]))
    const field = `limits.${Object.keys(changes)[0]}`
    expect(divideLimits(changes as Limits, [0, 1], by)).toMatchObject({ failure: { code, field } })
  })

  it("may be nothing for all of them, or for those who are given no share", () => {
    expect(Result.getOrThrow(divideLimits({ maxOpenOrders: 0 }, [0, 1])).get(1)).toEqual({ maxOpenOrders: 0 })
    const one = new Map([
      [0, ONE],
      [1, 0n]
    ])
    expect(Result.getOrThrow(divideLimits({ maxOpenOrders: 1 }, [0, 1], one)).get(1)).toEqual({ maxOpenOrders: 0 })
  })

  it.each([
    [{ 0: "0.6", 1: "0.4" }, undefined],
    [{ 0: "0.6", 1: "0.4", 7: "0" }, "there is no partition 7"],
    [{ 0: "0.6" }, "partition 1 is not named: 0 gives it nothing"],
    [{ 0: "0.6", 1: "0.40000001" }, "they add up to more than 1"]
  ])("shares %o: %s", (shares, problem) => {
    const by = new Map(Object.entries(shares).map(([partition, share]) => [Number(partition), amount(share)]))
    expect(sharesProblem(by, [0, 1])).toBe(problem)
  })
})

describe("the whole", () => {
  it("is none where a part is missing, and none of what is not the same everywhere", () => {
    const [a, b]: [Limits, Limits] = [
      { maxOpenOrders: 5, maxDailyLoss: amount("2"), collarPercent: amount("5"), selfTrade: "allow" },
      { maxOpenOrders: 7, collarPercent: amount("6"), selfTrade: "allow" }
    ]
    expect(wholeOf([a, b])).toEqual({ maxOpenOrders: 12, selfTrade: "allow" })
  })
  it("knows of each limit which it is", () => {
    const same = LIMIT_NAMES.filter((name) => !isDivided(name))
    // a new one has to be thought about: does it add up?
    expect(same).toEqual([
      "maxOrderNotional",
      "collarPercent",
      "maxOrderQuantity",
      "maxConcentrationPercent",
      "maxPriceAgeSeconds",
      "fatFingerMultiple",
      "duplicateWindowMillis",
      "selfTrade",
      "washTrade",
      "restricted",
      "shortAllowed",
      "locateRequired"
    ])
  })
})
