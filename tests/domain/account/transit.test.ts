// Transfers between two partitions: what leaves one arrives in the other or comes back, whatever becomes of the messages.
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { stateBytes, stateOfBytes } from "#domain/account/state-bytes.ts"
import type { OnItsWay } from "#domain/account/transit.ts"
import type { AccountId } from "#domain/kernel/ids.ts"
import { formatFixed, type Cash } from "#domain/kernel/money.ts"
import { postingsOf } from "#domain/ledger/postings.ts"
import { same } from "#services/simulation/same.ts"
import { ledgerCodec } from "#streams/ledger-codec.ts"
import { moving } from "./entry-story.ts"
import { amount, BTC, dataOf, instrument, Story, typesOf, type Outcome } from "./story.ts"

/** A, B and C as always; in partition 1 the account E of another group, with BTCUSDT to trade. */
const elsewhere = (): Story => {
  const story = new Story({ partition: 1 })
  story.send({ type: "AdoptInstrument", instrument: instrument() })
  story.openAccount("E", "X")
  story.deposit("500", "E")
  return story
}
const away = (texts: Parameters<typeof moving>[0], to = "E") =>
  moving(texts, { to: to as AccountId, toPartition: to === "A" ? 0 : 1 })
const hand = (to: Story, one: OnItsWay, fromPartition = 0): Outcome => {
  const { toPartition: _, ...sent } = one
  return to.send({ type: "ReceiveTransfer", fromPartition, ...sent }, { id: `transit:${one.carried.transferId}` })
}
const next = (story: Story): OnItsWay => [...story.state.transit.onTheirWay.values()][0]!
const settle = (story: Story, one: OnItsWay, answered: Outcome): Outcome => {
  const code = answered.code ?? (dataOf(answered, "TransferRefused")["code"] as string | undefined)
  const refused = code === undefined ? {} : { refused: { code, detail: "not there" } }
  const { transferId } = one.carried
  return story.send(
    { type: "SettleTransfer", account: one.from, transferId, ...refused },
    { id: `transit:${transferId}:end` }
  )
}
/** What ledger accounts of a kind hold over these partitions, by unit; nothing where all of it is nothing. */
const booked = (stories: ReadonlyArray<Story>, kind: string) => {
  const sums = new Map<string, bigint>()
  for (const { bytes } of stories)
    for (const text of bytes)
      for (const { ledger, unit, amount } of postingsOf(ledgerCodec.decode(JSON.parse(text))))
        if (ledger.startsWith(kind)) sums.set(unit, (sums.get(unit) ?? 0n) + amount)
  return Object.fromEntries([...sums].filter(([, sum]) => sum !== 0n).map(([unit, sum]) => [unit, formatFixed(sum)]))
}

