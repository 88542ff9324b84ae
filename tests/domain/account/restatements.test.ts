import { describe, expect, it } from "vitest"
import { formatFixed, parseFixed } from "#domain/kernel/money.ts"
import { holdingOf } from "#domain/ledger/balances.ts"
import { begun, ETH, posting } from "./entry-story.ts"
import { amount, BTC, dataOf, MORNING, type Story } from "./story.ts"

const costOf = (story: Story, account = "A", symbol = BTC) =>
  formatFixed(holdingOf(story.account(account).balances, symbol).cost)
const worthOf = (story: Story, account = "A") => {
  const { result, paidIn, net, equity } = story.account(account).risk.worth
  return { result, paidIn, net, equity }
}

describe("a split", () => {
  const split = (story: Story, numerator: number, denominator: number, more: object = {}) =>
    story.send(posting({ kind: "split", numerator, denominator, ...more }))

  it("changes the units, not what they cost or what they are worth until the next mark", () => {
    const story = begun()
    story.hold("1.5")
    const before = worthOf(story)
    expect(dataOf(split(story, 2, 1), "SplitApplied")).toMatchObject({
      quantityBefore: "1.5",
      quantityAfter: "3",
      cashInLieu: "0",
      costPaidOut: "0"
    })
    expect([story.held().total, costOf(story)]).toEqual(["3", "150"])
    expect(story.exposures()).toEqual(["3 0 0 0", "3 0 0 0", "3 0 0 0"])
    expect(worthOf(story)).toEqual(before)
    story.send({ type: "RecordMark", symbol: BTC, price: amount("51"), source: "mid", mdNo: 10, markedAt: MORNING })
    expect(story.account().risk.worth.result).toBe(amount("3"))
  })

  it("that leaves a part of a lot needs to be told what becomes of it", () => {
    const story = begun()
    story.hold("1.5")
    expect(split(story, 1, 4)).toMatchObject({ code: "FractionLeft", field: "fractions" })
    expect(split(story, 1, 4, { fractions: "cash" })).toMatchObject({ code: "FractionLeft", field: "fractions" })
    expect(split(story, 1, 4, { fractions: "keep" }).kind).toBe("facts")
    expect([story.held().total, costOf(story)]).toEqual(["0.375", "150"])
    expect(split(story, 1, 7, { fractions: "keep" }).code).toBe("FractionLeft") // nine decimals
  })

  it("pays out what the lot cannot hold, with its part of the cost", () => {
    const story = begun()
    story.hold("1.5")
    const outcome = split(story, 1, 4, { fractions: "cash", price: "404" })
    expect(dataOf(outcome, "SplitApplied")).toMatchObject({
      quantityAfter: "0.3",
      cashInLieu: "30.3", // 0.075 × 404
      costPaidOut: "30", // a fifth of 150
      fractions: "cash",
      price: "404"
    })
    expect([story.held().total, costOf(story), story.cash().total]).toEqual(["0.3", "120", "9880.3"])
  })

  it("pays thirds out exactly, and everything where less than a lot is left", () => {
    const story = begun()
    story.hold("0.1")
    const outcome = split(story, 1, 3, { fractions: "cash", price: "300" })
    expect(dataOf(outcome, "SplitApplied")).toMatchObject({ quantityAfter: "0", cashInLieu: "10", costPaidOut: "10" })
    expect(story.exposures()[2]).toBe("0 0 0 0")
    expect(worthOf(story)).toEqual({ result: 0n, paidIn: amount("10000"), net: 0n, equity: amount("10000") })
    expect(split(story, 2, 1)).toMatchObject({ code: "NothingHeld", field: "symbol" })
  })

  it.each([
    ["OutOfRange", "numerator", 0, 1, {}],
    ["OutOfRange", "numerator", 1.5, 1, {}],
    ["OutOfRange", "denominator", 1, -1, {}],
    ["OutOfRange", "denominator", 1, 1e10, {}],
    ["OutOfRange", "numerator", 3, 3, {}],
    ["UnexpectedField", "price", 2, 1, { price: "1" }],
    ["OutOfRange", "price", 2, 1, { price: "0", fractions: "cash" }],
    ["UnknownSymbol", "symbol", 2, 1, { symbol: "NONE" }],
    ["NothingHeld", "symbol", 2, 1, { symbol: ETH }]
  ] as const)("is refused by %s of %s: %d for %d %j", (code, field, numerator, denominator, more) => {
    const story = begun()
    story.hold("1")
    expect(split(story, numerator, denominator, more)).toMatchObject({ kind: "refused", code, field })
  })

  it("does not make a position that cannot be stored", () => {
    const story = begun()
    story.hold("10")
    for (const _ of [1, 2]) expect(split(story, 100_000_000, 1).kind).toBe("facts")
    expect(split(story, 10, 1)).toMatchObject({ code: "PositionTooLarge", field: "numerator" })
    expect(story.held().total).toBe("100000000000000000")
  })
})

