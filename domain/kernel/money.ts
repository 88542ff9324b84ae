import { Schema, SchemaTransformation } from "effect"
import { bigintOf, exactNumber } from "./int64.ts"

/** Decimals that every price, quantity and amount of money carries inside: 1 is `100_000_000n`. */
export const SCALE = 8
export const ONE = 100_000_000n
/** Below this (18 digits before the point) values are stored; anything above is refused, never cut. */
const BOUND = 10n ** 26n

const DECIMAL = /^-?(0|[1-9]\d{0,17})(\.\d{1,8})?$/u

/** Text of the canonical form to a scaled integer. The text must match {@link DECIMAL}: stored and decoded text does. */
export const parseFixed = (text: string): bigint => parseDigits(text, 0, text.length)

/** The same of a part of a text. What a double holds exactly is gathered in one: that is faster than in a bigint. */
export const parseDigits = (text: string, from: number, end: number): bigint => {
  if (end - from > 16) return parseLong(text.slice(from, end))
  const isNegative = text.charCodeAt(from) === 45
  let value = 0
  let point = end
  for (let i = isNegative ? from + 1 : from; i < end; i++) {
    const code = text.charCodeAt(i)
    if (code === 46) point = i
    else value = value * 10 + code - 48
  }
  const scaled = value * POWERS[SCALE - (point === end ? 0 : end - point - 1)]!
  if (scaled > Number.MAX_SAFE_INTEGER) return parseLong(text.slice(from, end))
  return bigintOf(isNegative ? -scaled : scaled)
}
const parseLong = (text: string): bigint => {
  const point = text.indexOf(".")
  if (point < 0) return BigInt(text) * ONE
  const decimals = text.length - point - 1
  return BigInt(text.slice(0, point) + text.slice(point + 1)) * 10n ** BigInt(SCALE - decimals)
}
const POWERS = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8]

/** A scaled integer as decimal text: no exponent, no trailing zeros. */
export const formatFixed = (scaled: bigint): string => {
  const small = exactNumber(scaled)
  if (small === small) return formatCached(small) // not NaN
  if (scaled < 0n) return `-${formatFixed(-scaled)}`
  const digits = scaled.toString()
  return withPoint(digits.slice(0, -SCALE), digits.slice(-SCALE))
}
const CACHED = 1024
const cachedAmounts = new Float64Array(CACHED).fill(Number.NaN)
const cachedTexts: Array<string> = Array.from({ length: CACHED }, () => "")
/** The same limits, prices and sizes are written again and again: the newest text of each slot is kept. */
const formatCached = (small: number): string => {
  const slot = Math.imul(small | 0, 0x9e3779b1) >>> 22
  if (cachedAmounts[slot] === small) return cachedTexts[slot]!
  const text = small < 0 ? `-${formatSmall(-small)}` : formatSmall(small)
  cachedAmounts[slot] = small
  cachedTexts[slot] = text
  return text
}
/** What a double holds exactly needs no bigint arithmetic: four times as fast, and nearly all amounts are such. */
const formatSmall = (scaled: number): string => {
  const whole = Math.floor(scaled / 1e8)
  const decimals = scaled - whole * 1e8
  return decimals === 0 ? String(whole) : withPoint(String(whole), String(decimals).padStart(SCALE, "0"))
}
const withPoint = (whole: string, decimals: string): string => {
  let end = SCALE
  while (end > 0 && decimals.charCodeAt(end - 1) === 48) end--
  return end === 0 ? whole : `${whole}.${decimals.slice(0, end)}`
}

/** The schema of a scaled amount: decimal text outside, `bigint` of scale 8 inside. */
const Fixed = Schema.String.check(Schema.isPattern(DECIMAL)).pipe(
  Schema.decodeTo(Schema.BigInt, SchemaTransformation.transform({ decode: parseFixed, encode: formatFixed })),
  (fixed) => fixed.check(Schema.isBetweenBigInt({ minimum: -BOUND, maximum: BOUND }))
)

/** Money for one unit of an instrument, in its quote currency. */
export const Price = Fixed.pipe(Schema.brand("Price"))
export type Price = typeof Price.Type
/** Units of an instrument. */
export const Quantity = Fixed.pipe(Schema.brand("Quantity"))
export type Quantity = typeof Quantity.Type
/** An amount of money; its currency stands beside it. */
export const Cash = Fixed.pipe(Schema.brand("Cash"))
export type Cash = typeof Cash.Type
/** A pure number, for example a fee rate of 0.0005. */
export const Rate = Fixed.pipe(Schema.brand("Rate"))
export type Rate = typeof Rate.Type

/** Within what is stored: 18 digits before the point. */
export const fits = (scaled: bigint): boolean => scaled > -BOUND && scaled < BOUND

/** Price times quantity times multiplier when it is exact in 8 decimals and in bounds; otherwise undefined. */
export const exactNotional = (price: Price, quantity: Quantity, multiplier: Rate): Cash | undefined => {
  if (price === lastPrice && quantity === lastQuantity && multiplier === lastMultiplier) return lastNotional
  const isPlain = multiplier === ONE
  const product = isPlain ? price * quantity : price * quantity * multiplier
  const scale = isPlain ? ONE : ONE * ONE
  const scaled = product / scale
  lastPrice = price
  lastQuantity = quantity
  lastMultiplier = multiplier
  lastNotional = scaled * scale === product && fits(scaled) ? (scaled as Cash) : undefined
  return lastNotional
}
// An order's notional is asked for when it is judged, reserved and counted: the newest is kept.
let lastPrice = 0n
let lastQuantity = 0n
let lastMultiplier = ONE
let lastNotional: Cash | undefined = 0n as Cash

/** a × b of two scaled numbers, rounded half up (away from zero), the rule for fees. */
export const timesHalfUp = (a: bigint, b: bigint): bigint => {
  const product = a * b
  const half = ONE / 2n
  return product < 0n ? -((-product + half) / ONE) : (product + half) / ONE
}

/** a × b / c rounded half to even, the rule for average prices and removed cost. `c` is above 0. */
export const ratioHalfEven = (a: bigint, b: bigint, c: bigint): bigint => {
  const product = a * b
  if (product < 0n) return -ratioHalfEven(-a, b, c)
  const whole = product / c
  const twice = (product - whole * c) * 2n
  return twice > c || (twice === c && (whole & 1n) === 1n) ? whole + 1n : whole
}

/** The largest multiple of `step` that is not above `value`; both scaled, `value` not negative. */
export const downTo = (value: bigint, step: bigint): bigint => value - (value % step)

export const minOf = <T extends bigint>(a: T, b: T): T => (a < b ? a : b)
export const absOf = <T extends bigint>(a: T): T => (a < 0n ? -(a as bigint) : a) as T
