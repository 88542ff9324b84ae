import { describe, expect, it } from "vitest"
import { amount, check, Story, verdict, type Wanted } from "./story.ts"

type Changes = Parameters<Story["limits"]>[2]
const SCOPES = [
  ["account", "A"],
  ["group", "G"],
  ["firm", "firm"]
] as const

describe("limits of account, group and firm must all hold", () => {
  const limits: ReadonlyArray<readonly [code: string, roomy: Changes, narrow: Changes, wanted: Wanted, shown: string]> =
    [
      [
        "MAX_ORDER_NOTIONAL",
        { maxOrderNotional: amount("1000") },
        { maxOrderNotional: amount("99") },
        {},
        "no 99 - 100"
      ],
      ["MAX_POSITION", { maxPosition: amount("50") }, { maxPosition: amount("0.9") }, {}, "no 0.9 0 1"],
      ["MAX_OPEN_ORDERS", { maxOpenOrders: 9 }, { maxOpenOrders: 0 }, {}, "no 0 0 1"],
      [
        "PRICE_COLLAR",
        { collarPercent: amount("15") },
        { collarPercent: amount("10") },
        { price: "110.5" },
        "no 110 100 110.5"
      ]
    ]
  for (const [code, roomy, narrow, wanted, shown] of limits) {
    it.each(SCOPES)(`${code}: the one of the %s bites`, (kind, id) => {
      const story = Story.begun()
      for (const [scope, scopeId] of SCOPES) story.limits(scope, scopeId, roomy)
      const open = story.place({ price: "100" })
      story.report(open, { type: "Canceled" })
      story.limits(kind, id, narrow)
      const outcome = story.submit({ price: "100", ...wanted })
      expect(verdict(outcome)).toBe(`denied: ${code}`)
      expect(check(outcome, code)).toBe(`${shown} ${kind}`)
    })
  }

  it("names the tightest when several fail, and the one with the least room when all hold", () => {
    const story = Story.begun()
    story.limits("account", "A", { maxOrderNotional: amount("90") })
    story.limits("group", "G", { maxOrderNotional: amount("50") })
    story.limits("firm", "firm", { maxOrderNotional: amount("70") })
    expect(check(story.submit({ price: "100" }), "MAX_ORDER_NOTIONAL")).toMatch(/^no \d+ - 100 \w+$/)
    expect(check(story.submit({ price: "100", quantity: "0.4" }), "MAX_ORDER_NOTIONAL")).toBe("ok 50 - 40 group")
  })

  it("counts open orders and positions of the whole group and firm, and of nobody else", () => {
    const story = Story.begun()
    story.hold("2", "100", "A")
    story.place({ account: "B", price: "100", quantity: "3" })
    story.place({ account: "C", price: "100", quantity: "4" })
    story.place({ account: "A", side: "sell", price: "100", quantity: "1" })
    // position, buying, selling and orders of account, group and firm
    expect(story.exposures("A")).toEqual(["2 0 1 1", "2 3 1 2", "2 7 1 3"])
    expect(story.exposures("B")).toEqual(["0 3 0 1", "2 3 1 2", "2 7 1 3"])
    expect(story.exposures("C")).toEqual(["0 4 0 1", "0 4 0 1", "2 7 1 3"])
    story.limits("group", "G", { maxPosition: amount("6"), maxOpenOrders: 3 })
    expect(check(story.submit({ account: "B", price: "100" }), "MAX_POSITION")).toBe("ok 6 5 1 group")
    expect(verdict(story.submit({ account: "A", price: "100" }))).toBe("denied: MAX_POSITION, MAX_OPEN_ORDERS")
    expect(verdict(story.submit({ account: "C", price: "100", quantity: "9" }))).toBe("approved")
  })

  it("spends the order rate of all three", () => {
    const story = Story.begun()
    story.limits("group", "G", { maxOrdersPerSecond: 2 })
    story.limits("firm", "firm", { maxOrdersPerSecond: 3 })
    const verdicts = ["A", "B", "A", "C", "C"].map((account) => verdict(story.submit({ account, price: "100" })))
    expect(verdicts).toEqual(["approved", "approved", "denied: ORDER_RATE", "approved", "denied: ORDER_RATE"])
  })
})

