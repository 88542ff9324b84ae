// Orders that hang together: what one does makes the others smaller, void or due, and no two hold back for one trade.
import { describe, expect, it } from "vitest"
import { groupReaction, groupsAfterRestart } from "#domain/account/group-reaction.ts"
import type { AccountId, OrderId } from "#domain/kernel/ids.ts"
import type { GroupKind } from "#domain/orders/events.ts"
import { settledStatus } from "#domain/orders/status.ts"
import { venueReaction } from "#domain/venue/requests.ts"
import { amount, dataOf, order, Story, typesOf, type Outcome, type Wanted } from "./story.ts"

const A = "A" as AccountId
const group = (story: Story, kind: GroupKind, orders: ReadonlyArray<Wanted>, id?: string): Outcome =>
  story.send({ type: "SubmitGroup", account: A, kind, orders: orders.map(order) }, id === undefined ? {} : { id })
const idsOf = (outcome: Outcome): ReadonlyArray<string> =>
  outcome.events.flatMap((event) => (event.type === "OrderPlaced" ? [event.data.orderId as string] : []))

/** Sends what the group asks for after these events, until nothing more is due; every event that came of it. */
const follow = (story: Story, outcome: Outcome): Outcome["events"] => {
  const find = (id: never) => story.state.orders.get(id) ?? story.state.finished.find(id)
  const due = outcome.events.flatMap((event) => groupReaction(0, find as never, () => story.state).react(event))
  return due.flatMap(({ request, id }) => {
    const next = story.send(request, { id })
    return [...next.events, ...follow(story, next)]
  })
}
const fill = (story: Story, id: string, quantity: string, price = "100") =>
  follow(story, story.fill(id, quantity, price, { fee: 0n as never }))
const statusOf = (story: Story, id: string) =>
  settledStatus((story.state.orders.get(id as never) ?? story.state.finished.find(id as never))!)
const holding = (): Story => {
  const story = Story.begun()
  story.hold("4")
  return story
}
const SELLS: ReadonlyArray<Wanted> = [
  { side: "sell", price: "110", quantity: "4" },
  { side: "sell", type: "stop", stopPrice: "90", quantity: "4" }
]

describe("orders that name a parent", () => {
  const child = (parentId: string): Wanted => ({
    side: "sell",
    price: "110",
    also: { parentId: parentId as OrderId }
  })
  it("name one that was placed before: no two are each other's, and none is its own", () => {
    const story = holding()
    const next = (by: number) => `0-${story.state.eventNo + by}`
    for (const by of [1, 3])
      expect(story.submit(child(next(by)))).toMatchObject({ kind: "refused", code: "UnknownParent", field: "parentId" })
    const refused = { kind: "refused", code: "UnknownParent", field: "orders.0.parentId" }
    expect(group(story, "OCO", [child(next(4)), child(next(2))])).toMatchObject(refused)
  })
  it("may name one of their own system, or of another partition", () => {
    const story = holding()
    const placed = story.place({ side: "sell", price: "110" })
    for (const parentId of ["PARENT-1", "1-99999", placed])
      expect(story.submit(child(parentId))).toMatchObject({ kind: "facts" })
  })
})

