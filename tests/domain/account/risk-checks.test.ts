// Each check with the numbers that it compared: `ok|no LIMIT USED REQUESTED [SCOPE]`.
import { describe, expect, it } from "vitest"
import type { AccountId, GroupId, OwnerId } from "#domain/kernel/ids.ts"
import { CHECK_CODES, RULES } from "#domain/risk/check-codes.ts"
import { amount, check, decisionIn, instrument, market, Story, USDT, verdict, type Wanted } from "./story.ts"

type Given = (story: Story) => void
const nothing: Given = () => {}
const limit =
  (changes: Parameters<Story["limits"]>[2]): Given =>
  (story) =>
    void story.limits("account", "A", changes)
const both =
  (...givens: ReadonlyArray<Given>): Given =>
  (story) =>
    givens.forEach((given) => given(story))
const placed =
  (wanted: Wanted): Given =>
  (story) =>
    void story.place(wanted)
const holds =
  (quantity: string): Given =>
  (story) =>
    story.hold(quantity)

describe("a risk check", () => {
  it.each<[string, Given, Wanted, string]>([
    ["TICK_SIZE", nothing, { price: "100.5" }, "ok 0.5 - 100.5"],
    ["TICK_SIZE", nothing, { price: "100.25" }, "no 0.5 - 100.25"],
    ["TICK_SIZE", nothing, { type: "stop-limit", stopPrice: "99.75", price: "100" }, "no 0.5 - 99.75"],
    ["TICK_SIZE", holds("1"), { type: "market", side: "sell" }, "ok 0.5 - -"],
    ["LOT_SIZE", nothing, { price: "100", quantity: "1.1" }, "ok 0.1 - 1.1"],
    ["LOT_SIZE", nothing, { price: "100", quantity: "1.15" }, "no 0.1 - 1.15"],
    ["LOT_SIZE", nothing, { price: "100", quantity: "0.05" }, "no 0.1 - 0.05"],
    ["MIN_NOTIONAL", nothing, { price: "100", quantity: "0.1" }, "ok 5 - 10"],
    ["MIN_NOTIONAL", nothing, { price: "50", quantity: "0.1" }, "ok 5 - 5"],
    ["MIN_NOTIONAL", nothing, { price: "49.5", quantity: "0.1" }, "no 5 - 4.95"],
    ["MAX_ORDER_NOTIONAL", nothing, { price: "100", quantity: "50" }, "ok"],
    [
      "MAX_ORDER_NOTIONAL",
      limit({ maxOrderNotional: amount("500") }),
      { price: "100", quantity: "5" },
      "ok 500 - 500 account"
    ],
    [
      "MAX_ORDER_NOTIONAL",
      limit({ maxOrderNotional: amount("500") }),
      { price: "100", quantity: "5.1" },
      "no 500 - 510 account"
    ],
    [
      "MAX_ORDER_NOTIONAL",
      limit({ maxOrderNotional: amount("500") }),
      { type: "market", quantity: "5" },
      "no 500 - 525 account"
    ],
    ["PRICE_COLLAR", nothing, { price: "120" }, "ok 120 100 120"],
    ["PRICE_COLLAR", nothing, { price: "120.5" }, "no 120 100 120.5"],
    ["BUYING_POWER", nothing, { price: "100", quantity: "99.9" }, "ok 10000 0 9994.995"],
    ["BUYING_POWER", nothing, { price: "100", quantity: "100" }, "no 10000 0 10005"],
    [
      "BUYING_POWER",
      placed({ price: "100", quantity: "50" }),
      { price: "100", quantity: "50" },
      "no 10000 5002.5 5002.5"
    ],
    ["BUYING_POWER", holds("1"), { side: "sell", price: "100" }, "ok"],
    ["HOLDINGS", holds("2"), { side: "sell", price: "100", quantity: "2" }, "ok 2 0 2"],
    ["HOLDINGS", holds("2"), { side: "sell", price: "100", quantity: "2.1" }, "no 2 0 2.1"],
    [
      "HOLDINGS",
      both(holds("2"), placed({ side: "sell", price: "100" })),
      { side: "sell", price: "100", quantity: "1.1" },
      "no 2 1 1.1"
    ],
    ["HOLDINGS", nothing, { side: "sell", price: "100" }, "no 0 0 1"],
    ["HOLDINGS", nothing, { price: "100" }, "ok"],
    ["MAX_POSITION", limit({ maxPosition: amount("3") }), { price: "100", quantity: "3" }, "ok 3 0 3 account"],
    ["MAX_POSITION", limit({ maxPosition: amount("3") }), { price: "100", quantity: "3.1" }, "no 3 0 3.1 account"],
    [
      "MAX_POSITION",
      both(limit({ maxPosition: amount("3") }), holds("1"), placed({ price: "100" })),
      { price: "100" },
      "ok 3 2 1 account"
    ],
    [
      "MAX_POSITION",
      both(limit({ maxPosition: amount("3") }), holds("1"), placed({ price: "100" })),
      { price: "100", quantity: "1.1" },
      "no 3 2 1.1 account"
    ],
    [
      "MAX_POSITION",
      both(holds("9"), limit({ maxPosition: amount("3") })),
      { side: "sell", price: "100" },
      "ok 3 9 1 account"
    ],
    ["MAX_POSITION", limit({ maxPosition: 0n as never }), { price: "100" }, "no 0 0 1 account"],
    [
      "MAX_OPEN_ORDERS",
      both(limit({ maxOpenOrders: 2 }), placed({ price: "100" })),
      { price: "100" },
      "ok 2 1 1 account"
    ],
    [
      "MAX_OPEN_ORDERS",
      both(limit({ maxOpenOrders: 2 }), placed({ price: "100" }), placed({ price: "99" })),
      { price: "100" },
      "no 2 2 1 account"
    ],
    ["MAX_OPEN_ORDERS", limit({ maxOpenOrders: 0 }), { price: "100" }, "no 0 0 1 account"],
    [
      "ORDER_RATE",
      both(limit({ maxOrdersPerSecond: 2 }), placed({ price: "100" })),
      { price: "100" },
      "ok 2 1 1 account"
    ],
    [
      "ORDER_RATE",
      both(limit({ maxOrdersPerSecond: 1 }), placed({ price: "100" })),
      { price: "100" },
      "no 1 1 1 account"
    ]
  ])("%s", (code, given, wanted, expected) => {
    const story = Story.begun()
    given(story)
    const outcome = story.submit(wanted)
    expect(check(outcome, code)).toBe(expected)
    // the one check decides, whether it passes or fails: everything else about these orders is in order
    const others = verdict(outcome).replace("denied: ", "").split(", ")
    expect(others).toContain(expected.startsWith("no") ? code : "approved")
  })

  it("of a halt says whose it is", () => {
    const story = Story.begun()
    expect(check(story.submit({ price: "100" }), "HALTED")).toBe("ok")
    story.send({ type: "Halt", scope: "group", scopeId: "G", reason: "test" })
    expect(check(story.submit({ price: "100" }), "HALTED")).toBe("no - - - group")
  })

  it("is made in every decision, in the order of the codes, whatever fails before it", () => {
    const story = Story.begun()
    story.limits("account", "A", {
      maxOrderNotional: amount("10"),
      maxPosition: amount("0.1"),
      maxOpenOrders: 0,
      maxOrdersPerSecond: 1
    })
    for (const wanted of [
      { price: "100" },
      { price: "100", quantity: "1.15" },
      { side: "sell", price: "1" } as const
    ]) {
      const { checks, rules } = decisionIn(story.submit(wanted).events)!.data
      expect(rules).toBe(RULES)
      expect(checks.read(rules).map(({ code }) => code)).toEqual(CHECK_CODES)
    }
  })

  it("that fails is named with all the others that fail", () => {
    const story = Story.begun()
    story.limits("account", "A", { maxOrdersPerSecond: 1, maxOpenOrders: 1 })
    story.place({ price: "100" })
    story.limits("account", "A", { maxOrderNotional: amount("1"), maxPosition: amount("1") })
    story.send({ type: "Halt", scope: "firm", reason: "test" })
    const buy = story.submit({ price: "130.25", quantity: "100000.05" })
    expect(verdict(buy)).toBe(
      "denied: HALTED, TICK_SIZE, LOT_SIZE, MAX_ORDER_NOTIONAL, PRICE_COLLAR, BUYING_POWER, MAX_POSITION, MAX_OPEN_ORDERS, ORDER_RATE"
    )
    const sell = story.submit({ side: "sell", price: "1", quantity: "0.1" })
    expect(verdict(sell)).toBe("denied: HALTED, MIN_NOTIONAL, PRICE_COLLAR, HOLDINGS, MAX_OPEN_ORDERS, ORDER_RATE")
  })

  it.each(["cash", "margin"] as const)("of a %s account lets nothing be held back that cannot be written", (type) => {
    const story = Story.begun()
    const ids = { account: "D" as AccountId, owner: "owner-D" as OwnerId, group: "D" as GroupId }
    story.send({ type: "OpenAccount", ...ids, accountType: type, currency: USDT })
    for (const _ of ["once", "twice"]) story.deposit("999999999999999999", "D")
    // with its fee a little above 10^18
    expect(verdict(story.submit({ account: "D", price: "100", quantity: "9999000000000000" }))).toBe(
      "denied: BUYING_POWER"
    )
    expect(verdict(story.submit({ account: "D", price: "100", quantity: "9990000000000000" }))).toBe("approved")
    expect(story.restarted().cash("D")).toEqual(story.cash("D"))
  })

  it("that fails leaves an order that is finished: nothing is held back or counted", () => {
    const story = Story.begun()
    const before = story.exposures()
    const denied = story.submit({ price: "100", quantity: "1000" })
    expect(verdict(denied)).toBe("denied: BUYING_POWER")
    expect(story.cash()).toEqual({ total: "10000", reserved: "0" })
    expect(story.exposures()).toEqual(before)
    expect(story.order(decisionIn(denied.events)!.data.orderId)).toBeUndefined()
    expect(decisionIn(denied.events)!.data.reservedCash).toBeUndefined()
  })

  it("that fails leaves no units held back either", () => {
    const story = Story.begun()
    story.hold("2")
    const denied = story.submit({ side: "sell", price: "100", quantity: "3" })
    expect(verdict(denied)).toBe("denied: HOLDINGS")
    expect(decisionIn(denied.events)!.data.reservedUnits).toBeUndefined()
    expect(story.held()).toEqual({ total: "2", reserved: "0" })
    const approved = story.submit({ side: "sell", price: "100", quantity: "2" })
    expect(decisionIn(approved.events)!.data.reservedUnits).toBe(amount("2"))
  })

  it("of notional counts the multiplier", () => {
    const story = Story.begun()
    story.send({ type: "AdoptInstrument", instrument: instrument("ETHUSDT", { multiplier: amount("10") }) })
    const outcome = story.submit({ symbol: "ETHUSDT", price: "100", quantity: "2" }, { seen: market("100", "100") })
    expect(check(outcome, "MIN_NOTIONAL")).toBe("ok 5 - 2000")
    expect(check(outcome, "BUYING_POWER")).toBe("ok 10000 0 2001")
  })
})
