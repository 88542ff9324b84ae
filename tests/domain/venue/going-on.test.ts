import fc from "fast-check"
import { it as property } from "@fast-check/vitest"
import { afterAll, describe, expect } from "vitest"
import { chanceOf } from "#domain/kernel/chance.ts"
import type { Price, Quantity, Rate } from "#domain/kernel/money.ts"
import type { MarketMessage } from "#domain/market/messages.ts"
import type { VenueReport } from "#domain/venue/messages.ts"
import type { NewOrder } from "#domain/venue/venue-order.ts"
import { price, quote, trade } from "#tests/domain/market/made.ts"
import { order, Recorded, step, venueOf, type Terms } from "./at-venue.ts"

// A ledger does not know how far a queue has moved since the last report, nor what was taken from a level: so in this market
// nobody stands before our orders, and every quote is news. Everything else must go on as if nothing had happened.

const PAIRS = 60
const cents = (count: number) => (BigInt(count) * 1_000_000n) as Price
const text = (count: number) => String(count / 100)
const lotsText = (count: number) => (count * 0.00001).toFixed(5)
const lots = (count: number) => (BigInt(count) * 1000n) as Quantity

/** Quotes on every fourth cent and of ever new sizes; trades on odd cents, where no queue is. */
const marketOf = (seed: number): ReadonlyArray<readonly [MarketMessage, MarketMessage]> => {
  let bid = 10_000
  return Array.from({ length: PAIRS }, (_, i) => {
    const roll = (key: string, sides: number) => chanceOf(seed, i, key) % sides
    bid += 4 * (roll("step", 5) - 2)
    const ask = bid + 4 * (1 + roll("spread", 2))
    const size = quantityOf(i)
    const side = roll("side", 2) === 0 ? "sell" : "buy"
    const at = (side === "sell" ? bid : ask) + 2 * roll("at", 8) - 7
    return [
      quote(2 * i + 1, [text(bid), size], [text(ask), size]),
      trade(2 * i + 2, side, [text(at), lotsText(1 + roll("size", 12))])
    ]
  })
}
const quantityOf = (i: number) => 100 + i

const KINDS = [
  ...(["limit", "postOnly", "allOrNone", "minQuantity", "iceberg", "market-to-limit", "pegged"] as const),
  ...(["stop", "stop-limit", "market-if-touched", "limit-if-touched"] as const),
  ...(["trailing-stop", "trailing-stop-limit", "trailing-percent"] as const)
]

const ask = fc.record({
  after: fc.integer({ min: 0, max: PAIRS - 1 }),
  side: fc.constantFrom(...(["buy", "sell"] as const)),
  lots: fc.integer({ min: 1, max: 12 }),
  stop: fc.integer({ min: -16, max: 16 }),
  trail: fc.integer({ min: 1, max: 12 }),
  part: fc.integer({ min: 1, max: 4 }),
  triggerOn: fc.constantFrom(...(["last", "bid-ask", "mark"] as const)),
  what: fc.constantFrom(...KINDS)
})
type Ask = typeof ask extends fc.Arbitrary<infer T> ? T : never