describe("OCO: one cancels the others", () => {
  it("is placed in one commit, and its legs hold back once for what only one of them can trade", () => {
    const story = holding()
    const outcome = group(story, "OCO", SELLS)
    expect(typesOf(outcome)).toEqual([
      "GroupPlaced",
      "OrderPlaced",
      "OrderRiskDecided",
      "OrderPlaced",
      "OrderRiskDecided"
    ])
    expect(story.held()).toEqual({ total: "4", reserved: "4" })
    expect(outcome.events.flatMap((event) => venueReaction(0, (id) => story.order(id)).react(event))).toHaveLength(2)
  })

  it("a part of one cancels the other, and the other's cancel leaves the first as it is", () => {
    const story = holding()
    const [profit, stop] = idsOf(group(story, "OCO", SELLS)) as [string, string]
    const due = fill(story, profit, "1", "110")
    expect(due.map(({ type, data }) => [type, (data as { orderId: string }).orderId])).toEqual([
      ["CancelRequested", stop]
    ])
    follow(story, story.report(stop, { type: "Canceled" }))
    expect(story.order(stop)).toBeUndefined()
    expect(story.order(profit)).toMatchObject({ cumQty: amount("1") })
    expect(story.held()).toEqual({ total: "3", reserved: "3" })
  })

  it("when the one that held back for both is gone, the other holds back", () => {
    const story = holding()
    const [profit, stop] = idsOf(group(story, "OCO", SELLS)) as [string, string]
    story.report(profit, { type: "Canceled" })
    expect(story.held()).toEqual({ total: "4", reserved: "4" })
    story.report(stop, { type: "Canceled" })
    expect(story.held()).toEqual({ total: "4", reserved: "0" })
    expect(story.state.contingencies.size).toBe(0)
  })

  it.each([62, 64])("under an id of %i characters: its orders' ids are none longer, and read again", (length) => {
    const story = holding()
    const ids = ["a", "b"].flatMap((last) => {
      const placed = group(story, "OCO", SELLS, "x".repeat(length - 1) + last).events
      return placed.flatMap((event) => (event.type === "OrderPlaced" ? [event.data.clOrdId as string] : []))
    })
    expect(Math.max(...ids.map((id) => id.length))).toBeLessThanOrEqual(64)
    expect(new Set(ids).size).toBe(4)
    expect(story.restarted().state.contingencies).toEqual(story.state.contingencies)
  })

  it("when one leg is denied none goes out", () => {
    const story = holding()
    const outcome = group(story, "OCO", [SELLS[0]!, { ...SELLS[1], quantity: "5" }])
    const [profit, stop] = idsOf(outcome) as [string, string]
    expect([statusOf(story, profit), statusOf(story, stop)]).toEqual(["Canceled", "Rejected"])
    expect(outcome.events.flatMap((event) => venueReaction(0, (id) => story.order(id)).react(event))).toEqual([])
    expect(story.held()).toEqual({ total: "4", reserved: "0" })
  })
})

describe("OUO: one updates the others", () => {
  it("what one trades is taken off the other, down to nothing", () => {
    const story = holding()
    const [profit, stop] = idsOf(group(story, "OUO", SELLS)) as [string, string]
    const due = fill(story, profit, "1", "110")
    expect(due.map(({ type }) => type)).toEqual(["ReplaceRequested", "OrderRiskDecided"])
    expect(story.order(stop)!.pending).toMatchObject([{ kind: "replace", terms: { quantity: amount("3") } }])
    follow(story, story.report(stop, { type: "Replaced", quantity: amount("3"), stopPrice: amount("90") }))
    expect(story.held()).toEqual({ total: "3", reserved: "3" })
    expect(fill(story, profit, "3", "110").map(({ type }) => type)).toEqual(["CancelRequested"])
  })

  it("legs have one quantity; of an OCO each has its own", () => {
    const [ouo, oco] = (["OUO", "OCO"] as const).map((kind) => {
      const story = holding()
      const [profit] = idsOf(group(story, kind, SELLS)) as [string]
      return story.replace(profit, { quantity: "3" })
    })
    expect(ouo).toMatchObject({ kind: "refused", code: "QuantityOfGroup", field: "quantity" })
    expect(oco).toMatchObject({ kind: "facts" })
  })

  it("a change that risk denied stands in the ledger, and is asked for again when it may pass", () => {
    const story = holding()
    const [profit, stop] = idsOf(group(story, "OUO", SELLS)) as [string, string]
    story.send({ type: "Halt", scope: "account", scopeId: "A", reason: "test" })
    const [asked, decided] = fill(story, profit, "1", "110")
    expect(asked).toMatchObject({ type: "ReplaceRequested", data: { orderId: stop, reason: "its group" } })
    expect(decided).toMatchObject({ type: "OrderRiskDecided", data: { decision: "denied" } })
    expect(story.order(stop)!.pending).toEqual([])
    const [haltId] = [...story.state.halts.keys()]
    const due = follow(story, story.send({ type: "Resume", haltId: haltId! }))
    expect(due.map(({ type }) => type)).toEqual(["ReplaceRequested", "OrderRiskDecided"])
    expect(story.order(stop)!.pending).toMatchObject([{ kind: "replace", terms: { quantity: amount("3") } }])
  })
})

