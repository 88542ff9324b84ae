// What is remembered of commands is bounded, and a late repeat never trades twice.
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { microsOf, plusMicros, type Time } from "#domain/kernel/time.ts"
import { amount, BTC, MORNING, Story } from "./story.ts"

const DAY = 86_400_000_000
const MOST = 8
/** Forgetting is done now and then: up to so many more are remembered. */
const SLACK = 256

const uuid7 = (time: Time, tail = 0): string => {
  const millis = Math.floor(microsOf(time) / 1000)
    .toString(16)
    .padStart(12, "0")
  return `${millis.slice(0, 8)}-${millis.slice(8)}-7000-8000-${tail.toString(16).padStart(12, "0")}`
}
const remembered = ({ state: { answered } }: Story) => answered.recent.size
/** Deposits, so that what was before them is forgotten. */
const pass = (story: Story, count = 2 * SLACK, stepMicros = 1000) => {
  for (let i = 0; i < count; i++) {
    story.wait(stepMicros)
    story.deposit("1")
  }
}

describe("commands are remembered", () => {
  it("up to a number of them", () => {
    const story = Story.begun({ most: MOST })
    for (let i = 0; i < 1000; i++) {
      pass(story, 1)
      expect(remembered(story)).toBeLessThanOrEqual(MOST + SLACK + 1)
    }
    expect(story.deposit("7", "A", { id: "c5" }).kind).toBe("facts") // the id of an old command, free again
  })

  it("for 24 hours of recorded time", () => {
    const story = Story.begun()
    story.deposit("1", "A", { id: "early" })
    pass(story, 300, 1_000_000)
    expect(story.deposit("1", "A", { id: "early" }).kind).toBe("repeat")
    story.wait(DAY - 600_000_000)
    pass(story, 300, 1_000)
    expect(story.deposit("1", "A", { id: "early" }).kind).toBe("repeat")
    story.wait(600_000_000)
    pass(story, 300, 1_000)
    expect(remembered(story)).toBeLessThan(700)
    expect(story.deposit("1", "A", { id: "early" }).kind).toBe("facts")
  })

  it("anew when their id comes again after it was forgotten, though nothing else happened in between", () => {
    const story = Story.begun()
    story.deposit("1", "A", { id: "mine" })
    for (const wait of [DAY + 1, 0]) {
      story.wait(wait)
      for (let i = 0; i < 2 * SLACK; i++) {
        story.send({
          type: "RecordMark",
          symbol: BTC,
          price: amount("100"),
          source: "mid",
          mdNo: i,
          markedAt: story.now
        })
      }
    }
    expect(story.deposit("1", "A", { id: "mine" }).kind).toBe("facts")
    expect(story.deposit("1", "A", { id: "mine" }).kind).toBe("repeat")
    expect(story.restarted().deposit("1", "A", { id: "mine" }).kind).toBe("repeat")
  })

  it("as long as the order that they placed is open, and no longer than others once it is finished", () => {
    for (const restart of [(story: Story) => story, (story: Story) => story.restarted()]) {
      const begun = Story.begun({ most: MOST })
      const id = begun.place({ price: "100" }, { id: "mine" })
      const other = begun.submit({ price: "500" }, { id: "denied" })
      expect(other.kind).toBe("facts")
      pass(begun)
      const story = restart(begun)
      expect(story.submit({ price: "100" }, { id: "mine" })).toMatchObject({
        kind: "repeat",
        first: story.order(id)!.placedNo
      })
      expect(story.submit({ price: "99" }, { id: "mine" }).code).toBe("ClOrdIdReused")
      expect(story.cancel(id, { id: "mine" }).code).toBe("ClOrdIdReused")
      expect(story.submit({ price: "500" }, { id: "denied" }).kind).toBe("facts")
      story.report(id, { type: "Canceled" })
      expect(story.state.answered.pinned.size).toBe(0)
      expect(story.submit({ price: "100" }, { id: "mine" }).kind).toBe("facts")
    }
  })

  it("as are the fills of an open order: a venue that says one again weeks later is not believed twice", () => {
    const story = Story.begun({ most: MOST })
    const id = story.place({ quantity: "3", price: "100" })
    const fill = { execId: "17", fee: amount<never>("0") }
    const at = story.now
    story.fill(id, "1", "100", fill)
    pass(story)
    const again = () =>
      story.report(id, { type: "Trade", quantity: amount("1"), price: amount("100"), ...fill }, { at })
    expect(again().kind).toBe("repeat")
    expect(story.held().total).toBe("1")
    story.fill(id, "2", "100", { execId: "18" })
    expect(story.state.answered.pinned.size).toBe(0)
  })
})

describe("a command that was answered and forgotten", () => {
  it("is not carried out again under a UUIDv7: it is too old", () => {
    const story = Story.begun({ most: MOST })
    const id = uuid7(story.now)
    story.deposit("1", "A", { id })
    pass(story)
    expect(story.deposit("1", "A", { id }).code).toBe("CommandTooOld")
    expect(story.restarted().deposit("1", "A", { id }).code).toBe("CommandTooOld")
    expect(story.deposit("1", "A", { id: uuid7(story.now) }).kind).toBe("facts")
  })

  it("nor when the caller's clock was ahead: it is remembered until its own time is over", () => {
    const story = Story.begun({ most: MOST })
    const ahead = uuid7(plusMicros(story.now, 50_000_000))
    story.deposit("1", "A", { id: ahead })
    pass(story)
    expect(story.deposit("1", "A", { id: ahead }).kind).toBe("repeat")
    expect(story.restarted().deposit("1", "A", { id: ahead }).kind).toBe("repeat")
    expect(story.deposit("1", "A", { id: uuid7(story.now) }).kind).toBe("facts") // others are not made to wait for it
    story.wait(60_000_000)
    pass(story)
    expect(story.deposit("1", "A", { id: ahead }).code).toBe("CommandTooOld")
    expect(story.state.answered.ahead.size).toBe(0)
  })

  it("is never carried out twice, whatever the clocks and the moment", () => {
    const step = fc.record({
      wait: fc.constantFrom(0, 1, 400, 1000, 20_000_000),
      lead: fc.constantFrom(0, 0, -500, 999, 30_000_000, 60_000_000, -3_000_000),
      tail: fc.nat(2),
      again: fc.nat(400),
      commands: fc.constantFrom(1, 1, 3, 300)
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const story = Story.begun({ most: 2 })
        const done: Array<string> = []
        for (const { wait, lead, tail, again, commands } of steps) {
          story.wait(wait)
          const id = uuid7(plusMicros(story.now, lead), tail)
          const outcome = story.deposit("1", "A", { id })
          if (done.includes(id)) expect(outcome.kind).not.toBe("facts")
          if (outcome.kind === "facts") done.push(id)
          for (let i = 1; i < commands; i++) story.deposit("1")
          const old = done[again % Math.max(done.length, 1)]
          if (old !== undefined) expect(story.deposit("1", "A", { id: old }).kind).not.toBe("facts")
        }
        expect(new Set(done).size).toBe(done.length)
      }),
      { numRuns: 60 }
    )
  })

  it("leaves the same memory behind when it is replayed", () => {
    const story = Story.begun({ most: MOST })
    for (let i = 0; i < 40; i++) {
      story.submit(
        { price: i % 3 === 0 ? "500" : "10", quantity: "0.5" },
        { id: uuid7(plusMicros(story.now, i * 1000), i) }
      )
      pass(story, 40)
    }
    expect(story.restarted().state).toEqual(story.state)
    expect(MORNING < story.now).toBe(true)
  })
})
