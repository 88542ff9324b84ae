import { describe, expect, it } from "vitest"
import { nextMidnight } from "#domain/kernel/time.ts"
import type { MarketMessage } from "#domain/market/messages.ts"
import type { VenueRequest } from "#domain/venue/messages.ts"
import { at, depth, quote, trade } from "#tests/domain/market/made.ts"
import { cancel, order, replaceBy, short, step, venueOf } from "./at-venue.ts"

const book = depth(
  1,
  [
    [99, 5],
    [98, 2]
  ],
  [
    [101, 1],
    [102, 2]
  ]
)
const opened = (...inputs: ReadonlyArray<MarketMessage | VenueRequest>) => {
  const venue = venueOf()
  for (const input of inputs) step(venue, input)
  return { venue, see: (input: MarketMessage | VenueRequest) => short(step(venue, input)) }
}

describe("an order that rests", () => {
  it("stands behind what is shown at its price, works its way forward by trades, and is filled in parts", () => {
    const { see } = opened(book)
    expect(see(order(1, 1500, "buy", 2, { price: 99 }))).toEqual(["0-1 New behind 5"])
    expect(see(trade(2, "sell", [99, 4]))).toEqual([])
    expect(see(trade(3, "buy", [101, 9]))).toEqual([]) // the other side of the market
    expect(see(trade(4, "buy", [99, 9]))).toEqual([]) // a buyer does not meet us
    expect(see(trade(5, "sell", [99, "1.5"]))).toEqual(["0-1 Trade 0.5@99 maker"])
    expect(see(trade(6, "sell", [99, "0.000001"]))).toEqual([]) // less than a lot
    expect(see(trade(7, "sell", [99, 3]))).toEqual(["0-1 Trade 1.5@99 maker"])
  })

  it("shares a trade with our other orders at the price: nothing is had twice", () => {
    const { venue, see } = opened(
      book,
      order(1, 1500, "buy", 2, { price: 99 }),
      order(2, 1600, "buy", 2, { price: 99 })
    )
    expect(venue.openOrders().map(({ queueAhead }) => Number(queueAhead) / 1e8)).toEqual([5, 5])
    expect(see(trade(2, "sell", [99, 6]))).toEqual(["0-1 Trade 1@99 maker"])
    expect(see(trade(3, "sell", [99, 2]))).toEqual(["0-1 Trade 1@99 maker", "0-2 Trade 1@99 maker"])
  })

  it("is filled by a trade beyond its price", () => {
    const { see } = opened(book, order(1, 1500, "buy", 2, { price: 99 }), order(2, 1500, "sell", 1, { price: 102 }))
    expect(see(trade(2, "sell", ["98.99", "0.00001"]))).toEqual(["0-1 Trade 2@99 maker"])
    expect(see(trade(3, "buy", ["102.01", "0.00001"]))).toEqual(["0-2 Trade 1@102 maker"])
  })

  it("moves forward when the level shrinks, and is alone when it is gone", () => {
    const { venue, see } = opened(book, order(1, 1500, "buy", 1, { price: 99 }))
    const ahead = () => Number(venue.openOrders()[0]?.queueAhead) / 1e8
    see(depth(2, [[99, 9]], [], false))
    expect(ahead()).toBe(5)
    see(depth(3, [[99, 3]], [], false))
    expect(ahead()).toBe(3)
    see(quote(4, [99, 2], [101, 1]))
    expect(ahead()).toBe(2)
    see(quote(5, [100, 2], [101, 1])) // another level: no news of ours
    expect(ahead()).toBe(2)
    see(
      depth(
        6,
        [
          [99, "1.5"],
          [98, 1]
        ],
        [[101, 1]]
      )
    )
    expect(ahead()).toBe(1.5)
    see(depth(7, [["99.5", 1]], [[101, 1]])) // a snapshot that does not reach down to us
    expect(ahead()).toBe(1.5)
    see(quote(8, [98, 1], [101, 1]))
    expect(ahead()).toBe(0)
  })

  it("keeps its place when the book is lost or a side of it is empty", () => {
    for (const lost of [depth(2, [], []), depth(2, [], [[101, 1]]), depth(2, [[99, 0]], [])]) {
      const { venue, see } = opened(book, order(1, 1500, "buy", 1, { price: 99 }))
      see(lost)
      expect(venue.openOrders()[0]?.queueAhead).toBe(500_000_000n)
    }
  })

  it("at its price is met by what the other side shows there, as far as it goes and once", () => {
    const { see } = opened(book, order(1, 1500, "buy", 3, { price: 100 }))
    expect(see(quote(2, [99, 1], [100, "0.4"]))).toEqual(["0-1 Trade 0.4@100 maker"])
    expect(see(quote(3, [99, 2], [100, "0.4"]))).toEqual([])
    expect(
      see(
        depth(
          4,
          [[99, 1]],
          [
            ["99.5", 1],
            [100, "0.4"],
            [101, 7]
          ]
        )
      )
    ).toEqual(["0-1 Trade 1@100 maker"])
    expect(see(quote(5, [99, 2], ["99.6", 9]))).toEqual(["0-1 Trade 1.6@100 maker"])
  })

  it("takes first what it can have, then rests with what is left", () => {
    const { see } = opened(book)
    expect(see(order(1, 1500, "buy", 4, { price: 102 }))).toEqual([
      "0-1 New behind 0",
      "0-1 Trade 1@101 taker",
      "0-1 Trade 2@102 taker"
    ])
    expect(see(quote(2, [99, 1], [103, 1]))).toEqual([])
    expect(see(trade(3, "sell", [102, "0.3"]))).toEqual(["0-1 Trade 0.3@102 maker"])
  })

  it("is cancelled on request; what is unknown or finished cannot be", () => {
    const { venue, see } = opened(book, order(1, 1500, "buy", 3, { price: 99 }))
    const [report] = step(venue, cancel(1, 1600))
    expect(report).toMatchObject({ type: "Canceled", clOrdId: "c-1-1600", execId: "P-0-1-1-2" })
    expect(see(cancel(1, 1700))).toEqual(["0-1 CancelRejected"])
    expect(step(venue, cancel(7, 1700))[0]).toMatchObject({
      type: "CancelRejected",
      execId: "R-c-7-1700",
      clOrdId: "c-7-1700"
    })
    expect(see(replaceBy(1, 1800, 1))).toEqual(["0-1 ReplaceRejected"])
    expect(see(trade(2, "sell", [90, 1]))).toEqual([])
  })

  it("expires when its time has come, before what the market says then", () => {
    const tif = { price: 99, tif: "GTD", expireAt: at(3000) } as const
    const { venue, see } = opened(
      book,
      order(1, 1500, "buy", 1, tif),
      order(2, 1500, "buy", 1, { price: 99, tif: "DAY" })
    )
    expect(venue.nextDue()).toBe(at(3000))
    expect(see(trade(2, "sell", [99, 1]))).toEqual([])
    expect(see(trade(3, "sell", [90, 1]))).toEqual(["0-1 Expired", "0-2 Trade 1@99 maker"])
    step(venue, order(3, 3000, "buy", 1, { price: 99, tif: "DAY" }))
    expect(venue.nextDue()).toBe(nextMidnight(at(0)))
    expect(short(venue.due(nextMidnight(at(0))))).toEqual(["0-3 Expired"])
    expect(venue.nextDue()).toBeUndefined()
  })
})

