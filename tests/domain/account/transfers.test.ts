import { describe, expect, it } from "vitest"
import { formatFixed } from "#domain/kernel/money.ts"
import { plusMicros } from "#domain/kernel/time.ts"
import { holdingOf } from "#domain/ledger/balances.ts"
import { begun, ETH, marginAccount, moving, posting } from "./entry-story.ts"
import { amount, at, BTC, dataOf, MORNING, type Story, typesOf } from "./story.ts"

const costOf = (story: Story, account: string) => formatFixed(holdingOf(story.account(account).balances, BTC).cost)
const worthOf = (story: Story, account: string) => {
  const { result, paidIn, net, equity } = story.account(account).risk.worth
  return { result, paidIn, net, equity }
}

describe("a transfer of money", () => {
  it("leaves one account and reaches the other in one commit, each event naming the other account", () => {
    const story = begun()
    const outcome = story.send(moving({ amount: "2500.5" }, { reference: "rent" }))
    expect(typesOf(outcome)).toEqual(["TransferredOut", "TransferredIn"])
    expect(outcome.events.map(({ account }) => account)).toEqual(["A", "B"])
    const shared = { transferId: "0-9", currency: "USDT", amount: "2500.5", reference: "rent" }
    expect(dataOf(outcome, "TransferredOut")).toEqual({ to: "B", ...shared })
    expect(dataOf(outcome, "TransferredIn")).toEqual({ from: "A", ...shared })
    expect([story.cash("A").total, story.cash("B").total]).toEqual(["7499.5", "12500.5"])
    expect(story.account("A").risk.worth).toMatchObject({ paidIn: amount("7499.5"), result: 0n })
    expect(story.account("A").group.risk.worth).toMatchObject({ paidIn: amount("20000"), result: 0n })
  })

  it("moves what is free and no more", () => {
    const story = begun()
    story.place({ quantity: "50", price: "100" })
    expect(story.send(moving({ amount: "4997.50000001" }))).toMatchObject({
      code: "InsufficientFunds",
      field: "amount"
    })
    expect(story.send(moving({ amount: "1", currency: "EUR" })).code).toBe("InsufficientFunds")
    expect(story.send(moving({ amount: "4997.5" })).kind).toBe("facts")
  })

  it.each([
    ["UnknownAccount", "to", { amount: "1" }, { to: "Z" }],
    ["SameAccount", "to", { amount: "1" }, { to: "A" }],
    ["UnknownAccount", "account", { amount: "1" }, { account: "Z" }],
    ["OutOfRange", "amount", { amount: "0" }, {}],
    ["OutOfRange", "amount", { amount: "-1" }, {}],
    ["OutOfRange", "quantity", { quantity: "0" }, {}],
    ["UnknownSymbol", "symbol", { quantity: "1", symbol: "NONE" }, {}],
    ["NothingHeld", "symbol", { quantity: "1", symbol: ETH }, {}],
    ["EffectiveAtFuture", "effectiveAt", { amount: "1" }, { effectiveAt: plusMicros(MORNING, 1) }]
  ])("is refused by %s of %s: %j %j", (code, field, texts, more) => {
    expect(begun().send(moving(texts as never, more as never))).toMatchObject({ kind: "refused", code, field })
  })

  it("does not make a balance that cannot be stored", () => {
    const story = begun()
    story.deposit("999999999999980000", "B")
    expect(story.send(moving({ amount: "10000" }))).toMatchObject({ code: "OutOfRange", field: "amount" })
  })
})

