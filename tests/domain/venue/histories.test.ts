import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { at, quote } from "#tests/domain/market/made.ts"
import { cancel, order, venueOf } from "./at-venue.ts"
import { crowd, history, latencies, play } from "./histories.ts"

describe("any history of orders at the venue", () => {
  it("gives reports that can all be true, and every order comes to an end", () => {
    let filled = 0n
    fc.assert(
      fc.property(fc.oneof(history, crowd), (one) => {
        const { recorded, venue } = play(one)
        expect([recorded.open.size, recorded.pending.size, venue.openOrders().length]).toEqual([0, 0, 0])
        expect(venue.nextDue()).toBeUndefined()
        filled += recorded.filled
      }),
      { numRuns: 150 }
    )
    expect(filled > 0n).toBe(true)
  })

  it("gives the same reports again, however often the venue is asked whether something is due", () => {
    fc.assert(
      fc.property(fc.oneof(history, crowd), (one) => {
        const { reports } = play(one)
        expect(play(one).reports).toEqual(reports)
        expect(play(one, { polls: true }).reports).toEqual(reports)
      }),
      { numRuns: 60 }
    )
  })

  it("comes in order of time, in the order of what was asked for each order", () => {
    fc.assert(
      fc.property(fc.oneof(history, crowd), (one) => {
        const { reports } = play(one)
        expect(reports.map((report) => report.at)).toEqual(reports.map((report) => report.at).toSorted())
        expect(reports.map(({ mdNo }) => mdNo)).toEqual(reports.map(({ mdNo }) => mdNo).toSorted((a, b) => a - b))
      }),
      { numRuns: 40 }
    )
  })

  it("goes on after restarts from what was recorded alone: no id twice, no unit too many, no order lost", () => {
    fc.assert(
      fc.property(fc.oneof(history, crowd), (one) => {
        const { recorded, venue } = play(one, { restarts: one.restarts })
        expect([recorded.open.size, recorded.pending.size, venue.openOrders().length]).toEqual([0, 0, 0])
      }),
      { numRuns: 200 }
    )
  })
})

describe("chance", () => {
  it("is of the seed, the order and the market-data number", () => {
    const arrival = (seed: number, id: number) => {
      const venue = venueOf({ seed, ...latencies })
      venue.request(order(id, 0, "buy", 1, { price: 100 }))
      return venue.nextDue()
    }
    expect(arrival(1, 1)).toBe(arrival(1, 1))
    expect(new Set([arrival(1, 1), arrival(2, 1), arrival(1, 2), arrival(3, 3)]).size).toBe(4)
    expect(arrival(9, 9)! >= at(7_000) && arrival(9, 9)! <= at(37_000)).toBe(true)
  })

  it("never lets a request overtake an earlier one for the same order", () => {
    for (let seed = 0; seed < 50; seed++) {
      const venue = venueOf({ seed, ...latencies })
      venue.request(order(1, 0, "buy", 1, { price: 100 }))
      venue.market(quote(1, [99, 1], [101, 1])) // from here on chance is another
      venue.request(cancel(1, 1000))
      expect(venue.due(at(1_000_000)).map(({ type }) => type)).toEqual(["New", "Canceled"])
    }
  })
})
