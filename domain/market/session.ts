import { secondsOf, timeFrom, timeOfText, type Time } from "#domain/kernel/time.ts"
import type { Session } from "./instrument.ts"

/** One day's trading, `closes` not included. */
type Hours = { readonly opens: Time; readonly closes: Time }

const DAY_SECONDS = 86_400
/** A calendar that has no session within so many days has none. */
const DAYS_MAX = 400

/** Whether it trades at `at`: from the opening on, until before the close. */
export const isOpen = (at: Time, session: Session): boolean => {
  const today = localDay(at, session)
  return [today - 1, today].some((day) => {
    const hours = hoursOf(day, session)
    return hours !== undefined && hours.opens <= at && at < hours.closes
  })
}

/** The first opening after `at`; undefined for a calendar that has no days. */
export const nextOpen = (at: Time, session: Session): Time | undefined => firstHours(at, session, "opens")?.opens

/** The first close after `at`. */
export const nextClose = (at: Time, session: Session): Time | undefined => firstHours(at, session, "closes")?.closes

/**
 * The day that a trade belongs to, `YYYY-MM-DD`: by the calendar of its place, and of a session that goes on past midnight
 * the day on which it closes. Without a session the day in UTC.
 */
export const tradeDateOf = (at: Time, session: Session | undefined): string => {
  if (session === undefined) return at.slice(0, 10)
  const local = localSeconds(secondsOf(at), session.timeZone)
  const day = Math.floor(local / DAY_SECONDS)
  const { opens, closes } = session
  const opened = local - day * DAY_SECONDS >= Number(opens.slice(0, 2)) * 3600 + Number(opens.slice(3, 5)) * 60
  return dateOf(closes <= opens && opened ? day + 1 : day)
}

/** So many days of trading after a trade date; without a session every day is one. */
export const settlementDateOf = (tradeDate: string, days: number, session: Session | undefined): string => {
  let day = Math.floor(secondsOf(`${tradeDate}T00:00:00.000000000Z` as Time) / DAY_SECONDS)
  for (let left = days, tries = 0; left > 0 && tries < DAYS_MAX; tries++) {
    day++
    const trades = session === undefined || hoursOf(day, session) !== undefined
    if (trades) left--
  }
  return dateOf(day)
}

/** What is wrong with a calendar, or undefined. The functions above need one that is right. */
export const sessionProblem = ({ timeZone, opens, closes, days, holidays = [] }: Session): string | undefined => {
  if (!isTimeZone(timeZone)) return "the time zone is not known"
  if (!/^([01]\d|2[0-3]):[0-5]\d$/u.test(opens)) return "the opening is not a time of day (HH:MM)"
  if (!/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/u.test(closes)) return "the close is not a time of day (HH:MM)"
  if (days.length === 0) return "there is no day of trading"
  if (days.some((day) => !Number.isInteger(day) || day < 1 || day > 7)) return "a day is not 1 (Monday) to 7 (Sunday)"
  const strange = holidays.find((day) => timeOfText(`${day}T00:00:00Z`) === undefined)
  return strange === undefined ? undefined : `the holiday ${strange} is not a date (YYYY-MM-DD)`
}

/** The day before counts as well: its session may end after midnight. */
const firstHours = (at: Time, session: Session, edge: keyof Hours): Hours | undefined => {
  const first = localDay(at, session) - 1
  for (let day = first; day < first + DAYS_MAX; day++) {
    const hours = hoursOf(day, session)
    if (hours !== undefined && hours[edge] > at) return hours
  }
  return undefined
}

/** The hours of the session that opens on a day. One that closes no later than it opens closes on the day after. */
const hoursOf = (day: number, { timeZone, opens, closes, days, holidays }: Session): Hours | undefined => {
  if (!days.includes(weekdayOf(day)) || holidays?.includes(dateOf(day)) === true) return undefined
  const closingDay = closes <= opens ? day + 1 : day
  return { opens: timeOfLocal(day, opens, timeZone), closes: timeOfLocal(closingDay, closes, timeZone) }
}

/** Days since 1970 by the calendar of the session's place. */
const localDay = (at: Time, { timeZone }: Session): number =>
  Math.floor(localSeconds(secondsOf(at), timeZone) / DAY_SECONDS)
const dateOf = (day: number): string => timeFrom(day * DAY_SECONDS, 0).slice(0, 10)
/** 1 Monday to 7 Sunday; 1970 began on a Thursday. */
const weekdayOf = (day: number): number => ((day + 3) % 7) + 1

/**
 * A time of day in a place as a moment. When clocks are changed, a time that comes twice is the first of the two, and
 * one that is left out is as much later as the clocks jump: what RFC 5545 (3.3.5) and Temporal call compatible.
 */
const timeOfLocal = (day: number, clock: string, timeZone: string): Time => {
  const local = day * DAY_SECONDS + Number(clock.slice(0, 2)) * 3600 + Number(clock.slice(3, 5)) * 60
  const before = local - offsetAt(local - DAY_SECONDS, timeZone)
  const after = local - offsetAt(local + DAY_SECONDS, timeZone)
  const isTime = (seconds: number) => localSeconds(seconds, timeZone) === local
  return timeFrom(isTime(before) || !isTime(after) ? before : after, 0)
}

/** How far the clocks of a place are ahead of UTC, in seconds. */
const offsetAt = (seconds: number, timeZone: string): number => localSeconds(seconds, timeZone) - seconds

/** What the clocks of a place show, counted as if it were UTC. */
const localSeconds = (seconds: number, timeZone: string): number => {
  const shown: Record<string, string> = {}
  for (const { type, value } of formatterOf(timeZone).formatToParts(seconds * 1000)) shown[type] = value
  const { year, month, day, hour, minute, second } = shown
  return secondsOf(`${year}-${month}-${day}T${hour}:${minute}:${second}.000000000Z` as Time)
}

const formatters = new Map<string, Intl.DateTimeFormat>()
/** Making one costs a thousand times as much as using it. */
const formatterOf = (timeZone: string): Intl.DateTimeFormat => {
  const known = formatters.get(timeZone)
  if (known !== undefined) return known
  const two = "2-digit"
  const fields = {
    year: "numeric",
    month: two,
    day: two,
    hour: two,
    minute: two,
    second: two,
    hourCycle: "h23"
  } as const
  const formatter = new Intl.DateTimeFormat("en-US", { timeZone, ...fields })
  formatters.set(timeZone, formatter)
  return formatter
}

const isTimeZone = (timeZone: string): boolean => {
  try {
    return formatterOf(timeZone) !== undefined
  } catch {
    return false
  }
}
