// What a venue says is a fact, whenever and however often it says it: booked once, or kept for a person to look at.
import { describe, expect, it } from "vitest"
import type { AccountId } from "#domain/kernel/ids.ts"
import { at, amount, dataOf, MORNING, Story, typesOf, type Said } from "./story.ts"

const begun = (quantity = "3") => {
  const story = Story.begun()
  return { story, id: story.place({ quantity, price: "100" }) }
}
const reasonOf = (outcome: ReturnType<Story["report"]>) => dataOf(outcome, "ReportSuspended")["reason"]

describe("a report", () => {
  it.each<[string, Said]>([
    ["OrderAcknowledged", { type: "New" }],
    ["OrderTriggered", { type: "Triggered" }],
    ["OrderFilled", { type: "Trade", quantity: amount("1"), price: amount("100") }],
    ["OrderRestated", { type: "Replaced", quantity: amount("2") }], // nobody asked for it
    ["OrderRestated", { type: "Restated", quantity: amount("2"), reason: "PartialDeclineOfOrderQty" }],
    ["OrderStopped", { type: "Stopped", price: amount("100") }],
    ["OrderSuspended", { type: "Suspended" }],
    ["OrderDoneForDay", { type: "DoneForDay" }],
    ["OrderCanceled", { type: "Canceled" }],
    ["OrderRejected", { type: "Rejected" }],
    ["OrderExpired", { type: "Expired" }],
    ["CancelRejected", { type: "CancelRejected" }],
    ["ReplaceRejected", { type: "ReplaceRejected" }]
  ])("is recorded as %s with its own time, under its own id", (type, said) => {
    const { story, id } = begun()
    const outcome = story.report(id, { ...said, execId: "E-1" }, { at: at("2026-03-02T09:59:59Z") })
    expect(typesOf(outcome)).toEqual([type])
    expect(outcome.events[0]).toMatchObject({
      account: "A",
      cause: "E-1",
      correlation: id,
      effectiveAt: at("2026-03-02T09:59:59Z")
    })
    expect(dataOf(outcome, outcome.events[0]!.type)).toMatchObject({ orderId: id, execId: "E-1", mdNo: 9 })
  })

  it("of a fill says all that a posting needs", () => {
    const { story, id } = begun()
    story.acknowledge(id)
    const outcome = story.fill(id, "1.2", "99.5", {
      execId: "E-2",
      liquidity: "maker",
      fee: amount("0.02388"),
      queueAhead: amount("7")
    })
    expect(dataOf(outcome, "OrderFilled")).toEqual({
      orderId: id,
      execId: "E-2",
      mdNo: 9,
      venue: "paper",
      symbol: "BTCUSDT",
      instrumentVersion: 1,
      base: "BTC",
      settlement: "USDT",
      multiplier: "1",
      side: "buy",
      quantity: "1.2",
      price: "99.5",
      notional: "119.4",
      fee: "0.02388",
      feeCurrency: "USDT",
      liquidity: "maker",
      tradeDate: "2026-03-02",
      cumQty: "1.2",
      leavesQty: "1.8",
      queueAhead: "7"
    })
    expect(story.order(id)).toMatchObject({ cumQty: amount("1.2"), queueAhead: amount("7"), mdNo: 9, reports: 2 })
  })

  it("may pay us: a fee below zero is a rebate", () => {
    const { story, id } = begun()
    story.fill(id, "1", "100", { fee: amount("-0.01") })
    expect(story.cash()).toEqual({ total: "9900.01", reserved: "200.1" })
  })

  it.each<[string, ReadonlyArray<Said>]>([
    ["a fill", [{ type: "Trade", quantity: amount("1"), price: amount("100"), execId: "E" }]],
    ["the last fill", [{ type: "Trade", quantity: amount("3"), price: amount("100"), execId: "E" }]],
    ["an acknowledgement", [{ type: "New", execId: "E" }]],
    ["a cancellation", [{ type: "Canceled", execId: "E" }]],
    ["a remark", [{ type: "CancelRejected", execId: "E" }]],
    ["a suspended one", [{ type: "Trade", quantity: amount("9"), price: amount("100"), execId: "E" }]]
  ])("that comes again is booked once: %s", (_, said) => {
    for (const again of [(story: Story) => story, (story: Story) => story.restarted()]) {
      const { story, id } = begun()
      const first = said.map((one) => story.report(id, one))
      const later = again(story)
      const before = later.bytes.length
      for (const [i, one] of said.entries()) {
        const { eventNo } = first[i]!.events[0]!
        expect(later.report(id, one, { at: MORNING, account: "A" })).toMatchObject({
          kind: "repeat",
          first: eventNo,
          last: eventNo
        })
      }
      expect(later.bytes).toHaveLength(before)
    }
  })

  it("of another order or another day under the same id is another one", () => {
    const { story, id } = begun()
    const other = story.place({ quantity: "3", price: "100" })
    const fill: Said = { type: "Trade", quantity: amount("1"), price: amount("100"), execId: "17" }
    expect(typesOf(story.report(id, fill))).toEqual(["OrderFilled"])
    expect(typesOf(story.report(other, fill))).toEqual(["OrderFilled"])
    expect(typesOf(story.report(id, fill, { at: at("2026-03-03T00:00:01Z") }))).toEqual(["OrderFilled"])
    expect(story.report(id, fill).kind).toBe("repeat")
    expect(story.held().total).toBe("3")
  })

  it("under an id that a caller used for a command is booked all the same", () => {
    const story = Story.begun()
    story.deposit("1", "A", { id: "E-1" })
    const id = story.place({ quantity: "1", price: "100" }, { id: "E-2" })
    expect(typesOf(story.report(id, { type: "New", execId: "E-1" }))).toEqual(["OrderAcknowledged"])
    expect(typesOf(story.fill(id, "1", "100", { execId: "E-2" }))).toEqual(["OrderFilled"])
    expect(story.deposit("1", "A", { id: "E-1" }).kind).toBe("repeat")
    expect(story.submit({ price: "100" }, { id: "E-3" }).kind).toBe("facts")
  })

  it("is never too old or too new, whatever its id looks like", () => {
    const { story, id } = begun()
    for (const execId of ["017f22e2-79b0-7cc3-98c4-dc0c0c07398f", "ffffffff-ffff-7cc3-98c4-dc0c0c07398f"]) {
      expect(typesOf(story.fill(id, "1", "100", { execId }))).toEqual(["OrderFilled"])
    }
  })
})

