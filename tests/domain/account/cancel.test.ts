import { describe, expect, it } from "vitest"
import type { AccountId, OrderId, Symbol } from "#domain/kernel/ids.ts"
import { instrument, Story, typesOf, verdict } from "./story.ts"

const cancelAll = (story: Story, symbol?: string, account = "A") =>
  story.send({
    type: "CancelAll",
    account: account as AccountId,
    ...(symbol !== undefined && { symbol: symbol as Symbol })
  })
const named = (outcome: ReturnType<Story["cancel"]>): ReadonlyArray<string> =>
  outcome.events.flatMap((event) => (event.type === "CancelRequested" ? [event.data.orderId] : []))

describe("a cancel", () => {
  it("is pending until the venue confirms: nothing is given back before", () => {
    const story = Story.begun()
    const id = story.place({ price: "100" })
    const outcome = story.cancel(id)
    expect(typesOf(outcome)).toEqual(["CancelRequested"])
    expect(outcome.events[0]).toMatchObject({ account: "A", correlation: id, data: { orderId: id } })
    expect(story.cash().reserved).toBe("100.05")
    story.fill(id, "0.4", "100", { fee: 0n as never })
    expect(story.cash()).toEqual({ total: "9960", reserved: "60.03" })
    story.report(id, { type: "Canceled" })
    expect(story.cash()).toEqual({ total: "9960", reserved: "0" })
  })

  it("that the venue rejects may be asked for again", () => {
    const story = Story.begun()
    const id = story.place({ price: "100" })
    story.cancel(id)
    expect(story.cancel(id).code).toBe("OrderPendingCancel")
    expect(typesOf(story.report(id, { type: "CancelRejected" }))).toEqual(["CancelRejected"])
    expect(typesOf(story.cancel(id))).toEqual(["CancelRequested"])
  })

  it("may overtake a replace, and takes it along", () => {
    const story = Story.begun()
    const id = story.place({ price: "100" })
    story.replace(id, { quantity: "5" })
    expect(typesOf(story.cancel(id))).toEqual(["CancelRequested"])
    story.report(id, { type: "Canceled" })
    expect(story.cash()).toEqual({ total: "10000", reserved: "0" })
    expect(story.exposures()).toEqual(["0 0 0 0", "0 0 0 0", "0 0 0 0"])
  })

  it("comes too late for what is finished, was denied, or is somebody else's", () => {
    const story = Story.begun()
    const filled = story.place({ price: "100" })
    story.fill(filled, "1", "100")
    expect(story.cancel(filled).code).toBe("OrderNotOpen")
    const denied = story.submit({ price: "500" }).events[0]!
    expect(story.cancel(`0-${denied.eventNo}`).code).toBe("OrderNotOpen")
    const others = story.place({ account: "B", price: "100" })
    const mine = { type: "CancelOrder", account: "A" as AccountId, orderId: others as OrderId } as const
    expect(story.send(mine).code).toBe("OrderNotOpen")
    expect(story.order(others)!.pending).toEqual([])
  })
})

describe("cancelling all", () => {
  const begun = () => {
    const story = Story.begun()
    story.send({ type: "AdoptInstrument", instrument: instrument("ETHUSDT") })
    const [a, b, c] = ["BTCUSDT", "ETHUSDT", "BTCUSDT"].map((symbol) => story.place({ symbol, price: "100" }))
    const other = story.place({ account: "B", price: "100" })
    return { story, a: a!, b: b!, c: c!, other }
  }

  it("asks for each open order of the account in one commit, oldest first, and for nobody else's", () => {
    const { story, a, b, c, other } = begun()
    const outcome = cancelAll(story)
    expect(typesOf(outcome)).toEqual(["CancelAllRequested", "CancelRequested", "CancelRequested", "CancelRequested"])
    expect(named(outcome)).toEqual([a, b, c])
    expect(new Set(outcome.events.map(({ cause }) => cause)).size).toBe(1)
    expect(story.order(other)!.pending).toEqual([])
    for (const id of [a, b, c]) expect(story.cancel(id).code).toBe("OrderPendingCancel")
  })

  it("of a symbol leaves the others", () => {
    const { story, a, b, c } = begun()
    expect(named(cancelAll(story, "BTCUSDT"))).toEqual([a, c])
    expect(story.order(b)!.pending).toEqual([])
  })

  it("passes over what is being cancelled, and records that it was asked for when nothing is open", () => {
    const { story, a, b, c } = begun()
    story.cancel(b)
    expect(named(cancelAll(story))).toEqual([a, c])
    expect(typesOf(cancelAll(story))).toEqual(["CancelAllRequested"])
    expect(typesOf(cancelAll(Story.begun()))).toEqual(["CancelAllRequested"])
  })
})