describe("bracket: a parent, and two that close what it opens", () => {
  const BRACKET: ReadonlyArray<Wanted> = [{ price: "100", quantity: "4" }, ...SELLS]

  it("holds its children until the parent trades, and hands its quantity down as it does", () => {
    const story = Story.begun()
    const placed = group(story, "bracket", BRACKET)
    const [parent, profit, stop] = idsOf(placed) as [string, string, string]
    expect(dataOf(placed, "OrderPlaced")).toMatchObject({ role: "parent" })
    expect(placed.events.flatMap((event) => venueReaction(0, (id) => story.order(id)).react(event))).toHaveLength(1)
    const first = fill(story, parent, "1")
    expect(first.map(({ type }) => type)).toEqual([
      "OrderReleased",
      "OrderRiskDecided",
      "OrderReleased",
      "OrderRiskDecided"
    ])
    expect([story.order(profit)!.quantity, story.order(stop)!.quantity]).toEqual([amount("1"), amount("1")])
    expect(story.held()).toEqual({ total: "1", reserved: "1" })
    // the rest makes both grow; while that is on its way nothing more is asked
    expect(fill(story, parent, "2").map(({ type }) => type)).toEqual([
      "ReplaceRequested",
      "OrderRiskDecided",
      "ReplaceRequested",
      "OrderRiskDecided"
    ])
    expect(fill(story, parent, "1")).toEqual([])
    const answered = follow(
      story,
      story.report(profit, { type: "Replaced", quantity: amount("3"), price: amount("110") })
    )
    expect(answered.map(({ type }) => type)).toEqual(["ReplaceRequested", "OrderRiskDecided"])
    expect(story.order(profit)!.pending).toMatchObject([{ terms: { quantity: amount("4") } }])
    follow(story, story.report(profit, { type: "Replaced", quantity: amount("4"), price: amount("110") }))
    follow(story, story.report(stop, { type: "Replaced", quantity: amount("3"), stopPrice: amount("90") }))
    follow(story, story.report(stop, { type: "Replaced", quantity: amount("4"), stopPrice: amount("90") }))
    expect(story.held()).toEqual({ total: "4", reserved: "4" })
    // the profit taken in part shrinks the stop, and in full cancels it
    expect(fill(story, profit, "1", "110").map(({ type }) => type)).toEqual(["ReplaceRequested", "OrderRiskDecided"])
    follow(story, story.report(stop, { type: "Replaced", quantity: amount("3"), stopPrice: amount("90") }))
    expect(fill(story, profit, "3", "110").map(({ type }) => type)).toEqual(["CancelRequested"])
  })

  it("a parent that ends without a trade voids its children; after a part they keep that", () => {
    for (const part of [false, true]) {
      const story = Story.begun()
      const [parent, profit, stop] = idsOf(group(story, "bracket", BRACKET)) as [string, string, string]
      if (part) fill(story, parent, "1")
      const due = follow(story, story.report(parent, { type: "Canceled" }))
      expect(due.map(({ type }) => type)).toEqual(part ? [] : ["HeldOrderCanceled", "HeldOrderCanceled"])
      expect([statusOf(story, profit), statusOf(story, stop)]).toEqual(
        part ? ["PendingNew", "PendingNew"] : ["Canceled", "Canceled"]
      )
      expect(story.state.contingencies.size).toBe(part ? 1 : 0)
    }
  })

  it("how much of a child there is follows from its parent, which is changed in its place", () => {
    const story = Story.begun()
    const [parent, profit, stop] = idsOf(group(story, "bracket", BRACKET)) as [string, string, string]
    fill(story, parent, "2")
    const refused = { kind: "refused", code: "QuantityOfGroup", field: "quantity" }
    for (const child of [profit, stop]) expect(story.replace(child, { quantity: "1" })).toMatchObject(refused)
    expect(typesOf(story.replace(profit, { price: "111" }))).toEqual(["ReplaceRequested", "OrderRiskDecided"])
    expect(typesOf(story.replace(parent, { quantity: "3" }))).toEqual(["ReplaceRequested", "OrderRiskDecided"])
  })

  it("is the same after a restart, which asks again what may have been due", () => {
    const story = Story.begun()
    const [parent] = idsOf(group(story, "bracket", BRACKET)) as [string]
    story.fill(parent, "1", "100", { fee: 0n as never }) // and nobody asked the group
    const later = story.restarted()
    expect(later.state).toEqual(story.state)
    const [again] = groupsAfterRestart(later.state)
    expect(typesOf(later.send(again!.request, { id: again!.id }))).toEqual([
      "OrderReleased",
      "OrderRiskDecided",
      "OrderReleased",
      "OrderRiskDecided"
    ])
    const [twice] = groupsAfterRestart(later.state)
    expect(later.send(twice!.request, { id: twice!.id }).events).toEqual([])
  })

  it("a child may be cancelled before it was ever sent", () => {
    const story = Story.begun()
    const [, profit] = idsOf(group(story, "bracket", BRACKET)) as [string, string]
    expect(typesOf(story.cancel(profit))).toEqual(["HeldOrderCanceled"])
    expect(story.order(profit)).toBeUndefined()
  })
})