describe("a report that cannot be", () => {
  it.each<[string, Said, string]>([
    ["more than is open", { type: "Trade", quantity: amount("2.1"), price: amount("100") }, "only 2 is open"],
    ["a fill of nothing", { type: "Trade", quantity: 0n as never, price: amount("100") }, "a fill of nothing"],
    [
      "a fill for more than can be written",
      { type: "Trade", quantity: amount("2"), price: amount("500000000000000000") },
      "it is worth more than 18 digits before the point"
    ],
    [
      "a fill of less than nothing",
      { type: "Trade", quantity: amount("-1"), price: amount("100") },
      "a fill of nothing"
    ],
    ["a fill for nothing", { type: "Trade", quantity: amount("1"), price: 0n as never }, "a fill of nothing"],
    ["a second acknowledgement", { type: "New" }, "the order was acknowledged before"],
    ["a quantity of nothing", { type: "Replaced", quantity: 0n as never }, "terms that no order has"],
    ["a price of nothing", { type: "Replaced", quantity: amount("2"), price: 0n as never }, "terms that no order has"],
    [
      "a stop below nothing",
      { type: "Replaced", quantity: amount("2"), stopPrice: amount("-1") },
      "terms that no order has"
    ]
  ])("is kept and changes nothing: %s", (_, said, reason) => {
    const { story, id } = begun()
    story.acknowledge(id)
    story.fill(id, "1", "100")
    const before = [story.cash(), story.held(), story.exposures()]
    const outcome = story.report(id, { ...said, execId: "E" })
    expect(typesOf(outcome)).toEqual(["ReportSuspended"])
    expect(reasonOf(outcome)).toBe(reason)
    expect(JSON.parse(String(dataOf(outcome, "ReportSuspended")["report"]))).toMatchObject({
      type: said.type,
      execId: "E"
    })
    expect([story.cash(), story.held(), story.exposures()]).toEqual(before)
    expect(story.order(id)).toMatchObject({ cumQty: amount("1"), quantity: amount("3") })
    // the venue counts it among the order's reports, and its ids come from that count
    expect(story.order(id)!.reports).toBe(3)
  })

  it.each<[Said["type"], string]>([
    ["New", "an acknowledgement of an order that is over"],
    ["Triggered", "the order is over"],
    ["Replaced", "the order is over"],
    ["Stopped", "the order is over"],
    ["Canceled", "the order is over"],
    ["Rejected", "the order is over"],
    ["Expired", "the order is over"]
  ])("%s of an order that is finished is kept for a person to look at", (type, why) => {
    const { story, id } = begun()
    story.report(id, { type: "Canceled" })
    const before = [story.cash(), story.held(), story.exposures()]
    const late = story.report(id, { type, quantity: amount("1"), price: amount("100") } as Said)
    expect(typesOf(late)).toEqual(["ReportSuspended"])
    expect(reasonOf(late)).toBe(why)
    expect([story.cash(), story.held(), story.exposures()]).toEqual(before)
  })

  it.each<Said["type"]>(["CancelRejected", "ReplaceRejected"])("%s of a finished order is only a remark", (type) => {
    const { story, id } = begun()
    story.report(id, { type: "Canceled" })
    expect(typesOf(story.report(id, { type } as Said))).toEqual([type])
  })

  it("of an order that was never sent is kept, and of none of ours refused", () => {
    const { story } = begun()
    const fill: Said = { type: "Trade", quantity: amount("1"), price: amount("100") }
    expect(typesOf(story.report("0-999", fill))).toEqual(["ReportSuspended"])
    expect(typesOf(story.report("7-3", fill))).toEqual(["ReportSuspended"])
    expect(story.report("theirs", fill).code).toBe("UnknownOrder")
  })

  it("of another account's order fills neither", () => {
    const { story, id } = begun()
    const outcome = story.report(id, { type: "Trade", quantity: amount("1"), price: amount("100") }, { account: "B" })
    expect(typesOf(outcome)).toEqual(["ReportSuspended"])
    expect(outcome.events[0]!.account).toBe("B")
    expect([story.held("A").total, story.held("B").total]).toEqual(["0", "0"])
  })

  it("by naming another account than it came for is booked to the one that has the order", () => {
    const { story, id } = begun()
    const outcome = story.report(id, {
      type: "Trade",
      quantity: amount("1"),
      price: amount("100"),
      account: "B" as AccountId
    })
    expect(outcome.events[0]!.account).toBe("A")
    expect([story.held("A").total, story.held("B").total]).toEqual(["1", "0"])
  })
})

