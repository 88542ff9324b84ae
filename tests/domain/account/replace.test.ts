import { describe, expect, it } from "vitest"
import type { AccountId } from "#domain/kernel/ids.ts"
import { pendingReplaces } from "#domain/orders/open-order.ts"
import { venueReaction } from "#domain/venue/requests.ts"
import { amount, check, dataOf, market, order, Story, typesOf, verdict, type Outcome, type Wanted } from "./story.ts"

/** What the venue is asked by the events of a command. */
const asked = (story: Story, outcome: Outcome) =>
  outcome.events.flatMap((event) => venueReaction(0, (id) => story.order(id)).react(event))

describe("a replace on its way holds back the dearer of both forms", () => {
  type Terms = Parameters<Story["replace"]>[1]
  it.each<[string, Wanted, Terms, string, string]>([
    ["more", { quantity: "1", price: "100" }, { quantity: "3" }, "300.15", "300.15"],
    ["less", { quantity: "3", price: "100" }, { quantity: "1" }, "300.15", "100.05"],
    ["dearer", { quantity: "1", price: "100" }, { price: "110" }, "110.055", "110.055"],
    ["cheaper", { quantity: "1", price: "100" }, { price: "90" }, "100.05", "90.045"],
    ["more for less", { quantity: "2", price: "100" }, { quantity: "3", price: "50" }, "200.1", "150.075"],
    ["a higher stop", { type: "stop", stopPrice: "100" }, { stopPrice: "200" }, "210.105", "210.105"],
    ["a lower stop", { type: "stop", stopPrice: "100" }, { stopPrice: "50" }, "105.0525", "52.52625"]
  ])("a buy: %s", (_, wanted, terms, pending, after) => {
    for (const answer of ["Replaced", "ReplaceRejected"] as const) {
      const story = Story.begun()
      const id = story.place(wanted)
      const before = story.cash().reserved
      const outcome = story.replace(id, terms)
      expect(typesOf(outcome)).toEqual(["ReplaceRequested", "OrderRiskDecided"])
      expect(verdict(outcome)).toBe("approved")
      expect(story.cash().reserved).toBe(pending)
      const { quantity, price, stopPrice } = pendingReplaces(story.order(id)!)[0]!.terms
      const replaced = {
        quantity,
        ...(price !== undefined && { price }),
        ...(stopPrice !== undefined && { stopPrice })
      }
      story.report(id, answer === "Replaced" ? { type: answer, ...replaced } : { type: answer })
      expect(story.cash().reserved).toBe(answer === "Replaced" ? after : before)
      expect(story.order(id)!.pending).toEqual([])
    }
  })

  it("a sell: units", () => {
    const story = Story.begun()
    story.hold("5")
    const id = story.place({ side: "sell", quantity: "2", price: "100" })
    story.replace(id, { quantity: "4" })
    expect(story.held().reserved).toBe("4")
    expect(verdict(story.submit({ side: "sell", quantity: "1.1", price: "100" }))).toBe("denied: HOLDINGS")
    story.report(id, { type: "ReplaceRejected" })
    expect(story.held().reserved).toBe("2")
  })

  it("and counts as much in the limits: no room is given away twice", () => {
    const story = Story.begun()
    story.limits("group", "G", { maxPosition: amount("10") })
    const id = story.place({ quantity: "1", price: "50" })
    story.replace(id, { quantity: "9" })
    expect(story.exposures()).toEqual(["0 9 0 1", "0 9 0 1", "0 9 0 1"])
    expect(check(story.submit({ account: "B", quantity: "1.1", price: "50" }), "MAX_POSITION")).toBe(
      "no 10 9 1.1 group"
    )
    story.report(id, { type: "ReplaceRejected" })
    expect(story.exposures()).toEqual(["0 1 0 1", "0 1 0 1", "0 1 0 1"])
    story.replace(id, { quantity: "0.5" })
    expect(story.exposures()[0]).toBe("0 1 0 1")
    story.report(id, { type: "Replaced", quantity: amount("0.5"), price: amount("50") })
    expect(story.exposures()).toEqual(["0 0.5 0 1", "0 0.5 0 1", "0 0.5 0 1"])
  })

  it("while fills go on", () => {
    const story = Story.begun()
    const id = story.place({ quantity: "3", price: "100" })
    story.replace(id, { quantity: "5" })
    expect(story.cash().reserved).toBe("500.25")
    story.fill(id, "1", "100", { fee: amount("0") })
    expect(story.cash()).toEqual({ total: "9900", reserved: "400.2" })
    expect(story.exposures()[0]).toBe("1 4 0 1")
    story.fill(id, "2", "100", { fee: amount("0") })
    // the venue may have seen the change before the last fill: what the larger form needs is held until it answers
    expect(story.order(id)).toMatchObject({ cumQty: amount("3") })
    expect(story.cash()).toEqual({ total: "9700", reserved: "200.1" })
    expect(story.exposures()[0]).toBe("3 2 0 1")
    expect(typesOf(story.report(id, { type: "ReplaceRejected" }))).toEqual(["ReplaceRejected"])
    expect(story.order(id)).toBeUndefined()
    expect(story.cash()).toEqual({ total: "9700", reserved: "0" })
    expect(story.exposures()[0]).toBe("3 0 0 0")
  })
})

