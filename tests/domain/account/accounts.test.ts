import { describe, expect, it } from "vitest"
import type { AccountId, Currency } from "#domain/kernel/ids.ts"
import { plusMicros } from "#domain/kernel/time.ts"
import { amount, at, BTC, dataOf, instrument, MORNING, Story, typesOf, USDT } from "./story.ts"

describe("an account", () => {
  it("is opened with its owner, group and currency, and nothing in it", () => {
    const story = new Story()
    const outcome = story.openAccount("A", "G", "O")
    expect(outcome.events[0]).toMatchObject({ account: "A", eventNo: 1, recordedAt: MORNING, effectiveAt: MORNING })
    const data = { account: "A", owner: "O", group: "G", accountType: "cash", currency: "USDT" }
    expect(dataOf(outcome, "AccountOpened")).toEqual(data)
    expect(story.cash()).toEqual({ total: "0", reserved: "0" })
    expect(story.account().openedAt).toBe(MORNING)
  })

  it("opened again on the same terms is the one that is there; on others it is refused", () => {
    const story = Story.begun()
    expect(story.openAccount("A", "G", "owner-G").kind).toBe("nothing")
    expect(story.openAccount("A", "H", "owner-H").code).toBe("AccountExists")
    expect(story.openAccount("A", "G", "owner-H").code).toBe("AccountExists")
    expect(story.openAccount("D", "G", "owner-H").code).toBe("GroupOfAnother")
    expect(story.openAccount("D", "G", "owner-G").kind).toBe("facts")
    expect(story.account("D").group).toBe(story.account("A").group)
  })

  it("that does not exist has no orders, no money and no reports", () => {
    const story = Story.begun()
    for (const outcome of [
      story.deposit("1", "Z"),
      story.withdraw("1", "Z"),
      story.submit({ account: "Z", price: "100" })
    ]) {
      expect(outcome).toMatchObject({ kind: "refused", code: "UnknownAccount", field: "account" })
    }
  })
})

describe("money", () => {
  it("comes in and goes out; what is not there or held back stays", () => {
    const story = Story.begun()
    expect(typesOf(story.deposit("0.00000001"))).toEqual(["Deposited"])
    expect(story.cash().total).toBe("10000.00000001")
    story.place({ quantity: "50", price: "100" })
    expect(story.withdraw("4997.50000002").code).toBe("InsufficientFunds")
    expect(typesOf(story.withdraw("4997.50000001"))).toEqual(["Withdrawn"])
    expect(story.cash()).toEqual({ total: "5002.5", reserved: "5002.5" })
    expect(story.withdraw("0.00000001").code).toBe("InsufficientFunds")
  })

  it("of another currency stands beside it", () => {
    const story = Story.begun()
    const euros = { account: "A" as AccountId, currency: "EUR" as Currency, amount: amount<never>("5") }
    expect(story.send({ type: "Withdraw", ...euros }).code).toBe("InsufficientFunds")
    expect(story.send({ type: "Deposit", ...euros }).kind).toBe("facts")
    expect(story.send({ type: "Withdraw", ...euros }).kind).toBe("facts")
    expect(story.cash().total).toBe("10000")
  })

  it.each(["0", "-1"])("of %s is refused", (text) => {
    expect(Story.begun().deposit(text)).toMatchObject({ code: "OutOfRange", field: "amount" })
    expect(Story.begun().withdraw(text)).toMatchObject({ code: "OutOfRange", field: "amount" })
  })

  it("may have come earlier than we learned it, and not later", () => {
    const story = Story.begun()
    const deposit = (effectiveAt: typeof MORNING) =>
      story.send({
        type: "Deposit",
        account: "A" as AccountId,
        currency: USDT,
        amount: amount("1"),
        effectiveAt,
        reference: "bank 7"
      })
    const [event] = deposit(at("2026-02-27T00:00:00Z")).events
    expect(event).toMatchObject({
      effectiveAt: at("2026-02-27T00:00:00Z"),
      recordedAt: MORNING,
      data: { reference: "bank 7" }
    })
    expect(deposit(MORNING).kind).toBe("facts")
    expect(deposit(plusMicros(MORNING, 1))).toMatchObject({ code: "EffectiveAtFuture", field: "effectiveAt" })
  })
})

describe("an instrument", () => {
  it("is adopted once in each version, and never goes back", () => {
    const story = new Story()
    const adopt = (version: number, tick: string) =>
      story.send({ type: "AdoptInstrument", instrument: instrument("BTCUSDT", { version, tick: amount(tick) }) }).kind
    expect([adopt(1, "0.5"), adopt(1, "0.5"), adopt(3, "0.1"), adopt(2, "0.2")]).toEqual([
      "facts",
      "nothing",
      "facts",
      "nothing"
    ])
    expect(story.state.instruments.get(BTC)).toMatchObject({ version: 3, tick: amount("0.1") })
  })

  it("has marks recorded, each of them, when it is known", () => {
    const story = Story.begun()
    const mark = (symbol: string) =>
      story.send({
        type: "RecordMark",
        symbol: symbol as typeof BTC,
        price: amount("100"),
        source: "mid",
        mdNo: 5,
        markedAt: MORNING
      })
    expect(typesOf(mark("BTCUSDT"))).toEqual(["MarkRecorded"])
    expect(typesOf(mark("BTCUSDT"))).toEqual(["MarkRecorded"])
    expect(mark("ETHUSDT")).toMatchObject({ code: "UnknownSymbol", field: "symbol" })
  })
})