describe("reports in another order than things happened", () => {
  it("fill before acknowledgement", () => {
    const { story, id } = begun()
    story.fill(id, "1", "100")
    expect(typesOf(story.acknowledge(id))).toEqual(["OrderAcknowledged"])
    expect(story.order(id)).toMatchObject({ cumQty: amount("1"), venueOrderId: `V-${id}` })
  })

  it("the whole fill before acknowledgement: it stays filled", () => {
    const { story, id } = begun()
    story.fill(id, "3", "100")
    expect(typesOf(story.acknowledge(id))).toEqual(["OrderAcknowledged"])
    expect(story.held().total).toBe("3")
    expect(story.order(id)).toBeUndefined()
  })

  it("a fill after the cancellation counts, and the order stays canceled", () => {
    const { story, id } = begun()
    story.report(id, { type: "Canceled" })
    expect(typesOf(story.fill(id, "1", "100", { execId: "late" }))).toEqual(["OrderFilled"])
    expect([story.held().total, story.cash().reserved, story.order(id)]).toEqual(["1", "0", undefined])
    // what was canceled is the most that can have been traded
    expect(reasonOf(story.fill(id, "3", "100"))).toBe("only 2 is open")
  })

  it("at different times are recorded as they come and true when they say", () => {
    const { story, id } = begun()
    const second = story.report(
      id,
      { type: "Trade", quantity: amount("1"), price: amount("100") },
      { at: at("2026-03-02T09:00:02Z") }
    )
    const first = story.report(
      id,
      { type: "Trade", quantity: amount("1"), price: amount("100") },
      { at: at("2026-03-02T09:00:01Z") }
    )
    expect([second, first].map(({ events }) => events[0]!.effectiveAt.slice(11, 19))).toEqual(["09:00:02", "09:00:01"])
    expect([second, first].map((outcome) => dataOf(outcome, "OrderFilled")["cumQty"])).toEqual(["1", "2"])
  })
})

describe("a log that cannot be true", () => {
  it.each(["OrderFilled", "OrderCanceled", "OrderReplaced", "CancelRequested", "OrderRiskDecided"] as const)(
    "stops the line: %s of an order that is not open",
    (type) => {
      const { story, id } = begun()
      const outcome =
        type === "OrderFilled"
          ? story.fill(id, "3", "100")
          : type === "OrderReplaced"
            ? (story.replace(id, { quantity: "2" }), story.report(id, { type: "Replaced", quantity: amount("2") }))
            : type === "CancelRequested"
              ? story.cancel(id)
              : type === "OrderRiskDecided"
                ? story.replace(id, { quantity: "2" })
                : story.report(id, { type: "Canceled" })
      const event = outcome.events.find((one) => one.type === type)!
      const fresh = Story.begun()
      expect(() => fresh.decider.evolve(fresh.state, { ...event, eventNo: fresh.state.eventNo + 1 } as never)).toThrow(
        id
      )
    }
  )

  it("stops the line: a gap in the numbers, an account or an instrument from nowhere", () => {
    const { story } = begun()
    const { decider } = story
    const [event] = story.deposit("1").events
    expect(() => decider.evolve(Story.begun().state, event!)).toThrow(/does not follow event/)
    const fresh = new Story()
    expect(() => decider.evolve(fresh.state, { ...event!, eventNo: 1 })).toThrow(/never opened/)
    const placed = story.submit({ price: "100" }).events[0]!
    const empty = new Story()
    empty.openAccount("A", "G")
    expect(() => decider.evolve(empty.state, { ...placed, eventNo: 2 } as never)).toThrow(/never adopted/)
  })
})