describe("a halt", () => {
  const stops = (story: Story, account: string, symbol = "BTCUSDT") =>
    verdict(story.submit({ account, symbol, price: "100", quantity: "0.1" }))

  type Wanted = { scope: "account" | "group" | "firm"; scopeId?: string; symbol?: string }
  it.each<[string, Wanted, ReadonlyArray<string>]>([
    ["of an account", { scope: "account", scopeId: "A" }, ["A BTCUSDT", "A ETHUSDT"]],
    ["of an account's symbol", { scope: "account", scopeId: "A", symbol: "ETHUSDT" }, ["A ETHUSDT"]],
    ["of a group", { scope: "group", scopeId: "G" }, ["A BTCUSDT", "A ETHUSDT", "B BTCUSDT", "B ETHUSDT"]],
    ["of a group's symbol", { scope: "group", scopeId: "G", symbol: "BTCUSDT" }, ["A BTCUSDT", "B BTCUSDT"]],
    ["of a symbol", { scope: "firm", symbol: "BTCUSDT" }, ["A BTCUSDT", "B BTCUSDT", "C BTCUSDT"]],
    ["of the firm", { scope: "firm" }, ["A BTCUSDT", "A ETHUSDT", "B BTCUSDT", "B ETHUSDT", "C BTCUSDT", "C ETHUSDT"]]
  ])("%s stops its orders and no other, until it is lifted", (_, { symbol, ...wanted }, stopped) => {
    const story = Story.begun()
    story.send({ type: "AdoptInstrument", instrument: instrument("ETHUSDT") })
    const halted = story.send({ type: "Halt", ...wanted, ...(symbol && { symbol: symbol as Symbol }), reason: "test" })
    const all = ["A", "B", "C"].flatMap((account) => ["BTCUSDT", "ETHUSDT"].map((one) => [account, one] as const))
    const denied = () => all.filter(([a, s]) => stops(story, a, s) === "denied: HALTED").map((pair) => pair.join(" "))
    expect(denied()).toEqual(stopped)
    const [event] = halted.events
    if (event?.type !== "TradingHalted") throw new Error("no halt")
    expect(event.data.haltId).toBe(`halt-0-${event.eventNo}`)
    expect(typesOf(story.send({ type: "Resume", haltId: event.data.haltId }))).toEqual(["TradingResumed"])
    expect(denied()).toEqual([])
    expect(story.send({ type: "Resume", haltId: event.data.haltId }).code).toBe("UnknownHalt")
  })

  it("stands as long as any of them does", () => {
    const story = Story.begun()
    const halts = ["account", "account", "firm"].map((scope) => {
      const { events } = story.send({ type: "Halt", scope: scope as "firm", scopeId: "A", reason: "test" })
      return (events[0]!.data as { haltId: string }).haltId
    })
    for (const haltId of halts) {
      expect(stops(story, "A")).toBe("denied: HALTED")
      story.send({ type: "Resume", haltId })
    }
    expect(stops(story, "A")).toBe("approved")
  })

  it("stops changes, and neither cancels nor what the venue says", () => {
    const story = Story.begun()
    const id = story.place({ quantity: "3", price: "100" })
    story.send({ type: "Halt", scope: "firm", reason: "test" })
    expect(verdict(story.replace(id, { quantity: "1" }))).toBe("denied: HALTED")
    expect(typesOf(story.fill(id, "1", "100"))).toEqual(["OrderFilled"])
    expect(typesOf(story.cancel(id))).toEqual(["CancelRequested"])
    expect(story.deposit("1").kind).toBe("facts")
  })

  it.each([
    [{ scope: "account" }, "MissingField id"],
    [{ scope: "group" }, "MissingField id"],
    [{ scope: "account", scopeId: "Z" }, "UnknownAccount id"],
    [{ scope: "group", scopeId: "Z" }, "UnknownGroup id"],
    [{ scope: "firm", symbol: "ZZZ" }, "UnknownSymbol symbol"]
  ])("of %j: %s", (wanted, expected) => {
    const { code, field } = Story.begun().send({ type: "Halt", ...(wanted as Wanted), reason: "test" } as never)
    expect(`${code} ${field}`).toBe(expected)
  })
})