describe("a message that comes late", () => {
  it("does not turn the venue's clock back", () => {
    const { venue, see } = opened(book, order(1, 5000, "buy", 1, { price: 99 }))
    expect(see(trade(2, "sell", [98, 1]))).toEqual([]) // it bears 2000: what it does is reported at 5000
    expect(venue.nextDue()).toBe(at(5000))
    expect(venue.due(at(5000))).toMatchObject([{ type: "Trade", at: at(5000), mdNo: 2 }])
  })
})

describe("a replace", () => {
  it("keeps the place in the queue only for less at the same price", () => {
    const { see } = opened(book, order(1, 1500, "buy", 3, { price: 99 }), trade(2, "sell", [99, 4]))
    expect(see(replaceBy(1, 2100, 2))).toEqual(["0-1 Replaced 2 behind 1"])
    expect(see(replaceBy(1, 2200, 2, { price: 99 }))).toEqual(["0-1 Replaced 2 behind 1"])
    expect(see(replaceBy(1, 2300, "2.5"))).toEqual(["0-1 Replaced 2.5 behind 5"])
    expect(see(replaceBy(1, 2400, 2, { price: 98 }))).toEqual(["0-1 Replaced 2 behind 2"])
    expect(see(trade(3, "sell", [98, 3]))).toEqual(["0-1 Trade 1@98 maker"])
  })

  it("goes behind our own other orders when it loses its place", () => {
    const { see } = opened(
      depth(1, [[98, 1]], [[101, 1]]),
      order(1, 1500, "buy", 1, { price: 99 }),
      order(2, 1500, "buy", 1, { price: 99 })
    )
    expect(see(replaceBy(1, 1600, 2))).toEqual(["0-1 Replaced 2 behind 0"])
    expect(see(trade(2, "sell", [99, "1.5"]))).toEqual(["0-2 Trade 1@99 maker", "0-1 Trade 0.5@99 maker"])
  })

  it("that crosses the market takes", () => {
    const { see } = opened(book, order(1, 1500, "buy", 2, { price: 99 }))
    expect(see(replaceBy(1, 1600, 2, { price: 101 }))).toEqual(["0-1 Replaced 2 behind 0", "0-1 Trade 1@101 taker"])
  })

  it("to no more than what is filled ends the order with what is filled", () => {
    for (const size of [1, "0.5"]) {
      const { venue, see } = opened(book, order(1, 1500, "buy", 3, { price: 99 }), trade(2, "sell", [99, 6]))
      expect(see(replaceBy(1, 2100, size))).toEqual(["0-1 Replaced 1 behind 0"])
      expect(venue.openOrders()).toEqual([])
      expect(see(trade(3, "sell", [90, 6]))).toEqual([])
    }
  })

  it("that makes no sense is refused and changes nothing", () => {
    const { venue, see } = opened(
      book,
      order(1, 1500, "buy", 3, { price: 99 }),
      order(2, 1500, "buy", 1, { type: "stop", stop: 105, price: 110 })
    )
    for (const request of [
      replaceBy(1, 1600, 0),
      replaceBy(1, 1601, "0.000001"),
      replaceBy(1, 1602, 3, { stop: 90 }),
      replaceBy(1, 1603, 3, { price: 0 })
    ]) {
      expect(see(request)).toEqual(["0-1 ReplaceRejected"])
    }
    expect(venue.openOrders()[0]).toMatchObject({
      quantity: 300_000_000n,
      price: 9_900_000_000n,
      queueAhead: 500_000_000n
    })
    expect(see(trade(2, "sell", [99, 6]))).toEqual(["0-1 Trade 1@99 maker"])
  })
})

