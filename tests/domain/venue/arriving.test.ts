import { describe, expect, it } from "vitest"
import { price, quantity } from "#tests/domain/market/made.ts"
import { reasons, step } from "./at-venue.ts"
import { bothSides } from "./mirror.ts"

describe.each(bothSides)("a post-only %s", (_, { opened, order, replace, quote, trade }) => {
  const book = quote(1, [99, 5], [101, 2])
  const post = (id: number, at: number) => order(id, 1500, 1, { price: at, postOnly: true })

  it("rests like any other, and is only ever met", () => {
    const { see } = opened([book])
    expect(see(post(1, 100))).toEqual(["0-1 New behind 0"])
    expect(see(quote(2, [99, 1], [98, 9]))).toEqual(["0-1 Trade 1@100 maker"])
  })

  it("is rejected where it would take", () => {
    const { venue, see } = opened([book])
    expect(reasons(step(venue, post(1, 101)))).toEqual(["post only: it would take at once"])
    expect(see(post(2, 102))).toEqual(["0-2 Rejected"])
    expect(see(post(3, 100.99))).toEqual(["0-3 New behind 0"])
  })

  it("cannot be moved to where it would take, nor worked anew there", () => {
    const { venue, see } = opened([book, post(1, 100)])
    expect(reasons(step(venue, replace(1, 1600, 1, { price: 101 })))).toEqual(["post only: it would take at once"])
    expect(see(replace(1, 1700, 1, { price: 100.5 }))).toEqual(["0-1 Replaced 1 behind 0"])
    expect(see(quote(2, [99, 1], [100.5, 0.4]))).toEqual(["0-1 Trade 0.4@100.5 maker"])
    expect(see(replace(1, 2100, 2))).toEqual(["0-1 ReplaceRejected"]) // more goes to the back, and would take there
    expect(see(replace(1, 2200, 0.9))).toEqual(["0-1 Replaced 0.9 behind 0"])
  })

  it("that is triggered into the market is cancelled", () => {
    const { see } = opened([book, order(1, 1500, 1, { type: "stop-limit", stop: 103, price: 104, postOnly: true })])
    expect(see(trade(2, "other", [103, 1]))).toEqual(["0-1 Triggered behind 0", "0-1 Canceled"])
  })

  it("cannot be an order that acts at once", () => {
    const { venue } = opened([book])
    let id = 1
    for (const terms of [
      { price: 90, tif: "IOC" },
      { type: "market" },
      { type: "market-to-limit" },
      { type: "stop", stop: 110 }
    ] as const) {
      expect(reasons(step(venue, order(id++, 1500, 1, { ...terms, postOnly: true })))).toEqual([
        "post only: an order that acts at once takes"
      ])
    }
  })

  it("may be pegged: then it never meets the other side", () => {
    const { see } = opened([book])
    expect(see(order(1, 1500, 1, { type: "pegged", peg: "best", postOnly: true }))).toEqual(["0-1 New behind 5"])
  })
})

describe.each(bothSides)("a market-to-limit %s", (_, { opened, order, quote, depth, trade, p }) => {
  const book = depth(
    1,
    [[99, 1]],
    [
      [101, 1],
      [102, 5]
    ]
  )

  it("takes at the best price, and what is left rests there", () => {
    const { venue, see } = opened([book])
    expect(see(order(1, 1500, 3, { type: "market-to-limit", price: 110 }))).toEqual([
      "0-1 New behind 0",
      "0-1 Restated limit 101",
      "0-1 Trade 1@101 taker"
    ])
    expect(venue.openOrders()).toMatchObject([{ price: price(p(101)) }])
    expect(see(quote(2, [100, 1], [101.5, 9]))).toEqual([])
    expect(see(quote(3, [100, 1], [101, 0.5]))).toEqual(["0-1 Trade 0.5@101 maker"])
    expect(see(trade(4, "own", [100, 1]))).toEqual(["0-1 Trade 1.5@101 maker"])
  })

  it("that has all at once has no price to tell", () => {
    const { see } = opened([book])
    expect(see(order(1, 1500, 1, { type: "market-to-limit" }))).toEqual(["0-1 New behind 0", "0-1 Trade 1@101 taker"])
  })

  it("is cancelled where nothing can be had, and after its take where it acts at once", () => {
    const { see } = opened([book])
    expect(see(order(1, 1500, 3, { type: "market-to-limit", price: 100 }))).toEqual([
      "0-1 New behind 0",
      "0-1 Canceled"
    ])
    expect(see(order(2, 1500, 3, { type: "market-to-limit", minQuantity: quantity(2) }))).toEqual([
      "0-2 New behind 0",
      "0-2 Canceled"
    ])
    expect(see(order(3, 1500, 3, { type: "market-to-limit", tif: "FOK" }))).toEqual([
      "0-3 New behind 0",
      "0-3 Canceled"
    ])
    expect(see(order(4, 1500, 3, { type: "market-to-limit", tif: "IOC" }))).toEqual([
      "0-4 New behind 0",
      "0-4 Trade 1@101 taker",
      "0-4 Canceled"
    ])
  })

  it("needs a market", () => {
    const { venue } = opened([])
    expect(reasons(step(venue, order(1, 1500, 3, { type: "market-to-limit" })))).toEqual([
      "there is no market data yet"
    ])
  })
})

