import { describe, expect, it } from "vitest"
import { amount, check, dataOf, instrument, market, Story, verdict, type Wanted } from "./story.ts"

describe("the price collar", () => {
  const held = () => {
    const story = Story.begun()
    story.hold("5")
    return story
  }

  it.each<[string, Wanted, string]>([
    ["a buy 20 % above", { price: "120" }, "ok 120 100 120"],
    ["a buy further above", { price: "120.5" }, "no 120 100 120.5"],
    ["a buy far below, which will not trade", { price: "30" }, "ok 120 100 30"],
    ["a sell 20 % below", { side: "sell", price: "80" }, "ok 80 100 80"],
    ["a sell further below", { side: "sell", price: "79.5" }, "no 80 100 79.5"],
    ["a sell far above, which will not trade", { side: "sell", price: "5000" }, "ok 80 100 5000"],
    ["a market buy by its protection price", { type: "market" }, "ok 120 100 105"],
    ["a market sell", { type: "market", side: "sell" }, "ok 80 100 -"],
    ["a stop-limit buy 20 % above its stop", { type: "stop-limit", stopPrice: "200", price: "240" }, "ok 240 200 240"],
    ["a stop-limit buy further above", { type: "stop-limit", stopPrice: "200", price: "240.5" }, "no 240 200 240.5"],
    ["a stop-limit buy below its stop", { type: "stop-limit", stopPrice: "200", price: "150" }, "ok 240 200 150"],
    [
      "a stop-limit sell 20 % below its stop",
      { type: "stop-limit", side: "sell", stopPrice: "50", price: "40" },
      "ok 40 50 40"
    ],
    [
      "a stop-limit sell further below",
      { type: "stop-limit", side: "sell", stopPrice: "50", price: "39.5" },
      "no 40 50 39.5"
    ],
    ["a stop buy by its protection price", { type: "stop", stopPrice: "200" }, "ok 240 200 210"],
    ["a stop sell", { type: "stop", side: "sell", stopPrice: "50" }, "ok 40 50 50"]
  ])("judges %s", (_, wanted, expected) => {
    const outcome = held().submit({ quantity: "0.2", ...wanted })
    expect(check(outcome, "PRICE_COLLAR")).toBe(expected)
    expect(verdict(outcome)).toBe(expected.startsWith("ok") ? "approved" : "denied: PRICE_COLLAR")
  })

  it.each<[string, Wanted, string]>([
    ["a limit buy", { price: "100" }, "denied: PRICE_COLLAR"],
    ["a limit sell", { side: "sell", price: "100" }, "denied: PRICE_COLLAR"],
    ["a market sell", { type: "market", side: "sell" }, "denied: PRICE_COLLAR"],
    ["a market buy", { type: "market" }, "denied: PRICE_COLLAR"],
    [
      "a stop-limit, which brings a price to compare with",
      { type: "stop-limit", stopPrice: "100", price: "100" },
      "approved"
    ]
  ])("denies %s while nothing has traded", (_, wanted, expected) => {
    expect(verdict(held().submit(wanted, { seen: market(undefined, "100") }))).toBe(expected)
  })

  it("denies a market buy while there is no ask: nothing would bound what it pays", () => {
    const outcome = held().submit({ type: "market" }, { seen: market("100") })
    expect(verdict(outcome)).toBe("denied: PRICE_COLLAR, BUYING_POWER")
    expect(check(outcome, "PRICE_COLLAR")).toBe("no 120 100 -")
    expect(check(outcome, "BUYING_POWER")).toBe("no 9500 0 -")
    expect(verdict(held().submit({ type: "market", side: "sell" }, { seen: market("100") }))).toBe("approved")
    expect(verdict(held().submit({ type: "stop", stopPrice: "100" }, { seen: market("100") }))).toBe("approved")
  })

  it("is as wide as the tightest that is set", () => {
    const story = Story.begun()
    story.limits("firm", "firm", { collarPercent: amount("2.5") })
    expect(check(story.submit({ price: "102.5" }), "PRICE_COLLAR")).toBe("ok 102.5 100 102.5 firm")
    story.limits("account", "A", { collarPercent: amount("30") })
    expect(check(story.submit({ price: "103" }), "PRICE_COLLAR")).toBe("no 102.5 100 103 firm")
  })

  it("is recorded with the price, where it came from and how old it was", () => {
    const story = Story.begun()
    expect(dataOf(story.submit({ price: "100" }, { seen: market("101") }), "OrderRiskDecided")).toMatchObject({
      price: "101",
      priceSource: "last",
      priceMdNo: 7,
      priceAgeMicros: 250
    })
    const stop = dataOf(story.submit({ type: "stop", stopPrice: "110" }), "OrderRiskDecided")
    expect(stop).toMatchObject({ price: "110", priceSource: "stop" })
    expect(stop).not.toHaveProperty("priceMdNo")
    const unknown = dataOf(story.submit({ price: "100" }, { seen: {} }), "OrderRiskDecided")
    for (const key of ["price", "priceSource", "priceMdNo", "priceAgeMicros"]) expect(unknown).not.toHaveProperty(key)
  })
})