describe("a position with open orders", () => {
  it.each([
    { kind: "split", numerator: 2, denominator: 1 },
    { kind: "symbol-change", newSymbol: ETH },
    { kind: "expiry", price: "1" }
  ] as const)("cannot have a $kind: they are named", (texts) => {
    const story = begun()
    story.hold("1")
    const open = [story.place({ price: "90" }), story.place({ side: "sell", quantity: "1", price: "110" })]
    const decision = story.decider.decide({ id: "x", actor: "test", at: MORNING, request: posting(texts) }, story.state)
    expect(decision).toMatchObject({ failure: { code: "OpenOrders", field: "symbol" } })
    expect(decision).toMatchObject({ failure: { detail: expect.stringContaining(open.join(", ")) } })
    for (const id of open) story.report(id, { type: "Canceled" })
    expect(story.send(posting(texts)).kind).toBe("facts")
  })
})

describe("a change of symbol", () => {
  const change = (story: Story, more: object = {}) =>
    story.send(posting({ kind: "symbol-change", newSymbol: ETH, ...more }))

  it("carries units, cost and worth over, and nothing is won by it", () => {
    const story = begun()
    story.hold("1.5", "99.5")
    const before = worthOf(story)
    expect(dataOf(change(story), "SymbolChanged")).toMatchObject({
      base: "BTC",
      newBase: "ETH",
      quantity: "1.5",
      cost: "149.25"
    })
    expect([story.held().total, costOf(story)]).toEqual(["0", "0"])
    expect([story.held("A", ETH).total, costOf(story, "A", ETH)]).toEqual(["1.5", "149.25"])
    expect(story.exposures("A", BTC)[0]).toBe("0 0 0 0")
    expect(story.exposures("A", ETH)[0]).toBe("1.5 0 0 0")
    expect(worthOf(story)).toEqual(before)
    expect(change(story)).toMatchObject({ code: "NothingHeld" })
  })

  it.each([
    ["UnknownSymbol", { newSymbol: "NONE" }],
    ["OutOfRange", { newSymbol: BTC }]
  ])("is refused by %s: %j", (code, more) => {
    const story = begun()
    story.hold("1")
    expect(change(story, more)).toMatchObject({ code, field: "newSymbol" })
  })

  it("needs the same multiplier and settlement", () => {
    const story = begun({ multiplier: parseFixed("10") as never })
    story.hold("1")
    expect(change(story)).toMatchObject({ code: "OtherTerms", field: "newSymbol" })
  })
})

describe("an expiry", () => {
  it("turns units into money at the settlement price, or into nothing", () => {
    const story = begun()
    story.hold("1.5")
    const outcome = story.send(posting({ kind: "expiry", price: "120.5" }))
    expect(dataOf(outcome, "PositionExpired")).toMatchObject({ quantity: "1.5", price: "120.5", cash: "180.75" })
    expect([story.held().total, costOf(story), story.cash().total]).toEqual(["0", "0", "10030.75"])
    expect(worthOf(story)).toMatchObject({ result: amount("30.75"), net: 0n })
    story.hold("1")
    expect(story.send(posting({ kind: "expiry", price: "0" })).kind).toBe("facts")
    expect(story.cash().total).toBe("9930.75")
    expect(story.send(posting({ kind: "expiry", price: "0" }))).toMatchObject({ code: "NothingHeld", field: "symbol" })
    expect(story.send(posting({ kind: "expiry", price: "-1" }))).toMatchObject({ code: "OutOfRange", field: "price" })
  })
})
