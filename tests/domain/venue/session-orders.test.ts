import { describe, expect, it } from "vitest"
import { timeOfText, type Time } from "#domain/kernel/time.ts"
import { defaultInstruments } from "#domain/market/default-instruments.ts"
import type { RestoredOrder } from "#domain/venue/order-entry.ts"
import type { NewOrder } from "#domain/venue/venue-order.ts"
import { at, quantity } from "#tests/domain/market/made.ts"
import { cancel, reasons, short, step, venueOf } from "./at-venue.ts"
import { bothSides } from "./mirror.ts"

const time = (text: string): Time => timeOfText(text)!
// the market of these tests begins on Monday, the 5th of January 2026, at 12:00 UTC
const session = { timeZone: "Europe/London", opens: "12:00", closes: "12:01", days: [1, 2, 3, 4, 5] }
const instruments = () => ({ ...defaultInstruments[0]!, session })
const CLOSES = time("2026-01-05T12:01:00Z")
const OPENS = time("2026-01-06T12:00:00Z")
const kept = (request: NewOrder, changes: Partial<RestoredOrder> = {}): RestoredOrder => ({
  request,
  venueOrderId: "P-0-1",
  cumQty: quantity(0),
  queueAhead: quantity(0),
  mdNo: 1,
  triggered: false,
  reports: 1,
  ...changes
})

describe.each(bothSides)("a %s for the session", (_, { opened, order, replace, quote, told }) => {
  const book = quote(1, [99, 5], [101, 2])
  const market = { type: "market", price: 110 } as const
  const open = () => opened([book], { instruments })

  it("at the opening acts with the first message from then on, and what it cannot have is cancelled", () => {
    const { venue, see } = open()
    expect(see(order(1, 1500, 3, { ...market, tif: "OPG" }))).toEqual(["0-1 New behind 0"])
    expect(see(quote(2, [99, 5], [100, 9]))).toEqual([])
    expect(venue.nextDue()).toBe(OPENS)
    expect(venue.due(OPENS)).toEqual([])
    expect(see({ ...quote(3, [99, 5], [102, 2]), at: OPENS })).toEqual(["0-1 Trade 2@102 taker", "0-1 Canceled"])
  })

  it("at the close acts on what is shown then, within its limit", () => {
    const { venue, see } = open()
    expect(see(order(1, 1500, 3, { price: 101, tif: "CLS" }))).toEqual(["0-1 New behind 0"])
    expect(see(quote(2, [99, 5], [100.5, 1]))).toEqual([])
    expect(venue.nextDue()).toBe(CLOSES)
    expect(told(short(venue.due(CLOSES)))).toEqual(["0-1 Trade 1@100.5 taker", "0-1 Canceled"])
    expect(venue.openOrders()).toEqual([])
    expect(venue.nextDue()).toBeUndefined()
  })

  it("may be sent before there is a market, changed and cancelled while it is held", () => {
    const { venue, see } = opened([], { instruments })
    expect(see(order(1, 100, 3, { ...market, tif: "CLS" }))).toEqual(["0-1 New behind 0"])
    expect(see(order(2, 100, 3, { price: 101, tif: "CLS" }))).toEqual(["0-2 New behind 0"])
    expect(see(replace(2, 200, 1, { price: 100 }))).toEqual(["0-2 Replaced 1 behind 0"])
    expect(see(cancel(1, 300))).toEqual(["0-1 Canceled"])
    expect(see(quote(1, [99, 5], [100, 2]))).toEqual([])
    expect(told(short(venue.due(CLOSES)))).toEqual(["0-2 Trade 1@100 taker"])
  })

  it("is rejected where there is none, where it is over, and where it cannot be kept", () => {
    const always = opened([book]).venue
    expect(reasons(step(always, order(1, 1500, 1, { ...market, tif: "OPG" })))).toEqual([
      "BTCUSDT trades round the clock: it has no opening"
    ])
    expect(reasons(step(always, order(2, 1500, 1, { ...market, tif: "CLS" })))).toEqual([
      "BTCUSDT trades round the clock: it has no close"
    ])
    const { venue } = open()
    expect(reasons(step(venue, order(1, 1500, 1, { ...market, tif: "OPG", expireAt: at(1000) })))).toEqual([
      "the opening has passed"
    ])
    expect(reasons(step(venue, order(2, 1500, 1, { type: "stop", stop: 105, tif: "CLS" })))).toEqual([
      "an order for the close cannot wait for a price"
    ])
    expect(reasons(step(venue, order(3, 1500, 1, { type: "pegged", peg: "best", tif: "OPG" })))).toEqual([
      "a pegged order rests: it cannot be OPG"
    ])
    const empty = opened([book], { instruments: () => ({ ...instruments(), session: { ...session, days: [] } }) }).venue
    expect(reasons(step(empty, order(1, 1500, 1, { ...market, tif: "CLS" })))).toEqual([
      "the calendar of BTCUSDT has no close"
    ])
  })

  it("that lasts a day ends with the session that is on, or with the next", () => {
    const { venue, see } = open()
    see(order(1, 1500, 1, { price: 90, tif: "DAY" }))
    expect(short(venue.due(CLOSES))).toEqual(["0-1 Expired"])
    see({ ...order(2, 0, 1, { price: 90, tif: "DAY" }), at: CLOSES })
    expect(venue.nextDue()).toBe(time("2026-01-06T12:01:00Z"))
    see({ ...order(3, 0, 1, { price: 90, tif: "DAY", expireAt: OPENS }), at: CLOSES }) // the ledger has said when
    expect(venue.nextDue()).toBe(OPENS)
  })

  it("is held again after a restart, or acts where its time has come meanwhile", () => {
    const request = order(1, 1500, 3, { ...market, tif: "OPG" })
    const later = venueOf({ instruments })
    later.restore(kept(request))
    expect(later.nextDue()).toBe(OPENS)
    const missed = venueOf({ instruments })
    missed.restore(kept({ ...request, at: OPENS, expireAt: OPENS }))
    expect(missed.due(OPENS)).toEqual([])
    expect(told(short(step(missed, { ...book, at: OPENS })))).toEqual(["0-1 Trade 2@101 taker", "0-1 Canceled"])
    const begun = venueOf({ instruments }) // its last report was lost
    begun.restore(kept({ ...request, at: OPENS }, { cumQty: quantity(1), reports: 2 }))
    expect(told(short(step(begun, { ...book, at: OPENS })))).toEqual(["0-1 Trade 2@101 taker"])
  })
})
