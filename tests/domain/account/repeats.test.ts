// (account, clOrdId) identifies a command: sent again it answers as the first time, with other content it is refused.
import { describe, expect, it } from "vitest"
import type { Request } from "#domain/account/commands.ts"
import type { AccountId, OrderId, Symbol } from "#domain/kernel/ids.ts"
import { plusMicros } from "#domain/kernel/time.ts"
import { amount, at, MORNING, order, Story, USDT, type Wanted } from "./story.ts"

const A = "A" as AccountId
/** An open order that the commands are about, and another beside it. */
const begun = () => {
  const story = Story.begun()
  const open = story.place({ quantity: "3", price: "100" }, { id: "open" })
  const other = story.place({ quantity: "1", price: "100" }, { id: "other" })
  return { story, open, other }
}
type Kinds = Record<string, (ids: { open: OrderId; other: OrderId }) => Request>
const KINDS: Kinds = {
  "a limit order": () => order({ price: "100" }),
  "a market order": () => order({ type: "market" }),
  "a DAY order, whose end was not asked for": () => order({ price: "100", tif: "DAY" }),
  "a GTD order": () => order({ price: "100", tif: "GTD", expireAt: at("2026-03-09T00:00:00Z") }),
  "a stop-limit order": () => order({ type: "stop-limit", price: "100", stopPrice: "100" }),
  "an order that is denied": () => order({ price: "500" }),
  "a replace of the quantity": ({ open }) => ({
    type: "ReplaceOrder",
    account: A,
    orderId: open,
    quantity: amount("2")
  }),
  "a replace of the price": ({ open }) => ({ type: "ReplaceOrder", account: A, orderId: open, price: amount("2") }),
  "a replace that is denied": ({ open }) => ({ type: "ReplaceOrder", account: A, orderId: open, price: amount("500") }),
  "a cancel": ({ open }) => ({ type: "CancelOrder", account: A, orderId: open }),
  "a cancel of another order": ({ other }) => ({ type: "CancelOrder", account: A, orderId: other }),
  "a cancel of all": () => ({ type: "CancelAll", account: A }),
  "a cancel of all of a symbol": () => ({ type: "CancelAll", account: A, symbol: "BTCUSDT" as Symbol }),
  "a deposit": () => ({ type: "Deposit", account: A, currency: USDT, amount: amount("1") }),
  "a withdrawal": () => ({ type: "Withdraw", account: A, currency: USDT, amount: amount("1") }),
  "a deposit with reference": () => ({
    type: "Deposit",
    account: A,
    currency: USDT,
    amount: amount("1"),
    reference: "r"
  }),
  "a deposit of yesterday": () => ({
    type: "Deposit",
    account: A,
    currency: USDT,
    amount: amount("1"),
    effectiveAt: at("2026-03-01T00:00:00Z")
  }),
  "a deposit of this very moment": () => ({
    type: "Deposit",
    account: A,
    currency: USDT,
    amount: amount("2"),
    effectiveAt: MORNING
  })
}
const kinds = Object.entries(KINDS)

