// Of a state's parts those that generated stories seldom come to; the others are in tests/simulation/state-bytes.test.ts.
import { describe, expect, it } from "vitest"
import { stateBytes, stateOfBytes } from "#domain/account/state-bytes.ts"
import { plusMicros } from "#domain/kernel/time.ts"
import { same } from "#services/simulation/same.ts"
import { amount, BTC, instrument, Story, verdict } from "./story.ts"

/** The story goes on in a program that knew its state's bytes alone. */
const restored = (story: Story): Story => {
  const other = story.restarted()
  other.state = stateOfBytes(stateBytes(story.state))
  expect(same(other.state, story.state)).toBe(true)
  expect(Buffer.compare(stateBytes(other.state), stateBytes(story.state))).toBe(0)
  return other
}

describe("a state from its bytes", () => {
  it("has limits of every level, those that wait, and what they go by", () => {
    const story = Story.begun()
    story.limits("symbol", BTC, { maxOpenOrders: 40 })
    story.limits("firm", "firm", { fatFingerMultiple: amount("3"), duplicateWindowMillis: 500, restricted: "XYZ ABC" })
    const effectiveFrom = plusMicros(story.now, 60e6)
    story.limits("account", "A", { maxOrderQuantity: amount("2"), selfTrade: "cancel-both" }, { effectiveFrom })
    story.allot("G", "500")
    for (let i = 1; i <= 5; i++) {
      story.wait(1e6)
      story.place({ quantity: "1", price: `${20 + i}`, side: "buy" }, { id: `own-${i}` })
    }
    const { firm, symbols, limitsDueAt } = story.state
    expect([firm.limits.restricted, symbols.size, limitsDueAt]).toEqual(["XYZ ABC", 1, effectiveFrom])
    expect(story.account().habits.sizes.size).toBe(1)
    expect(story.account().habits.recent.size).toBe(1)
    expect(story.account().risk.waiting).toHaveLength(1)
    const other = restored(story)
    expect(other.state.firm.held).toEqual(firm.held)
    expect(other.account().risk.held).toBe(story.account("B").risk.held) // nothing was ever set: all have the same nothing
    for (const wait of [1, 61e6]) {
      const wanted = { quantity: "9", price: "20" }
      for (const one of [story, other]) one.wait(wait)
      const said = verdict(story.submit(wanted))
      expect(said).toContain("FAT_FINGER")
      expect(verdict(other.submit(wanted))).toBe(said)
    }
  })

  it("has what is remembered of open orders and of callers whose clocks are ahead", () => {
    const story = Story.begun({ most: 8 })
    const id = story.place({ quantity: "3", price: "100" }, { id: "mine" })
    story.fill(id, "1", "100", { execId: "17", fee: amount<never>("0") })
    const ahead = `${Date.parse("2026-03-02T10:00:30Z")
      .toString(16)
      .padStart(12, "0")
      .replace(/^(.{8})/u, "$1-")}-7000-8000-000000000001`
    story.deposit("1", "A", { id: ahead })
    for (let i = 0; i < 600; i++) {
      story.wait(1000)
      story.deposit("1")
    }
    const { pinned, pinnedByOrder, ahead: kept } = story.state.answered
    expect([pinned.size, pinnedByOrder.size, kept.size]).toEqual([2, 1, 1])
    const other = restored(story)
    expect(other.submit({ quantity: "3", price: "100" }, { id: "mine" }).kind).toBe("repeat")
    expect(other.deposit("1", "A", { id: ahead }).kind).toBe("repeat")
    other.report(id, { type: "Canceled" })
    expect(other.state.answered.pinned.size).toBe(0)
  })

  it("has an instrument's version of an order's own, and a session's hours", () => {
    const story = Story.begun()
    const session = {
      timeZone: "America/New_York",
      opens: "09:30",
      closes: "16:00",
      days: [1, 2, 3],
      holidays: ["2026-07-03"]
    }
    const old = story.place({ quantity: "1", price: "50" })
    story.send({ type: "AdoptInstrument", instrument: instrument("BTCUSDT", { version: 2, session, mic: "XNAS" }) })
    story.deposit("1", "A", { id: "größer als “ASCII” 🙂" })
    const other = restored(story)
    expect(other.order(old)?.instrument.version).toBe(1)
    expect(other.state.instruments.get(BTC)?.session).toEqual(session)
    expect(other.deposit("1", "A", { id: "größer als “ASCII” 🙂" }).kind).toBe("repeat")
  })
})
