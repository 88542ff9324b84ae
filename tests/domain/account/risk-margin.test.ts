import { describe, expect, it } from "vitest"
import type { AccountId, GroupId, OwnerId } from "#domain/kernel/ids.ts"
import { amount, check, dataOf, instrument, Story, USDT, verdict } from "./story.ts"

/** Margin account M of group M with 1,000 USDT. */
const begun = (rates = {}, changes: Parameters<Story["limits"]>[2] = { shortAllowed: true }): Story => {
  const story = Story.begun()
  const ids = { account: "M" as AccountId, owner: "owner-M" as OwnerId, group: "M" as GroupId }
  story.send({ type: "OpenAccount", ...ids, accountType: "margin", currency: USDT, ...rates })
  story.deposit("1000", "M")
  story.limits("account", "M", changes)
  return story
}
const trade = (story: Story, side: "buy" | "sell", quantity: string, price = "100") =>
  story.fill(story.place({ account: "M", side, quantity, price }), quantity, price, { fee: 0n as never })
const mark = (story: Story, price: string) =>
  story.send({
    type: "RecordMark",
    symbol: "BTCUSDT" as never,
    price: amount(price),
    source: "mid",
    mdNo: 1,
    markedAt: story.now
  })
const ask = (story: Story, side: "buy" | "sell", quantity: string, price = "100") =>
  story.submit({ account: "M", side, quantity, price })

describe("a margin account", () => {
  it("buys for twice its money, and holds back for its open orders", () => {
    expect(check(ask(begun(), "buy", "19.9"), "BUYING_POWER")).toBe("ok 1000 0 995.995")
    expect(check(ask(begun(), "buy", "20"), "BUYING_POWER")).toBe("no 1000 0 1001")
    const story = begun()
    story.place({ account: "M", quantity: "10", price: "100" })
    expect(check(ask(story, "buy", "10"), "BUYING_POWER")).toBe("no 1000 500 500.5")
  })

  it("has what its marks say", () => {
    const story = begun()
    trade(story, "buy", "10")
    mark(story, "120")
    expect(check(ask(story, "buy", "1"), "BUYING_POWER")).toBe("ok 1200 600 50.05")
    mark(story, "90")
    expect(check(ask(story, "buy", "1"), "BUYING_POWER")).toBe("ok 900 500 50.05") // with the one before
  })

  it("that has less than it must keep may only close", () => {
    const story = begun()
    trade(story, "buy", "19")
    mark(story, "62")
    expect(check(ask(story, "buy", "0.1", "62"), "MAINTENANCE_MARGIN")).toBe("no 278 294.5 -")
    const sell = ask(story, "sell", "19", "80")
    expect(verdict(sell)).toBe("approved")
    expect(check(sell, "BUYING_POWER")).toBe("ok")
  })

  it("goes short where it may, with initial margin for it, and pays when the price rises", () => {
    expect(verdict(ask(begun({}, {}), "sell", "1"))).toBe("denied: SHORT_SALE")
    const story = begun()
    story.limits("firm", "firm", { shortAllowed: false })
    expect(check(ask(story, "sell", "1"), "SHORT_SALE")).toBe("no 0 - 1 firm")
    story.limits("firm", "firm", { shortAllowed: null })
    expect(check(ask(story, "sell", "20"), "BUYING_POWER")).toBe("no 1000 0 1001")
    trade(story, "sell", "10")
    expect(story.held("M")).toEqual({ total: "-10", reserved: "0" })
    mark(story, "110")
    expect(check(ask(story, "sell", "1"), "BUYING_POWER")).toBe("ok 900 550 50.05")
    expect(verdict(ask(story, "buy", "10", "110"))).toBe("approved")
    expect(check(ask(story, "buy", "11", "110"), "SHORT_SALE")).toBe("ok")
  })

  it("names who lends where that is asked for", () => {
    const story = begun()
    story.limits("firm", "firm", { locateRequired: true })
    expect(check(ask(story, "sell", "1"), "LOCATE")).toBe("no - - 1 firm")
    const located = story.submit({ account: "M", side: "sell", price: "100", also: { locate: "broker-7" } })
    expect(verdict(located)).toBe("approved")
    story.send({ type: "AdoptInstrument", instrument: instrument("BTCUSDT", { version: 2, shortable: false }) })
    expect(verdict(ask(story, "sell", "1"))).toBe("denied: SHORT_SALE, LOCATE")
  })

  it("has rates of its own, and an instrument's where that has some", () => {
    const story = begun({ initialMargin: amount("0.2"), maintenanceMargin: amount("0.1") })
    expect(check(ask(story, "buy", "50"), "BUYING_POWER")).toBe("no 1000 0 1002.5")
    trade(story, "buy", "10")
    expect(check(ask(story, "buy", "1"), "BUYING_POWER")).toBe("ok 1000 200 20.05")
    const dear = instrument("BTCUSDT", { version: 2, initialMargin: amount("0.5"), maintenanceMargin: amount("0.4") })
    story.send({ type: "AdoptInstrument", instrument: dear })
    expect(check(ask(story, "buy", "0.1"), "MAINTENANCE_MARGIN")).toBe("ok 1000 400 -")
    expect(story.restarted().state).toEqual(story.state)
  })

  it("withdraws no more than is above its initial margin, and borrows nothing", () => {
    const story = begun()
    trade(story, "buy", "6")
    expect(story.withdraw("400.00000001", "M").code).toBe("InsufficientFunds")
    expect(story.withdraw("400", "M").kind).toBe("facts")
  })

  it.each([
    ["cash", { initialMargin: amount("0.5") }, "UnexpectedField initialMargin"],
    ["margin", { initialMargin: amount("0.2") }, "OutOfRange maintenanceMargin"],
    ["margin", { maintenanceMargin: amount("0") }, "OutOfRange maintenanceMargin"],
    ["margin", { initialMargin: amount("11") }, "OutOfRange initialMargin"]
  ])("%s with %o is refused: %s", (accountType, rates, expected) => {
    const ids = { account: "N" as AccountId, owner: "owner-N" as OwnerId, group: "N" as GroupId }
    const request = { type: "OpenAccount", ...ids, accountType: accountType as "cash", currency: USDT } as const
    const { code, field } = Story.begun().send({ ...request, ...(rates as object) })
    expect(`${code} ${field}`).toBe(expected)
  })

  it("is another than a cash account of the same name", () => {
    const story = begun()
    expect(dataOf(story.openAccount("X", "X"), "AccountOpened")).not.toHaveProperty("initialMargin")
    expect(story.openAccount("M", "M").code).toBe("AccountExists")
  })
})