describe("sent again", () => {
  it.each(kinds)(
    "%s answers as the first time and records nothing, at once, later and after a restart",
    (_, request) => {
      const { story, open, other } = begun()
      const first = story.send(request({ open, other }), { id: "same" })
      expect(first.kind).toBe("facts")
      const answer = { kind: "repeat", first: first.events[0]!.eventNo, last: first.events.at(-1)!.eventNo }
      const again = (told: Story) =>
        told.send(request({ open, other }), { id: "same", seen: {}, actor: "somebody else" })
      expect(again(story)).toMatchObject(answer)
      story.wait(3_600_000_000)
      story.report(open, { type: "Canceled" }) // what the order has come to makes no difference
      story.deposit("5")
      const { length } = story.bytes
      expect(again(story)).toMatchObject(answer)
      expect(again(story.restarted())).toMatchObject(answer)
      expect(story.bytes).toHaveLength(length)
    }
  )

  it("with other content any other command is refused, of the same kind or another, after a restart too", () => {
    for (const [name, request] of kinds) {
      const { story, open, other } = begun()
      story.send(request({ open, other }), { id: "same" })
      const restarted = story.restarted()
      for (const [another, next] of kinds) {
        if (another === name) continue
        for (const told of [story, restarted]) {
          const outcome = told.send(next({ open, other }), { id: "same" })
          expect({ name, another, code: outcome.code, field: outcome.field }).toEqual({
            name,
            another,
            code: "ClOrdIdReused",
            field: "clOrdId"
          })
        }
      }
    }
  })

  it.each<[string, Wanted]>([
    ["side", { side: "sell" }],
    ["symbol", { symbol: "ETHUSDT" }],
    ["quantity", { quantity: "1.1" }],
    ["price", { price: "100.5" }],
    ["type", { type: "stop", stopPrice: "100" }],
    ["time in force", { tif: "DAY" }]
  ])("with another %s an order is another order", (_, change) => {
    const story = Story.begun()
    story.submit({ price: "100" }, { id: "same" })
    const changed = change.type === undefined ? { price: "100", ...change } : change
    expect(story.submit(changed, { id: "same" }).code).toBe("ClOrdIdReused")
  })

  it("by another account is another command", () => {
    const story = Story.begun()
    expect(story.deposit("1", "A", { id: "same" }).kind).toBe("facts")
    expect(story.deposit("2", "B", { id: "same" }).kind).toBe("facts")
    expect(story.deposit("1", "A", { id: "same" }).kind).toBe("repeat")
  })

  it("after it was refused it is judged anew: nothing had been recorded", () => {
    const story = Story.begun()
    expect(story.withdraw("10001", "A", { id: "same" }).code).toBe("InsufficientFunds")
    story.deposit("1")
    expect(story.withdraw("10001", "A", { id: "same" }).kind).toBe("facts")
    expect(story.withdraw("10001", "A", { id: "same" }).kind).toBe("repeat")
  })

  it("is answered with its own events, though limits and halts were set under its id", () => {
    const story = Story.begun()
    const { events } = story.submit({ price: "100" }, { id: "same" })
    const limits = {
      type: "SetLimits",
      scope: "account",
      scopeId: "A",
      changes: { maxOpenOrders: 9 },
      reason: "test"
    } as const
    expect(story.send(limits, { id: "same" }).kind).toBe("facts")
    expect(story.send({ type: "Halt", scope: "account", scopeId: "A", reason: "test" }, { id: "same" }).kind).toBe(
      "facts"
    )
    const numbers = { first: events[0]!.eventNo, last: events[1]!.eventNo }
    expect(story.submit({ price: "100" }, { id: "same" })).toMatchObject({ kind: "repeat", ...numbers })
    expect(story.restarted().submit({ price: "100" }, { id: "same" })).toMatchObject({ kind: "repeat", ...numbers })
  })

  it("does not tell where a reference ends by its bars", () => {
    const story = Story.begun()
    const deposit = { type: "Deposit", account: A, currency: USDT, amount: amount<never>("1") } as const
    story.send({ ...deposit, reference: "r|2026-03-01T00:00:00.000000000Z" }, { id: "same" })
    const other = { ...deposit, reference: "r", effectiveAt: at("2026-03-01T00:00:00Z") }
    expect(story.send(other, { id: "same" }).code).toBe("ClOrdIdReused")
  })
})

/** A UUIDv7 of a time; `tail` tells those of one millisecond apart. */
const uuid7 = (time: typeof MORNING, tail = 0): string => {
  const millis = Math.floor(Date.parse(time)).toString(16).padStart(12, "0")
  return `${millis.slice(0, 8)}-${millis.slice(8)}-7000-8000-${tail.toString(16).padStart(12, "0")}`
}

describe("a UUIDv7 of a caller's clock", () => {
  it.each<[string, number, string | undefined]>([
    ["of now", 0, undefined],
    ["60 s ahead", 60_000_000, undefined],
    ["a millisecond further ahead", 60_001_000, "CommandTooNew"],
    ["an hour ahead", 3_600_000_000, "CommandTooNew"],
    ["an hour ago", -3_600_000_000, undefined],
    ["23 hours ago", -82_800_000_000, undefined],
    ["a millisecond within 24 hours", -86_399_999_000, undefined],
    ["24 hours ago, though nothing was forgotten yet", -86_400_000_000, "CommandTooOld"],
    ["of last year", -31_536_000_000_000, "CommandTooOld"]
  ])("%s", (_, micros, code) => {
    const story = Story.begun()
    const id = uuid7(plusMicros(MORNING, micros))
    expect(story.deposit("1", "A", { id }).code).toBe(code)
    expect(story.deposit("1", "A", { id }).kind).toBe(code === undefined ? "repeat" : "refused")
  })

  it("of before what is remembered is refused, since it may have been answered", () => {
    const story = Story.begun()
    const id = uuid7(MORNING)
    expect(story.deposit("1", "A", { id }).kind).toBe("facts")
    story.wait(86_400_000_000 + 1_000_000)
    while (story.state.eventNo % 256 !== 255) story.deposit("1")
    story.deposit("1") // every 256th event looks what is old
    for (const told of [story, story.restarted()]) {
      expect(told.deposit("1", "A", { id })).toMatchObject({ code: "CommandTooOld", field: "clOrdId" })
      expect(told.deposit("1", "A", { id: uuid7(MORNING, 1) }).code).toBe("CommandTooOld")
      expect(told.deposit("1", "A", { id: uuid7(plusMicros(MORNING, 1_000_000)) }).code).toBe("CommandTooOld")
      expect(told.deposit("1", "A", { id: uuid7(plusMicros(MORNING, 1_001_000)) }).kind).toBe("facts")
      expect(told.deposit("1", "A", { id: "c1" }).kind).toBe("facts") // other ids are protected only while remembered
    }
  })

  it("is asked about only where commands are remembered", () => {
    const story = Story.begun()
    const old = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"
    expect(story.send({ type: "Halt", scope: "firm", reason: "test" }, { id: old }).kind).toBe("facts")
    expect(story.deposit("1", "A", { id: old }).code).toBe("CommandTooOld")
  })
})
