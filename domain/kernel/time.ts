import { Schema } from "effect"

/**
 * A moment in UTC, RFC 3339 with nine decimals, for example `2024-08-08T23:54:13.937085768Z`.
 * One fixed width: text order is time order, and what is stored needs no conversion.
 */
export const Time = Schema.String.check(
  Schema.isPattern(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/u),
  Schema.makeFilter((text: string) => isMoment(text) || "expected a moment that the calendar has")
).pipe(Schema.brand("Time"))
export type Time = typeof Time.Type

export const EPOCH = "1970-01-01T00:00:00.000000000Z" as Time

/** Seconds since 1970 and nanoseconds of that second (0 to 999,999,999). */
export const timeFrom = (seconds: number, nanos: number): Time =>
  `${secondText(seconds)}.${String(nanos).padStart(9, "0")}Z` as Time

const DAY_SECONDS = 86_400
let lastDay = Number.NaN
let lastDayText = ""
let lastSecond = Number.NaN
let lastText = ""
/** Events come in bursts of the same second and on the same day: their texts are kept. */
const secondText = (seconds: number): string => {
  if (seconds === lastSecond) return lastText
  const day = Math.floor(seconds / DAY_SECONDS)
  if (day !== lastDay) {
    lastDayText = new Date(day * DAY_SECONDS * 1000).toISOString().slice(0, 11)
    lastDay = day
  }
  const ofDay = seconds - day * DAY_SECONDS
  const minutes = Math.floor(ofDay / 60)
  const hours = Math.floor(minutes / 60)
  lastText = `${lastDayText}${TWO[hours]!}:${TWO[minutes - hours * 60]!}:${TWO[ofDay - minutes * 60]!}`
  lastSecond = seconds
  return lastText
}
const TWO = Array.from({ length: 60 }, (_, n) => String(n).padStart(2, "0"))

/** From whole nanoseconds since 1970. A moment before has a whole second below it too, and nanoseconds that count up. */
export const timeOfNanos = (nanos: bigint): Time => {
  const below = nanos % 1_000_000_000n
  const rest = below < 0n ? below + 1_000_000_000n : below
  return timeFrom(Number((nanos - rest) / 1_000_000_000n), Number(rest))
}
/** From microseconds since 1970, exact in a double until the year 2255. */
export const timeOfMicros = (micros: number): Time => {
  const seconds = Math.floor(micros / 1e6)
  return timeFrom(seconds, Math.floor(micros - seconds * 1e6) * 1000)
}

/** Seconds since 1970, whole. */
export const secondsOf = (time: Time): number => {
  if (time !== newest) look(time)
  return newestSeconds
}
/** Its nanoseconds within the second. */
export const nanosWithin = (time: Time): number => {
  if (time !== newest) look(time)
  return newestNanos
}
/** Microseconds since 1970, the nanoseconds below them cut. */
export const microsOf = (time: Time): number => {
  if (time !== newest) look(time)
  return newestSeconds * 1e6 + Math.floor(newestNanos / 1000)
}
// A command's time and that of the price it sees are asked for again and again: two are kept as numbers.
let newest = EPOCH
let newestSeconds = 0
let newestNanos = 0
let other = EPOCH
let otherSeconds = 0
let otherNanos = 0
const look = (time: Time): void => {
  const isOther = time === other
  const seconds = isOther ? otherSeconds : countSeconds(time)
  const nanos = isOther ? otherNanos : digitsOf(time, 20, 29)
  other = newest
  otherSeconds = newestSeconds
  otherNanos = newestNanos
  newest = time
  newestSeconds = seconds
  newestNanos = nanos
}

/** From the digits: a `Date` costs more than a whole risk check. */
const countSeconds = (time: Time): number => {
  const day = daysOf(digitsOf(time, 0, 4), digitsOf(time, 5, 7), digitsOf(time, 8, 10))
  return day * DAY_SECONDS + digitsOf(time, 11, 13) * 3600 + digitsOf(time, 14, 16) * 60 + digitsOf(time, 17, 19)
}
/** Days from 1970-01-01 to a date of the proleptic Gregorian calendar; the year is taken to begin in March. */
const daysOf = (year: number, month: number, day: number): number => {
  const years = month > 2 ? year : year - 1
  const era = Math.floor(years / 400)
  const ofEra = years - era * 400
  const ofYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1
  return era * 146_097 + ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + ofYear - 719_468
}
const digitsOf = (text: string, from: number, to: number): number => {
  let value = 0
  for (let i = from; i < to; i++) value = value * 10 + text.charCodeAt(i) - 48
  return value
}
/** Nanoseconds since 1970. */
export const nanosOf = (time: Time): bigint => BigInt(secondsOf(time)) * 1_000_000_000n + BigInt(nanosWithin(time))

/** Microseconds from `earlier` to `later`; negative when they are the other way round. */
export const microsBetween = (earlier: Time, later: Time): number => microsOf(later) - microsOf(earlier)
/** `micros` is whole. */
export const plusMicros = (time: Time, micros: number): Time => {
  const seconds = Math.floor(micros / 1e6)
  const nanos = nanosWithin(time) + (micros - seconds * 1e6) * 1000
  return nanos < 1e9 ? timeFrom(secondsOf(time) + seconds, nanos) : timeFrom(secondsOf(time) + seconds + 1, nanos - 1e9)
}
export const laterOf = (a: Time, b: Time): Time => (a < b ? b : a)

const YEAR_0 = -62_167_219_200_000
const YEAR_10000 = 253_402_300_800_000

/** Any RFC 3339 time (offset, up to nine decimals) as {@link Time}; undefined when it is none. */
export const timeOfText = (text: string): Time | undefined => {
  const match = /^(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?([Zz]|[+-]\d\d:\d\d)$/u.exec(text)
  if (match === null) return undefined
  const [, date, clock, fraction = "", zone] = match
  const written = Date.parse(`${date}T${clock}Z`)
  const millis = Date.parse(`${date}T${clock}${zone!.toUpperCase()}`)
  if (Number.isNaN(written) || millis < YEAR_0 || !(millis < YEAR_10000)) return undefined
  // Date.parse turns the 31st of February into March and 24:00 into the next day: it must come back as it was written
  if (new Date(written).toISOString().slice(0, 19) !== `${date}T${clock}`) return undefined
  return timeFrom(millis / 1000, Number(fraction.padEnd(9, "0")))
}

const isMoment = (text: string): boolean => timeOfText(text) !== undefined

/** The next 00:00 UTC after `time`: where DAY ends for what trades round the clock. */
export const nextMidnight = (time: Time): Time =>
  timeFrom((Math.floor(secondsOf(time) / DAY_SECONDS) + 1) * DAY_SECONDS, 0)

/** The time inside a UUIDv7 in microseconds (RFC 9562 section 5.7), or undefined for any other text. */
export const microsOfUuid7 = (id: string): number | undefined => {
  if (id.length !== 36 || id.charCodeAt(14) !== 55 || VARIANT.indexOf(id.charAt(19)) < 0) return undefined
  let millis = 0
  for (let i = 0; i < 36; i++) {
    const code = id.charCodeAt(i)
    if (i === 8 || i === 13 || i === 18 || i === 23) {
      if (code !== 45) return undefined
      continue
    }
    const digit = code < 58 ? code - 48 : (code | 32) - 87
    if (digit < 0 || digit > 15 || (code > 57 && digit < 10)) return undefined
    if (i < 13) millis = millis * 16 + digit
  }
  return millis * 1000
}
const VARIANT = "89abAB"