describe("setting limits", () => {
  it("leaves out what stays, clears by null, and records all that hold from there on", () => {
    const story = Story.begun()
    story.limits("account", "A", { maxOpenOrders: 3, maxOrderNotional: amount("100") })
    const second = story.limits("account", "A", { maxOrderNotional: null, maxPosition: amount("2") })
    expect(second.events[0]!.data).toEqual({
      scope: "account",
      id: "A",
      maxPosition: amount("2"),
      maxOpenOrders: 3,
      reason: "test"
    })
    expect(second.events[0]!.account).toBe("A")
    expect(story.account().risk.limits).toEqual({ maxOpenOrders: 3, maxPosition: amount("2") })
    expect(story.account().risk.limitsNo).toBe(second.events[0]!.eventNo)
  })

  it("goes back to the default collar when its own is cleared", () => {
    const story = Story.begun()
    story.limits("firm", "firm", { collarPercent: amount("50") })
    expect(verdict(story.submit({ price: "150" }))).toBe("approved")
    story.limits("firm", "firm", { collarPercent: null })
    expect(verdict(story.submit({ price: "150" }))).toBe("denied: PRICE_COLLAR")
  })

  it("to what they are already records nothing", () => {
    const story = Story.begun()
    expect(story.limits("group", "G", {}).kind).toBe("nothing")
    expect(story.limits("group", "G", { maxOpenOrders: null }).kind).toBe("nothing")
    expect(story.limits("group", "G", { maxOpenOrders: 3 }).kind).toBe("facts")
    expect(story.limits("group", "G", { maxOpenOrders: 3 }).kind).toBe("nothing")
  })

  it.each<[string, string, Changes, string]>([
    ["account", "Z", { maxOpenOrders: 1 }, "UnknownAccount id"],
    ["group", "Z", { maxOpenOrders: 1 }, "UnknownGroup id"],
    ["account", "A", { maxOpenOrders: -1 }, "OutOfRange maxOpenOrders"],
    ["account", "A", { maxPosition: amount("-1") }, "OutOfRange maxPosition"],
    ["account", "A", { maxOrderNotional: amount("0") }, "OutOfRange maxOrderNotional"],
    ["account", "A", { maxOrdersPerSecond: 0 }, "OutOfRange maxOrdersPerSecond"],
    ["account", "A", { collarPercent: amount("0") }, "OutOfRange collarPercent"]
  ])("of %s %s to %o: %s", (scope, id, changes, expected) => {
    const { code, field } = Story.begun().limits(scope as "account", id, changes)
    expect(`${code} ${field}`).toBe(expected)
  })

  it("below what is there already does not touch it, but stops what would add to it", () => {
    const story = Story.begun()
    story.hold("5")
    const open = story.place({ price: "100" })
    story.limits("account", "A", { maxPosition: amount("2"), maxOpenOrders: 0 })
    expect(story.order(open)).toBeDefined()
    expect(verdict(story.submit({ price: "100", quantity: "0.1" }))).toBe("denied: MAX_POSITION, MAX_OPEN_ORDERS")
    story.limits("account", "A", { maxOpenOrders: null })
    expect(verdict(story.submit({ side: "sell", price: "100", quantity: "5" }))).toBe("approved")
  })
})

describe("the order rate", () => {
  const approved = (story: Story): boolean => verdict(story.submit({ price: "100", quantity: "0.1" })) === "approved"

  it("counts by the time of the command: so many at once, and one more as each of them is a second old", () => {
    const story = Story.begun()
    story.limits("account", "A", { maxOrdersPerSecond: 4 })
    expect([approved(story), approved(story)]).toEqual([true, true])
    story.wait(400_000)
    expect([1, 2, 3].map(() => approved(story))).toEqual([true, true, false])
    story.wait(599_999)
    expect(approved(story)).toBe(false)
    story.wait(1)
    expect([1, 2, 3].map(() => approved(story))).toEqual([true, true, false])
    story.wait(1_000_000)
    expect([1, 2, 3, 4, 5].map(() => approved(story))).toEqual([true, true, true, true, false])
  })

  it("is not spent by what was denied or refused, and is by a replace", () => {
    const story = Story.begun()
    story.limits("account", "A", { maxOrdersPerSecond: 2 })
    for (let i = 0; i < 5; i++) story.submit({ price: "500" })
    for (let i = 0; i < 5; i++) story.submit({ price: "0" })
    const id = story.place({ price: "100" })
    expect(verdict(story.replace(id, { quantity: "2" }))).toBe("approved")
    expect(approved(story)).toBe(false)
  })
})