describe("a transfer to another partition", () => {
  it("leaves at once, is in transit, and arrives", () => {
    const [here, there] = [Story.begun(), elsewhere()]
    const out = here.send(away({ amount: "2500" }, "E"), { id: "mine" })
    expect(typesOf(out)).toEqual(["TransferredOut"])
    expect(dataOf(out, "TransferredOut")).toMatchObject({ to: "E", amount: "2500", toPartition: 1, transitNo: 1 })
    expect([here.cash().total, booked([here, there], "in-transit")]).toEqual(["7500", { USDT: "2500" }])
    const taken = hand(there, next(here))
    expect(dataOf(taken, "TransferredIn")).toMatchObject({ from: "A", amount: "2500", fromPartition: 0, transitNo: 1 })
    expect(taken.events[0]).toMatchObject({ account: "E", effectiveAt: out.events[0]!.effectiveAt })
    expect(typesOf(settle(here, next(here), taken))).toEqual(["TransferArrived"])
    expect([there.cash("E").total, booked([here, there], "in-transit")]).toEqual(["3000", {}])
    expect(here.state.transit.onTheirWay.size).toBe(0)
    expect(here.account().risk.worth.result).toBe(0n)
    // the caller's command is answered as a repeat, and is no new one because the account is known to be elsewhere by now
    for (const told of [here, here.restarted()])
      expect(told.send(moving({ amount: "2500" }, { to: "E" as AccountId }), { id: "mine" }).kind).toBe("repeat")
  })

  it("takes units with what they cost", () => {
    const [here, there] = [Story.begun(), elsewhere()]
    here.hold("1", "90")
    here.hold("1", "110")
    here.send(away({ quantity: "0.5" }))
    settle(here, next(here), hand(there, next(here)))
    expect([here.held().total, there.held("E").total]).toEqual(["1.5", "0.5"])
    expect(formatFixed(there.account("E").balances.holdings.get(BTC)!.cost)).toBe("50")
    expect(booked([here, there], "in-transit")).toEqual({})
  })

  it.each([
    ["1", {}, undefined],
    ["1.1", {}, "FirmLimits"],
    ["1", { maxGrossNotional: amount<Cash>("99") }, "FirmLimits"],
    ["1", { maxGrossNotional: amount<Cash>("100") }, undefined]
  ] as const)("of %s finds room in the firm's part there, or comes back: %o", (quantity, more, code) => {
    const [here, there] = [Story.begun(), elsewhere()]
    here.hold("2", "100")
    there.limits("firm", "firm", { maxPosition: amount("1"), ...more })
    here.send(away({ quantity }))
    const answered = hand(there, next(here))
    if (code === undefined) expect(typesOf(answered)).toEqual(["TransferredIn"])
    else expect(dataOf(answered, "TransferRefused")).toMatchObject({ code })
    settle(here, next(here), answered)
    expect(here.held().total).toBe(code === undefined ? formatFixed(amount("2") - amount(quantity)) : "2")
  })

  it("of units that nobody has there brings their mark, and later ones count", () => {
    const [here, there] = [Story.begun(), elsewhere()]
    here.hold("1", "100")
    here.send(away({ quantity: "0.5" }))
    const { mark, ...bare } = next(here)
    expect(mark).toBe(100_00000000n)
    expect(dataOf(hand(elsewhere(), bare), "TransferRefused")).toMatchObject({ code: "UnknownSymbol" })
    settle(here, next(here), hand(there, next(here)))
    expect(there.account("E").risk.worth).toMatchObject({ net: 50_00000000n, result: 0n })
    there.send({
      type: "RecordMark",
      symbol: BTC,
      price: 120_00000000n as never,
      source: "mid",
      mdNo: 1,
      markedAt: there.now
    })
    expect(there.account("E").risk.worth).toMatchObject({ net: 60_00000000n, result: 10_00000000n })
  })

  it("of units, recorded before marks were brought, is valued at what it cost until there is one", () => {
    const [here, there] = [Story.begun(), elsewhere()]
    there.openAccount("F", "Y")
    there.deposit("500", "F")
    here.hold("2", "110")
    here.send(away({ quantity: "0.5" }))
    settle(here, next(here), hand(there, next(here)))
    const stored = there.bytes.map((text) => {
      const event = JSON.parse(text) as { type: string; v: number; data: Record<string, unknown> }
      if (event.type !== "TransferredIn") return text
      const { mark: _, ...data } = event.data
      return JSON.stringify({ ...event, v: 2, data })
    })
    const old = new Story({ partition: 1 })
    for (const text of stored) old.state = old.decider.evolve(old.state, ledgerCodec.decode(JSON.parse(text)))
    old.now = there.now
    expect(old.account("E").risk.worth).toMatchObject({ net: 55_00000000n, result: 0n })
    // the first price is somebody else's
    old.hold("1", "120", "F")
    old.send({
      type: "RecordMark",
      symbol: BTC,
      price: 120_00000000n as never,
      source: "mid",
      mdNo: 1,
      markedAt: old.now
    })
    expect(old.account("E").risk.worth).toMatchObject({ net: 60_00000000n, result: 5_00000000n })
    expect(old.state.firm.worth.net).toBe(180_00000000n)
  })

  it.each([
    ["UnknownAccount", (there: Story) => there, { amount: "10" }, "nobody"],
    [
      "UnknownSymbol",
      () => {
        const bare = new Story({ partition: 1 })
        bare.openAccount("E", "X")
        return bare
      },
      { quantity: "0.5" },
      "E"
    ],
    [
      "OtherTerms",
      (there: Story) => {
        const other = { version: 2, multiplier: 10_00000000n as never }
        there.send({ type: "AdoptInstrument", instrument: instrument("BTCUSDT", other) })
        return there
      },
      { quantity: "0.5" },
      "E"
    ],
    [
      "OutOfRange",
      (there: Story) => {
        there.deposit("999999999999999000", "E")
        return there
      },
      { amount: "600" },
      "E"
    ]
  ])("that is refused there (%s) comes back, and stays refused", (code, prepare, texts, to) => {
    const [here, there] = [Story.begun(), prepare(elsewhere())]
    here.hold("1")
    const before = [here.cash(), here.held()]
    here.send(away(texts as never, to))
    const leaving = next(here)
    const no = hand(there, leaving)
    expect(typesOf(no)).toEqual(["TransferRefused"])
    expect(dataOf(no, "TransferRefused")).toMatchObject({ code })
    // whatever has changed meanwhile: an answer may have been lost
    there.openAccount("nobody", "Y")
    for (const told of [there, there.restarted()])
      expect(hand(told, leaving)).toMatchObject({ kind: "refused", code: "TransferRefused" })
    const back = settle(here, leaving, no)
    expect(dataOf(back, "TransferReturned")).toMatchObject({ to, toPartition: 1, code })
    expect(back.events[0]!.account).toBe("A")
    expect([here.cash(), here.held()]).toEqual(before)
    expect(settle(here, leaving, no).kind).toBe("nothing")
    expect(booked([here, there], "in-transit")).toEqual({})
  })

  it("is refused at once where it cannot leave, or where nobody knows the other account", () => {
    const story = Story.begun()
    expect(story.send(away({ amount: "10001" }))).toMatchObject({ code: "InsufficientFunds" })
    expect(story.send(away({ quantity: "1" }))).toMatchObject({ code: "NothingHeld" })
    const own = moving({ amount: "1" }, { to: "E" as AccountId, toPartition: 0 })
    expect(story.send(own)).toMatchObject({ code: "UnknownAccount", field: "to" })
  })

  it("is taken in its turn only, and from another partition", () => {
    const [here, there] = [Story.begun(), elsewhere()]
    for (const amount of ["1", "2"]) here.send(away({ amount }))
    const [first, second] = [...here.state.transit.onTheirWay.values()]
    expect(hand(there, second!).code).toBe("OutOfTurn")
    expect(hand(there, first!, 1).code).toBe("SamePartition")
    expect([hand(there, first!).kind, hand(there, second!).kind, hand(there, first!).kind]).toEqual([
      "facts",
      "facts",
      "nothing"
    ])
    expect(there.cash("E").total).toBe("503")
  })

  it("leaves the ids of the accounts' own commands alone", () => {
    const [here, there] = [Story.begun(), elsewhere()]
    here.send(away({ amount: "1" }))
    const { transferId } = next(here).carried
    expect(there.deposit("1", "E", { id: `transit:${transferId}` }).kind).toBe("facts")
    const taken = hand(there, next(here))
    expect(taken.kind).toBe("facts")
    expect(there.deposit("1", "E", { id: `transit:${transferId}` })).toMatchObject({
      kind: "repeat",
      first: 4,
      last: 4
    })
    settle(here, next(here), taken)
    expect(here.deposit("1", "A", { id: `transit:${transferId}:end` }).kind).toBe("facts")
  })
})