/** Limit prices on odd cents and each of its own, so that our orders do not stand in each other's queue. */
const requestOf = (one: Ask, id: number, micros: number): NewOrder => {
  const limit = text(10_001 + 4 * (((id * 11) % 25) - 12))
  const stop = text(10_000 + one.stop)
  const { triggerOn } = one
  // an even trail of quotes, and an odd one of trades, gives an even stop price
  const trailAmount = cents(2 * one.trail + (triggerOn === "last" ? 1 : 0))
  const termsOf: Record<Ask["what"], Terms> = {
    limit: { price: limit },
    postOnly: { price: limit, postOnly: true },
    allOrNone: { price: limit, allOrNone: true },
    minQuantity: { price: limit, minQuantity: lots(Math.min(one.part, one.lots)) },
    iceberg: { price: limit, displayQuantity: lots(one.part) },
    "market-to-limit": { type: "market-to-limit" },
    pegged: { type: "pegged", peg: one.part > 2 ? "best" : "mid", pegOffset: cents(2 * one.part) },
    stop: { type: "stop", stop, triggerOn },
    "stop-limit": { type: "stop-limit", stop, price: limit, triggerOn },
    "market-if-touched": { type: "market-if-touched", stop, triggerOn },
    "limit-if-touched": { type: "limit-if-touched", stop, price: limit, triggerOn },
    "trailing-stop": { type: "trailing-stop", trailAmount, triggerOn },
    "trailing-stop-limit": { type: "trailing-stop-limit", trailAmount, limitOffset: cents(2 * one.part), triggerOn },
    "trailing-percent": { type: "trailing-stop", trailPercent: price(one.trail / 50) as bigint as Rate, triggerOn }
  }
  // more than is shown of what is to rest after its take
  const size = one.what === "market-to-limit" ? "300" : lotsText(one.lots)
  return order(id, micros, one.side, size, termsOf[one.what])
}

/** What happened, with the restarts before the quotes of some pairs; their ids and numbers come out the same, too. */
const play = (seed: number, asks: ReadonlyArray<Ask>, restarts: ReadonlyArray<number>) => {
  const recorded = new Recorded()
  const reports: Array<VenueReport> = []
  let venue = venueOf({ seed })
  const hear = (news: ReadonlyArray<VenueReport>) => {
    for (const report of news) recorded.record(report)
    reports.push(...news)
  }
  let id = 0
  for (const [i, pair] of marketOf(seed).entries()) {
    if (restarts.includes(i)) {
      venue = venueOf({ seed })
      for (const kept of recorded.open.values()) venue.restore(kept)
    }
    for (const message of pair) hear(step(venue, message))
    for (const one of asks.filter(({ after }) => after === i)) {
      const request = requestOf(one, id++, (2 * i + 2) * 1000 + 500)
      recorded.sent(request)
      hear(step(venue, request))
    }
  }
  const open = venue.openOrders().map(({ orderId, stopPrice, cumQty, triggered, price: limit }) => {
    return { orderId, stopPrice, cumQty, triggered, price: limit }
  })
  return { reports, open }
}

const many = fc.array(ask, { minLength: 1, maxLength: 25, size: "max" })
const stops = fc.uniqueArray(fc.integer({ min: 1, max: PAIRS - 1 }), { minLength: 1, maxLength: 25, size: "max" })
const afterwards = new Map<string, number>()

describe("a venue that was stopped", () => {
  property.prop([fc.nat(), many, stops], { numRuns: 200 })(
    "goes on as if it had not been, whatever it held",
    (seed, drawn, restarts) => {
      // the large ones leave too little for all, and who is first at a price is not known for certain after a restart
      const isLimited = drawn.some(({ what }) => what === "trailing-stop-limit")
      const asks = isLimited ? drawn.filter(({ what }) => what !== "market-to-limit") : drawn
      const straight = play(seed, asks, [])
      const broken = play(seed, asks, restarts)
      expect(broken.reports).toEqual(straight.reports)
      expect(broken.open.toSorted(byId)).toEqual(straight.open.toSorted(byId))
      const placed = asks.toSorted((a, b) => a.after - b.after)
      for (const { orderId, type, mdNo } of broken.reports) {
        const one = placed[Number(orderId.slice(2))]!
        if (type === "Trade" && restarts.some((restart) => one.after < restart && mdNo > 2 * restart)) {
          afterwards.set(one.what, (afterwards.get(one.what) ?? 0) + 1)
        }
      }
    }
  )

  afterAll(() => {
    for (const what of KINDS) expect([what, afterwards.get(what) ?? 0]).not.toEqual([what, 0])
  })
})

type Open = ReturnType<typeof play>["open"][number]
const byId = (a: Open, b: Open) => (a.orderId < b.orderId ? -1 : 1)
