import { describe, expect, it } from "vitest"
import { fc, it as property } from "@fast-check/vitest"
import type { AccountEvent } from "#domain/account/events.ts"
import { breachesOf } from "#domain/risk/breaches.ts"
import { dayOf } from "#domain/risk/equity.ts"
import type { Recorded } from "#domain/kernel/event.ts"
import { microsOf } from "#domain/kernel/time.ts"
import { amount, verdict, type Story } from "./story.ts"
import { trade, watched, type Watched } from "./watched.ts"

const halts = (events: ReadonlyArray<Recorded<AccountEvent>>) =>
  events.flatMap(({ type, data }) => (type === "TradingHalted" ? [data as Record<string, unknown>] : []))
const holding = (limits: Parameters<Story["limits"]>[2], scope: "account" | "group" | "firm" = "account"): Watched => {
  const found = watched()
  const id = { account: "A", group: "G", firm: "firm" }[scope]
  found.story.limits(scope, id, limits)
  found.follow(trade(found, "buy", "10", "100", "A"))
  return found
}
const DAY = 86_400_000_000

describe("a loss that passes its limit", () => {
  it.each([
    ["account", { scope: "account", id: "A" }],
    ["group", { scope: "group", id: "G" }],
    ["firm", { scope: "firm" }]
  ] as const)("halts the %s, once, so that it may only close", (scope, named) => {
    const { story, mark } = holding({ maxDailyLoss: amount("100") }, scope)
    expect(mark("90.5")).toEqual([])
    const events = mark("89")
    expect(halts(events)).toMatchObject([{ ...named, mode: "reduce-only" }])
    expect(halts(events)[0]!["reason"]).toMatch(
      new RegExp(`^DAILY_LOSS: 110 of at most 100 lost since 00:00 UTC \\(${scope}@\\d+\\)$`)
    )
    expect(events[0]).toMatchObject({ actor: "system:monitor" })
    expect(mark("80")).toEqual([])
    story.limits("account", "A", { collarPercent: amount("50") })
    expect(verdict(story.submit({ side: "sell", price: "80" }))).toBe("approved")
    expect(verdict(story.submit({ price: "80", quantity: "0.1" }))).toMatch(/HALTED/)
  })

  it("tells each limit that was passed", () => {
    const { mark } = holding({
      maxDailyLoss: amount("100"),
      maxTrailingLoss: amount("150"),
      maxDrawdown: amount("150")
    })
    mark("110")
    expect(halts(mark("90")).map(({ reason }) => String(reason).split(" (")[0])).toEqual([
      "DAILY_LOSS: 100 of at most 100 lost since 00:00 UTC",
      "TRAILING_LOSS: 200 of at most 150 lost since the best moment of the day",
      "DRAWDOWN: 200 of at most 150 lost since the best moment ever"
    ])
  })

  it("does not overrule the person who lifts the halt, and is new after it was below the limit", () => {
    const { story, mark, start } = holding({ maxDailyLoss: amount("100") })
    const lift = (haltId: unknown) => story.send({ type: "Resume", haltId: String(haltId) })
    lift(halts(mark("89"))[0]!["haltId"])
    expect([mark("88"), start(), story.state.halts.size]).toEqual([[], [], 0])
    expect(mark("95")).toEqual([])
    const [second] = halts(mark("85"))
    expect(second).toBeDefined()
    // while it stands the loss may come and go
    expect([mark("95"), mark("85")]).toEqual([[], []])
    lift(second!["haltId"])
    story.wait(DAY)
    expect(mark("85")).toEqual([])
    expect(halts(mark("70"))).toHaveLength(1)
  })

  it("is found when the limit is set, and when the platform starts", () => {
    const { story, follow, mark } = holding({})
    expect(mark("80")).toEqual([])
    const outcome = story.limits("account", "A", { maxDrawdown: amount("150") })
    const restarted = watched(story.restarted())
    expect(halts(follow(outcome))).toHaveLength(1)
    expect(halts(restarted.start())).toHaveLength(1)
    expect(restarted.start()).toEqual([])
    expect(watched(restarted.story.restarted()).start()).toEqual([])
  })

  it("that a fill brings is found as well", () => {
    const found = holding({ maxDailyLoss: amount("50") })
    expect(halts(found.follow(trade(found, "sell", "10", "94", "A")))).toHaveLength(1)
  })
})

describe("the loss monitor", () => {
  const limit = fc.constantFrom(undefined, "50", "120", "300")
  property.prop(
    [
      fc.array(fc.integer({ min: 60, max: 140 }), { minLength: 1, maxLength: 30 }),
      fc.record({ maxDailyLoss: limit, maxTrailingLoss: limit, maxDrawdown: limit }),
      fc.constantFrom("account", "group", "firm")
    ],
    { numRuns: 150 }
  )("fires once for each breach, and never without one", (prices, limits, scope) => {
    const given = Object.fromEntries(
      Object.entries(limits).flatMap(([name, text]) => (text === undefined ? [] : [[name, amount(text)]]))
    )
    const { story, mark } = holding(given, scope as "account")
    const found = { account: story.account().risk, group: story.account().group.risk, firm: story.state.firm }
    const of = found[scope as "account"]
    const fired = new Set<string>()
    for (const price of prices) {
      const events = mark(String(price))
      const now = breachesOf(of, dayOf(microsOf(story.now))).map(({ code }) => code)
      const told = halts(events).map(({ reason }) => String(reason).split(":")[0]!)
      // nobody lifts anything: each of them fires the first time that it is true, and then no more
      expect(told).toEqual(now.filter((code) => !fired.has(code)))
      for (const code of told) fired.add(code)
    }
    expect(story.state.halts.size).toBe(fired.size)
    expect(story.restarted().state).toEqual(story.state)
  })
})
