import { describe, expect, it } from "vitest"
import { type Price, type Rate } from "#domain/kernel/money.ts"
import { price } from "#tests/domain/market/made.ts"
import { cancel, reasons, step } from "./at-venue.ts"
import { bothSides } from "./mirror.ts"

const percent = (text: string) => price(text) as bigint as Rate
const amount = (text: string | number): Price => price(text)

// told for a buy: its stop lies above the market and follows it down
describe.each(bothSides)("a trailing stop of a %s", (side, { opened, order, replace, quote, trade, depth, p }) => {
  const book = quote(1, [99, 5], [101, 2])
  const trail = { type: "trailing-stop", trailAmount: amount(5) } as const

  it("takes its first stop price from the market, and says so", () => {
    const { see } = opened([book, trade(2, "own", [99, 1])])
    expect(see(order(1, 2100, 1, trail))).toEqual(["0-1 New behind 0", "0-1 Restated stop 104"])
  })

  it("waits for a first price where none is known", () => {
    const { venue, see } = opened([book, order(1, 1500, 1, trail)])
    expect(venue.openOrders()[0]?.stopPrice).toBeUndefined()
    expect(see(quote(2, [98, 1], [101, 1]))).toEqual([]) // it follows trades
    expect(see(trade(3, "own", [98, 1]))).toEqual(["0-1 Restated stop 103"])
  })

  it("follows the market in steps of a tenth of the trail, and never goes back", () => {
    const { see } = opened([book, trade(2, "own", [100, 1]), order(1, 2100, 1, trail)])
    expect(see(trade(3, "own", [99.51, 1]))).toEqual([])
    expect(see(trade(4, "own", [99.5, 1]))).toEqual(["0-1 Restated stop 104.5"])
    expect(see(trade(5, "other", [104.49, 1]))).toEqual([])
    expect(see(trade(6, "own", [90, 1]))).toEqual(["0-1 Restated stop 95"])
    expect(see(quote(7, [94, 1], [96, 1]))).toEqual([])
    expect(see(trade(8, "other", [95, 1]))).toEqual(["0-1 Triggered behind 0", "0-1 Trade 1@96 taker"])
  })

  it("by a percentage keeps the distance of the price that it follows", () => {
    const { see } = opened([book, trade(2, "own", [100, 1])])
    const placed = order(1, 2100, 1, { type: "trailing-stop", trailPercent: percent("1") })
    expect(see(placed)).toEqual(["0-1 New behind 0", "0-1 Restated stop 101"])
    expect(see(trade(3, "own", [99.95, 1]))).toEqual([])
    // a step of a tenth of 1 % at least, from either side of 100
    const [near, far] = side === "buy" ? [99.91, 99.9] : [99.9, 99.89]
    expect(see(trade(4, "own", [near, 1]))).toEqual([])
    expect(see(trade(5, "own", [far, 1]))).toEqual(["0-1 Restated stop 100.9"])
  })

  it("starts from the stop price that it is given", () => {
    const { see } = opened([book, trade(2, "own", [100, 1])])
    expect(see(order(1, 2100, 1, { ...trail, stop: 103 }))).toEqual(["0-1 New behind 0"])
    expect(see(trade(3, "own", [97.51, 1]))).toEqual([])
    expect(see(trade(4, "own", [97.5, 1]))).toEqual(["0-1 Restated stop 102.5"])
  })

  it("can follow the quote or the mark", () => {
    const { see } = opened([book])
    expect(see(order(1, 2100, 1, { ...trail, triggerOn: "bid-ask" }))).toEqual([
      "0-1 New behind 0",
      "0-1 Restated stop 106"
    ])
    expect(see(order(2, 2200, 1, { ...trail, triggerOn: "mark" }))).toEqual([
      "0-2 New behind 0",
      "0-2 Restated stop 105"
    ])
    expect(see(trade(2, "own", [50, 1]))).toEqual([])
    expect(see(quote(3, [91, 1], [93, 1]))).toEqual(["0-1 Restated stop 98", "0-2 Restated stop 97"])
    expect(see(depth(4, [[95, 1]], [[99, 3]]))).toEqual([
      "0-1 Triggered behind 0",
      "0-1 Trade 1@99 taker",
      "0-2 Triggered behind 0",
      "0-2 Trade 1@99 taker"
    ])
  })

  it("can be moved nearer by its owner, never away; and triggers by the move", () => {
    const { venue, see } = opened([book, trade(2, "own", [100, 1]), order(1, 2100, 1, trail)])
    expect(reasons(step(venue, replace(1, 2200, 1, { stop: 106 })))).toEqual([
      "a trailing stop is only moved towards the market"
    ])
    expect(see(replace(1, 2300, 1, { stop: 102 }))).toEqual(["0-1 Replaced 1 behind 0"])
    expect(see(trade(3, "own", [97, 1]))).toEqual([]) // not yet half a unit nearer than 5
    expect(see(trade(4, "own", [96.5, 1]))).toEqual(["0-1 Restated stop 101.5"])
    expect(see(replace(1, 4300, 1, { stop: 96 }))).toEqual([
      "0-1 Replaced 1 behind 0",
      "0-1 Triggered behind 0",
      "0-1 Trade 1@101 taker"
    ])
  })

  it("can be cancelled and leaves nothing behind", () => {
    const { venue, see } = opened([book, trade(2, "own", [100, 1]), order(1, 2100, 1, trail)])
    expect(see(cancel(1, 2200))).toEqual(["0-1 Canceled"])
    expect(see(trade(3, "own", [50, 1]))).toEqual([])
    expect(see(trade(4, "other", [150, 1]))).toEqual([])
    expect(venue.openOrders()).toEqual([])
  })

  it("with a limit rests within its offset of the stop price", () => {
    const limited = { ...trail, type: "trailing-stop-limit", limitOffset: amount(1) } as const
    const { venue, see } = opened([book, trade(2, "own", [100, 1])])
    expect(see(order(1, 2100, 3, limited))).toEqual(["0-1 New behind 0", "0-1 Restated stop 105 limit 106"])
    expect(see(trade(3, "own", [90, 1]))).toEqual(["0-1 Restated stop 95 limit 96"])
    expect(see(quote(4, [95, 1], [95.5, 1]))).toEqual([])
    expect(see(trade(5, "other", [95.5, 1]))).toEqual(["0-1 Triggered behind 0", "0-1 Trade 1@95.5 taker"])
    expect(see(quote(6, [95, 1], [96.01, 1]))).toEqual([])
    expect(see(quote(7, [95, 1], [96, 1]))).toEqual(["0-1 Trade 1@96 maker"])
    expect(venue.openOrders()[0]?.price).toBe(price(p(96)))
  })

  it("takes its limit price from its stop price, and only from that", () => {
    const limited = { ...trail, type: "trailing-stop-limit", limitOffset: amount(1), stop: 104 } as const
    const { venue } = opened([book, trade(2, "own", [100, 1]), order(1, 2100, 1, limited)])
    const limit = () => venue.openOrders()[0]?.price
    expect(limit()).toBe(price(p(105)))
    expect(reasons(step(venue, replace(1, 2200, 1, { price: 104.5 })))).toEqual([
      "the limit price of a trailing stop follows its stop price"
    ])
    expect(step(venue, replace(1, 2300, 1, { stop: 103 }))).toMatchObject([{ price: price(p(104)) }])
    expect(limit()).toBe(price(p(104)))
  })
})

describe("a trailing stop near nothing", () => {
  it("of a sale has a stop price above 0", () => {
    const [, { opened, order, trade, quote }] = bothSides[1]!
    const { venue } = opened([quote(1, [99, 1], [101, 1]), trade(2, "own", [100, 1])])
    step(venue, order(1, 2100, 1, { type: "trailing-stop", trailAmount: amount(500) }))
    expect(venue.openOrders()[0]?.stopPrice).toBe(price("0.01"))
  })
})
