import { Result, Schema } from "effect"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
  absOf,
  Cash,
  downTo,
  exactNotional,
  fits,
  formatFixed,
  minOf,
  ONE,
  parseFixed,
  Price,
  Quantity,
  ratioHalfEven,
  Rate,
  timesHalfUp
} from "#domain/kernel/money.ts"

const MOST = 10n ** 26n - 1n
/** Around every number where a fast path ends, and anywhere between the bounds. */
const anyAmount = fc
  .oneof(
    fc.bigInt(-MOST, MOST),
    fc.bigInt(-(10n ** 16n), 10n ** 16n),
    fc
      .tuple(fc.nat(26), fc.bigInt(-3n, 3n), fc.boolean())
      .map(([digits, off, negative]) => (10n ** BigInt(digits) + off) * (negative ? -1n : 1n)),
    fc.tuple(fc.nat(53), fc.bigInt(-3n, 3n)).map(([bits, off]) => 2n ** BigInt(bits) + off)
  )
  .filter(fits)

/** Schoolbook division: what is left of a / b is told by comparing, never by a fraction. */
const nearest = (a: bigint, b: bigint): { low: bigint; side: -1 | 0 | 1 } => {
  const low = a / b - (a % b !== 0n && a < 0n !== b < 0n ? 1n : 0n)
  const twice = 2n * (a - low * b)
  return { low, side: twice < b ? -1 : twice === b ? 0 : 1 }
}

describe("decimal text", () => {
  it.each([
    ["0", 0n],
    ["1", ONE],
    ["-1", -ONE],
    ["0.00000001", 1n],
    ["-0.00000001", -1n],
    ["65000.125", 6_500_012_500_000n],
    ["9999999.99999999", 999_999_999_999_999n],
    ["90071992.54740991", 9_007_199_254_740_991n],
    ["90071992.54740992", 9_007_199_254_740_992n],
    ["-90071992.54740993", -9_007_199_254_740_993n],
    ["999999999999999999.99999999", MOST],
    ["-999999999999999999.99999999", -MOST]
  ])("%s is %s inside, and the other way round", (text, scaled) => {
    expect(parseFixed(text)).toBe(scaled)
    expect(formatFixed(scaled)).toBe(text)
  })

  it("comes back as the same amount, without exponent or trailing zeros", () => {
    fc.assert(
      fc.property(anyAmount, (scaled) => {
        const text = formatFixed(scaled)
        expect(text).toMatch(/^(0|-?(0|[1-9]\d{0,17})(\.\d{0,7}[1-9])?)$/)
        expect(text).not.toBe("-0")
        expect(parseFixed(text)).toBe(scaled)
      })
    )
  })

  it("means what its digits say, with as many zeros behind them as there may be", () => {
    const digits = fc.array(fc.nat(9), { minLength: 1, maxLength: 18 }).map((ds) => BigInt(ds.join("")).toString())
    const decimals = fc.array(fc.nat(9), { maxLength: 8 }).map((ds) => ds.join(""))
    fc.assert(
      fc.property(digits, decimals, fc.boolean(), (whole, fraction, negative) => {
        const text = `${negative ? "-" : ""}${whole}${fraction === "" ? "" : `.${fraction}`}`
        const scaled = BigInt(whole + fraction.padEnd(8, "0"))
        expect(parseFixed(text)).toBe(negative ? -scaled : scaled)
      })
    )
  })

  const decode = Schema.decodeUnknownResult(Price)
  const judged = (input: unknown) => Result.isSuccess(decode(input))

  it.each(["1", "0", "-1", "0.00000001", "1.50", "-0", "999999999999999999.99999999"])("%s is an amount", (text) => {
    expect(judged(text)).toBe(true)
  })

  it.each<[unknown, string]>([
    ["", "nothing"],
    ["1e5", "an exponent"],
    ["1E-8", "an exponent"],
    ["01", "a zero before it"],
    ["00.1", "two zeros before it"],
    [".5", "no digit before the point"],
    ["5.", "no digit after the point"],
    ["+1", "a plus"],
    ["--1", "two signs"],
    [" 1", "a space before it"],
    ["1\n", "a newline after it"],
    ["1_000", "a separator"],
    ["1,5", "a comma"],
    ["0x10", "another base"],
    ["١٢", "digits of another script"],
    ["NaN", "no number"],
    ["Infinity", "no end"],
    ["0.000000001", "nine decimals"],
    ["1000000000000000000", "nineteen digits"],
    [1, "a number"],
    [1n, "a bigint"],
    [null, "null"],
    [undefined, "undefined"],
    [{}, "an object"]
  ])("%s is none: %s", (input) => {
    expect(judged(input)).toBe(false)
  })

  it("is encoded within the bounds only, by every kind of amount", () => {
    for (const schema of [Price, Quantity, Cash, Rate]) {
      const encode = Schema.encodeUnknownResult(schema)
      expect(encode(MOST)).toEqual(Result.succeed("999999999999999999.99999999"))
      expect(Result.isFailure(encode(MOST + 1n))).toBe(true)
      expect(Result.isFailure(encode(-MOST - 1n))).toBe(true)
    }
    expect([fits(MOST), fits(-MOST), fits(MOST + 1n), fits(-MOST - 1n)]).toEqual([true, true, false, false])
  })
})

