import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { timeFrom, timeOfText, type Time } from "#domain/kernel/time.ts"
import type { Session } from "#domain/market/instrument.ts"
import { isOpen, nextClose, nextOpen, sessionProblem, settlementDateOf, tradeDateOf } from "#domain/market/session.ts"

const at = (text: string): Time => timeOfText(text)!
const nyse: Session = {
  timeZone: "America/New_York",
  opens: "09:30",
  closes: "16:00",
  days: [1, 2, 3, 4, 5],
  holidays: ["2026-01-01", "2026-12-25"]
}

describe("a calendar", () => {
  it("opens and closes by the clocks of its place, summer and winter", () => {
    expect(nextOpen(at("2026-01-05T12:00:00Z"), nyse)).toBe(at("2026-01-05T14:30:00Z"))
    expect(nextClose(at("2026-01-05T12:00:00Z"), nyse)).toBe(at("2026-01-05T21:00:00Z"))
    expect(nextOpen(at("2026-07-06T12:00:00Z"), nyse)).toBe(at("2026-07-06T13:30:00Z"))
    // clocks go forward on Sunday, the 8th of March, and back on Sunday, the 1st of November
    expect(nextOpen(at("2026-03-06T22:00:00Z"), nyse)).toBe(at("2026-03-09T13:30:00Z"))
    expect(nextOpen(at("2026-10-30T22:00:00Z"), nyse)).toBe(at("2026-11-02T14:30:00Z"))
  })

  it("names what comes after a moment: at the opening the next one, at the close the next one", () => {
    const [opens, closes] = [at("2026-01-05T14:30:00Z"), at("2026-01-05T21:00:00Z")]
    expect(nextOpen(opens, nyse)).toBe(at("2026-01-06T14:30:00Z"))
    expect(nextClose(opens, nyse)).toBe(closes)
    expect(nextClose(closes, nyse)).toBe(at("2026-01-06T21:00:00Z"))
  })

  it("is open from the opening until before the close", () => {
    expect(isOpen(at("2026-01-05T14:29:59.999999999Z"), nyse)).toBe(false)
    expect(isOpen(at("2026-01-05T14:30:00Z"), nyse)).toBe(true)
    expect(isOpen(at("2026-01-05T20:59:59.999999999Z"), nyse)).toBe(true)
    expect(isOpen(at("2026-01-05T21:00:00Z"), nyse)).toBe(false)
    expect(isOpen(at("2026-01-04T16:00:00Z"), nyse)).toBe(false) // a Sunday
    expect(isOpen(at("2026-01-01T16:00:00Z"), nyse)).toBe(false) // a holiday
  })

  it("ends a day's order with the session that is on, or with the next: over a weekend and over holidays", () => {
    expect(nextClose(at("2026-01-05T15:00:00Z"), nyse)).toBe(at("2026-01-05T21:00:00Z"))
    expect(nextClose(at("2026-01-02T21:00:00Z"), nyse)).toBe(at("2026-01-05T21:00:00Z"))
    expect(nextClose(at("2025-12-31T22:00:00Z"), nyse)).toBe(at("2026-01-02T21:00:00Z"))
    expect(nextClose(at("2026-12-24T22:00:00Z"), nyse)).toBe(at("2026-12-28T21:00:00Z"))
  })

  it("may go on through the night, and belongs to the day on which it opens", () => {
    const globex: Session = { timeZone: "America/Chicago", opens: "17:00", closes: "16:00", days: [7, 1, 2, 3, 4] }
    expect(isOpen(at("2026-01-05T03:00:00Z"), globex)).toBe(true) // Sunday evening there
    expect(isOpen(at("2026-01-05T22:30:00Z"), globex)).toBe(false) // the hour between
    expect(isOpen(at("2026-01-09T21:59:00Z"), globex)).toBe(true) // Friday afternoon
    expect(nextOpen(at("2026-01-09T22:00:00Z"), globex)).toBe(at("2026-01-11T23:00:00Z"))
    expect(nextClose(at("2026-01-09T03:00:00Z"), globex)).toBe(at("2026-01-09T22:00:00Z"))
  })

  it("may close at midnight, or never on its days", () => {
    const late: Session = { timeZone: "UTC", opens: "12:00", closes: "24:00", days: [1] }
    expect(nextClose(at("2026-01-05T13:00:00Z"), late)).toBe(at("2026-01-06T00:00:00Z"))
    const always: Session = { timeZone: "UTC", opens: "00:00", closes: "00:00", days: [1, 2, 3, 4, 5, 6, 7] }
    expect(nextClose(at("2026-01-05T13:00:00Z"), always)).toBe(at("2026-01-06T00:00:00Z"))
    expect(isOpen(at("2026-01-06T00:00:00Z"), always)).toBe(true)
  })

  it("takes a time that clocks leave out as much later, and the first of a time that comes twice", () => {
    const night: Session = { timeZone: "Europe/Berlin", opens: "02:30", closes: "10:00", days: [7] }
    expect(nextOpen(at("2026-03-28T12:00:00Z"), night)).toBe(at("2026-03-29T01:30:00Z")) // 03:30 there
    expect(nextOpen(at("2026-10-24T12:00:00Z"), night)).toBe(at("2026-10-25T00:30:00Z")) // 02:30, still in summer time
  })

  it("of a place ahead of UTC has its own days", () => {
    const tokyo: Session = { timeZone: "Asia/Tokyo", opens: "09:00", closes: "15:30", days: [1], holidays: [] }
    expect(nextOpen(at("2026-01-04T12:00:00Z"), tokyo)).toBe(at("2026-01-05T00:00:00Z"))
    expect(nextClose(at("2026-01-05T00:00:00Z"), tokyo)).toBe(at("2026-01-05T06:30:00Z"))
  })

  it("without days has no opening", () => {
    expect(nextOpen(at("2026-01-05T12:00:00Z"), { ...nyse, days: [] })).toBeUndefined()
    expect(isOpen(at("2026-01-05T16:00:00Z"), { ...nyse, days: [] })).toBe(false)
  })

  it("is always between an opening and a close, or a close and an opening", () => {
    const zone = fc.constantFrom("UTC", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia")
    const hour = fc.integer({ min: 0, max: 23 })
    const clock = fc.tuple(hour, fc.constantFrom("00", "30")).map(([h, m]) => `${String(h).padStart(2, "0")}:${m}`)
    const days = fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 7 })
    const session = fc.record({ timeZone: zone, opens: clock, closes: clock, days })
    const moment = fc.integer({ min: Date.UTC(2020, 0) / 1000, max: Date.UTC(2030, 0) / 1000 })
    fc.assert(
      fc.property(session, moment, (one, seconds) => {
        const now = timeFrom(seconds, 0)
        const [opens, closes] = [nextOpen(now, one)!, nextClose(now, one)!]
        expect(opens > now && closes > now).toBe(true)
        expect(isOpen(opens, one)).toBe(true)
        if (one.opens !== one.closes) expect(isOpen(now, one)).toBe(closes <= opens)
        expect(nextClose(opens, one)! > opens).toBe(true)
      }),
      { numRuns: 200 }
    )
  })
})

