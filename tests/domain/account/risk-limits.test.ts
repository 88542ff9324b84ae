// Limits that were added to the first eleven checks: each at its edge, and what passes although there is too much.
import { describe, expect, it } from "vitest"
import type { ClOrdId } from "#domain/kernel/ids.ts"
import { amount, at, check, decisionIn, instrument, market, MORNING, Story, verdict, type Wanted } from "./story.ts"

type Changes = Parameters<Story["limits"]>[2]
const limited = (changes: Changes): Story => {
  const story = Story.begun()
  story.limits("account", "A", changes)
  return story
}
const mark = (story: Story, price: string) =>
  story.send({
    type: "RecordMark",
    symbol: "BTCUSDT" as never,
    price: amount(price),
    source: "mid",
    mdNo: 1,
    markedAt: story.now
  })

describe("limits of one order", () => {
  it.each<[string, Changes, Wanted, string]>([
    ["MAX_ORDER_QUANTITY", { maxOrderQuantity: amount("2") }, { quantity: "2" }, "ok 2 - 2 account"],
    ["MAX_ORDER_QUANTITY", { maxOrderQuantity: amount("2") }, { quantity: "2.1" }, "no 2 - 2.1 account"],
    ["MAX_GROSS_NOTIONAL", { maxGrossNotional: amount("200") }, { quantity: "2" }, "ok 200 0 200 account"],
    ["MAX_GROSS_NOTIONAL", { maxGrossNotional: amount("200") }, { quantity: "2.1" }, "no 200 0 210 account"],
    ["MAX_CONCENTRATION", { maxConcentrationPercent: amount("10") }, { quantity: "10" }, "ok 1000 0 1000 account"],
    ["MAX_CONCENTRATION", { maxConcentrationPercent: amount("10") }, { quantity: "10.1" }, "no 1000 0 1010 account"],
    ["MAX_OPEN_NOTIONAL", { maxOpenNotional: amount("200") }, { quantity: "2" }, "ok 200 0 200 account"],
    ["MAX_OPEN_NOTIONAL", { maxOpenNotional: amount("200") }, { quantity: "2.1" }, "no 200 0 210 account"],
    ["RESTRICTED", { restricted: "ETHUSDT BTCUSDT" }, {}, "no - - - account"],
    ["RESTRICTED", { restricted: "ETHUSDT" }, {}, "ok"]
  ])("%s %o", (code, changes, wanted, expected) => {
    const outcome = limited(changes).submit({ price: "100", ...wanted })
    expect(check(outcome, code)).toBe(expected)
    expect(verdict(outcome)).toBe(expected.startsWith("no") ? `denied: ${code}` : "approved")
  })

  it("name the event that set them, and of a symbol hold for everybody", () => {
    const story = Story.begun()
    const set = story.limits("symbol", "BTCUSDT", { maxOrderNotional: amount("50") }).events[0]!.eventNo
    for (const account of ["A", "C"]) {
      const { checks, rules } = decisionIn(story.submit({ account, price: "100" }).events)!.data
      const failed = checks.read(rules).filter(({ passed }) => !passed)
      expect(failed).toEqual([
        { code: "MAX_ORDER_NOTIONAL", passed: false, limit: "50", requested: "100", scope: "symbol", setBy: set }
      ])
    }
    story.limits("account", "A", { maxOrderNotional: amount("20") })
    expect(check(story.submit({ price: "100" }), "MAX_ORDER_NOTIONAL")).toBe("no 20 - 100 account")
    expect(story.limits("symbol", "BTCUSDT", { maxDailyLoss: amount("1") }).code).toBe("OutOfRange")
    expect(story.limits("symbol", "NONE", { maxOpenOrders: 1 }).code).toBe("UnknownSymbol")
  })

  it("count open orders and positions of a symbol over the whole firm", () => {
    const story = Story.begun()
    story.limits("symbol", "BTCUSDT", { maxOpenOrders: 2, maxPosition: amount("5") })
    story.place({ account: "A", price: "100", quantity: "2" })
    story.place({ account: "C", price: "100", quantity: "2" })
    expect(verdict(story.submit({ account: "B", price: "100", quantity: "2" }))).toBe(
      "denied: MAX_POSITION, MAX_OPEN_ORDERS"
    )
  })

  it("of a price's age ask only where an age is known", () => {
    const story = limited({ maxPriceAgeSeconds: 5 })
    expect(check(story.submit({ price: "100" }), "PRICE_AGE")).toBe("ok 5 - 0.00025 account")
    story.wait(5_000_000)
    expect(check(story.submit({ price: "100" }), "PRICE_AGE")).toBe("no 5 - 5.00025 account")
    expect(verdict(story.submit({ type: "stop", stopPrice: "110" }))).toBe("approved")
  })

  it("of the instrument: its largest quantity, its end, its session", () => {
    const story = Story.begun()
    story.send({ type: "AdoptInstrument", instrument: instrument("BTCUSDT", { version: 2, maxQuantity: amount("3") }) })
    expect(check(story.submit({ price: "100", quantity: "3.1" }), "MAX_QUANTITY")).toBe("no 3 - 3.1")
    const session = { timeZone: "America/New_York", opens: "09:30", closes: "16:00", days: [1, 2, 3, 4, 5] }
    story.send({ type: "AdoptInstrument", instrument: instrument("BTCUSDT", { version: 3, session }) })
    expect(verdict(story.submit({ type: "market" }))).toBe("denied: SESSION") // 10:00 UTC is 5:00 there
    expect(verdict(story.submit({ price: "100" }))).toBe("approved")
    story.wait(4.5 * 3_600_000_000)
    expect(verdict(story.submit({ type: "market" }))).toBe("approved")
    const expiresAt = at("2026-03-02T15:00:00Z")
    story.send({ type: "AdoptInstrument", instrument: instrument("BTCUSDT", { version: 4, expiresAt }) })
    expect(verdict(story.submit({ price: "100" }))).toBe("approved")
    expect(verdict(story.submit({ price: "100" }, { at: expiresAt }))).toBe("denied: INSTRUMENT")
  })
})

