import { describe, expect, it } from "vitest"
import type { Kill } from "#domain/account/commands.ts"
import { MOST_CANCELS } from "#domain/account/decide-changes.ts"
import { ledgerCodec } from "#streams/ledger-codec.ts"
import { instrument, Story, typesOf, verdict, type Outcome } from "./story.ts"

const kill = (story: Story, more: Partial<Kill> = {}, head: Parameters<Story["send"]>[1] = {}): Outcome =>
  story.send({ type: "Kill", scope: "firm", reason: "drill", ...more }, head)
const named = (outcome: Outcome): ReadonlyArray<string> =>
  outcome.events.flatMap((event) =>
    event.type === "CancelRequested" || event.type === "HeldOrderCanceled" ? [event.data.orderId] : []
  )
const begun = () => {
  const story = Story.begun()
  story.send({ type: "AdoptInstrument", instrument: instrument("ETHUSDT") })
  const a = story.place({ price: "100" })
  const eth = story.place({ symbol: "ETHUSDT", price: "100" })
  const b = story.place({ account: "B", price: "100" })
  const c = story.place({ account: "C", price: "100" })
  return { story, a, eth, b, c }
}

describe("the kill switch", () => {
  it("halts and asks for every cancel in one commit", () => {
    const { story, a, eth, b, c } = begun()
    const outcome = kill(story)
    expect(typesOf(outcome).slice(0, 2)).toEqual(["TradingHalted", "KillRequested"])
    expect(named(outcome)).toEqual([a, eth, b, c])
    expect(new Set(outcome.events.map(({ cause }) => cause)).size).toBe(1)
    expect([...story.state.halts.keys()]).toEqual([`halt-0-${outcome.events[0]!.eventNo}`])
    expect(verdict(story.submit({ price: "100" }))).toBe("denied: HALTED")
  })

  it("takes an account, a group, or one symbol of it, and leaves everybody else", () => {
    const first = begun()
    expect(named(kill(first.story, { scope: "account", scopeId: "A" }))).toEqual([first.a, first.eth])
    const second = begun()
    expect(named(kill(second.story, { scope: "group", scopeId: "G" }))).toEqual([second.a, second.eth, second.b])
    expect(verdict(second.story.submit({ account: "C", price: "100" }))).toBe("approved")
    const third = begun()
    expect(named(kill(third.story, { scope: "group", scopeId: "G", symbol: "ETHUSDT" as never }))).toEqual([third.eth])
    expect(verdict(third.story.submit({ account: "A", price: "100" }))).toBe("approved")
  })

  it("of what is not there is refused, and nothing is recorded", () => {
    const { story } = begun()
    expect(kill(story, { scope: "account", scopeId: "Z" }).code).toBe("UnknownAccount")
    expect(kill(story, { scope: "group" }).code).toBe("MissingField")
    expect(kill(story, { symbol: "XRPUSDT" as never }).code).toBe("UnknownSymbol")
    expect(story.state.halts.size).toBe(0)
  })

  it("is one command however often it is sent, also after a restart and after the halt was lifted", () => {
    const { story, a } = begun()
    const outcome = kill(story, {}, { id: "k" })
    const [first, last] = [outcome.events[1]!.eventNo, outcome.events.at(-1)!.eventNo]
    for (const same of [story, story.restarted()]) {
      expect(kill(same, {}, { id: "k" })).toMatchObject({ kind: "repeat", first, last })
      expect(kill(same, { reason: "another" }, { id: "k" }).code).toBe("ClOrdIdReused")
      same.report(a, { type: "Canceled" })
      same.send({ type: "Resume", haltId: [...same.state.halts.keys()][0]! })
      expect(kill(same, {}, { id: "k" })).toMatchObject({ kind: "repeat", first, last })
      expect(same.state.halts.size).toBe(0)
    }
    // an account's commands have ids of their own
    expect(story.submit({ account: "B", price: "100" }, { id: "k" }).kind).toBe("facts")
  })

  it("passes over what is being cancelled, and cancels at once what no venue has", () => {
    const { story, a, eth, b, c } = begun()
    story.cancel(a)
    const held = story.place({ type: "stop", stopPrice: "110", also: { triggerBy: "local" } })
    expect(named(kill(story))).toEqual([eth, held, b, c])
    expect(story.order(held)).toBeUndefined()
  })
})

describe("more orders than a commit takes", () => {
  const crowded = () => {
    const story = Story.begun()
    story.deposit("90000")
    for (let n = 0; n <= MOST_CANCELS; n++) story.place({ quantity: "0.1", price: "90" })
    return story
  }

  it("are killed in parts, as long as the halt stands", () => {
    const story = crowded()
    const haltId = `halt-0-${story.state.eventNo + 1}`
    expect(named(kill(story, {}, { id: "k" }))).toHaveLength(MOST_CANCELS)
    const rest = kill(story, { haltId }, { id: "k:2" })
    expect(typesOf(rest)).toEqual(["KillRequested", "CancelRequested"])
    expect(rest.events[0]!.data).toMatchObject({ haltId })
    expect(kill(story, { haltId }, { id: "k:2" })).toMatchObject({ kind: "repeat" })
    expect(kill(story, { haltId }, { id: "k:3" }).kind).toBe("nothing")
    expect(story.state.halts.size).toBe(1)
    const lifted = crowded()
    kill(lifted, {}, { id: "k" })
    lifted.send({ type: "Resume", haltId })
    expect(kill(lifted, { haltId }, { id: "k:2" }).kind).toBe("nothing")
  })

  it("are cancelled in parts, each small enough for the broker beside a full commit", () => {
    const story = crowded()
    const head = { id: "x".repeat(64), actor: "a".repeat(32) }
    const first = story.send({ type: "CancelAll", account: "A" as never }, head)
    expect(named(first)).toHaveLength(MOST_CANCELS)
    const trace = `00-${"0".repeat(32)}-${"0".repeat(16)}-01`
    const longest = (text: string) => text.length + `"trace":"${trace}",`.length + 63 // and a longer account
    const bytes = first.events.reduce((sum, event) => sum + longest(ledgerCodec.encode(event)) + 1, 0)
    expect(bytes).toBeLessThan(1_048_576 - 400_000 - 10_000)
    expect(named(story.send({ type: "CancelAll", account: "A" as never }))).toHaveLength(1)
    expect(named(story.send({ type: "CancelAll", account: "A" as never }))).toHaveLength(0)
  })
})
