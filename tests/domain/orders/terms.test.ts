import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { ONE, type Price, type Quantity } from "#domain/kernel/money.ts"
import { leavesQty, worstPrice } from "#domain/orders/open-order.ts"
import { needOf, notionalOf, protectionAfter, protectionPrice } from "#domain/orders/terms.ts"
import { amount, instrument } from "#tests/domain/account/story.ts"

const BTC = instrument()

describe("the protection price", () => {
  it.each([
    ["market", "buy", undefined, "100", "105"],
    ["market", "buy", undefined, "100.5", "105.5"],
    ["market", "buy", undefined, undefined, undefined],
    ["market", "sell", undefined, "100", undefined],
    ["stop", "buy", "200", undefined, "210"],
    ["stop", "buy", "200", "100", "210"],
    ["stop", "sell", "200", "100", undefined],
    ["limit", "buy", undefined, "100", undefined],
    ["stop-limit", "buy", "200", "100", undefined],
    ["market-to-limit", "buy", undefined, "100", "105"],
    ["market-if-touched", "buy", "90", "100", "94.5"],
    ["limit-if-touched", "buy", "90", "100", undefined],
    ["trailing-stop", "buy", "200", "100", "210"],
    ["trailing-stop-limit", "buy", "200", "100", "203"],
    ["trailing-stop-limit", "sell", "200", "100", undefined],
    ["pegged", "buy", undefined, "100", undefined]
  ] as const)("of a %s %s with stop %s and ask %s is %s", (type, side, stop, ask, expected) => {
    const text = (value: string | undefined) => (value === undefined ? undefined : amount<Price>(value))
    const order = { side, orderType: type, stopPrice: text(stop), limitOffset: amount<Price>("3") }
    expect(protectionPrice(BTC, order, text(ask))).toBe(text(expected))
  })

  it("is a multiple of the tick, at most 5 % above, and less than a tick below that", () => {
    fc.assert(
      fc.property(fc.bigInt(1n, 10n ** 24n), fc.bigInt(1n, 10n ** 10n), (ask, tick) => {
        const price = protectionPrice(
          { ...BTC, tick: tick as Price },
          { side: "buy", orderType: "market" },
          ask as Price
        )!
        expect(price % tick).toBe(0n)
        expect(price * 100n <= ask * 105n).toBe(true)
        expect((price + tick) * 100n > ask * 105n - 100n).toBe(true)
      })
    )
  })

  it("moves with a stop's stop price, and stays what it was for a market order", () => {
    const order = { instrument: BTC, side: "buy", protectionPrice: amount<Price>("105"), instructions: {} } as const
    expect(protectionAfter({ ...order, orderType: "stop" }, amount("200"))).toBe(amount("210"))
    expect(protectionAfter({ ...order, orderType: "market" }, undefined)).toBe(amount("105"))
    expect(protectionAfter({ ...order, side: "sell", orderType: "stop" }, amount("200"))).toBeUndefined()
  })
})

describe("what a buy needs", () => {
  it.each([
    ["100", "3", "300.15"],
    ["0.5", "0.1", "0.050025"],
    ["99.5", "1.7", "169.234575"]
  ])("at %s for %s is %s, the taker's fee included", (price, quantity, need) => {
    expect(needOf(BTC, amount(price), amount(quantity))).toBe(amount(need))
  })

  it("is exact where it can be, and rounds half to even where an odd price leaves more than eight decimals", () => {
    const times = (multiplier: string) => ({ ...BTC, multiplier: amount<never>(multiplier) })
    expect(notionalOf(times("1"), 1n as Price, (ONE / 2n) as Quantity)).toBe(0n)
    expect(notionalOf(times("1"), 3n as Price, (ONE / 2n) as Quantity)).toBe(2n)
    expect(notionalOf(times("10"), amount("100"), amount("0.1"))).toBe(amount("100"))
  })

  it("grows with price and quantity", () => {
    const lots = fc.bigInt(1n, 10n ** 12n)
    fc.assert(
      fc.property(lots, lots, lots, (price, quantity, more) => {
        const need = needOf(BTC, price as Price, quantity as Quantity)
        expect(needOf(BTC, (price + more) as Price, quantity as Quantity) >= need).toBe(true)
        expect(needOf(BTC, price as Price, (quantity + more) as Quantity) >= need).toBe(true)
      })
    )
  })
})

describe("an open order", () => {
  it("has left what is not filled, and never less than nothing", () => {
    const open = { ended: undefined, doneForDay: false, timeInForce: "GTC" } as const
    const left = (quantity: string, cumQty: string) =>
      leavesQty({ ...open, quantity: amount(quantity), cumQty: amount(cumQty) })
    expect([left("3", "0"), left("3", "1"), left("3", "3"), left("2", "3")]).toEqual([amount("3"), amount("2"), 0n, 0n])
  })
  it("pays its limit at worst, or its protection price", () => {
    expect(worstPrice({ price: amount("1"), protectionPrice: amount("2") })).toBe(amount("1"))
    expect(worstPrice({ protectionPrice: amount("2") })).toBe(amount("2"))
    expect(worstPrice({})).toBeUndefined()
  })
})
