// A group goes to another partition and is there what it was here.
import { createHash } from "node:crypto"
import { describe, expect, it } from "vitest"
import { monitorReaction } from "#domain/account/monitor-reaction.ts"
import type { AccountId } from "#domain/kernel/ids.ts"
import { plusMicros } from "#domain/kernel/time.ts"
import type { Limits } from "#domain/risk/limits.ts"
import { ETH, marginAccount, moving } from "./entry-story.ts"
import { audited, empty, handedOver, mark, move, moveOut, packed, receive, settle } from "./moving.ts"
import { amount, at, BTC, dataOf, instrument, market, Story, typesOf, verdict, type Outcome } from "./story.ts"

const begun = (): Story => {
  const story = Story.begun()
  story.send({ type: "AdoptInstrument", instrument: instrument(ETH) })
  return story
}
describe("a group that moves", () => {
  it("leaves with a hash of all that it is, and is that where it arrives", () => {
    const [here, there] = [begun(), empty()]
    here.hold("2", "90")
    here.hold("1", "50", "B")
    mark(here, "100")
    here.limits("group", "G", { maxOpenOrders: 7 })
    here.limits("account", "A", { maxDailyLoss: amount("500"), restricted: "XYZ", shortAllowed: true })
    here.limits("account", "B", { maxOrderQuantity: amount("3") }, { effectiveFrom: plusMicros(here.now, 60e6) })
    const before = packed(here)
    const out = moveOut(here)
    expect(typesOf(out)).toEqual(["GroupMovedOut"])
    const { hash, moved, moveId } = dataOf(out, "GroupMovedOut")
    expect(hash).toBe(createHash("sha256").update(JSON.stringify(moved)).digest("hex"))
    expect([here.state.groups.has("G" as never), here.account("A")]).toEqual([false, undefined])
    expect(here.state.firm.symbols.held().length).toBe(0)
    const arrived = receive(there, handedOver(here))
    expect(dataOf(arrived, "GroupMovedIn")).toMatchObject({ hash, moveId, fromPartition: 0 })
    expect(packed(there)).toBe(before)
    expect(typesOf(settle(here, arrived))).toEqual(["GroupArrived"])
    expect([there.cash("A").total, there.held("B").total]).toEqual([JSON.parse(before).accounts[0].cash[0].total, "1"])
    expect(there.account("A").risk.limits).toMatchObject({ maxDailyLoss: amount("500"), shortAllowed: true })
    expect(there.state.firm.worth.result).toBe(0n)
    expect(there.state.firm.worth.equity).toBe(there.account("A").group.risk.worth.equity)
    audited(here, there)
    // limits that wait come to hold there
    there.wait(61e6)
    expect(verdict(there.submit({ account: "B", quantity: "4", price: "100" }))).toContain("MAX_ORDER_QUANTITY")
  })

  it("is nowhere in between, and every command for it is told so", () => {
    const [here, there] = [begun(), empty()]
    moveOut(here)
    const asked = () => [
      here.submit({ price: "100" }),
      here.deposit("1"),
      here.openAccount("new", "G"),
      here.openAccount("A", "Z"),
      here.limits("group", "G", { maxOpenOrders: 1 }),
      here.send({ type: "Halt", scope: "account", scopeId: "A", reason: "test" }),
      here.allot("G", "1")
    ]
    here.limits("firm", "firm", { maxOpenNotional: amount("1000") })
    expect(new Set(asked().map(({ code }) => code))).toEqual(new Set(["Moving"]))
    settle(here, receive(there, handedOver(here)))
    expect(new Set(asked().map(({ code }) => code))).toEqual(new Set(["MovedAway"]))
    expect(here.deposit("1", "C").kind).toBe("facts")
    expect(there.deposit("1").kind).toBe("facts")
    expect(here.send({ type: "MoveGroup", group: "G" as never, toPartition: 1 }).kind).toBe("nothing")
    expect(moveOut(here, 2).code).toBe("UnknownGroup")
  })

  it.each<[string, (story: Story) => unknown]>([
    ["OpenOrders", (story) => story.place({ price: "100" })],
    ["InTransit", (story) => story.send(moving({ amount: "1" }, { to: "E" as AccountId, toPartition: 1 }))],
    ["Allotted", (story) => story.allot("G", "10")]
  ])("stays where it is: %s", (code, prepare) => {
    const story = begun()
    prepare(story)
    expect(moveOut(story).code).toBe(code)
    expect(moveOut(story, 0).kind).toBe("nothing") // it is there
  })

  it.each<[string, (story: Story) => unknown]>([
    ["FirmLimits", (story) => story.limits("firm", "firm", { maxOpenOrders: 5 })],
    ["FirmLimits", (story) => story.limits("symbol", BTC, { maxOpenOrders: 5 })],
    [
      "FirmLimits",
      (story) => story.limits("firm", "firm", { maxOpenOrders: 5 }, { effectiveFrom: at("2026-04-01T00:00:00Z") })
    ],
    ["FirmHalted", (story) => story.send({ type: "Halt", scope: "firm", reason: "test" })],
    ["FirmHalted", (story) => story.send({ type: "Halt", scope: "symbol", scopeId: BTC, reason: "test" })]
  ])("does not escape %s of the firm and of symbols", (code, hold) => {
    const [here, there, same] = [begun(), empty(), empty(2)]
    for (const story of [here, same]) hold(story)
    moveOut(here)
    const no = receive(there, handedOver(here))
    expect(dataOf(no, "GroupRefused")).toMatchObject({ code })
    settle(here, no)
    move(here, same)
    expect(same.state.groups.size).toBe(1)
    audited(here, same)
  })

  it.each<[string, Limits, Limits, string | undefined]>([
    [
      "of whatever is divided there may be another part",
      { maxOpenOrders: 5, maxDailyLoss: amount("9") },
      { maxOpenOrders: 1, maxDailyLoss: amount("1") },
      undefined
    ],
    ["of the rest not", { collarPercent: amount("5") }, { collarPercent: amount("6") }, "are others here"],
    ["units up to the part", { maxPosition: amount("9") }, { maxPosition: amount("5") }, undefined],
    ["units beyond the part", { maxPosition: amount("9") }, { maxPosition: amount("4.9") }, "part of maxPosition of"],
    ["worth up to the part", { maxGrossNotional: amount("9000") }, { maxGrossNotional: amount("500") }, undefined],
    [
      "worth beyond the part",
      { maxGrossNotional: amount("9000") },
      { maxGrossNotional: amount("499") },
      "part of maxGrossNotional of"
    ]
  ])("has room in what the firm and a symbol may have where it comes: %s", (_, ofHere, ofThere, detail) => {
    for (const [scope, id] of [
      ["firm", "firm"],
      ["symbol", BTC]
    ] as const) {
      if (scope === "symbol" && ofHere.maxDailyLoss !== undefined) continue // which no symbol has
      const [here, there] = [begun(), empty()]
      here.hold("3", "100") // A and B are of the group
      here.hold("2", "100", "B")
      here.limits(scope, id, ofHere)
      there.limits(scope, id, ofThere)
      moveOut(here)
      const arrived = receive(there, handedOver(here))
      if (detail === undefined) expect(typesOf(arrived)).toContain("GroupMovedIn")
      else {
        const refused = { code: "FirmLimits", detail: expect.stringContaining(detail) }
        expect(dataOf(arrived, "GroupRefused")).toMatchObject(refused)
      }
      settle(here, arrived)
      audited(here, there)
    }
  })

  it("has room where it brings down what is there", () => {
    const [here, there] = [begun(), empty()]
    here.hold("3", "100")
    here.limits("firm", "firm", { maxPosition: amount("9"), maxGrossNotional: amount("900") })
    marginAccount(there)
    there.deposit("10000", "M")
    there.limits("account", "M", { shortAllowed: true })
    const short = there.place({ account: "M", side: "sell", quantity: "7", price: "100" })
    there.fill(short, "7", "100", { fee: amount("0") })
    there.limits("firm", "firm", { maxPosition: amount("3"), maxGrossNotional: amount("300") })
    move(here, there)
    expect(there.state.groups.has("G" as never)).toBe(true)
  })

  it("remembers what its accounts' commands were answered, and where", () => {
    const [here, there] = [begun(), empty()]
    const first = here.deposit("5", "A", { id: "mine" })
    const order = here.place({ price: "100" }, { id: "order" })
    here.report(order, { type: "Canceled" })
    move(here, there)
    for (const told of [there, there.restarted()]) {
      const repeat = { kind: "repeat", partition: 0, first: first.events[0]!.eventNo, last: first.events[0]!.eventNo }
      expect(told.deposit("5", "A", { id: "mine" })).toMatchObject(repeat)
      expect(told.submit({ price: "100" }, { id: "order" })).toMatchObject({ kind: "repeat", partition: 0 })
      expect(told.deposit("6", "A", { id: "mine" }).code).toBe("ClOrdIdReused")
      expect(told.deposit("5", "B", { id: "mine" }).kind).toBe("facts")
    }
    // where it was the same is still known
    expect(here.deposit("5", "A", { id: "mine" })).toMatchObject({ kind: "repeat", first: first.events[0]!.eventNo })
    // and so it is after a second move, and back at home
    const third = empty(2)
    there.deposit("7", "A", { id: "there" })
    move(there, third)
    expect(third.deposit("5", "A", { id: "mine" })).toMatchObject({ kind: "repeat", partition: 0 })
    expect(third.deposit("7", "A", { id: "there" })).toMatchObject({ kind: "repeat", partition: 1 })
    move(third, here)
    expect(here.deposit("5", "A", { id: "mine" })).toMatchObject({ kind: "repeat", first: first.events[0]!.eventNo })
    expect(here.deposit("7", "A", { id: "there" })).toMatchObject({ kind: "repeat", partition: 1 })
    expect(here.openAccount("fresh", "G").kind).toBe("facts")
    expect(new Set([...here.state.accounts.values()].map(({ no }) => no)).size).toBe(here.state.accounts.size)
    audited(here, there, third)
  })

  it("forgets carried answers as others, and refuses what they may have been", () => {
    const [here, there] = [begun(), empty()]
    const old = "0190ffff-ffff-7000-8000-000000000000"
    here.deposit("5", "A", { id: "mine" })
    for (let i = 0; i < 300; i++) here.deposit("1", "C")
    here.wait(2 * 86_400_000_000)
    for (let i = 0; i < 300; i++) here.deposit("1", "C")
    move(here, there)
    expect(there.deposit("1", "A", { id: old }).code).toBe("CommandTooOld")
    const [again, other] = [begun(), empty()]
    again.deposit("5", "A", { id: "mine" })
    move(again, other)
    other.wait(2 * 86_400_000_000)
    for (let i = 0; i < 300; i++) other.deposit("1", "A")
    expect(other.state.answered.carried.size).toBe(0)
  })

  it("is watched where it has come to, and again where it has come back to, also if nothing else happens", () => {
    const due = ({ state }: Story, { events: [first] }: Outcome) =>
      monitorReaction(
        state.partition,
        () => state,
        () => undefined
      )
        .react(first!)
        .map(({ request }) => request)
    const [here, there] = [begun(), empty()]
    here.hold("10", "100")
    here.limits("account", "A", { maxDailyLoss: amount("100") })
    mark(here, "50") // nobody is told before it leaves
    moveOut(here)
    const arrived = receive(there, handedOver(here))
    const tooMuch = [{ type: "WatchLosses", scope: "account", scopeId: "A" }]
    expect(due(there, arrived)).toEqual(tooMuch)
    expect(due(here, settle(here, { kind: "refused", code: "GroupExists", events: [] }))).toEqual(tooMuch)
  })

  it("leaves the firm with the money that is there, also where it makes it flat at another mark", () => {
    const [here, there] = [begun(), empty()]
    here.hold("1", "100")
    marginAccount(there)
    there.deposit("1000", "M")
    there.limits("account", "M", { shortAllowed: true })
    mark(there, "110")
    const id = there.place({ account: "M", side: "sell", quantity: "1", price: "110" }, { seen: market("110", "110") })
    there.fill(id, "1", "110", { fee: 0n as never })
    move(here, there)
    const { equity, net } = there.state.firm.worth
    expect([net, equity]).toEqual([0n, amount("21010")]) // 19,900 + 1,000 + 110
  })

  it("takes its halts and what they are for along", () => {
    const [here, there] = [begun(), empty()]
    here.hold("10", "100")
    here.limits("account", "A", { maxDailyLoss: amount("100") })
    mark(here, "50")
    here.send({ type: "WatchLosses", scope: "account", scopeId: "A" }, { actor: "system:monitor" })
    here.send({ type: "Halt", scope: "group", scopeId: "G", symbol: ETH as never, reason: "by hand" })
    expect(here.state.halts.size).toBe(2)
    const out = moveOut(here)
    expect(typesOf(out)).toEqual(["GroupMovedOut", "TradingResumed", "TradingResumed"])
    const arrived = receive(there, handedOver(here))
    expect(typesOf(arrived)).toEqual(["GroupMovedIn", "TradingHalted", "TradingHalted"])
    settle(here, arrived)
    expect([...there.state.halts.values()].map(({ scope, mode, symbol }) => [scope, mode, symbol])).toEqual([
      ["account", "reduce-only", undefined],
      ["group", undefined, ETH]
    ])
    expect(verdict(there.submit({ quantity: "1", price: "50" }, { seen: market("50", "50") }))).toContain("HALTED")
    // the loss was told once
    expect(there.send({ type: "WatchLosses", scope: "account", scopeId: "A" }).kind).toBe("nothing")
    const [lossHalt] = there.state.halts.keys()
    expect(there.send({ type: "Resume", haltId: lossHalt! }).kind).toBe("facts")
    audited(here, there)
  })

  it.each<[string, (there: Story) => unknown]>([
    ["UnknownSymbol", () => undefined],
    ["GroupExists", (there) => there.openAccount("Q", "G")],
    ["AccountExists", (there) => there.openAccount("A", "Q")],
    [
      "OtherTerms",
      (there) => there.send({ type: "AdoptInstrument", instrument: instrument(BTC, { multiplier: amount("10") }) })
    ]
  ])("comes back when it is refused (%s)", (code, prepare) => {
    const [here, there] = [begun(), new Story({ partition: 1 })]
    here.hold("2")
    here.send({ type: "Halt", scope: "account", scopeId: "A", reason: "test", mode: "reduce-only" })
    here.deposit("5", "A", { id: "mine" })
    prepare(there)
    const before = packed(here)
    moveOut(here)
    const handed = handedOver(here)
    const refusal = receive(there, handed)
    expect(dataOf(refusal, "GroupRefused")).toMatchObject({ code })
    there.send({ type: "AdoptInstrument", instrument: instrument(BTC, { version: 2 }) })
    for (const request of handed)
      expect(there.send(request)).toMatchObject({ kind: "refused", code: "TransferRefused" })
    expect(typesOf(settle(here, refusal))).toEqual(["GroupReturned", "TradingHalted"])
    expect(packed(here)).toBe(before)
    expect(here.deposit("5", "A", { id: "mine" }).kind).toBe("repeat")
    expect(here.deposit("6", "A", { id: "next" }).kind).toBe("facts")
    expect(there.state.transit.arriving.size).toBe(0)
    audited(here, there)
  })

  it("is refused when it is not what was sent", () => {
    const [here, there] = [begun(), empty()]
    moveOut(here)
    const [answers, group] = handedOver(here) as never as [never, { moved: { accounts: ReadonlyArray<object> } }]
    there.send(answers)
    const [first, ...others] = group.moved.accounts
    const cash = [{ currency: "USDT", total: "1000000" }]
    const other = { ...group, moved: { ...group.moved, accounts: [{ ...first, cash }, ...others] } }
    expect(dataOf(there.send(other as never), "GroupRefused")).toMatchObject({ code: "HashDiffers" })
  })

  it("is taken once, in its turn, after all of its answers", () => {
    const [here, there] = [begun(), empty()]
    here.send(moving({ amount: "1" }, { account: "C" as AccountId, to: "E" as AccountId, toPartition: 1 }))
    moveOut(here)
    const [answers, group] = handedOver(here) as never as [never, never]
    expect([there.send(answers).code, there.send(group).code]).toEqual(["OutOfTurn", "OutOfTurn"])
    const { toPartition: _, ...sent } = [...here.state.transit.onTheirWay.values()][0]!
    there.send({ type: "ReceiveTransfer", fromPartition: 0, ...sent })
    expect(there.send(group).code).toBe("OutOfTurn")
    expect(there.send({ ...(answers as object), part: 2 } as never).code).toBe("OutOfTurn")
    expect([answers, answers, group, group, answers].map((request) => there.send(request).kind)).toEqual([
      "facts",
      "nothing",
      "facts",
      "nothing",
      "nothing"
    ])
    expect(settle(here, { kind: "nothing", events: [] }).kind).toBe("facts")
    audited(there)
  })

  it("leaves a late report on an order of before in suspense", () => {
    const [here, there] = [begun(), empty()]
    const id = here.place({ quantity: "1", price: "100" })
    here.fill(id, "1", "100", { execId: "17" })
    move(here, there)
    const late = here.report(id, { type: "TradeCancel", execRefId: "17", execId: "18" } as never, { account: "A" })
    expect(typesOf(late)).toEqual(["ReportSuspended"])
    expect(here.report(id, { type: "Canceled", execId: "18" } as never, { account: "A" }).kind).not.toBe("facts")
    audited(here)
  })
})
