// What must never lead to a wrong balance has a named answer, or is kept for a person.
import { describe, expect, it } from "vitest"
import type { AccountId, Symbol } from "#domain/kernel/ids.ts"
import { plusMicros } from "#domain/kernel/time.ts"
import { amount, check, dataOf, MORNING, order, Story, typesOf, verdict } from "./story.ts"

const A = "A" as AccountId
const split = (story: Story, numerator: number, denominator: number) =>
  story.send({
    type: "PostEntry",
    account: A,
    entry: { kind: "split", symbol: "BTCUSDT" as Symbol, numerator, denominator, fractions: "keep" }
  })

describe("a quantity below the lot after a split", () => {
  it("cannot be sold, stays in the books, and is paid out by the next split", () => {
    const story = Story.begun()
    story.hold("0.1")
    expect(split(story, 1, 4).kind).toBe("facts")
    expect(story.held()).toEqual({ total: "0.025", reserved: "0" })
    expect(verdict(story.submit({ side: "sell", price: "100", quantity: "0.025" }))).toMatch(/^denied: LOT_SIZE/)
    expect(verdict(story.submit({ side: "sell", price: "100", quantity: "0.1" }))).toMatch(/HOLDINGS/)
    expect(story.held()).toEqual({ total: "0.025", reserved: "0" })
    expect(split(story, 4, 1).kind).toBe("facts")
    expect(verdict(story.submit({ side: "sell", price: "100", quantity: "0.1" }))).toBe("approved")
  })
})

describe("a limit below what is used already", () => {
  it("undoes nothing, refuses what adds to it by name, and lets through what brings it down", () => {
    const story = Story.begun()
    story.hold("4")
    const open = story.place({ price: "90", quantity: "1" })
    story.limits("account", "A", { maxPosition: amount("2"), maxOpenOrders: 1 } as never)
    expect(story.order(open)).toBeDefined()
    expect(verdict(story.submit({ price: "90" }))).toBe("denied: MAX_POSITION, MAX_OPEN_ORDERS")
    expect(check(story.submit({ price: "90" }), "MAX_POSITION")).toMatch(/^no 2 5 1 account/)
    story.limits("account", "A", { maxOpenOrders: null } as never)
    expect(verdict(story.submit({ side: "sell", price: "110", quantity: "1" }))).toBe("approved")
  })

  it("of the firm is refused while more is handed out to its groups", () => {
    const story = Story.begun()
    story.limits("firm", "firm", { maxGrossNotional: amount("1000") } as never)
    const to = { type: "AllotLimit", group: "G" as never, limit: "maxGrossNotional", reason: "test" } as const
    story.send({ ...to, amount: amount("800") })
    const changes = { maxGrossNotional: amount("500") } as never
    const lower = story.send({ type: "SetLimits", scope: "firm", scopeId: "firm", changes, reason: "test" })
    expect(lower).toMatchObject({ kind: "refused", code: "BelowAllotted", field: "maxGrossNotional" })
  })
})

describe("a venue's clock that goes back", () => {
  it("is believed for when it happened, and not for when we learned it", () => {
    const story = Story.begun()
    const id = story.place({ price: "100", quantity: "2" })
    const earlier = plusMicros(MORNING, -3_600_000_000)
    const said = story.report(id, { type: "New", venueOrderId: "V", queueAhead: 0n as never, at: earlier } as never)
    expect(said.events[0]).toMatchObject({ effectiveAt: earlier, recordedAt: story.now })
    story.fill(id, "1", "100", { at: plusMicros(earlier, -1) } as never)
    expect(story.order(id)!.cumQty).toBe(amount("1"))
  })
})

describe("reports that make no sense", () => {
  it("of an order that is not known, that come twice or out of order: refused, repeated or kept, never booked", () => {
    const story = Story.begun()
    const before = story.cash()
    expect(
      story.report("0-9999", { type: "Trade", quantity: amount("1"), price: amount("100") } as never)
    ).toMatchObject({
      events: [{ type: "ReportSuspended" }]
    })
    expect(story.report("nobody's", { type: "New" } as never)).toMatchObject({ kind: "refused", code: "UnknownOrder" })
    expect(story.cash()).toEqual(before)
    const id = story.place({ price: "100", quantity: "1" })
    const fill = { execId: "F", fee: 0n as never } as never
    expect(typesOf(story.fill(id, "1", "100", fill))).toEqual(["OrderFilled"])
    expect(story.fill(id, "1", "100", fill).kind).toBe("repeat")
    // the acknowledgement comes after the fill, and a cancel after that
    expect(typesOf(story.report(id, { type: "Canceled", reason: "late" } as never))).toEqual(["ReportSuspended"])
    expect(
      dataOf(story.send(order({ side: "sell", price: "100", quantity: "1" })), "OrderRiskDecided")["decision"]
    ).toBe("approved")
  })
})