describe("a replace", () => {
  it("has its own holding back for free, and no more", () => {
    const story = Story.begun()
    const id = story.place({ quantity: "99", price: "100" })
    const fits = story.replace(id, { quantity: "99.9" })
    expect(check(fits, "BUYING_POWER")).toBe("ok 10000 0 9994.995")
    story.report(id, { type: "ReplaceRejected" })
    expect(verdict(story.replace(id, { quantity: "100" }))).toBe("denied: BUYING_POWER")
  })

  it("that is denied leaves the order as it was", () => {
    const story = Story.begun()
    const id = story.place({ quantity: "1", price: "100" })
    const { cumQty, price, quantity } = story.order(id)!
    expect(verdict(story.replace(id, { price: "100.25" }))).toBe("denied: TICK_SIZE")
    expect(story.order(id)).toMatchObject({ cumQty, price, quantity })
    expect(story.order(id)!.pending).toEqual([])
    expect(story.cash().reserved).toBe("100.05")
    expect(story.exposures()[0]).toBe("0 1 0 1")
    expect(verdict(story.replace(id, { price: "90" }))).toBe("approved")
  })

  it("of a partly filled order is judged by what is left", () => {
    const story = Story.begun()
    const id = story.place({ quantity: "10", price: "100" })
    story.fill(id, "9", "100", { fee: amount("0") })
    const outcome = story.replace(id, { quantity: "12" })
    expect(check(outcome, "BUYING_POWER")).toBe("ok 9100 0 300.15")
    expect(check(outcome, "MIN_NOTIONAL")).toBe("ok 5 - 300")
    expect(dataOf(outcome, "ReplaceRequested")).toEqual({
      orderId: id,
      clOrdId: outcome.events[0]!.cause,
      quantity: "12"
    })
  })

  it("counts no second open order, and only what it adds to the position", () => {
    const story = Story.begun()
    const id = story.place({ quantity: "1", price: "100" })
    story.limits("account", "A", { maxOpenOrders: 1, maxPosition: amount("3") })
    const outcome = story.replace(id, { quantity: "3" })
    expect(verdict(outcome)).toBe("approved")
    expect(check(outcome, "MAX_POSITION")).toBe("ok 3 0 3 account")
  })

  it.each<[string, Wanted]>([
    ["DAY", { price: "100", tif: "DAY" }],
    ["GTD", { price: "100", tif: "GTD", expireAt: "2026-03-05T00:00:00.000000000Z" as never }],
    ["GTC", { price: "100" }],
    ["stop", { type: "stop", stopPrice: "100" }],
    ["stop-limit", { type: "stop-limit", stopPrice: "100", price: "100" }],
    ["market, on its way to the venue", { type: "market" }]
  ])("may change a %s order", (_, wanted) => {
    const story = Story.begun()
    const id = story.place(wanted)
    expect(verdict(story.replace(id, { quantity: "2" }))).toBe("approved")
    story.report(id, { type: "Replaced", quantity: amount("2") })
    expect(story.order(id)!.quantity).toBe(amount("2"))
    expect(story.order(id)!.expireAt).toBe(wanted.tif === "DAY" ? "2026-03-03T00:00:00.000000000Z" : wanted.expireAt)
  })

  it("of a stop asks the venue for the protection price that goes with the new stop", () => {
    const story = Story.begun()
    const id = story.place({ type: "stop", stopPrice: "100" })
    const up = story.replace(id, { stopPrice: "200" })
    expect(asked(story, up)).toMatchObject([{ type: "ReplaceOrder", price: amount("210"), stopPrice: amount("200") }])
    story.report(id, { type: "Replaced", quantity: amount("1"), price: amount("210"), stopPrice: amount("200") })
    expect(story.order(id)).toMatchObject({ stopPrice: amount("200"), protectionPrice: amount("210") })
    expect(story.order(id)!.price).toBeUndefined()
  })

  it("of a market buy keeps the protection price that the venue was given, wherever the ask has gone", () => {
    const story = Story.begun()
    const id = story.place({ type: "market" })
    const outcome = story.replace(id, { quantity: "2" }, { seen: market("100", "300") })
    expect(check(outcome, "BUYING_POWER")).toBe("ok 10000 0 210.105")
    expect(story.cash().reserved).toBe("210.105")
    expect(asked(story, outcome)).toMatchObject([{ type: "ReplaceOrder", price: amount("105") }])
    story.report(id, { type: "ReplaceRejected" })
    expect(verdict(story.replace(id, { quantity: "2" }, { seen: market("100") }))).toBe("approved")
  })

  it.each<[string, Parameters<Story["replace"]>[1], string]>([
    ["nothing", {}, "NothingToReplace"],
    ["a quantity of 0", { quantity: "0" }, "OutOfRange"],
    ["a negative quantity", { quantity: "-1" }, "OutOfRange"],
    ["a price of 0", { price: "0" }, "OutOfRange"],
    ["a negative price", { price: "-1" }, "OutOfRange"],
    ["a stopPrice of a limit order", { stopPrice: "100" }, "UnexpectedField"],
    ["a stopPrice of 0", { stopPrice: "0" }, "UnexpectedField"],
    ["a notional of nine decimals", { price: "100.0000001", quantity: "3.01" }, "TooManyDecimals"],
    ["what is filled", { quantity: "2" }, "QuantityFilled"],
    ["less than what is filled", { quantity: "1" }, "QuantityFilled"]
  ])("by %s is refused", (_, terms, code) => {
    const story = Story.begun()
    const id = story.place({ quantity: "3", price: "100" })
    story.fill(id, "2", "100")
    expect(story.replace(id, terms).code).toBe(code)
  })

  it("waits for an earlier replace, and is too late after a cancel", () => {
    const story = Story.begun()
    const id = story.place({ quantity: "1", price: "100" })
    story.replace(id, { quantity: "2" })
    expect(story.replace(id, { quantity: "3" }).code).toBe("OrderPendingReplace")
    story.cancel(id)
    story.report(id, { type: "Replaced", quantity: amount("2") })
    expect(story.replace(id, { quantity: "3" }).code).toBe("OrderPendingCancel")
    story.report(id, { type: "Canceled" })
    expect(story.replace(id, { quantity: "3" }).code).toBe("OrderNotOpen")
    expect(story.cash()).toEqual({ total: "10000", reserved: "0" })
  })

  it("may be answered by the venue with other terms than were asked for, which hold", () => {
    const story = Story.begun()
    const id = story.place({ quantity: "5", price: "100" })
    story.fill(id, "1", "100", { fee: amount("0") })
    story.report(id, { type: "Replaced", quantity: amount("3"), price: amount("90") })
    expect(story.cash()).toEqual({ total: "9900", reserved: "180.09" })
    expect(story.exposures()[0]).toBe("1 2 0 1")
  })

  it("down to what is filled ends the order", () => {
    const story = Story.begun()
    const id = story.place({ quantity: "5", price: "100" })
    story.fill(id, "1", "100", { fee: amount("0") })
    story.report(id, { type: "Replaced", quantity: amount("1") })
    expect(story.order(id)).toBeUndefined()
    expect(story.cash()).toEqual({ total: "9900", reserved: "0" })
    expect(story.exposures()).toEqual(["1 0 0 0", "1 0 0 0", "1 0 0 0"])
  })
})