describe("the protection price", () => {
  it.each<[string, Wanted, string, string]>([
    ["ask 100", { type: "market" }, "100", "105"],
    ["ask 100.5: 105.525 down to a tick", { type: "market" }, "100.5", "105.5"],
    ["ask 99.5: 104.475 down to a tick", { type: "market" }, "99.5", "104"],
    ["stop 100, whatever the ask", { type: "stop", stopPrice: "100" }, "400", "105"],
    ["stop 101.5: 106.575 down to a tick", { type: "stop", stopPrice: "101.5" }, "100", "106.5"]
  ])("of a buy at %s", (_, wanted, ask, expected) => {
    const outcome = Story.begun().submit({ quantity: "2", ...wanted }, { seen: market("100", ask) })
    expect(verdict(outcome)).toBe("approved")
    expect(dataOf(outcome, "OrderPlaced")["protectionPrice"]).toBe(expected)
  })

  it("times the quantity and the taker's fee is what a market buy holds back", () => {
    const story = Story.begun()
    const outcome = story.submit({ type: "market", quantity: "2" }, { seen: market("100", "100.5") })
    expect(dataOf(outcome, "OrderRiskDecided")["reservedCash"]).toBe("211.1055") // 2 × 105.5 + 0.05 %
    expect(story.cash()).toEqual({ total: "10000", reserved: "211.1055" })
    expect(check(outcome, "BUYING_POWER")).toBe("ok 10000 0 211.1055")
    expect(check(outcome, "MIN_NOTIONAL")).toBe("ok 5 - 211")
  })

  it("is what must be affordable, not the ask", () => {
    const story = Story.begun()
    expect(verdict(story.submit({ type: "market", quantity: "95.1" }))).toBe("approved") // 9985.5 + 4.99275
    expect(verdict(Story.begun().submit({ type: "market", quantity: "95.2" }))).toBe("denied: BUYING_POWER") // 9996 + 4.998
  })
})

describe("fees", () => {
  it.each([
    ["1", "0.00001", "0.00001001"], // 0.000000005 is half a unit: up
    ["1", "0.00000999", "0.00000999"], // just below the half
    ["3", "0.00001", "0.00003002"], // 0.000000015: up
    ["1", "0.02", "0.02001"]
  ])("in what %s at %s hold back are rounded half up: %s", (quantity, price, reserved) => {
    const story = Story.begun()
    const fine = { tick: amount<never>("0.00000001"), lot: amount<never>("1"), minNotional: 0n as never }
    story.send({ type: "AdoptInstrument", instrument: instrument("ETHUSDT", fine) })
    const seen = market(price, price)
    expect(verdict(story.submit({ symbol: "ETHUSDT", quantity, price }, { seen }))).toBe("approved")
    expect(story.cash().reserved).toBe(reserved)
  })

  it("are those of the instrument as it was when the order was placed", () => {
    const story = Story.begun()
    const before = story.place({ price: "100" })
    const version2 = instrument("BTCUSDT", { version: 2, takerFee: amount("0.01") })
    story.send({ type: "AdoptInstrument", instrument: version2 })
    const after = story.place({ price: "100" })
    expect(story.cash().reserved).toBe("201.05") // 100.05 and 101
    story.replace(before, { quantity: "2" })
    expect(story.cash().reserved).toBe("301.1")
    expect([before, after].map((id) => story.order(id)!.instrument.version)).toEqual([1, 2])
    expect(dataOf(story.fill(before, "1", "100"), "OrderFilled")["instrumentVersion"]).toBe(1)
  })
})
