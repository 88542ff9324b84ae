import { describe, expect, it } from "vitest"
import { amount, dataOf, instrument, Story, typesOf, verdict, type Said } from "./story.ts"

const ENDINGS: ReadonlyArray<Said["type"]> = ["Canceled", "Expired", "Rejected"]

describe("what a buy holds back", () => {
  it("is given back in parts: a better price and a smaller fee are money again at once", () => {
    const story = Story.begun()
    const id = story.place({ quantity: "3", price: "100" })
    expect(story.cash()).toEqual({ total: "10000", reserved: "300.15" })
    story.acknowledge(id)
    expect(story.cash()).toEqual({ total: "10000", reserved: "300.15" })
    const first = story.fill(id, "1", "99", { liquidity: "maker", fee: amount("0.0198") })
    expect(dataOf(first, "OrderFilled")).toMatchObject({ notional: "99", fee: "0.0198", cumQty: "1", leavesQty: "2" })
    expect(story.cash()).toEqual({ total: "9900.9802", reserved: "200.1" })
    expect(story.held()).toEqual({ total: "1", reserved: "0" })
    story.fill(id, "0.5", "100")
    expect(story.cash()).toEqual({ total: "9850.9552", reserved: "150.075" })
    const last = story.fill(id, "1.5", "100")
    expect(dataOf(last, "OrderFilled")).toMatchObject({ cumQty: "3", leavesQty: "0" })
    expect(story.cash()).toEqual({ total: "9700.8802", reserved: "0" })
    expect(story.order(id)).toBeUndefined()
    expect(story.exposures()).toEqual(["3 0 0 0", "3 0 0 0", "3 0 0 0"])
  })

  it.each(ENDINGS)("is given back when the venue says %s", (type) => {
    const story = Story.begun()
    const id = story.place({ quantity: "3", price: "100" })
    story.fill(id, "1", "100")
    expect(typesOf(story.report(id, { type } as Said))).toEqual([`Order${type}`])
    expect(story.cash()).toEqual({ total: "9899.95", reserved: "0" })
    expect(story.exposures()).toEqual(["1 0 0 0", "1 0 0 0", "1 0 0 0"])
    expect(story.order(id)).toBeUndefined()
  })

  it("stays while a stop triggers", () => {
    const story = Story.begun()
    const id = story.place({ type: "stop", stopPrice: "100" })
    expect(story.cash().reserved).toBe("105.0525")
    story.report(id, { type: "Triggered" })
    expect(story.order(id)!.triggered).toBe(true)
    expect(story.cash().reserved).toBe("105.0525")
  })

  it("is not there for another order, and is again when it is given back", () => {
    const story = Story.begun()
    const id = story.place({ quantity: "60", price: "100" })
    expect(verdict(story.submit({ quantity: "60", price: "100" }))).toBe("denied: BUYING_POWER")
    expect(story.withdraw("4000").code).toBe("InsufficientFunds")
    expect(story.withdraw("3997").kind).toBe("facts")
    story.report(id, { type: "Canceled" })
    expect(verdict(story.submit({ quantity: "60", price: "100" }))).toBe("approved")
  })

  it("of each account and each currency stands alone", () => {
    const story = Story.begun()
    story.send({
      type: "AdoptInstrument",
      instrument: instrument("ETHEUR", { settlement: "EUR" as never, quote: "EUR" as never })
    })
    expect(verdict(story.submit({ symbol: "ETHEUR", price: "100" }))).toBe("denied: BUYING_POWER")
    story.send({ type: "Deposit", account: "A" as never, currency: "EUR" as never, amount: amount("200") })
    expect(verdict(story.submit({ symbol: "ETHEUR", price: "100" }))).toBe("approved")
    expect([story.cash("A"), story.cash("B")]).toEqual([
      { total: "10000", reserved: "0" },
      { total: "10000", reserved: "0" }
    ])
  })
})

describe("what a sell holds back", () => {
  it("is units, given back as they are sold", () => {
    const story = Story.begun()
    story.hold("3")
    const id = story.place({ side: "sell", quantity: "2", price: "100" })
    expect(story.held()).toEqual({ total: "3", reserved: "2" })
    expect(story.cash()).toEqual({ total: "9700", reserved: "0" })
    story.fill(id, "0.5", "101")
    expect(story.held()).toEqual({ total: "2.5", reserved: "1.5" })
    expect(story.cash()).toEqual({ total: "9750.47475", reserved: "0" })
    story.report(id, { type: "Canceled" })
    expect(story.held()).toEqual({ total: "2.5", reserved: "0" })
    expect(story.exposures()).toEqual(["2.5 0 0 0", "2.5 0 0 0", "2.5 0 0 0"])
  })

  it("cannot be sold twice, and nothing can be sold that is not held", () => {
    const story = Story.begun()
    story.hold("3")
    story.place({ side: "sell", quantity: "2", price: "100" })
    expect(verdict(story.submit({ side: "sell", quantity: "1.1", price: "100" }))).toBe("denied: HOLDINGS")
    expect(verdict(story.submit({ side: "sell", type: "market", quantity: "1.1" }))).toBe("denied: HOLDINGS")
    expect(verdict(story.submit({ side: "sell", quantity: "1", price: "100" }))).toBe("approved")
    expect(verdict(story.submit({ account: "B", side: "sell", quantity: "0.1", price: "100" }))).toBe(
      "denied: HOLDINGS"
    )
  })

  it("is not what is still to be bought", () => {
    const story = Story.begun()
    const buy = story.place({ quantity: "2", price: "100" })
    expect(verdict(story.submit({ side: "sell", quantity: "1", price: "100" }))).toBe("denied: HOLDINGS")
    story.fill(buy, "1", "100")
    expect(verdict(story.submit({ side: "sell", quantity: "1", price: "100" }))).toBe("approved")
  })
})
