import { describe, expect, it } from "vitest"
import { price } from "#tests/domain/market/made.ts"
import { cancel, step } from "./at-venue.ts"
import { bothSides } from "./mirror.ts"

describe.each(bothSides)("a %s that waits to be touched", (_, { opened, order, replace, quote, trade, p }) => {
  const book = quote(1, [99, 5], [101, 2])

  it("triggers when a trade comes down to its price, and acts as a market order within its protection", () => {
    const { see } = opened([book, order(1, 1500, 3, { type: "market-if-touched", stop: 98, price: 100 })])
    expect(see(trade(2, "own", [98.01, 1]))).toEqual([])
    expect(see(quote(3, [96, 1], [97, 1]))).toEqual([]) // quotes do not trigger
    expect(see(trade(4, "other", [98, 1]))).toEqual(["0-1 Triggered behind 0", "0-1 Trade 1@97 taker", "0-1 Canceled"])
  })

  it("rests at its limit once it is triggered, if it has one", () => {
    const { venue, see } = opened([book, order(1, 1500, 3, { type: "limit-if-touched", stop: 98, price: 97 })])
    expect(see(trade(2, "own", [97.5, 1]))).toEqual(["0-1 Triggered behind 0"])
    expect(see(trade(3, "own", [97, 2]))).toEqual(["0-1 Trade 2@97 maker"])
    expect(venue.openOrders()).toMatchObject([{ triggered: true }])
    expect(see(trade(4, "own", [96, 1]))).toEqual(["0-1 Trade 1@97 maker"])
  })

  it("that is touched when it arrives triggers at once", () => {
    const { see } = opened([book, trade(2, "own", [99, 1])])
    expect(see(order(1, 2100, 1, { type: "market-if-touched", stop: 99 }))).toEqual([
      "0-1 New behind 0",
      "0-1 Triggered behind 0",
      "0-1 Trade 1@101 taker"
    ])
  })

  it("can be moved until it is touched, and is touched by the move", () => {
    const { see } = opened([
      book,
      trade(2, "own", [99, 1]),
      order(1, 2100, 1, { type: "limit-if-touched", stop: 90, price: 92 })
    ])
    expect(see(replace(1, 2200, 1, { stop: 95 }))).toEqual(["0-1 Replaced 1 behind 0"])
    expect(see(replace(1, 2300, 1, { stop: 99.5 }))).toEqual(["0-1 Replaced 1 behind 0", "0-1 Triggered behind 0"])
    expect(see(replace(1, 2400, 1, { stop: 95 }))).toEqual(["0-1 ReplaceRejected"])
    expect(see(cancel(1, 2500))).toEqual(["0-1 Canceled"])
  })

  it("says by which price it was triggered", () => {
    const { venue } = opened([book, order(1, 1500, 1, { type: "market-if-touched", stop: 98 })])
    expect(step(venue, trade(2, "own", [97.5, 1]))[0]).toMatchObject({
      type: "Triggered",
      price: price(p(97.5)),
      source: "last"
    })
  })
})

describe.each(bothSides)("what triggers a %s", (_, { opened, order, quote, depth, trade, p }) => {
  const book = quote(1, [99, 5], [101, 2])

  it("of the quote is the side that it would take", () => {
    const stop = order(1, 1500, 1, { type: "stop", stop: 103, triggerOn: "bid-ask" })
    const touch = order(2, 1500, 1, { type: "market-if-touched", stop: 98, triggerOn: "bid-ask" })
    const { venue, see } = opened([book, stop, touch])
    expect(see(trade(2, "other", [105, 1]))).toEqual([]) // trades are not watched
    expect(see(trade(3, "own", [95, 1]))).toEqual([])
    expect(see(quote(4, [97, 1], [98.01, 1]))).toEqual([])
    expect(step(venue, quote(5, [97, 1], [98, 1]))[0]).toMatchObject({
      orderId: "0-2",
      type: "Triggered",
      price: price(p(98)),
      source: "bid-ask"
    })
    expect(see(quote(6, [102.9, 1], [102.99, 1]))).toEqual([])
    expect(see(depth(7, [[100, 1]], [[103, 4]]))).toEqual(["0-1 Triggered behind 0", "0-1 Trade 1@103 taker"])
  })

  it("as the mark is the middle of the quote", () => {
    const stop = order(1, 1500, 1, { type: "stop", stop: 103, triggerOn: "mark" })
    const touch = order(2, 1500, 1, { type: "market-if-touched", stop: 98, triggerOn: "mark" })
    const { venue, see } = opened([book, stop, touch])
    expect(see(trade(2, "other", [105, 1]))).toEqual([])
    expect(see(trade(3, "own", [95, 1]))).toEqual([])
    expect(see(quote(4, [102, 1], [103.9, 1]))).toEqual([])
    expect(step(venue, quote(5, [102, 1], [104, 1]))[0]).toMatchObject({
      orderId: "0-1",
      type: "Triggered",
      price: price(p(103)),
      source: "mark"
    })
    expect(see(quote(6, [95, 1], [101, 1]))).toEqual(["0-2 Triggered behind 0", "0-2 Trade 1@101 taker"])
  })

  it("is not the mark while a side of the market is empty", () => {
    const { see } = opened([book, order(1, 1500, 1, { type: "stop", stop: 90, triggerOn: "last" })])
    expect(see(depth(2, [], [[101, 1]]))).toEqual([])
    expect(see(order(2, 2100, 1, { type: "stop", stop: 90, triggerOn: "mark" }))).toEqual(["0-2 New behind 0"])
  })
})