describe("a halt in mode reduce-only", () => {
  it("lets through what only closes what the account has", () => {
    const story = Story.begun()
    story.hold("3")
    const { eventNo } = story.send({ type: "Halt", scope: "group", scopeId: "G", reason: "test", mode: "reduce-only" })
      .events[0]!
    expect(verdict(story.submit({ price: "100" }))).toBe("denied: HALTED")
    expect(verdict(story.submit({ account: "B", side: "sell", price: "100" }))).toBe("denied: HALTED, HOLDINGS")
    const sell = story.submit({ side: "sell", price: "100", quantity: "2" })
    expect(verdict(sell)).toBe("approved")
    expect(decisionIn(sell.events)!.data.checks.text).toContain(`HALTED ok - - - group@${eventNo}`)
    expect(verdict(story.submit({ side: "sell", price: "100", quantity: "2" }))).toMatch(/HALTED/)
    story.send({ type: "Halt", scope: "firm", reason: "test" })
    expect(verdict(story.submit({ side: "sell", price: "100", quantity: "1" }))).toBe("denied: HALTED")
  })
})

describe("limits of losses", () => {
  it("count realised and unrealised losses of the day, of its best moment, and of the best ever", () => {
    const story = Story.begun()
    story.hold("10")
    story.limits("account", "A", {
      maxDailyLoss: amount("50"),
      maxTrailingLoss: amount("80"),
      maxDrawdown: amount("200")
    })
    const shown = () => {
      const outcome = story.submit({ price: "90", quantity: "0.1" }, { seen: market("90", "90") })
      return [verdict(outcome), ...["DAILY_LOSS", "TRAILING_LOSS", "DRAWDOWN"].map((code) => check(outcome, code))]
    }
    mark(story, "96")
    expect(shown()).toEqual(["approved", "ok 50 40 - account", "ok 80 40 - account", "ok 200 40 - account"])
    mark(story, "110")
    expect(shown()[0]).toBe("approved")
    mark(story, "101")
    expect(shown()).toEqual(["denied: TRAILING_LOSS", "ok 50 0 - account", "no 80 90 - account", "ok 200 90 - account"])
    story.wait(86_400_000_000)
    expect(shown()).toEqual(["approved", "ok 50 0 - account", "ok 80 0 - account", "ok 200 90 - account"])
    mark(story, "96")
    expect(shown()[0]).toBe("denied: DAILY_LOSS")
    expect(verdict(story.submit({ side: "sell", price: "96", quantity: "10" }, { seen: market("96", "96") }))).toBe(
      "approved"
    )
    mark(story, "89")
    expect(shown()[0]).toBe("denied: DAILY_LOSS, TRAILING_LOSS, DRAWDOWN")
  })

  it("take no deposit for a profit and no withdrawal for a loss", () => {
    const story = limited({ maxDailyLoss: amount("1") })
    story.withdraw("5000")
    expect(check(story.submit({ price: "100" }), "DAILY_LOSS")).toBe("ok 1 0 - account")
    expect(story.account().risk.worth).toMatchObject({ paidIn: amount("5000"), equity: amount("5000"), result: 0n })
  })

  it("count a group's members together, fees included", () => {
    const story = Story.begun()
    story.limits("group", "G", { maxDailyLoss: amount("100") })
    story.fill(story.place({ account: "B", price: "100", quantity: "20" }), "20", "100")
    mark(story, "95.5")
    expect(check(story.submit({ account: "A", price: "100" }), "DAILY_LOSS")).toBe("ok 100 91 - group")
    story.fill(story.place({ account: "A", price: "100", quantity: "2" }), "2", "100")
    expect(check(story.submit({ account: "B", price: "100" }), "DAILY_LOSS")).toBe("no 100 100.1 - group")
  })
})

