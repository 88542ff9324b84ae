import { describe, expect, it } from "vitest"
import { leavesQty } from "#domain/orders/open-order.ts"
import type { OrderType, TimeInForce } from "#domain/venue/messages.ts"
import { amount, at, dataOf, MORNING, Story, typesOf, verdict, type Wanted } from "./story.ts"

const TYPES = {
  market: { type: "market" },
  limit: { type: "limit", price: "100" },
  stop: { type: "stop", stopPrice: "100" },
  "stop-limit": { type: "stop-limit", price: "100", stopPrice: "100" }
} as const satisfies Partial<Record<OrderType, Wanted>>
const LATER = at("2026-03-05T18:30:00Z")
const MIDNIGHT = at("2026-03-03T00:00:00Z")

describe("an order of a type and time in force", () => {
  const table: ReadonlyArray<readonly [keyof typeof TYPES, TimeInForce, string]> = [
    ["market", "IOC", "approved"],
    ["market", "FOK", "approved"],
    ["market", "GTC", "InvalidTimeInForce"],
    ["market", "DAY", "InvalidTimeInForce"],
    ["market", "GTD", "InvalidTimeInForce"],
    ["limit", "GTC", "approved"],
    ["limit", "DAY", "approved"],
    ["limit", "IOC", "approved"],
    ["limit", "FOK", "approved"],
    ["limit", "GTD", "approved"],
    ["stop", "GTC", "approved"],
    ["stop", "DAY", "approved"],
    ["stop", "IOC", "approved"],
    ["stop", "FOK", "approved"],
    ["stop", "GTD", "approved"],
    ["stop-limit", "GTC", "approved"],
    ["stop-limit", "DAY", "approved"],
    ["stop-limit", "IOC", "approved"],
    ["stop-limit", "FOK", "approved"],
    ["stop-limit", "GTD", "approved"]
  ]

  it.each(table)("%s %s: %s", (type, tif, expected) => {
    for (const side of ["buy", "sell"] as const) {
      const story = Story.begun()
      story.hold("5")
      const wanted = { ...TYPES[type], side, tif, quantity: "2", ...(tif === "GTD" && { expireAt: LATER }) }
      const outcome = story.submit(wanted)
      expect(verdict(outcome)).toBe(expected)
      if (expected !== "approved") continue
      expect(typesOf(outcome)).toEqual(["OrderPlaced", "OrderRiskDecided"])
      const { price, stopPrice }: Wanted = TYPES[type]
      const ends = tif === "GTD" ? LATER : tif === "DAY" ? MIDNIGHT : undefined
      expect(dataOf(outcome, "OrderPlaced")).toEqual({
        orderId: `0-${outcome.events[0]!.eventNo}`,
        clOrdId: outcome.events[0]!.cause,
        symbol: "BTCUSDT",
        instrumentVersion: 1,
        side,
        orderType: type,
        timeInForce: tif,
        quantity: "2",
        ...(price !== undefined && { price }),
        ...(stopPrice !== undefined && { stopPrice }),
        ...(side === "buy" && (type === "market" || type === "stop") && { protectionPrice: "105" }),
        ...(ends !== undefined && { expireAt: ends })
      })
      expect(leavesQty(story.order(`0-${outcome.events[0]!.eventNo}`)!)).toBe(200_000_000n)
    }
  })
})