describe("a transfer of units", () => {
  it("takes its share of the cost along, so that nothing is won by it", () => {
    const story = begun()
    story.hold("1", "100")
    story.hold("0.5", "103")
    story.hold("1", "50", "B")
    const before = [worthOf(story, "A"), worthOf(story, "B")]
    const outcome = story.send(moving({ quantity: "0.9" }, { effectiveAt: at("2026-03-01T00:00:00Z") }))
    const units = { symbol: "BTCUSDT", base: "BTC", multiplier: "1", quantity: "0.9", cost: "90.9", currency: "USDT" }
    expect(dataOf(outcome, "TransferredOut")).toEqual({ to: "B", transferId: "0-18", ...units })
    expect(dataOf(outcome, "TransferredIn")).toEqual({ from: "A", transferId: "0-18", ...units })
    expect(outcome.events.map(({ effectiveAt }) => effectiveAt)).toEqual([1, 2].map(() => at("2026-03-01T00:00:00Z")))
    expect([story.held("A").total, costOf(story, "A")]).toEqual(["0.6", "60.6"])
    expect([story.held("B").total, costOf(story, "B")]).toEqual(["1.9", "140.9"])
    expect(story.exposures("A")).toEqual(["0.6 0 0 0", "2.5 0 0 0", "2.5 0 0 0"])
    // what moved is worth 90 at the mark of 100
    const after = [worthOf(story, "A"), worthOf(story, "B")]
    expect(after.map(({ result }) => result)).toEqual(before.map(({ result }) => result))
    expect(after.map(({ paidIn }) => formatFixed(paidIn))).toEqual(["9910", "10090"])
  })

  it("moves what open sells do not hold back", () => {
    const story = begun()
    story.hold("1")
    story.place({ side: "sell", quantity: "0.4", price: "110" })
    expect(story.send(moving({ quantity: "0.7" }))).toMatchObject({ code: "InsufficientHoldings", field: "quantity" })
    expect(story.send(moving({ quantity: "0.6" })).kind).toBe("facts")
    expect(story.held()).toEqual({ total: "0.4", reserved: "0.4" })
  })

  it("leaves a margin account what it must have", () => {
    const story = begun()
    marginAccount(story)
    story.deposit("100", "M")
    story.hold("1.5", "100", "M") // 50 borrowed, equity 100, 75 needed
    const move = (quantity: string) => story.send(moving({ quantity }, { account: "M" as never }))
    expect(move("0.6")).toMatchObject({ code: "InsufficientFunds", field: "quantity" }) // 40 of 45
    expect(move("0.5").kind).toBe("facts") // 50 of 50
    expect(story.held("M").total).toBe("1")
    expect(story.send(moving({ amount: "1" }, { account: "M" as never })).code).toBe("InsufficientFunds")
  })
})

describe("the id of a transfer", () => {
  it("is that of the account that asked: the other one may use it for a command of its own", () => {
    const story = begun()
    expect(story.deposit("1", "B", { id: "same" }).kind).toBe("facts")
    const sent = story.send(moving({ amount: "1" }), { id: "same" })
    expect(sent.kind).toBe("facts")
    for (const told of [story, story.restarted()]) {
      expect(told.deposit("1", "B", { id: "same" }).kind).toBe("repeat")
      const again = told.send(moving({ amount: "1" }), { id: "same" })
      expect(again).toMatchObject({ kind: "repeat", first: sent.events[0]!.eventNo, last: sent.events[1]!.eventNo })
    }
    story.send(moving({ amount: "2" }), { id: "next" })
    expect(story.withdraw("1", "B", { id: "next" }).kind).toBe("facts")
  })
})

describe("entries and transfers", () => {
  it("are told from each other when an id is used again", () => {
    const requests = [
      moving({ amount: "1" }),
      moving({ amount: "1" }, { to: "C" as never }),
      moving({ amount: "1" }, { reference: "r" }),
      moving({ quantity: "1" }),
      posting({ kind: "fee", amount: "1", fee: "custody" }),
      posting({ kind: "fee", amount: "1", fee: "data" }),
      posting({ kind: "interest", amount: "1" }),
      posting({ kind: "interest", amount: "1" }, { effectiveAt: at("2026-03-01T00:00:00Z") }),
      posting({ kind: "dividend", perUnit: "1" }),
      posting({ kind: "dividend", perUnit: "1", quantity: "3" }),
      posting({ kind: "dividend", perUnit: "1", taxWithheld: "1" }),
      posting({ kind: "split", numerator: 2, denominator: 1 }),
      posting({ kind: "split", numerator: 2, denominator: 1, fractions: "keep" }),
      posting({ kind: "split", numerator: 4, denominator: 2 }),
      posting({ kind: "symbol-change", newSymbol: ETH }),
      posting({ kind: "expiry", price: "1" })
    ]
    for (const request of requests) {
      const story = begun()
      story.hold("3")
      const sent = story.send(request, { id: "same" })
      expect(sent.kind).toBe("facts")
      const answer = { kind: "repeat", first: sent.events[0]!.eventNo, last: sent.events.at(-1)!.eventNo }
      for (const told of [story, story.restarted()]) {
        expect(told.send(request, { id: "same" })).toMatchObject(answer)
        const others = requests.filter((other) => other !== request)
        for (const other of others) expect(told.send(other, { id: "same" }).code).toBe("ClOrdIdReused")
      }
    }
  })
})
