// What generated histories showed to be wrong once, one short story each.
import { describe, expect, it } from "vitest"
import { groupReaction } from "#domain/account/group-reaction.ts"
import type { AccountId } from "#domain/kernel/ids.ts"
import type { GroupKind } from "#domain/orders/events.ts"
import { trade, withMargin } from "./watched.ts"
import { amount, dataOf, instrument, order, Story, typesOf, verdict, type Outcome, type Wanted } from "./story.ts"

const A = "A" as AccountId
const group = (story: Story, kind: GroupKind, orders: ReadonlyArray<Wanted>) => {
  const outcome = story.send({ type: "SubmitGroup", account: A, kind, orders: orders.map(order) })
  const ids = outcome.events.flatMap((event) => (event.type === "OrderPlaced" ? [event.data.orderId as string] : []))
  const work = () =>
    story.send({ type: "WorkGroup", account: A, groupId: dataOf(outcome, "GroupPlaced")["groupId"] as string })
  return { ids, work }
}
const free = { fee: 0n as never }
const released = (outcome: Outcome) =>
  outcome.events.flatMap((event) => (event.type === "OrderReleased" ? [event.data.orderId as string] : []))

describe("repeats", () => {
  it("a trailing order whose first stop was added is known again", () => {
    const story = Story.begun()
    const wanted = order({ type: "trailing-stop", also: { trailAmount: amount("2") } })
    story.send(wanted, { id: "t" })
    expect(story.send(wanted, { id: "t" }).kind).toBe("repeat")
    expect(story.restarted().send(wanted, { id: "t" }).kind).toBe("repeat")
  })
})

describe("reports", () => {
  it("an answer to a request that waits no more takes no other with it", () => {
    const story = Story.begun()
    const id = story.place({ price: "100", quantity: "2" })
    story.send({ type: "ReplaceOrder", account: A, orderId: id as never, quantity: amount("3") })
    const pending = story.order(id)!.pending
    story.report(id, { type: "ReplaceRejected", clOrdId: "0-1" as never, reason: "too late" })
    expect(story.order(id)!.pending).toEqual(pending)
  })

  it("what was filled of an order that was rejected then may be taken back", () => {
    const story = Story.begun()
    const id = story.place({ price: "100", quantity: "2" })
    story.fill(id, "1", "100", { ...free, execId: "F1" } as never)
    story.report(id, { type: "Rejected", reason: "venue" })
    const bust = story.report(id, { type: "TradeCancel", execRefId: "F1" as never, reason: "error" })
    expect(typesOf(bust)).toEqual(["ExecutionBusted"])
  })
})

describe("replaces", () => {
  it("a chained replace is judged without what the one before it counts", () => {
    const story = Story.begun()
    story.send({
      type: "SetLimits",
      scope: "account",
      scopeId: "A",
      changes: { maxPosition: amount("5") },
      reason: "test"
    })
    const id = story.place({ price: "100", quantity: "1" })
    const replace = (quantity: string, origClOrdId?: string) =>
      story.send({
        type: "ReplaceOrder",
        account: A,
        orderId: id as never,
        quantity: amount(quantity),
        ...(origClOrdId !== undefined && { origClOrdId: origClOrdId as never })
      })
    replace("5")
    expect(verdict(replace("4", story.order(id)!.pending[0]!.clOrdId))).toBe("approved")
  })

  it("what became a limit order is changed as one", () => {
    const story = Story.begun()
    const id = story.place({ type: "market-to-limit", quantity: "2" })
    story.report(id, { type: "Restated", price: amount("100"), reason: "rests" })
    const changed = story.send({ type: "ReplaceOrder", account: A, orderId: id as never, quantity: amount("1") })
    expect(verdict(changed)).toBe("approved")
  })
})

describe("groups", () => {
  it("a child that is denied when its parent is over gives back what it held", () => {
    const story = Story.begun()
    const { ids, work } = group(story, "OTO", [
      { price: "100", quantity: "1" },
      { side: "sell", price: "110", quantity: "1" }
    ])
    story.fill(ids[0]!, "1", "100", free)
    const other = story.place({ side: "sell", price: "120", quantity: "1" }) // sells what the child would
    expect(verdict(work())).toMatch(/HOLDINGS/)
    expect(story.held()).toEqual({ total: "1", reserved: "1" })
    expect([...story.state.orders.keys()]).toEqual([other])
    expect(story.state.firm.openOrders).toBe(1)
  })

  it("children of an OTO do not sell the same units twice: each is judged when the one before it holds", () => {
    const story = Story.begun()
    const sell: Wanted = { side: "sell", price: "110", quantity: "2" }
    const { ids, work } = group(story, "OTO", [{ price: "100", quantity: "2" }, sell, sell])
    story.fill(ids[0]!, "2", "100", free)
    const first = work()
    expect(released(first)).toEqual([ids[1]])
    const find = (id: never) => story.state.orders.get(id)
    expect(
      first.events.flatMap((event) => groupReaction(0, find as never, () => story.state).react(event))
    ).toHaveLength(1)
    expect(verdict(work())).toMatch(/HOLDINGS/)
    expect(story.held()).toEqual({ total: "2", reserved: "2" })
  })

  it("legs of two symbols hold back money once", () => {
    const story = Story.begun()
    story.send({ type: "AdoptInstrument", instrument: instrument("ETHUSDT") })
    group(story, "OCO", [
      { price: "100", quantity: "50" },
      { symbol: "ETHUSDT", price: "100", quantity: "60" }
    ])
    expect(story.account().balances.cash.get("USDT" as never)!.reserved).toBe(amount("6003"))
  })

  it("a child that waits meets nobody, and does not go out when its price comes first", () => {
    const story = Story.begun()
    const changes = { selfTrade: "cancel-newest" } as never
    story.send({ type: "SetLimits", scope: "account", scopeId: "A", changes, reason: "test" })
    story.hold("1")
    story.place({ side: "sell", price: "120", quantity: "1" })
    const stop: Wanted = { side: "sell", type: "stop", stopPrice: "90", also: { triggerBy: "local" } }
    const { ids, work } = group(story, "bracket", [{ price: "100" }, { side: "sell", price: "101" }, stop])
    expect(verdict(story.submit({ price: "102", quantity: "1" }))).toBe("approved")
    const trigger = () =>
      story.send({
        type: "TriggerOrder",
        account: A,
        orderId: ids[2] as never,
        price: amount("90"),
        source: "last",
        mdNo: 1
      })
    expect(trigger().events).toEqual([])
    story.fill(ids[0]!, "1", "100", free)
    expect(released(work())).toEqual([ids[1], ids[2]])
    expect(story.order(ids[2]!)).toMatchObject({ held: true, counted: true })
    expect(typesOf(trigger())).toEqual(["OrderTriggered"])
  })

  it("a leg that we watch ourselves is made smaller at once: no venue has to agree", () => {
    const story = Story.begun()
    story.hold("4")
    const { ids, work } = group(story, "OUO", [
      { side: "sell", price: "110", quantity: "4" },
      { side: "sell", type: "stop", stopPrice: "90", quantity: "4", also: { triggerBy: "local" } }
    ])
    story.fill(ids[0]!, "1", "110", free)
    expect(typesOf(work())).toEqual(["OrderReleased", "OrderRiskDecided"])
    expect(story.order(ids[1]!)).toMatchObject({ quantity: amount("3"), pending: [], held: true })
  })
})

