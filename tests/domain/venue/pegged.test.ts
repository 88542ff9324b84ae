import { describe, expect, it } from "vitest"
import { price, quantity } from "#tests/domain/market/made.ts"
import { reasons, step } from "./at-venue.ts"
import { bothSides } from "./mirror.ts"

describe.each(bothSides)("a pegged %s", (side, { opened, order, replace, quote, depth, trade, p }) => {
  const book = quote(1, [99, 5], [101, 2])
  const best = { type: "pegged", peg: "best" } as const
  const lies = (venue: ReturnType<typeof opened>["venue"], id = 0) => Number(venue.openOrders()[id]?.price) / 1e8

  it("joins the best price of its own side, and goes where that goes, behind what is there", () => {
    const { venue, see } = opened([book])
    expect(see(order(1, 1500, 1, best))).toEqual(["0-1 New behind 5"])
    see(trade(2, "own", [99, 4]))
    see(quote(3, [98, 3], [101, 2]))
    expect(lies(venue)).toBe(p(98))
    expect(venue.openOrders()[0]?.queueAhead).toBe(quantity(3))
    see(quote(4, [100, 2], [101, 2]))
    expect(lies(venue)).toBe(p(100))
    expect(see(trade(5, "own", [100, 2.5]))).toEqual(["0-1 Trade 0.5@100 maker"])
    expect(see(trade(6, "own", [99.5, 0.1]))).toEqual(["0-1 Trade 0.5@100 maker"])
  })

  it("keeps its place while the touch stays", () => {
    const { venue, see } = opened([book, order(1, 1500, 1, best), trade(2, "own", [99, 4])])
    see(quote(3, [99, 7], [101, 1]))
    expect(venue.openOrders()[0]?.queueAhead).toBe(quantity(1))
  })

  it("stays behind by its offset, and within its limit", () => {
    const { venue, see } = opened([book, order(1, 1500, 1, { ...best, pegOffset: price("0.5"), price: 99.2 })])
    expect(lies(venue)).toBe(p(98.5))
    see(quote(2, [99.6, 1], [101, 1]))
    expect(lies(venue)).toBe(p(99.1))
    see(quote(3, [100, 1], [101, 1]))
    expect(lies(venue)).toBe(p(99.2))
  })

  it("to the middle lies on a tick that is not beyond it", () => {
    const { venue, see } = opened([book, order(1, 1500, 1, { type: "pegged", peg: "mid" })])
    expect(lies(venue)).toBe(p(100))
    see(quote(2, [99, 1], [99.03, 1]))
    expect(lies(venue)).toBe(p(99.01))
    see(quote(3, [99, 1], [99.01, 1]))
    expect(lies(venue)).toBe(p(99))
  })

  it("never crosses: a market that jumps through it takes it along", () => {
    const { venue, see } = opened([book, order(1, 1500, 1, best)])
    expect(see(quote(2, [97, 1], [98, 9]))).toEqual([])
    expect(lies(venue)).toBe(p(97))
    see(quote(3, [98, 1], [98, 1])) // a locked market
    expect(lies(venue)).toBe(p(97.99))
  })

  it("follows a touch that was there before it came", () => {
    const { venue, see } = opened([book, order(1, 1500, 1, best)])
    see(quote(2, [98, 1], [99, 1]))
    see(trade(3, "own", [97, 1]))
    see(quote(4, [99, 1], [101, 1]))
    see(order(2, 4500, 1, best))
    expect(see(quote(5, [98, 1], [99, 1]))).toEqual([])
    expect(lies(venue)).toBe(p(98))
  })

  it("stays where it is while there is nothing to follow", () => {
    const { venue, see } = opened([book, order(1, 1500, 1, best)])
    see(depth(2, [], [[102, 1]]))
    expect(lies(venue)).toBe(p(99))
    expect(see(trade(3, "own", [98, 1]))).toEqual(["0-1 Trade 1@99 maker"])
  })

  it("goes behind our own orders at its new price", () => {
    const { see } = opened([book, order(1, 1500, 1, best), order(2, 1500, 1, { price: 98 })])
    see(quote(2, [98, 1], [101, 1]))
    expect(see(trade(3, "own", [98, 2.5]))).toEqual(["0-2 Trade 1@98 maker", "0-1 Trade 0.5@98 maker"])
  })

  it("is refused where there is nothing to follow", () => {
    const { venue } = opened([])
    expect(reasons(step(venue, order(1, 100, 1, best)))).toEqual(["there is no price to peg it to"])
    step(venue, depth(1, [], [[101, 1]]))
    expect(reasons(step(venue, order(2, 2000, 1, best)))).toEqual(["there is no price to peg it to"])
    expect(reasons(step(venue, order(3, 2000, 1, { type: "pegged", peg: "mid" })))).toEqual([
      "there is no price to peg it to"
    ])
  })

  it("can have a new limit: it keeps its place where that changes nothing", () => {
    const { venue, see } = opened([book, order(1, 1500, 2, best), trade(2, "own", [99, 4])])
    expect(see(replace(1, 2100, 2, { price: 100 }))).toEqual(["0-1 Replaced 2 behind 1"])
    expect(see(replace(1, 2200, 2, { price: 98 }))).toEqual(["0-1 Replaced 2 behind 0"])
    expect(lies(venue)).toBe(p(98))
    expect(step(venue, replace(1, 2300, 2, { price: 98.5 }))).toMatchObject([
      { type: "Replaced", price: price(p(98.5)) }
    ])
    expect(see(replace(1, 2400, 2, { price: 102 }))).toEqual(["0-1 Replaced 2 behind 5"])
    expect(lies(venue)).toBe(p(99))
    expect(reasons(step(venue, replace(1, 2500, 2, { price: -1 * (side === "buy" ? 1 : -301) })))).toEqual([
      "the price is not above 0"
    ])
  })
})