describe("a replace of what no venue has", () => {
  const STOP: Wanted = { type: "stop", stopPrice: "110", quantity: "1", also: { triggerBy: "local" } }

  it("holds at once: nobody else has to agree, and it waits for the new price from here on", () => {
    const story = Story.begun()
    const id = story.place(STOP, { id: "first" })
    const outcome = story.replace(id, { quantity: "2", stopPrice: "120" }, { id: "second" })
    expect(typesOf(outcome)).toEqual(["HeldOrderReplaced", "OrderRiskDecided"])
    const told = { clOrdId: "second", origClOrdId: "first", watchedFrom: 7 }
    expect(dataOf(outcome, "HeldOrderReplaced")).toMatchObject(told)
    expect(asked(story, outcome)).toEqual([])
    const { quantity, stopPrice, clOrdId, pending } = story.order(id)!
    expect({ quantity, stopPrice, clOrdId, pending }).toEqual({
      quantity: amount("2"),
      stopPrice: amount("120"),
      clOrdId: "second",
      pending: []
    })
    // at its stop price and 5 % above, with the fee
    expect(story.cash().reserved).toBe("252.126")
    expect(story.exposures()[0]).toBe("0 2 0 1")
    expect(story.replace(id, { quantity: "2", stopPrice: "120" }, { id: "second" }).kind).toBe("repeat")
    expect(story.cancel(id).kind).toBe("facts")
    expect(story.cash()).toEqual({ total: "10000", reserved: "0" })
  })

  it("leaves it as it was when risk denies it", () => {
    const story = Story.begun()
    const id = story.place(STOP)
    const before = story.cash()
    const outcome = story.replace(id, { quantity: "1000" })
    expect(typesOf(outcome)).toEqual(["ReplaceRequested", "OrderRiskDecided"])
    expect(verdict(outcome)).toBe("denied: BUYING_POWER")
    expect([story.cash(), story.order(id)!.quantity, story.order(id)!.pending]).toEqual([before, amount("1"), []])
  })

  it("of a child that waits for its parent is judged when it is let go", () => {
    const story = Story.begun()
    const legs: ReadonlyArray<Wanted> = [
      { price: "100", quantity: "1" },
      { side: "sell", price: "110", quantity: "1" },
      { side: "sell", type: "stop", stopPrice: "90", quantity: "1" }
    ]
    const group = { type: "SubmitGroup", account: "A" as AccountId, kind: "bracket", orders: legs.map(order) } as const
    const [, , stop] = story
      .send(group)
      .events.flatMap((event) => (event.type === "OrderPlaced" ? [event.data.orderId] : []))
    const outcome = story.replace(stop!, { stopPrice: "95" })
    expect(typesOf(outcome)).toEqual(["HeldOrderReplaced"])
    expect([story.order(stop!)!.stopPrice, story.order(stop!)!.counted]).toEqual([amount("95"), false])
  })
})
