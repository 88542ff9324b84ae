import { describe, expect, it } from "vitest"
import { plusMicros } from "#domain/kernel/time.ts"
import { begun, marginAccount, posting } from "./entry-story.ts"
import { amount, at, dataOf, MORNING, typesOf } from "./story.ts"

describe("a fee", () => {
  it("is taken from what is free, says what for, and is a loss", () => {
    const story = begun()
    story.place({ quantity: "50", price: "100" })
    const fee = (text: string) => story.send(posting({ kind: "fee", amount: text, fee: "custody" }))
    expect(fee("4997.50000001")).toMatchObject({ code: "InsufficientFunds", field: "amount" })
    const outcome = fee("4997.5")
    expect(dataOf(outcome, "FeeCharged")).toEqual({ kind: "custody", currency: "USDT", amount: "4997.5" })
    expect(story.cash()).toEqual({ total: "5002.5", reserved: "5002.5" })
    expect(story.account().risk.worth).toMatchObject({ paidIn: amount("10000"), result: amount("-4997.5") })
    expect(story.account().group.risk.worth.dailyLoss).toBe(amount("4997.5"))
  })

  it.each(["0", "-1", "1000000000000000000"])("of %s is refused", (text) => {
    const outcome = begun().send(posting({ kind: "fee", amount: text, fee: "x" }))
    expect(outcome).toMatchObject({ code: "OutOfRange", field: "amount" })
  })
})

describe("interest", () => {
  it("is earned above 0 and paid below, as far as there is money", () => {
    const story = begun()
    const interest = (text: string) => story.send(posting({ kind: "interest", amount: text }))
    expect(typesOf(interest("0.5"))).toEqual(["InterestPosted"])
    expect(typesOf(interest("-10000.5"))).toEqual(["InterestPosted"])
    expect(story.cash().total).toBe("0")
    expect(interest("-0.00000001").code).toBe("InsufficientFunds")
    expect(interest("0")).toMatchObject({ code: "OutOfRange", field: "amount" })
    expect(interest("999999999999999999").kind).toBe("facts")
    expect(interest("1")).toMatchObject({ code: "OutOfRange", field: "amount" })
  })

  it("may put a margin account in debt, in its own currency only", () => {
    const story = begun()
    marginAccount(story)
    const interest = (more: object) =>
      story.send(posting({ kind: "interest", amount: "-3", ...more }, { account: "M" as never }))
    expect(interest({}).kind).toBe("facts")
    expect(story.cash("M").total).toBe("-3")
    expect(interest({ currency: "EUR" }).code).toBe("InsufficientFunds")
  })
})

describe("a dividend", () => {
  it("is paid for the units held, rounded half to even, less the tax", () => {
    const story = begun()
    story.hold("1.5")
    const outcome = story.send(posting({ kind: "dividend", perUnit: "0.33333333", taxWithheld: "0.1" }))
    expect(dataOf(outcome, "DividendPaid")).toEqual({
      symbol: "BTCUSDT",
      perUnit: "0.33333333",
      quantity: "1.5",
      basis: "held",
      currency: "USDT",
      gross: "0.5",
      taxWithheld: "0.1",
      net: "0.4"
    })
    expect(story.cash().total).toBe("9850.4")
    expect(story.account().risk.worth.result).toBe(amount("0.4"))
  })

  it("may be for those that were held on a record date", () => {
    const outcome = begun().send(posting({ kind: "dividend", perUnit: "2", quantity: "7" }))
    expect(dataOf(outcome, "DividendPaid")).toMatchObject({ quantity: "7", basis: "given", net: "14" })
  })

  it.each([
    ["NothingHeld", "symbol", {}],
    ["UnknownSymbol", "symbol", { symbol: "NONE" }],
    ["OutOfRange", "perUnit", { perUnit: "0", quantity: "1" }],
    ["OutOfRange", "perUnit", { perUnit: "0.00000001", quantity: "0.1" }],
    ["OutOfRange", "perUnit", { perUnit: "999999999999", quantity: "99999999999" }],
    ["OutOfRange", "quantity", { quantity: "-1" }],
    ["OutOfRange", "taxWithheld", { quantity: "1", taxWithheld: "2.1" }],
    ["OutOfRange", "taxWithheld", { quantity: "1", taxWithheld: "-1" }]
  ])("is refused by %s of %s: %j", (code, field, more) => {
    const outcome = begun().send(posting({ kind: "dividend", perUnit: "2", ...more }))
    expect(outcome).toMatchObject({ kind: "refused", code, field })
  })
})

describe("every entry", () => {
  it("has both its times, and none of the future", () => {
    const story = begun()
    const yesterday = at("2026-03-01T00:00:00Z")
    const texts = { kind: "interest", amount: "1" } as const
    const [event] = story.send(posting(texts, { effectiveAt: yesterday, reference: "Q1" })).events
    expect(event).toMatchObject({ effectiveAt: yesterday, recordedAt: MORNING, data: { reference: "Q1" } })
    const tomorrow = story.send(posting(texts, { effectiveAt: plusMicros(MORNING, 1) }))
    expect(tomorrow).toMatchObject({ code: "EffectiveAtFuture", field: "effectiveAt" })
    const nobody = story.send(posting(texts, { account: "Z" as never }))
    expect(nobody).toMatchObject({ code: "UnknownAccount", field: "account" })
  })
})