describe("the parts of an order", () => {
  it.each<[string, Wanted, string]>([
    ["a limit order without price", { type: "limit" }, "MissingField price"],
    ["a limit order with stopPrice", { type: "limit", price: "100", stopPrice: "100" }, "UnexpectedField stopPrice"],
    ["a market order with price", { type: "market", price: "100" }, "UnexpectedField price"],
    ["a market order with stopPrice", { type: "market", stopPrice: "100" }, "UnexpectedField stopPrice"],
    ["a stop order without stopPrice", { type: "stop" }, "MissingField stopPrice"],
    ["a stop order with price", { type: "stop", price: "100", stopPrice: "100" }, "UnexpectedField price"],
    ["a stop-limit order without price", { type: "stop-limit", stopPrice: "100" }, "MissingField price"],
    ["a stop-limit order without stopPrice", { type: "stop-limit", price: "100" }, "MissingField stopPrice"],
    ["GTD without expireAt", { price: "100", tif: "GTD" }, "MissingField expireAt"],
    ["GTC with expireAt", { price: "100", expireAt: LATER }, "UnexpectedField expireAt"],
    ["DAY with expireAt", { price: "100", tif: "DAY", expireAt: LATER }, "UnexpectedField expireAt"],
    ["a quantity of 0", { price: "100", quantity: "0" }, "OutOfRange quantity"],
    ["a negative quantity", { price: "100", quantity: "-1" }, "OutOfRange quantity"],
    ["a price of 0", { price: "0" }, "OutOfRange price"],
    ["a negative price", { price: "-100" }, "OutOfRange price"],
    ["a stopPrice of 0", { type: "stop", stopPrice: "0" }, "OutOfRange stopPrice"],
    // a protection price of 5 % more, a distance further on: they would have more digits than are written
    ["a stopPrice without room", { type: "stop", stopPrice: "999999999999999999" }, "OutOfRange stopPrice"],
    [
      "a trail without room",
      { type: "trailing-stop", also: { trailAmount: amount("999999999999999999") } },
      "OutOfRange trailAmount"
    ],
    [
      "an offset without room",
      {
        type: "trailing-stop-limit",
        also: { trailAmount: amount("1"), limitOffset: amount("999999999999999999") }
      },
      "OutOfRange limitOffset"
    ],
    [
      "a peg without room",
      { type: "pegged", price: "100", also: { peg: "best", pegOffset: amount("999999999999999999") } },
      "OutOfRange pegOffset"
    ],
    ["a notional of nine decimals", { price: "100.0000001", quantity: "1.01" }, "TooManyDecimals quantity"],
    ["a notional of nineteen digits", { price: "10000000000", quantity: "1000000000" }, "TooManyDecimals quantity"],
    ["GTD in the past", { price: "100", tif: "GTD", expireAt: at("2026-03-02T09:59:59Z") }, "ExpireAtPast expireAt"],
    ["GTD right now", { price: "100", tif: "GTD", expireAt: MORNING }, "ExpireAtPast expireAt"],
    ["another symbol", { price: "100", symbol: "ETHUSDT" }, "UnknownSymbol symbol"],
    ["another account", { price: "100", account: "Z" }, "UnknownAccount account"]
  ])("%s: %s", (_, wanted, expected) => {
    const story = Story.begun()
    const before = story.bytes.length
    const { code, field } = story.submit(wanted)
    expect(`${code} ${field}`).toBe(expected)
    expect(story.bytes).toHaveLength(before)
  })

  it("take GTD that ends a nanosecond from now", () => {
    expect(
      verdict(Story.begun().submit({ price: "100", tif: "GTD", expireAt: at("2026-03-02T10:00:00.000000001Z") }))
    ).toBe("approved")
  })

  it.each<Wanted>([
    { type: "stop", stopPrice: "99999999999999999.5" },
    { type: "trailing-stop", also: { trailAmount: amount("99999999999999999.5") } },
    {
      type: "trailing-stop-limit",
      also: { trailAmount: amount("99999999999999999.5"), limitOffset: amount("99999999999999999.5") }
    }
  ])("with the largest prices is refused by a rule, and read again", (wanted) => {
    const story = Story.begun()
    expect(verdict(story.submit(wanted))).toMatch(/^denied: /)
    expect(story.restarted().state.eventNo).toBe(story.state.eventNo)
  })

  it.each([
    ["2026-03-02T00:00:00Z", "2026-03-03T00:00:00Z"],
    ["2026-03-02T23:59:59.999999999Z", "2026-03-03T00:00:00Z"],
    ["2028-02-28T12:00:00Z", "2028-02-29T00:00:00Z"],
    ["2026-12-31T12:00:00Z", "2027-01-01T00:00:00Z"]
  ])("of DAY, asked for at %s, ends at %s", (asked, ends) => {
    const story = Story.begun()
    story.now = at(asked)
    expect(dataOf(story.submit({ price: "100", tif: "DAY" }), "OrderPlaced")["expireAt"]).toBe(at(ends))
  })
})
