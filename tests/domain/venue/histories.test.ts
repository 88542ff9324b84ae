import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { ClOrdId } from "#domain/kernel/ids.ts"
import { formatFixed, type Price } from "#domain/kernel/money.ts"
import { plusMicros, type Time } from "#domain/kernel/time.ts"
import { PriceBoard } from "#domain/market/board.ts"
import { simulatedMarket } from "#domain/market/simulator.ts"
import type { VenueReport, VenueRequest } from "#domain/venue/messages.ts"
import type { PaperVenue } from "#domain/venue/paper-venue.ts"
import { at, BTC, quote } from "#tests/domain/market/made.ts"
import { cancel, order, Recorded, replaceBy, venueOf } from "./at-venue.ts"

/** Something asked between two messages; prices in hundredths of a unit from the middle of the market. */
const ask = fc.record({
  after: fc.integer({ min: 1, max: 600 }),
  micros: fc.integer({ min: 0, max: 60_000 }),
  what: fc.constantFrom("limit", "limit", "limit", "market", "stop", "stop-limit", "cancel", "replace", "replace"),
  tif: fc.constantFrom("GTC", "GTC", "GTC", "IOC", "FOK", "DAY", "GTD"),
  side: fc.constantFrom("buy", "sell"),
  lots: fc.integer({ min: 1, max: 300_000 }),
  away: fc.integer({ min: -400, max: 400 }),
  stop: fc.integer({ min: -900, max: 900 }),
  which: fc.integer({ min: 0, max: 40 })
})
type Ask = typeof ask extends fc.Arbitrary<infer T> ? T : never
/** Restarts come before the last second: what is sent again waits for a market, and one must follow. */
const history = fc.record({
  seed: fc.nat(),
  asks: fc.array(ask, { maxLength: 40 }),
  restarts: fc.uniqueArray(fc.integer({ min: 1, max: 590 }), { maxLength: 3 })
})
const latencies = { latencyMicros: 7_000, jitterMicros: 30_000, reportLatencyMicros: 12_000 }

/** The market of 20 seconds, of one symbol: message n of it has number n. */
const marketOf = (seed: number) => {
  const market = simulatedMarket(seed)
  return Array.from({ length: 600 }, (_, i) => ({ ...market.message(i * 3 + 1, at(i * 33_333)), no: i + 1 }))
}

const requestOf = (one: Ask, id: number, now: Time, middle: bigint): VenueRequest => {
  const micros = (new Date(now).getTime() - new Date(at(0)).getTime()) * 1000 + one.micros
  const priceAt = (cents: number) => formatFixed((middle - (middle % 1_000_000n) + BigInt(cents) * 1_000_000n) as Price)
  const size = formatFixed(BigInt(one.lots) * 1000n)
  const known = one.which % Math.max(1, id)
  const expireAt = plusMicros(now, 2_000_000)
  switch (one.what) {
    case "cancel":
      return { ...cancel(known, micros), clOrdId: `c-${id}` as ClOrdId }
    case "replace":
      return {
        ...replaceBy(known, micros, size, one.away % 2 === 0 ? { price: priceAt(one.away) } : {}),
        clOrdId: `r-${id}` as ClOrdId
      }
    case "market":
      return order(id, micros, one.side, size, { type: "market", price: priceAt(one.side === "buy" ? 500 : -500) })
    case "limit":
      return order(id, micros, one.side, size, {
        tif: one.tif,
        price: priceAt(one.away),
        ...(one.tif === "GTD" && { expireAt })
      })
    default: {
      const tif = one.tif === "GTD" ? "GTC" : one.tif
      const protection = one.side === "buy" ? one.stop + 500 : one.stop - 500
      const limit = priceAt(one.what === "stop" ? protection : one.away)
      return order(id, micros, one.side, size, { type: one.what, tif, price: limit, stop: priceAt(one.stop) })
    }
  }
}

type Run = { readonly reports: ReadonlyArray<VenueReport>; readonly recorded: Recorded; readonly venue: PaperVenue }
type Play = { readonly restarts?: ReadonlyArray<number>; readonly polls?: boolean }

const play = (
  { seed, asks }: { seed: number; asks: ReadonlyArray<Ask> },
  { restarts = [], polls = false }: Play = {}
): Run => {
  const recorded = new Recorded()
  const reports: Array<VenueReport> = []
  const unanswered = new Map<string, VenueRequest>()
  const board = new PriceBoard()
  let venue = venueOf({ seed, ...latencies })
  let asked = 0
  const listen = (now: Time) => {
    for (const report of venue.due(now)) {
      reports.push(report)
      recorded.record(report)
      if (report.clOrdId !== undefined) unanswered.delete(report.clOrdId)
    }
  }
  const send = (request: VenueRequest) => {
    unanswered.set(request.clOrdId, request)
    if (request.type === "NewOrder") recorded.sent(request)
    venue.request(request)
  }
  for (const message of marketOf(seed)) {
    if (polls)
      for (let due = venue.nextDue(); due !== undefined && due <= message.at; due = venue.nextDue()) listen(due)
    else listen(message.at)
    board.evolve(message)
    venue.market(message)
    if (restarts.includes(message.no)) {
      venue = venueOf({ seed, ...latencies })
      for (const kept of recorded.open.values()) venue.restore(kept)
      for (const request of unanswered.values()) venue.resend({ ...request, at: message.at })
    }
    for (const one of asks.filter(({ after }) => after === message.no)) {
      const { bid, ask: best } = board.quoteOf(BTC)!
      send(requestOf(one, asked++, message.at, (bid + best) / 2n))
    }
    if (polls) listen(message.at)
  }
  const end = at(30_000_000)
  listen(end)
  for (const { request } of recorded.open.values()) send({ ...cancel(Number(request.orderId.slice(2)), 0), at: end })
  listen(plusMicros(end, 10_000_000))
  return { reports, recorded, venue }
}

describe("any history of orders at the venue", () => {
  it("gives reports that can all be true, and every order comes to an end", () => {
    let filled = 0n
    fc.assert(
      fc.property(history, (one) => {
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
      fc.property(history, (one) => {
        const { reports } = play(one)
        expect(play(one).reports).toEqual(reports)
        expect(play(one, { polls: true }).reports).toEqual(reports)
      }),
      { numRuns: 60 }
    )
  })

  it("comes in order of time, in the order of what was asked for each order", () => {
    fc.assert(
      fc.property(history, (one) => {
        const { reports } = play(one)
        expect(reports.map((report) => report.at)).toEqual(reports.map((report) => report.at).toSorted())
        expect(reports.map(({ mdNo }) => mdNo)).toEqual(reports.map(({ mdNo }) => mdNo).toSorted((a, b) => a - b))
      }),
      { numRuns: 40 }
    )
  })

  it("goes on after restarts from what was recorded alone: no id twice, no unit too many, no order lost", () => {
    fc.assert(
      fc.property(history, (one) => {
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