describe("terms that cannot be kept", () => {
  const [, { opened, order, quote, replace }] = bothSides[0]!
  const one = quantity(1)
  const refused = (terms: Parameters<typeof order>[3], size = 3) => {
    const { venue } = opened([quote(1, [99, 5], [101, 2])])
    return reasons(step(venue, order(1, 1500, size, terms)))[0]
  }

  it("are named", () => {
    expect(refused({ type: "trailing-stop" })).toBe("the trail is missing")
    expect(refused({ type: "trailing-stop", trailAmount: price(1), trailPercent: price(1) as never })).toBe(
      "the trail is an amount or a percentage, not both"
    )
    expect(refused({ type: "trailing-stop", trailAmount: price(0) })).toBe("the trail is not above 0")
    expect(refused({ type: "trailing-stop", trailPercent: price("90.01") as never })).toBe(
      "the trail is not above 0 % and up to 90 %"
    )
    expect(refused({ type: "trailing-stop-limit", trailAmount: price(1) })).toBe("the limit offset is missing")
    expect(refused({ type: "trailing-stop-limit", trailAmount: price(1), limitOffset: price(-1) })).toBe(
      "the limit offset is below 0"
    )
    expect(refused({ type: "limit-if-touched", stop: 90 })).toBe("the limit price is missing")
    expect(refused({ type: "market-if-touched" })).toBe("the stop price is missing")
    expect(refused({ type: "pegged" })).toBe("what the order is pegged to is missing")
    expect(refused({ type: "pegged", peg: "mid", tif: "IOC" })).toBe("a pegged order rests: it cannot be IOC")
    expect(refused({ type: "market-to-limit", allOrNone: true })).toBe(
      "a market-to-limit order takes what it can have: it cannot be all or none"
    )
    expect(refused({ price: 99, displayQuantity: quantity(0) })).toBe("the displayed quantity is not above 0")
    expect(refused({ price: 99, minQuantity: quantity("0.000001") })).toBe(
      "the minimum quantity is not a multiple of the lot"
    )
    expect(refused({ price: 99, displayQuantity: one, allOrNone: true })).toBe(
      "an all-or-none order does not show a part"
    )
    expect(refused({ price: 99, displayQuantity: one, minQuantity: quantity(2) })).toBe(
      "the minimum quantity is more than the order displays"
    )
  })

  it("are named in a replace too", () => {
    const { venue } = opened([quote(1, [99, 5], [101, 2]), order(1, 1500, 3, { price: 99 })])
    expect(reasons(step(venue, replace(1, 1600, 3, { displayQuantity: one })))).toEqual([
      "the order is not an iceberg: it shows all of its quantity"
    ])
    expect(reasons(step(venue, replace(1, 1700, 3, { stop: 90 })))).toEqual(["the order has no stop price"])
    step(venue, order(2, 1800, 3, { price: 99, displayQuantity: one }))
    expect(reasons(step(venue, replace(2, 1900, 3, { displayQuantity: quantity(0) })))).toEqual([
      "the displayed quantity is not above 0"
    ])
  })
})
