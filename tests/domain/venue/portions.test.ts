import { describe, expect, it } from "vitest"
import { quantity } from "#tests/domain/market/made.ts"
import { reasons, step } from "./at-venue.ts"
import { bothSides } from "./mirror.ts"

describe.each(bothSides)("an iceberg that is a %s", (_, { opened, order, replace, depth, trade }) => {
  const book = depth(1, [[99, 5]], [[101, 1]])
  const iceberg = (id: number, size: number) => order(id, 1500, size, { price: 99, displayQuantity: quantity(2) })

  it("is filled in portions, each behind all that is shown when it comes", () => {
    const { venue, see } = opened([book])
    const ahead = () => Number(venue.openOrders()[0]?.queueAhead) / 1e8
    expect(see(iceberg(1, 5))).toEqual(["0-1 New behind 5"])
    expect(see(trade(2, "own", [99, 6]))).toEqual(["0-1 Trade 1@99 maker"])
    expect(see(trade(3, "own", [99, 4]))).toEqual(["0-1 Trade 1@99 maker"]) // and 3 of the 5 before the next portion
    expect(ahead()).toBe(2)
    expect(see(trade(4, "own", [99, 2.5]))).toEqual(["0-1 Trade 0.5@99 maker"])
    expect(see(depth(5, [[98, 1]], [[101, 1]]))).toEqual([])
    expect(see(trade(6, "own", [99, 9]))).toEqual(["0-1 Trade 1.5@99 maker", "0-1 Trade 1@99 maker"])
  })

  it("leaves the turn to our own orders that wait when its portion is used up", () => {
    const { see } = opened([depth(1, [[98, 1]], [[101, 1]]), iceberg(1, 5), order(2, 1500, 1, { price: 99 })])
    expect(see(trade(2, "own", [99, 4.5]))).toEqual([
      "0-1 Trade 2@99 maker",
      "0-2 Trade 1@99 maker",
      "0-1 Trade 1.5@99 maker"
    ])
  })

  it("is filled whole by a trade beyond its price, and takes without hiding anything", () => {
    const { see } = opened([book, iceberg(1, 5)])
    expect(see(trade(2, "own", [98, 1]))).toEqual(["0-1 Trade 5@99 maker"])
    expect(see(order(2, 2500, 5, { price: 101, displayQuantity: quantity(2) }))).toEqual([
      "0-2 New behind 0",
      "0-2 Trade 1@101 taker"
    ])
  })

  it("can show less and keep its place, or more and lose it", () => {
    const { see } = opened([book, iceberg(1, 5), trade(2, "own", [99, 4])])
    expect(see(replace(1, 2100, 5, { displayQuantity: quantity(1) }))).toEqual(["0-1 Replaced 5 behind 1"])
    expect(see(trade(3, "own", [99, 3]))).toEqual(["0-1 Trade 1@99 maker"])
    expect(see(replace(1, 3100, 5, { displayQuantity: quantity(3) }))).toEqual(["0-1 Replaced 5 behind 5"])
  })
})

