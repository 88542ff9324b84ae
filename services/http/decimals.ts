import { Effect, Schema, SchemaGetter, SchemaIssue } from "effect"
import { type Cash, formatFixed, parseFixed, type Price, type Quantity, type Rate } from "#domain/kernel/money.ts"

/** A number's digits beyond which a double may differ from the text that was sent. */
export const EXACT_DIGITS = 15
export const TOO_EXACT = `a JSON number with more than ${EXACT_DIGITS} significant digits may have lost some: send it as text`

const READABLE = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/u
/** Longer than any value that is stored: not worth reading further. */
const LENGTH_MAX = 64

/** The scaled value, or what is wrong with it: `undecodable` (no decimal at all) is told from an impossible value. */
export type DecimalReading = bigint | { readonly undecodable: boolean; readonly reason: string }
const impossible = (reason: string): DecimalReading => ({ undecodable: false, reason })

/** Decimal text. Zeros at the end do not count, so that 1.500000000 is 1.5; nothing is ever rounded. */
export const readDecimalText = (text: string): DecimalReading => {
  if (text.length > LENGTH_MAX) return impossible("longer than any number that can be stored")
  if (!READABLE.test(text)) return { undecodable: true, reason: "not a decimal number like 65000.125" }
  const point = text.indexOf(".")
  const whole = (point < 0 ? text.length : point) - (text.charCodeAt(0) === 45 ? 1 : 0)
  if (whole > 18) return impossible("more than 18 digits before the point")
  if (point < 0) return parseFixed(text)
  let end = text.length
  while (text.charCodeAt(end - 1) === 48) end--
  if (end - point - 1 > 8) return impossible("more than 8 decimals")
  return parseFixed(end - 1 === point ? text.slice(0, point) : text.slice(0, end))
}

/** A JSON number counts as its shortest decimal form; one with too many digits for that to be certain is refused. */
export const readDecimalNumber = (value: number): DecimalReading => {
  const [mantissa = "", exponent] = String(value).split("e")
  const digits = mantissa.replace(/^-?(?:0\.0*|0)?/u, "").replace(".", "")
  if (!Number.isFinite(value)) return impossible("more than 18 digits before the point")
  if (digits.length > EXACT_DIGITS && digits.replace(/0+$/u, "").length > EXACT_DIGITS) return impossible(TOO_EXACT)
  if (exponent === undefined) return readDecimalText(mantissa)
  // Number prints an exponent from 1e21 up and from 1e-7 down
  if (exponent.startsWith("+")) return impossible("more than 18 digits before the point")
  const zeros = Number(exponent.slice(1)) - 1
  return zeros > 8
    ? impossible("more than 8 decimals")
    : readDecimalText(`${value < 0 ? "-" : ""}0.${"0".repeat(zeros)}${digits}`)
}

const read = SchemaGetter.transformEffect((input: string | number) => {
  const reading = typeof input === "string" ? readDecimalText(input) : readDecimalNumber(input)
  if (typeof reading === "bigint") return Effect.succeed(reading)
  return Effect.fail(
    new SchemaIssue.InvalidValue({
      message: reading.reason,
      undecodable: reading.undecodable
    } as Schema.Annotations.Issue)
  )
})

/** Decimal text or a plain JSON number outside, a scaled integer inside. */
const Decimal = Schema.Union([Schema.String, Schema.Finite])
  .annotate({ identifier: "Decimal", expected: "decimal text or a number", examples: ["65000.125"] })
  .pipe(
    Schema.decodeTo(Schema.BigInt, {
      decode: read,
      encode: SchemaGetter.transform((value: bigint): string | number => formatFixed(value))
    })
  )
const above = Schema.makeFilter((value: bigint) => value > 0n || "must be above 0")
const notZero = Schema.makeFilter((value: bigint) => value !== 0n || "must not be 0")
const notNegative = Schema.makeFilter((value: bigint) => value >= 0n || "must not be negative")

/** A price above 0. */
export const PriceInput = Decimal.check(above).pipe(Schema.brand("Price")) satisfies Schema.Codec<
  Price,
  string | number
>
/** A price that may be 0: of what is worthless. */
export const PriceOrZeroInput = Decimal.check(notNegative).pipe(Schema.brand("Price")) satisfies Schema.Codec<
  Price,
  string | number
>
/** A quantity above 0. */
export const QuantityInput = Decimal.check(above).pipe(Schema.brand("Quantity")) satisfies Schema.Codec<
  Quantity,
  string | number
>
/** An amount of money above 0. */
export const CashInput = Decimal.check(above).pipe(Schema.brand("Cash")) satisfies Schema.Codec<Cash, string | number>
/** An amount of money that comes (above 0) or goes. */
export const SignedCashInput = Decimal.check(notZero).pipe(Schema.brand("Cash")) satisfies Schema.Codec<
  Cash,
  string | number
>
/** A limit on a quantity: 0 forbids. */
export const QuantityLimitInput = Decimal.check(notNegative).pipe(Schema.brand("Quantity")) satisfies Schema.Codec<
  Quantity,
  string | number
>
/** A limit on money: 0 forbids. */
export const CashLimitInput = Decimal.check(notNegative).pipe(Schema.brand("Cash")) satisfies Schema.Codec<
  Cash,
  string | number
>
/** A pure number, for example a percentage. */
export const RateInput = Decimal.check(notNegative).pipe(Schema.brand("Rate")) satisfies Schema.Codec<
  Rate,
  string | number
>