describe("a group that cannot be", () => {
  const two = [{ price: "100" }, { price: "99" }] as const
  it.each<[string, GroupKind, ReadonlyArray<Wanted>, string]>([
    ["one order", "OCO", [{ price: "100" }], "orders"],
    ["eleven orders", "OCO", Array.from({ length: 11 }, () => ({ price: "100" })), "orders"],
    ["a bracket of two", "bracket", two, "orders"],
    ["a bracket that closes on the side that it opens", "bracket", [...two, { price: "98" }], "orders"],
    [
      "a bracket that closes what its parent does not open",
      "bracket",
      [two[0], ...["110", "90"].map((price) => ({ price, side: "sell" as const, symbol: "ETHUSDT" }))],
      "orders"
    ],
    ["legs of other quantities", "OUO", [{ price: "100" }, { price: "99", quantity: "2" }], "orders"],
    ["legs of other sides", "OUO", [{ price: "100" }, { price: "99", side: "sell" }], "orders"],
    ["a leg without its price", "OCO", [{ price: "100" }, {}], "orders.1.price"],
    ["a leg of an unknown symbol", "OCO", [{ price: "100" }, { price: "1", symbol: "NONE" }], "orders.1.symbol"]
  ])("is refused and names what is wrong: %s", (_, kind, orders, where) => {
    const story = Story.begun()
    expect(group(story, kind, orders)).toMatchObject({ kind: "refused", field: where })
    expect(story.state.orders.size).toBe(0)
  })

  it("is answered as the first time when it comes again, and refused as another under the same id", () => {
    for (const again of [(story: Story) => story, (story: Story) => story.restarted()]) {
      const story = holding()
      group(story, "OCO", SELLS, "g")
      const later = again(story)
      expect(group(later, "OCO", SELLS, "g").kind).toBe("repeat")
      expect(group(later, "OCO", [SELLS[0]!, { ...SELLS[1], stopPrice: "80" }], "g").code).toBe("ClOrdIdReused")
    }
  })
})