describe.each(bothSides)("an all-or-none %s", (_, { opened, order, replace, quote, depth, trade }) => {
  const book = depth(1, [[99, 2]], [[101, 1]])
  const whole = (id: number, size: number, price: number, tif: "GTC" | "IOC" = "GTC") =>
    order(id, 1500, size, { price, allOrNone: true, tif })

  it("takes only when all of it can be had", () => {
    const { see } = opened([
      depth(
        1,
        [[99, 2]],
        [
          [101, 1],
          [102, 2]
        ]
      )
    ])
    expect(see(whole(1, 3, 101.5))).toEqual(["0-1 New behind 0"])
    expect(see(whole(2, 4, 102, "IOC"))).toEqual(["0-2 New behind 0", "0-2 Canceled"])
    expect(see(whole(3, 3, 102))).toEqual(["0-3 New behind 0", "0-3 Trade 1@101 taker", "0-3 Trade 2@102 taker"])
  })

  it("lets go by what is too little for it, and others have that", () => {
    const { see } = opened([book, whole(1, 3, 99), order(2, 1600, 1, { price: 99 })])
    expect(see(trade(2, "own", [99, 4]))).toEqual(["0-2 Trade 1@99 maker"])
    expect(see(trade(3, "own", [99, 2.9]))).toEqual([])
    expect(see(trade(4, "own", [98, 2.9]))).toEqual([])
    expect(see(trade(5, "own", [99, 3]))).toEqual(["0-1 Trade 3@99 maker"])
  })

  it("does not share a trade beyond its price with another", () => {
    const { see } = opened([book, whole(1, 3, 99), whole(2, 3, 99)])
    expect(see(trade(2, "own", [98, 5]))).toEqual(["0-1 Trade 3@99 maker"])
    expect(see(trade(3, "own", [98, 3]))).toEqual(["0-2 Trade 3@99 maker"])
  })

  it("is met by the other side only when that shows enough", () => {
    const { see } = opened([book, whole(1, 3, 100), order(2, 1600, 1, { price: 99.5 })])
    expect(see(quote(2, [99, 1], [100, 2]))).toEqual([])
    expect(see(quote(3, [98, 1], [99.5, 2.5]))).toEqual(["0-2 Trade 1@99.5 maker"])
    expect(see(quote(4, [98, 1], [99.5, 3]))).toEqual(["0-1 Trade 3@100 maker"])
  })

  it("can be made smaller", () => {
    const { see } = opened([book, whole(1, 3, 99)])
    expect(see(replace(1, 1700, 1))).toEqual(["0-1 Replaced 1 behind 2"])
    expect(see(trade(2, "own", [99, 3]))).toEqual(["0-1 Trade 1@99 maker"])
  })
})

describe.each(bothSides)("a minimum quantity of a %s", (_, { opened, order, replace, quote, depth, trade }) => {
  const book = depth(1, [[99, 2]], [[101, 1]])
  const atLeast2 = (id: number, size: number, price: number, tif: "GTC" | "IOC" = "GTC") =>
    order(id, 1500, size, { price, minQuantity: quantity(2), tif })

  it("holds for the first fill: until then it waits", () => {
    const { see } = opened([book])
    expect(see(atLeast2(1, 5, 101))).toEqual(["0-1 New behind 0"])
    expect(see(quote(2, [99, 2], [101, 1.9]))).toEqual([])
    expect(see(quote(3, [99, 2], [101, 2]))).toEqual(["0-1 Trade 2@101 maker"])
    expect(see(quote(4, [99, 2], [101, 0.1]))).toEqual(["0-1 Trade 0.1@101 maker"])
  })

  it("holds for trades, at its price and beyond", () => {
    const { see } = opened([book, atLeast2(1, 5, 99)])
    expect(see(trade(2, "own", [99, 3.9]))).toEqual([])
    expect(see(trade(3, "own", [98, 1.9]))).toEqual([])
    expect(see(trade(4, "own", [99, 2]))).toEqual(["0-1 Trade 2@99 maker"])
    expect(see(trade(5, "own", [99, 0.5]))).toEqual(["0-1 Trade 0.5@99 maker"])
  })

  it("cancels what must act at once", () => {
    const { see } = opened([book])
    expect(see(atLeast2(1, 5, 101, "IOC"))).toEqual(["0-1 New behind 0", "0-1 Canceled"])
    expect(
      see(
        depth(
          2,
          [[99, 2]],
          [
            [101, 1],
            [102, 1]
          ]
        )
      )
    ).toEqual([])
    expect(see(order(2, 2100, 5, { price: 102, minQuantity: quantity(2), tif: "IOC" }))).toEqual([
      "0-2 New behind 0",
      "0-2 Trade 1@101 taker",
      "0-2 Trade 1@102 taker",
      "0-2 Canceled"
    ])
  })

  it("is not more than the order, before and after a replace", () => {
    const { venue, see } = opened([book, atLeast2(1, 5, 99)])
    expect(reasons(step(venue, atLeast2(2, 1, 99)))).toEqual(["the minimum quantity is more than the order"])
    expect(reasons(step(venue, replace(1, 1700, 1)))).toEqual(["the minimum quantity is more than the order"])
    expect(see(replace(1, 1800, 2))).toEqual(["0-1 Replaced 2 behind 2"])
  })
})