describe("self-trade prevention", () => {
  it("decrement tells what is held back for what is left of the order", () => {
    const story = Story.begun()
    story.hold("5")
    const changes = { selfTrade: "decrement" } as never
    story.send({ type: "SetLimits", scope: "account", scopeId: "A", changes, reason: "test" })
    story.place({ side: "sell", price: "110", quantity: "2" })
    const outcome = story.submit({ price: "110", quantity: "3" })
    expect(dataOf(outcome, "OrderRiskDecided")).toMatchObject({ reservedCash: "110.055" })
  })
})

describe("ids", () => {
  it("a command under the id of a kill before it is another account's own", () => {
    const story = Story.begun()
    story.place({ price: "90" })
    story.send({ type: "Kill", scope: "account", scopeId: "A", reason: "drill" }, { id: "k" })
    const wanted = order({ account: "C", price: "90" })
    expect(story.send(wanted, { id: "k" }).kind).toBe("facts")
    expect(story.send(wanted, { id: "k" }).kind).toBe("repeat")
    const kill = story.send({ type: "Kill", scope: "account", scopeId: "A", reason: "drill" }, { id: "k" })
    expect([kill.kind, kill.last! - kill.first!]).toEqual(["repeat", 1]) // KillRequested and the cancel
  })
})

describe("margin", () => {
  it("of a position goes by the newest rates, also when an older order fills", () => {
    const of = withMargin()
    const { story } = of
    const id = story.place({ account: "M", price: "100", quantity: "2" })
    story.send({
      type: "AdoptInstrument",
      instrument: instrument("BTCUSDT", { version: 2, initialMargin: amount("0.8") })
    })
    story.fill(id, "2", "100", free as never)
    expect(story.state.accounts.get("M" as AccountId)!.margin!.initial).toBe(amount<bigint>("160") * 100_000_000n)
  })

  it("a short sale that names a lender may be a leg of a group, and be changed", () => {
    const { story } = withMargin()
    story.limits("firm", "firm", { locateRequired: true } as never)
    const leg = (price: string, lender?: string) =>
      order({ account: "M", side: "sell", price, also: lender === undefined ? {} : { locate: lender } })
    const oco = (lender?: string) =>
      story
        .send({
          type: "SubmitGroup",
          account: "M" as AccountId,
          kind: "OCO",
          orders: [leg("110", lender), leg("120", lender)]
        })
        .events.flatMap((event) => (event.type === "OrderRiskDecided" ? [event.data.decision] : []))
    expect(oco()).toEqual(["denied", "denied"])
    expect(oco("L")).toEqual(["approved", "approved"])
    const id = story.place({ account: "M", side: "sell", price: "105", also: { locate: "L" } })
    const change = { type: "ReplaceOrder", account: "M" as AccountId, orderId: id as never } as const
    expect(verdict(story.send({ ...change, price: amount("106") }))).toBe("approved")
  })

  it("after a split a group that was flat is worth what it holds at the next mark", () => {
    const of = withMargin()
    const { story } = of
    story.send({
      type: "OpenAccount",
      account: "N" as AccountId,
      owner: "owner-M" as never,
      group: "M" as never,
      accountType: "margin",
      currency: "USDT" as never
    })
    story.deposit("1000", "N")
    story.limits("account", "N", { shortAllowed: true } as never)
    trade(of, "buy", "2", "100", "M")
    trade(of, "sell", "2", "100", "N")
    const entry = { kind: "split", symbol: "BTCUSDT" as never, numerator: 2, denominator: 1 } as const
    story.send({ type: "PostEntry", account: "M" as AccountId, entry })
    of.mark("60")
    // M has 4, N owes 2
    expect(story.state.groups.get("M" as never)!.risk.worth.net).toBe(amount("120"))
  })
})
