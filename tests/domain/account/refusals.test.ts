// A refusal records nothing, has a stable code, and names the field that is at fault where there is one.
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import type { ReceiveTransfer } from "#domain/account/entries.ts"
import type { AccountId, OrderId } from "#domain/kernel/ids.ts"
import { moving, posting } from "./entry-story.ts"
import { moveOut, settle } from "./moving.ts"
import { amount, at, instrument, order, Story, USDT, type Outcome, type Wanted } from "./story.ts"

const A = "A" as AccountId
const open = (story: Story) => story.place({ quantity: "2", price: "100" })
const NEXT_YEAR = "0199ffff-ffff-7000-8000-000000000000"

/** What the other partition says of a group that it has. */
const MOVED: Outcome = { kind: "nothing", events: [] }
/** What another partition hands over. */
const sent = (change: Partial<ReceiveTransfer>): ReceiveTransfer => ({
  type: "ReceiveTransfer",
  to: A,
  from: "E" as AccountId,
  fromPartition: 1,
  transitNo: 1,
  effectiveAt: at("2026-03-02T09:00:00Z"),
  carried: { transferId: "1-7", currency: USDT, amount: amount("1") },
  ...change
})
const SPLIT = { kind: "split", numerator: 2, denominator: 1 } as const
const PROVOKED: Record<string, readonly [field: string | undefined, (story: Story) => Outcome]> = {
  AccountExists: ["account", (story) => story.openAccount("A", "H", "owner-H")],
  Allotted: [undefined, (story) => (story.allot("G", "100"), moveOut(story))],
  AllotmentInUse: [
    "amount",
    (story) => (story.allot("G", "100"), story.place({ price: "100" }), story.allot("G", "-50"))
  ],
  BelowAllotted: [
    "maxOpenNotional",
    (story) => (story.allot("G", "100"), story.limits("firm", "firm", { maxOpenNotional: amount("99") }))
  ],
  CancelRate: [
    undefined,
    (story) => {
      story.limits("account", "A", { maxCancelsPerSecond: 1 })
      const [first, second] = [open(story), open(story)]
      story.cancel(first)
      return story.cancel(second)
    }
  ],
  ClOrdIdReused: ["clOrdId", (story) => (story.deposit("1", "A", { id: "x" }), story.deposit("2", "A", { id: "x" }))],
  CommandTooNew: ["clOrdId", (story) => story.deposit("1", "A", { id: "ffffffff-ffff-7000-8000-000000000000" })],
  CommandTooOld: [
    "clOrdId",
    (story) => {
      for (let i = 0; i < 300; i++) story.deposit("1")
      story.wait(2 * 86_400_000_000)
      for (let i = 0; i < 300; i++) story.deposit("1")
      return story.deposit("1", "A", { id: NEXT_YEAR.replace("0199", "0190") })
    }
  ],
  GroupTooLarge: [
    "group",
    (story) => (story.limits("account", "A", { restricted: "X".repeat(400_000) }), moveOut(story))
  ],
  InTransit: [
    undefined,
    (story) => (story.send(moving({ amount: "1" }, { to: "E" as AccountId, toPartition: 1 })), moveOut(story))
  ],
  MovedAway: [undefined, (story) => (moveOut(story), settle(story, MOVED), story.deposit("1"))],
  Moving: [undefined, (story) => (moveOut(story), story.deposit("1"))],
  EffectiveAtFuture: [
    "effectiveAt",
    (story) =>
      story.send({
        type: "Deposit",
        account: A,
        currency: USDT,
        amount: amount("1"),
        effectiveAt: at("2027-01-01T00:00:00Z")
      })
  ],
  ExpireAtPast: [
    "expireAt",
    (story) => story.submit({ price: "100", tif: "GTD", expireAt: at("2025-01-01T00:00:00Z") })
  ],
  FractionLeft: ["fractions", (story) => (story.hold("0.1"), story.send(posting({ ...SPLIT, denominator: 3 })))],
  GroupOfAnother: ["group", (story) => story.openAccount("D", "G", "owner-H")],
  InsufficientFunds: ["amount", (story) => story.withdraw("10000.00000001")],
  InsufficientHoldings: ["quantity", (story) => (story.hold("1"), story.send(moving({ quantity: "2" })))],
  InvalidGroup: ["orders", (story) => story.send({ type: "SubmitGroup", account: A, kind: "OCO", orders: [] })],
  InvalidSession: [
    "session",
    (story) => {
      const session = { timeZone: "Nowhere", opens: "09:30", closes: "16:00", days: [1] }
      return story.send({ type: "AdoptInstrument", instrument: instrument("BTCUSDT", { version: 2, session }) })
    }
  ],
  InvalidTimeInForce: ["timeInForce", (story) => story.submit({ type: "market", tif: "GTC" })],
  MissingField: ["price", (story) => story.submit({})],
  NotLimited: [
    "limit",
    (story) =>
      story.send({ type: "AllotLimit", group: "G", limit: "maxGrossNotional", amount: 1n, reason: "test" } as never)
  ],
  NothingHeld: ["symbol", (story) => story.send(posting(SPLIT))],
  NothingToReplace: ["quantity", (story) => story.replace(open(story), {})],
  OpenOrders: ["symbol", (story) => (open(story), story.send(posting(SPLIT)))],
  OrderNotOpen: [undefined, (story) => story.cancel("0-1")],
  OrderPendingCancel: [undefined, (story) => ((id) => (story.cancel(id), story.cancel(id)))(open(story))],
  OrderPendingReplace: [
    undefined,
    (story) => ((id) => (story.replace(id, { quantity: "1" }), story.replace(id, { quantity: "3" })))(open(story))
  ],
  OtherTerms: [
    "newSymbol",
    (story) => {
      story.hold("1")
      story.send({ type: "AdoptInstrument", instrument: instrument("ETHUSDT", { multiplier: amount("10") }) })
      return story.send(posting({ kind: "symbol-change", newSymbol: "ETHUSDT" }))
    }
  ],
  OutOfRange: ["quantity", (story) => story.submit({ price: "100", quantity: "-1" })],
  OutOfTurn: ["transitNo", (story) => story.send(sent({ transitNo: 2 }))],
  OverAllotted: ["amount", (story) => (story.allot("G", "600"), story.allot("H", "500"))],
  PositionTooLarge: [
    "numerator",
    (story) => {
      story.hold("10")
      const large = posting({ ...SPLIT, numerator: 1_000_000_000 })
      return (story.send(large), story.send(large))
    }
  ],
  QuantityFilled: [
    "quantity",
    (story) => ((id) => (story.fill(id, "1", "100"), story.replace(id, { quantity: "1" })))(open(story))
  ],
  QuantityOfGroup: [
    "quantity",
    (story) => {
      const child: Wanted = { side: "sell", price: "110", quantity: "1" }
      const orders = [order({ price: "90", quantity: "1" }), order(child)]
      const { events } = story.send({ type: "SubmitGroup", account: "A" as AccountId, kind: "OTO", orders })
      const ids = events.flatMap((event) => (event.type === "OrderPlaced" ? [event.data.orderId] : []))
      return story.replace(ids[1]!, { quantity: "2" })
    }
  ],
  SameAccount: ["to", (story) => story.send(moving({ amount: "1" }, { to: A }))],
  SamePartition: ["fromPartition", (story) => story.send(sent({ fromPartition: 0 }))],
  TooManyDecimals: ["quantity", (story) => story.submit({ price: "0.00000001", quantity: "0.1" })],
  TransferRefused: [
    undefined,
    (story) => ((never) => (story.send(never), story.send(never)))(sent({ to: "nobody" as AccountId }))
  ],
  UnexpectedField: ["stopPrice", (story) => story.submit({ price: "100", stopPrice: "100" })],
  UnknownAccount: ["account", (story) => story.submit({ account: "nobody", price: "100" })],
  UnknownCommand: [undefined, (story) => story.send({ type: "Dance" } as never)],
  UnknownGroup: ["id", (story) => story.limits("group", "none", {})],
  UnknownHalt: ["haltId", (story) => story.send({ type: "Resume", haltId: "halt-0-1" })],
  UnknownOrder: [undefined, (story) => story.report("no-such-id" as OrderId, { type: "New" })],
  UnknownParent: ["parentId", (story) => story.submit({ price: "100", also: { parentId: "0-99999" as OrderId } })],
  UnknownSymbol: ["symbol", (story) => story.submit({ symbol: "NONE", price: "100" })]
}

describe("a refusal", () => {
  it.each(Object.entries(PROVOKED))("%s", (code, [field, provoke]) => {
    const story = Story.begun()
    const outcome = provoke(story)
    expect(outcome).toMatchObject({ kind: "refused", code, events: [] })
    expect(outcome.field).toBe(field)
    const before = story.restarted()
    expect(before.state).toEqual(story.state)
  })

  it("has no code but these", () => {
    const domain = join(import.meta.dirname, "..", "..", "..", "domain")
    const sources = ["account", "orders"].flatMap((folder) =>
      readdirSync(join(domain, folder)).map((file) => readFileSync(join(domain, folder, file), "utf8"))
    )
    const calls = sources.flatMap((source) =>
      [...source.matchAll(/(?:refused?\(|code: )([^,`]*),/gs)].map(([, first]) => first!)
    )
    const codes = new Set(calls.flatMap((first) => [...first.matchAll(/"([A-Z]\w+)"/g)].map(([, code]) => code!)))
    expect([...codes].toSorted()).toEqual(Object.keys(PROVOKED).toSorted())
  })
})