type Step =
  | { readonly move: { readonly amount: number; readonly back: boolean; readonly to: string; readonly units: boolean } }
  | { readonly deliver: { readonly at: number; readonly back: boolean; readonly told: boolean } }
  | { readonly again: number }
  | { readonly restart: boolean }
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    arbitrary: fc.record({
      move: fc.record({
        amount: fc.integer({ min: 1, max: 40 }),
        back: fc.boolean(),
        to: fc.constantFrom("E", "E", "nobody"),
        units: fc.boolean()
      })
    }),
    weight: 3
  },
  {
    arbitrary: fc.record({ deliver: fc.record({ at: fc.nat(3), back: fc.boolean(), told: fc.boolean() }) }),
    weight: 4
  },
  { arbitrary: fc.record({ again: fc.nat(30) }), weight: 2 },
  { arbitrary: fc.record({ restart: fc.boolean() }), weight: 1 }
)

describe("transfers both ways, with messages lost, repeated, late and out of turn, and programs that end", () => {
  it("neither lose nor make anything, and once all is answered nothing is in transit", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const stories = [Story.begun(), elsewhere()] as [Story, Story]
        stories[0].hold("3")
        stories[1].hold("1", "100", "E")
        const all = () => ["USDT", "BTC"].map((unit) => sum(stories, unit))
        const total = all()
        /** everything that was ever sent: any of it may come again */
        const sent: Array<{ readonly at: 0 | 1; readonly one: OnItsWay }> = []
        const deliver = (at: 0 | 1, one: OnItsWay, told: boolean) => {
          sent.push({ at, one })
          const answered = hand(stories[at === 0 ? 1 : 0], one, at)
          if (told && answered.code !== "OutOfTurn") settle(stories[at], one, answered)
        }
        for (const one of steps) {
          if ("move" in one) {
            const { amount, back, to, units } = one.move
            const other = to === "nobody" ? to : back ? "A" : "E"
            const request = away(units ? { quantity: `0.${1 + (amount % 9)}` } : { amount: `${amount}.25` }, other)
            const toPartition = back ? 0 : 1
            stories[back ? 1 : 0].send({ ...request, account: (back ? "E" : "A") as AccountId, toPartition })
          } else if ("deliver" in one) {
            const at = one.deliver.back ? 1 : 0
            const waiting = [...stories[at].state.transit.onTheirWay.values()]
            const chosen = waiting[one.deliver.at]
            if (chosen !== undefined) deliver(at, chosen, one.deliver.told)
          } else if ("again" in one) {
            const old = sent[one.again]
            if (old !== undefined) hand(stories[old.at === 0 ? 1 : 0], old.one, old.at)
          } else {
            const at = one.restart ? 1 : 0
            const again = stories[at].restarted()
            expect(same(again.state, stories[at].state)).toBe(true)
            again.state = stateOfBytes(stateBytes(stories[at].state))
            stories[at] = again
          }
          expect(all()).toEqual(total)
        }
        for (const at of [0, 1] as const)
          for (const one of stories[at].state.transit.onTheirWay.values()) deliver(at, one, true)
        expect(stories.map(({ state }) => state.transit.onTheirWay.size)).toEqual([0, 0])
        expect(booked(stories, "in-transit")).toEqual({})
        expect(all()).toEqual(total)
      }),
      { numRuns: 150 }
    )
  })
})

/** What accounts have of a unit, and what is on its way. */
const sum = (stories: ReadonlyArray<Story>, unit: string): string => {
  const parts = ["account:", "in-transit"].map((kind) => booked(stories, kind)[unit] ?? "0")
  return formatFixed(parts.reduce((total, part) => total + BigInt(Math.round(Number(part) * 1e8)), 0n))
}