describe("what looks like a slip", () => {
  it("is many times the usual size, once it is known what is usual", () => {
    const story = limited({ fatFingerMultiple: amount("3") })
    expect(verdict(story.submit({ price: "100", quantity: "20" }))).toBe("approved")
    for (let i = 0; i < 4; i++) story.place({ price: "100", quantity: "1" })
    expect(check(story.submit({ price: "100", quantity: "14.4" }), "FAT_FINGER")).toBe("ok 14.4 4.8 14.4 account")
    const before = check(story.submit({ price: "100", quantity: "40" }), "FAT_FINGER")
    expect(before).toBe("no 19.2 6.4 40 account")
    expect(verdict(story.submit({ price: "100", quantity: "19" }))).toBe("approved")
  })

  it("is the same order again within the window, under another clOrdId", () => {
    const story = limited({ duplicateWindowMillis: 500 })
    story.place({ price: "100" })
    story.wait(120_000)
    expect(check(story.submit({ price: "100" }), "DUPLICATE")).toBe("no 500 120 - account")
    for (const other of [{ price: "99" }, { price: "100", quantity: "2" }])
      expect(verdict(story.submit(other))).toBe("approved")
    story.wait(380_000)
    expect(verdict(story.submit({ price: "100" }))).toBe("approved")
    expect(verdict(story.submit({ price: "100" }))).toBe("denied: DUPLICATE")
    expect(story.account().habits.recent.size).toBeLessThanOrEqual(3)
  })
})

describe("orders that would meet their own", () => {
  const begun = (changes: Changes) => {
    const story = limited(changes)
    story.hold("3")
    story.hold("3", "100", "B")
    story.place({ side: "sell", price: "105" })
    return story
  }
  it.each<[string, Wanted, string]>([
    ["cancel-newest", { price: "105" }, "denied: SELF_TRADE"],
    ["cancel-newest", { price: "104.5" }, "approved"],
    ["cancel-newest", { type: "market" }, "denied: SELF_TRADE"],
    ["cancel-newest", { type: "stop", stopPrice: "110" }, "approved"],
    ["cancel-both", { price: "105" }, "denied: SELF_TRADE"],
    ["cancel-oldest", { price: "105" }, "approved"],
    ["decrement", { price: "105", quantity: "1" }, "denied: SELF_TRADE"],
    ["decrement", { price: "105", quantity: "1.5" }, "approved"],
    ["allow", { price: "105" }, "approved"]
  ])("in mode %s: %o %s", (selfTrade, wanted, expected) => {
    const story = begun({ selfTrade: selfTrade as "allow" })
    expect(verdict(story.submit(wanted))).toBe(expected)
    expect(verdict(story.submit({ account: "C", ...wanted }))).toBe("approved")
  })

  it("say what they would meet, and of several levels the strictest mode holds", () => {
    const story = begun({ selfTrade: "allow" })
    story.limits("firm", "firm", { selfTrade: "cancel-newest" })
    expect(check(story.submit({ price: "105", quantity: "2" }), "SELF_TRADE")).toBe("no - 1 2 firm")
  })

  it("of one owner's other accounts are a wash where that is blocked", () => {
    const story = begun({})
    story.limits("firm", "firm", { washTrade: "block" })
    expect(check(story.submit({ account: "B", price: "106" }), "WASH_TRADE")).toBe("no - 1 1 firm")
    expect(verdict(story.submit({ account: "C", price: "106" }))).toBe("approved")
    expect(verdict(story.submit({ account: "A", price: "104.5" }))).toBe("approved")
  })
})