describe("a calendar that makes no sense", () => {
  it("is told what is wrong", () => {
    const problem = (changes: Partial<Session>) => sessionProblem({ ...nyse, ...changes })
    expect(problem({})).toBeUndefined()
    expect(problem({ closes: "24:00" })).toBeUndefined()
    expect(problem({ timeZone: "Mars/Olympus" })).toBe("the time zone is not known")
    expect(problem({ opens: "9:30" })).toBe("the opening is not a time of day (HH:MM)")
    expect(problem({ closes: "24:01" })).toBe("the close is not a time of day (HH:MM)")
    expect(problem({ days: [] })).toBe("there is no day of trading")
    expect(problem({ days: [0] })).toBe("a day is not 1 (Monday) to 7 (Sunday)")
    expect(problem({ holidays: ["2026-02-30"] })).toBe("the holiday 2026-02-30 is not a date (YYYY-MM-DD)")
    expect(problem({ holidays: ["soon"] })).toBe("the holiday soon is not a date (YYYY-MM-DD)")
    expect(problem({ holidays: ["2026-13-01"] })).toBe("the holiday 2026-13-01 is not a date (YYYY-MM-DD)")
  })
})

describe("the dates of a trade", () => {
  const stocks = {
    timeZone: "America/New_York",
    opens: "09:30",
    closes: "16:00",
    days: [1, 2, 3, 4, 5],
    holidays: ["2026-11-26"]
  }
  const futures = { timeZone: "America/Chicago", opens: "17:00", closes: "16:00", days: [7, 1, 2, 3, 4] }
  const at = (text: string) => timeOfText(text)!

  it("are those of its place, and of a session past midnight those of its close", () => {
    expect(tradeDateOf(at("2026-11-24T01:00:00Z"), undefined)).toBe("2026-11-24")
    expect(tradeDateOf(at("2026-11-24T01:00:00Z"), stocks)).toBe("2026-11-23")
    expect(tradeDateOf(at("2026-11-23T23:30:00Z"), futures)).toBe("2026-11-24") // Monday 17:30 in Chicago
    expect(tradeDateOf(at("2026-11-24T15:30:00Z"), futures)).toBe("2026-11-24")
  })

  it("settle so many days of trading later, weekends and holidays left out", () => {
    expect(settlementDateOf("2026-11-23", 0, stocks)).toBe("2026-11-23")
    expect(settlementDateOf("2026-11-25", 1, stocks)).toBe("2026-11-27")
    expect(settlementDateOf("2026-11-27", 2, stocks)).toBe("2026-12-01")
    expect(settlementDateOf("2026-11-27", 2, undefined)).toBe("2026-11-29")
  })
})
