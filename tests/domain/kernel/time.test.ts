import { Result, Schema } from "effect"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
  EPOCH,
  laterOf,
  microsBetween,
  microsOf,
  microsOfUuid7,
  nanosOf,
  nextMidnight,
  plusMicros,
  secondsOf,
  Time,
  timeFrom,
  timeOfMicros,
  timeOfNanos,
  timeOfText
} from "#domain/kernel/time.ts"

const time = (text: string): Time => {
  const parsed = timeOfText(text)
  if (parsed === undefined) throw new Error(`${text} is no time`)
  return parsed
}

const SECOND = 1_000_000_000n
const NANOS_1900 = -2_208_988_800_000_000_000n
const NANOS_2200 = 7_258_118_400_000_000_000n
const anyNanos = fc.oneof(
  fc.bigInt(NANOS_1900, NANOS_2200),
  fc.bigInt(-3_000_000_000n, 3_000_000_000n),
  fc.tuple(fc.bigInt(-100_000n, 100_000n), fc.bigInt(-2n, 2n)).map(([days, off]) => days * 86_400_000_000_000n + off)
)

describe("a time of text", () => {
  it.each([
    ["2024-08-08T23:54:13.937085768Z", "2024-08-08T23:54:13.937085768Z"],
    ["2024-08-08T23:54:13Z", "2024-08-08T23:54:13.000000000Z"],
    ["2024-08-08T23:54:13.5Z", "2024-08-08T23:54:13.500000000Z"],
    ["2024-08-08t23:54:13z", "2024-08-08T23:54:13.000000000Z"],
    ["2024-08-09T01:54:13.000000001+02:00", "2024-08-08T23:54:13.000000001Z"],
    ["2024-08-08T18:24:13-05:30", "2024-08-08T23:54:13.000000000Z"],
    ["2024-01-01T00:00:00+14:00", "2023-12-31T10:00:00.000000000Z"],
    ["2023-12-31T23:59:59.999999999-23:59", "2024-01-01T23:58:59.999999999Z"],
    ["2024-01-01T00:00:00-00:00", "2024-01-01T00:00:00.000000000Z"],
    ["2024-02-29T12:00:00Z", "2024-02-29T12:00:00.000000000Z"],
    ["2000-02-29T12:00:00Z", "2000-02-29T12:00:00.000000000Z"],
    ["2024-03-01T00:30:00+01:00", "2024-02-29T23:30:00.000000000Z"],
    ["1969-12-31T23:59:59.999999999Z", "1969-12-31T23:59:59.999999999Z"],
    ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000000000Z"],
    ["9999-12-31T23:59:59.999999999Z", "9999-12-31T23:59:59.999999999Z"]
  ])("%s is %s", (text, expected) => {
    expect(timeOfText(text)).toBe(expected)
  })

  it.each([
    ["", "nothing"],
    ["2024-08-08", "a day"],
    ["2024-08-08 23:54:13Z", "a space for the T"],
    ["2024-08-08T23:54:13", "no offset"],
    ["2024-08-08T23:54Z", "no seconds"],
    ["2024-08-08T23:54:13.Z", "no decimals after the point"],
    ["2024-08-08T23:54:13.1234567890Z", "ten decimals"],
    ["2024-08-08T23:54:13+0200", "an offset without colon"],
    ["2024-08-08T23:54:13+24:00", "an offset of a day"],
    ["2024-08-08T23:54:13+02:60", "sixty minutes in an offset"],
    ["2024-08-08T24:00:00Z", "an hour 24"],
    ["2024-08-08T23:60:00Z", "a minute 60"],
    ["2024-08-08T23:59:60Z", "a leap second, which our seconds cannot say"],
    ["2023-02-29T12:00:00Z", "a leap day of a common year"],
    ["1900-02-29T12:00:00Z", "a leap day of a common century"],
    ["2024-04-31T12:00:00Z", "a 31st of April"],
    ["2024-13-01T12:00:00Z", "a month 13"],
    ["2024-00-01T12:00:00Z", "a month 0"],
    ["2024-01-00T12:00:00Z", "a day 0"],
    ["9999-12-31T23:59:59-00:01", "a year of five digits"],
    ["0000-01-01T00:00:00+00:01", "a year before 0"],
    ["+010000-01-01T00:00:00Z", "a signed year"],
    ["2024-08-08T23:54:13Z\n", "a newline after it"],
    ["２024-08-08T23:54:13Z", "a digit of another script"]
  ])("%j is none: %s", (text) => {
    expect(timeOfText(text)).toBeUndefined()
  })

  it("is the same moment however its offset is written", () => {
    const offset = fc.tuple(fc.integer({ min: -23, max: 23 }), fc.nat(59))
    fc.assert(
      fc.property(fc.bigInt(NANOS_1900, NANOS_2200), offset, (nanos, [hours, minutes]) => {
        const sign = hours < 0 ? -1n : 1n
        const shift = sign * (BigInt(Math.abs(hours)) * 3600n + BigInt(minutes) * 60n) * 1_000_000_000n
        const local = timeOfNanos(nanos + shift).slice(0, -1)
        const pad = (n: number) => String(Math.abs(n)).padStart(2, "0")
        expect(timeOfText(`${local}${hours < 0 ? "-" : "+"}${pad(hours)}:${pad(minutes)}`)).toBe(timeOfNanos(nanos))
      })
    )
  })
})