describe("a limit that holds from later on", () => {
  const later = at("2026-03-02T12:00:00Z")
  it("is judged by from then on, restarted or not", () => {
    const story = Story.begun()
    story.limits("account", "A", { maxOpenOrders: 9 })
    const why = { effectiveFrom: later, proposedBy: "desk", approvedBy: "risk" }
    const set = story.limits("account", "A", { maxOrderNotional: amount("50") }, why)
    expect(set.events[0]!.data).toMatchObject({ ...why, maxOpenOrders: 9, reason: "test" })
    expect(verdict(story.submit({ price: "100" }))).toBe("approved")
    expect(story.restarted().state).toEqual(story.state)
    for (const told of [story, story.restarted()]) {
      expect(verdict(told.submit({ price: "100" }, { at: later }))).toBe("denied: MAX_ORDER_NOTIONAL")
      expect(told.account().risk.limits).toEqual({ maxOrderNotional: amount("50"), maxOpenOrders: 9 })
      expect(told.state.limitsDueAt).toBeUndefined()
    }
  })

  it("does not undo what was changed in between", () => {
    const story = Story.begun()
    story.limits("firm", "firm", { maxOrderNotional: amount("900") }, { effectiveFrom: later })
    story.limits("firm", "firm", { maxOpenOrders: 0 })
    expect(verdict(story.submit({ price: "100" }, { at: later }))).toBe("denied: MAX_OPEN_ORDERS")
    expect(story.state.firm.limits).toEqual({ maxOrderNotional: amount("900"), maxOpenOrders: 0 })
  })

  it("of a time that has passed holds at once", () => {
    const story = Story.begun()
    const set = story.limits("account", "A", { maxOpenOrders: 0 }, { effectiveFrom: at("2020-01-01T00:00:00Z") })
    expect(set.events[0]!.data).not.toHaveProperty("effectiveFrom")
    expect(verdict(story.submit({ price: "100" }))).toBe("denied: MAX_OPEN_ORDERS")
    expect(MORNING < later).toBe(true)
  })
})

describe("the cancel rate", () => {
  it("refuses single cancels, and never a cancel of all", () => {
    const story = limited({ maxCancelsPerSecond: 2 })
    const orders = [1, 2, 3, 4].map(() => story.place({ price: "100" }))
    expect(orders.slice(0, 3).map((id) => story.cancel(id).code)).toEqual([undefined, undefined, "CancelRate"])
    expect(story.send({ type: "CancelAll", account: "A" as never }, { id: "all" as ClOrdId }).events.length).toBe(3)
    story.wait(1_000_000)
    expect(story.cancel(orders[2]!).code).toBe("OrderPendingCancel")
  })
})

describe("an order that may only reduce", () => {
  it("passes as far as it closes what is held, and not beyond, nor when it would open", () => {
    const story = Story.begun()
    const only = { also: { reduceOnly: true } } as const
    expect(verdict(story.submit({ price: "100", quantity: "1", ...only }))).toBe("denied: REDUCE_ONLY")
    story.hold("2")
    expect(verdict(story.submit({ side: "sell", price: "110", quantity: "1.5", ...only }))).toBe("approved")
    // another 1.5 with the first would sell more than is held
    expect(verdict(story.submit({ side: "sell", price: "110", quantity: "1.5", ...only }))).toMatch(/REDUCE_ONLY/)
  })
})
