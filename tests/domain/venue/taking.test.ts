import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { Symbol } from "#domain/kernel/ids.ts"
import { at, depth, price, quantity, quote, trade } from "#tests/domain/market/made.ts"
import { order, short, step, venueOf } from "./at-venue.ts"

const book = depth(
  1,
  [
    [99, 1],
    [98, 2]
  ],
  [
    [101, 1],
    [102, 2],
    [103, 4]
  ]
)

describe("an order that takes", () => {
  it("walks the depth, level by level, as a taker", () => {
    const venue = venueOf()
    step(venue, book)
    const reports = step(venue, order(1, 2000, "buy", 2, { type: "market", price: 110 }))
    expect(short(reports)).toEqual(["0-1 New behind 0", "0-1 Trade 1@101 taker", "0-1 Trade 1@102 taker"])
    expect(reports.map(({ execId }) => execId)).toEqual(["P-0-1-1-1", "P-0-1-1-2", "P-0-1-1-3"])
    expect(reports[1]).toMatchObject({ fee: quantity("0.0505"), feeCurrency: "USDT", mdNo: 1, at: at(2000) })
    expect(reports[0]).toMatchObject({ clOrdId: "n-1", venueOrderId: "P-0-1" })
    expect(venue.openOrders()).toEqual([])
  })

  it("never goes beyond its protection price, and the rest is cancelled", () => {
    const venue = venueOf()
    step(venue, book)
    expect(short(step(venue, order(1, 2000, "buy", 9, { type: "market", price: 102 })))).toEqual([
      "0-1 New behind 0",
      "0-1 Trade 1@101 taker",
      "0-1 Trade 2@102 taker",
      "0-1 Canceled"
    ])
    expect(short(step(venue, order(2, 2000, "sell", 5, { type: "market" })))).toEqual([
      "0-2 New behind 0",
      "0-2 Trade 1@99 taker",
      "0-2 Trade 2@98 taker",
      "0-2 Canceled"
    ])
  })

  it("has the size of the quote where there is no depth, and a newer quote hides the levels before it", () => {
    const venue = venueOf()
    step(venue, quote(1, [99, 1], [101, "0.5"]))
    const first = step(venue, order(1, 1000, "buy", 2, { price: 105, tif: "IOC" }))
    expect(short(first)).toEqual(["0-1 New behind 0", "0-1 Trade 0.5@101 taker", "0-1 Canceled"])
    step(
      venue,
      depth(
        2,
        [[99, 1]],
        [
          [101, 1],
          [102, 2],
          [103, 4]
        ]
      )
    )
    step(venue, quote(3, [99, 1], [102, "0.3"]))
    const second = step(venue, order(2, 3000, "buy", 2, { price: 105, tif: "IOC" }))
    expect(short(second)).toEqual(["0-2 New behind 0", "0-2 Trade 0.3@102 taker", "0-2 Trade 1.7@103 taker"])
  })

  it("does not take the same shown quantity twice, until news of its level comes", () => {
    const venue = venueOf()
    const buy = (id: number, micros: number) =>
      short(step(venue, order(id, micros, "buy", 1, { price: 101, tif: "IOC" }))).slice(1)
    step(venue, book)
    expect(buy(1, 1000)).toEqual(["0-1 Trade 1@101 taker"])
    expect(buy(2, 1001)).toEqual(["0-2 Canceled"])
    step(venue, quote(2, [99, 2], [101, 1])) // the bid changed, the ask only stands there
    step(venue, trade(3, "buy", [101, "0.1"]))
    step(venue, depth(4, [[98, 3]], [[102, 1]], false))
    expect(buy(3, 4000)).toEqual(["0-3 Canceled"])
    step(venue, quote(5, [99, 2], [101, "0.4"]))
    expect(buy(4, 5000)).toEqual(["0-4 Trade 0.4@101 taker", "0-4 Canceled"])
    step(venue, depth(6, [], [[101, "0.4"]], false)) // the depth says what the quote has said
    expect(buy(5, 6000)).toEqual(["0-5 Canceled"])
    step(venue, depth(7, [], [[101, "0.7"]], false))
    expect(buy(6, 7000)).toEqual(["0-6 Trade 0.7@101 taker", "0-6 Canceled"])
    step(venue, quote(8, [99, 2], [102, 5]))
    step(venue, quote(9, [99, 2], [101, "0.7"])) // gone and come again
    expect(buy(7, 9000)).toEqual(["0-7 Trade 0.7@101 taker", "0-7 Canceled"])
  })

  it("fills whole or not at all when it is fill or kill", () => {
    const venue = venueOf()
    step(venue, book)
    const kill = (id: number, size: number, limit: number) =>
      short(step(venue, order(id, 2000, "buy", size, { price: limit, tif: "FOK" }))).slice(1)
    expect(kill(1, 4, 102)).toEqual(["0-1 Canceled"])
    expect(kill(2, 3, 102)).toEqual(["0-2 Trade 1@101 taker", "0-2 Trade 2@102 taker"])
    expect(kill(3, 3, 102)).toEqual(["0-3 Canceled"]) // it was taken
    const market = order(4, 2000, "buy", 5, { type: "market", price: 110, tif: "FOK" })
    expect(short(step(venue, market)).slice(1)).toEqual(["0-4 Canceled"])
  })

  it("takes whole lots only", () => {
    const venue = venueOf()
    step(
      venue,
      depth(
        1,
        [],
        [
          [101, "0.000019"],
          [102, "0.00002"]
        ]
      )
    )
    expect(short(step(venue, order(1, 2000, "buy", "0.00003", { price: 105, tif: "IOC" })))).toEqual([
      "0-1 New behind 0",
      "0-1 Trade 0.00001@101 taker",
      "0-1 Trade 0.00002@102 taker"
    ])
  })

  it("is rejected when it makes no sense or nothing is known, with the reason", () => {
    const venue = venueOf()
    const reason = (request: Parameters<typeof step>[1]) =>
      step(venue, request).map((one) => ("reason" in one ? one.reason : one.type))
    expect(reason(order(1, 0, "buy", 1, { type: "market", price: 110 }))).toEqual(["there is no market data yet"])
    expect(reason(order(2, 0, "buy", 1, { price: 100 }))).toEqual(["New"]) // a limit order can wait
    step(venue, book)
    expect(reason(order(3, 2000, "buy", 1, { price: 1, symbol: "XYZ" as Symbol }))).toEqual([
      "the symbol is not traded here"
    ])
    expect(reason(order(4, 2000, "buy", 0, { price: 1 }))).toEqual(["the quantity is not above 0"])
    expect(reason(order(5, 2000, "buy", "0.000001", { price: 1 }))).toEqual([
      "the quantity is not a multiple of the lot"
    ])
    expect(reason(order(6, 2000, "buy", 1, {}))).toEqual(["the limit price is missing"])
    expect(reason(order(7, 2000, "buy", 1, { price: 0 }))).toEqual(["the price is not above 0"])
    expect(reason(order(8, 2000, "buy", 1, { type: "stop" }))).toEqual(["the stop price is missing"])
    expect(reason(order(9, 2000, "buy", 1, { price: 1, tif: "GTD" }))).toEqual(["the time when it expires is missing"])
    const past = order(10, 2000, "buy", 1, { price: 1, tif: "GTD", expireAt: at(1500) })
    expect(reason(past)).toEqual(["the time when it expires has passed"])
  })

  it("walks as the plainest model of a walk does", () => {
    const side = fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 500 })), { maxLength: 12 })
    fc.assert(
      fc.property(
        side,
        fc.integer({ min: 1, max: 3000 }),
        fc.integer({ min: 90, max: 150 }),
        fc.boolean(),
        (steps, lots, limit, buys) => {
          let last = 100
          const levels = steps.map(([gap, size]) => [(last += buys ? gap : -gap), size * 0.00001] as const)
          const sized = levels.map(([p, q]) => [p, q.toFixed(5)] as const)
          const venue = venueOf()
          step(venue, depth(1, buys ? [[1, 1]] : sized, buys ? sized : [[1000, 1]]))
          const bound = buys ? limit : 200 - limit
          const request = order(1, 2000, buys ? "buy" : "sell", (lots * 0.00001).toFixed(5), {
            price: bound,
            tif: "IOC"
          })

          const expected: Array<string> = []
          let left = lots
          for (const [p, q] of levels) {
            const had = Math.min(left, Math.round(q / 0.00001))
            if (had === 0 || (buys ? p > bound : p < bound)) break
            left -= had
            expected.push(`${price(p)} ${quantity((had * 0.00001).toFixed(5))}`)
          }
          const reports = step(venue, request)
          expect(reports.flatMap((one) => (one.type === "Trade" ? [`${one.price} ${one.quantity}`] : []))).toEqual(
            expected
          )
          expect(reports.at(-1)?.type).toBe(left > 0 ? "Canceled" : "Trade")
        }
      )
    )
  })
})