describe("the schema of a time", () => {
  const judged = (text: string) => Result.isSuccess(Schema.decodeUnknownResult(Time)(text))
  it.each(["2024-08-08T23:54:13.937085768Z", "1970-01-01T00:00:00.000000000Z", "2024-02-29T00:00:00.000000000Z"])(
    "takes %s",
    (text) => {
      expect(judged(text)).toBe(true)
    }
  )
  it.each([
    "2024-08-08T23:54:13Z",
    "2024-08-08T23:54:13.937085768+00:00",
    "2024-99-99T99:99:99.000000000Z",
    "2023-02-29T00:00:00.000000000Z",
    "2024-08-08T24:00:00.000000000Z"
  ])("refuses %s", (text) => {
    expect(judged(text)).toBe(false)
  })
})

describe("times", () => {
  it("stand in the order of their text", () => {
    fc.assert(
      fc.property(anyNanos, anyNanos, (a, b) => {
        const [left, right] = [timeOfNanos(a), timeOfNanos(b)]
        expect(left < right).toBe(a < b)
        expect(laterOf(left, right)).toBe(a < b ? right : left)
      })
    )
  })

  it("come back from nanoseconds as they went, before 1970 too", () => {
    fc.assert(
      fc.property(anyNanos, (nanos) => {
        const text = timeOfNanos(nanos)
        expect(text).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/)
        expect(nanosOf(text)).toBe(nanos)
        expect(timeOfText(text)).toBe(text)
      })
    )
  })

  it("come back from microseconds as they went", () => {
    fc.assert(
      fc.property(fc.integer({ min: -(10 ** 15), max: 9 * 10 ** 15 }), (micros) => {
        expect(microsOf(timeOfMicros(micros))).toBe(micros)
        expect(timeOfMicros(micros)).toBe(timeOfNanos(BigInt(micros) * 1000n))
      })
    )
  })

  it("cut what is below a microsecond, downwards", () => {
    expect(microsOf(timeFrom(5, 999))).toBe(5_000_000)
    expect(microsOf(timeFrom(5, 1_999))).toBe(5_000_001)
    expect(microsOf(timeFrom(-1, 999_999_999))).toBe(-1)
  })

  it("are as far from each other as was added", () => {
    fc.assert(
      fc.property(
        fc.bigInt(NANOS_1900, NANOS_2200),
        fc.integer({ min: -(10 ** 14), max: 10 ** 14 }),
        (nanos, micros) => {
          const from = timeOfNanos(nanos)
          expect(microsBetween(from, plusMicros(from, micros))).toBe(micros)
          expect(nanosOf(plusMicros(from, micros))).toBe(nanos + BigInt(micros) * 1000n)
        }
      )
    )
  })

  it("are read rightly whatever was read before", () => {
    fc.assert(
      fc.property(fc.array(anyNanos, { minLength: 2, maxLength: 8 }), (all) => {
        const seconds = all.map((nanos) => secondsOf(timeOfNanos(nanos)))
        expect(seconds).toEqual(all.map((nanos) => Number((nanos - (((nanos % SECOND) + SECOND) % SECOND)) / SECOND)))
      })
    )
  })

  it.each([
    ["2024-08-08T00:00:00Z", "2024-08-09T00:00:00Z"],
    ["2024-08-08T23:59:59.999999999Z", "2024-08-09T00:00:00Z"],
    ["2024-02-28T12:00:00Z", "2024-02-29T00:00:00Z"],
    ["2023-02-28T12:00:00Z", "2023-03-01T00:00:00Z"],
    ["2024-12-31T00:00:00.000000001Z", "2025-01-01T00:00:00Z"]
  ])("the midnight after %s is %s", (from, expected) => {
    expect(nextMidnight(time(from))).toBe(time(expected))
  })

  it("begin with 1970", () => {
    expect(timeFrom(0, 0)).toBe(EPOCH)
    expect([secondsOf(EPOCH), microsOf(EPOCH), nanosOf(EPOCH)]).toEqual([0, 0, 0n])
  })
})

describe("the time in a UUIDv7", () => {
  it("is its first 48 bits, in milliseconds (the example of RFC 9562, appendix A.6)", () => {
    expect(microsOfUuid7("017F22E2-79B0-7CC3-98C4-DC0C0C07398F")).toBe(Date.UTC(2022, 1, 22, 19, 22, 22) * 1000)
  })
  it.each([
    ["919108f7-52d1-4320-9bac-f847db4148a8", "version 4"],
    ["1ec9414c-232a-6b00-b3c8-9f6bdeced846", "version 6"],
    ["017f22e2-79b0-7cc3-c8c4-dc0c0c07398f", "another variant"],
    ["017f22e279b07cc398c4dc0c0c07398f", "no hyphens"],
    ["017f22e2-79b0-7cc3-98c4-dc0c0c07398f0", "a digit too many"],
    ["my-order-1", "a word"],
    ["", "nothing"]
  ])("is not in %j: %s", (id) => {
    expect(microsOfUuid7(id)).toBeUndefined()
  })
})