describe("a notional", () => {
  const of = (price: string, quantity: string, multiplier = "1") =>
    exactNotional(parseFixed(price) as Price, parseFixed(quantity) as Quantity, parseFixed(multiplier) as Rate)

  it.each([
    ["65000.125", "0.00001", "1", "0.65000125"],
    ["0.0001", "0.0001", "1", "0.00000001"],
    ["3", "2", "0.5", "3"],
    ["2.5", "4", "100", "1000"],
    ["999999999", "999999999", "1", "999999998000000001"],
    ["999999999999999999.99999999", "1", "1", "999999999999999999.99999999"]
  ])("%s × %s × %s is %s", (price, quantity, multiplier, notional) => {
    expect(of(price, quantity, multiplier)).toBe(parseFixed(notional))
  })

  it.each([
    ["0.0001", "0.00001", "1", "nine decimals"],
    ["0.33333333", "0.1", "1", "nine decimals"],
    ["0.00000001", "1", "0.5", "nine decimals by the multiplier"],
    ["1000000000", "1000000000", "1", "nineteen digits"]
  ])("%s × %s × %s is not exact: %s", (price, quantity, multiplier) => {
    expect(of(price, quantity, multiplier)).toBeUndefined()
  })

  it("is there exactly when the product has 8 decimals and 18 digits", () => {
    const factor = fc.oneof(
      fc.bigInt(0n, 10n ** 20n),
      fc.bigInt(0n, 10n ** 6n).map((n) => n * 10n ** 6n)
    )
    fc.assert(
      fc.property(factor, factor, factor, (a, b, c) => {
        const notional = exactNotional(a as Price, b as Quantity, c as Rate)
        const exact = (a * b * c) % 10n ** 16n === 0n && (a * b * c) / 10n ** 16n < 10n ** 26n
        expect(notional).toBe(exact ? (a * b * c) / 10n ** 16n : undefined)
      })
    )
  })
})

describe("rounding", () => {
  it.each([
    ["100", "0.0005", "0.05"],
    ["0.00001", "0.0005", "0.00000001"],
    ["0.00000999", "0.0005", "0"],
    ["0.00003", "0.0005", "0.00000002"],
    ["-0.00001", "0.0005", "-0.00000001"],
    ["-0.00000999", "0.0005", "0"]
  ])("a fee of %s at %s is %s: halves go up", (notional, rate, fee) => {
    expect(timesHalfUp(parseFixed(notional), parseFixed(rate))).toBe(parseFixed(fee))
  })

  it.each([
    [1n, 1n, 2n, 0n],
    [3n, 1n, 2n, 2n],
    [5n, 1n, 2n, 2n],
    [7n, 1n, 2n, 4n],
    [-1n, 1n, 2n, 0n],
    [-3n, 1n, 2n, -2n],
    [-5n, 1n, 2n, -2n],
    [2n, 1n, 3n, 1n],
    [1n, 1n, 3n, 0n],
    [10n, 10n, 8n, 12n],
    [10n, 11n, 4n, 28n]
  ])("%d × %d / %d is %d: halves go to the even neighbour", (a, b, c, expected) => {
    expect(ratioHalfEven(a, b, c)).toBe(expected)
  })

  it("goes to the nearest, half up for fees and half to even for averages, the same on both sides of zero", () => {
    const wide = fc.bigInt(-(10n ** 26n), 10n ** 26n)
    fc.assert(
      fc.property(wide, wide, fc.bigInt(1n, 10n ** 26n), (a, b, c) => {
        const product = a * b < 0n ? -(a * b) : a * b
        const sign = a * b < 0n ? -1n : 1n
        const fee = nearest(product, ONE)
        expect(timesHalfUp(a, b)).toBe(sign * (fee.side < 0 ? fee.low : fee.low + 1n))
        const { low, side } = nearest(product, c)
        const up = side > 0 || (side === 0 && low % 2n === 1n)
        expect(ratioHalfEven(a, b, c)).toBe(sign * (up ? low + 1n : low))
      })
    )
  })

  it("down to a step leaves the largest multiple that is not above", () => {
    fc.assert(
      fc.property(fc.bigInt(0n, MOST), fc.bigInt(1n, MOST), (value, step) => {
        const down = downTo(value, step)
        expect(down % step).toBe(0n)
        expect(down <= value && down + step > value).toBe(true)
      })
    )
  })

  it("least and size", () => {
    expect([minOf(1n, 2n), minOf(2n, 1n), absOf(-3n), absOf(3n), absOf(0n)]).toEqual([1n, 1n, 3n, 3n, 0n])
  })
})