describe("a stop", () => {
  it("waits for the last trade to reach its price, then acts as a market order within its protection", () => {
    const { see } = opened(book, order(1, 1500, "buy", 2, { type: "stop", stop: 103, price: 101 }))
    expect(see(quote(2, [104, 1], [105, 1]))).toEqual([]) // quotes do not trigger
    expect(see(trade(3, "buy", ["102.99", 1]))).toEqual([])
    see(
      depth(
        4,
        [[99, 1]],
        [
          [101, "0.5"],
          [102, 9]
        ]
      )
    )
    expect(see(trade(5, "sell", [103, 1]))).toEqual([
      "0-1 Triggered behind 0",
      "0-1 Trade 0.5@101 taker",
      "0-1 Canceled"
    ])
  })

  it("of a sale triggers at or below, and as a stop-limit rests at its limit", () => {
    const { see } = opened(book, order(1, 1500, "sell", 2, { type: "stop-limit", stop: 98, price: 101 }))
    expect(see(trade(2, "sell", ["98.01", 1]))).toEqual([])
    expect(see(trade(3, "sell", [97, 1]))).toEqual(["0-1 Triggered behind 1"])
    expect(see(trade(4, "buy", [101, 2]))).toEqual(["0-1 Trade 1@101 maker"])
    expect(see(trade(5, "buy", [101, 2]))).toEqual(["0-1 Trade 1@101 maker"])
  })

  it("that is through when it arrives triggers at once; its time in force holds from then on", () => {
    const { see } = opened(book, trade(2, "buy", [102, 1]))
    expect(see(order(1, 2100, "buy", 2, { type: "stop-limit", stop: 102, price: 101, tif: "IOC" }))).toEqual([
      "0-1 New behind 0",
      "0-1 Triggered behind 0",
      "0-1 Trade 1@101 taker",
      "0-1 Canceled"
    ])
  })

  it("can be moved until it triggers, and triggers by the move", () => {
    const { see } = opened(
      book,
      trade(2, "buy", [100, 1]),
      order(1, 2100, "sell", 1, { type: "stop-limit", stop: 95, price: 103 })
    )
    expect(see(replaceBy(1, 2200, 1, { stop: 100 }))).toEqual(["0-1 Replaced 1 behind 0", "0-1 Triggered behind 0"])
    expect(see(replaceBy(1, 2300, 1, { stop: 99 }))).toEqual(["0-1 ReplaceRejected"])
    expect(see(replaceBy(1, 2400, 1, { price: 102, stop: 100 }))).toEqual(["0-1 Replaced 1 behind 2"])
    expect(see(cancel(1, 2500))).toEqual(["0-1 Canceled"])
  })

  it("can be cancelled and can expire while it waits", () => {
    const stop = { type: "stop", stop: 103, price: 110 } as const
    const day = { ...stop, tif: "GTD", expireAt: at(1800) } as const
    const { see } = opened(book, order(1, 1500, "buy", 1, stop), order(2, 1500, "buy", 1, day))
    expect(see(cancel(1, 1600))).toEqual(["0-1 Canceled"])
    expect(see(trade(2, "buy", [104, 1]))).toEqual(["0-2 Expired"])
  })
})
