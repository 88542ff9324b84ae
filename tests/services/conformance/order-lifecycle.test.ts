// The life cycles of FIX 4.4 appendix D in words and numbers of our own, played through the account decider; and that
// the driver compares what the product says with what is expected, instead of repeating what is expected.
import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { runOrderScenario, type OrderScenario } from "#services/conformance/order-lifecycle.ts"
import type { WrittenStep } from "#services/conformance/fix-steps.ts"
import { runCases } from "#services/conformance/run.ts"
import { sharedData } from "#tests/support/shared-data.ts"
import { skipWithout } from "#tests/support/skip-without.ts"
import { DAYS_AND_REPAIRS } from "./scenarios/days-and-repairs.ts"
import { REQUESTS } from "./scenarios/requests.ts"
import { TOLD_AND_ASKED } from "./scenarios/told-and-asked.ts"
import { begun, cancel, report, scenario } from "./scenarios/written.ts"

const SCENARIOS = [...REQUESTS, ...TOLD_AND_ASKED, ...DAYS_AND_REPAIRS]
const published = sharedData("oracles", "orders", "fix44_appendix_d.json")

describe("an order's life", () => {
  it.each(SCENARIOS)("$id: $title", (one) => {
    expect(runOrderScenario(one)).toEqual({ id: one.id, outcome: "passed" })
  })

  it("is as published", skipWithout(published, "the shared scenarios are not here"), () => {
    const result = runCases(JSON.parse(readFileSync(published!, "utf8")) as Record<string, unknown>)
    expect(result).toMatchObject({ passed: result.total, failed: [] })
    expect(result.total).toBeGreaterThan(0)
  })
})

/** What a scenario says that the product must come to by itself, each with something else in its place. */
const LIES: Readonly<Record<string, (value: never) => unknown>> = {
  orderQty: (quantity: number) => quantity + 1,
  cumQty: (quantity: number) => quantity + 1,
  leavesQty: (quantity: number) => quantity + 1,
  lastQty: (quantity: number) => quantity + 1,
  dayOrderQty: (quantity: number) => quantity + 1,
  dayCumQty: (quantity: number) => quantity + 1,
  avgPx: (price: number) => price + 1,
  clOrdId: () => "Q",
  origClOrdId: () => "Q",
  execRefId: () => "Q",
  execTypeCode: () => "B",
  ordStatus: (status: string) => (status === "New" ? "PendingNew" : "New"),
  ordStatusCode: () => "B",
  cxlRejReason: () => "TooLateToCancel"
}
const liesAbout = (step: WrittenStep): ReadonlyArray<WrittenStep> =>
  Object.entries(LIES).flatMap(([field, lie]) => {
    const value = step[field]
    // how much is guaranteed is the venue's to say, and nothing follows from it
    const isFree = field === "lastQty" && step["execType"] === "Stopped"
    return value === undefined || value === null || isFree ? [] : [{ ...step, [field]: lie(value as never) }]
  })
const lyingForms = ({ id, steps }: OrderScenario): ReadonlyArray<OrderScenario> =>
  steps.flatMap((step, at) =>
    step["dir"] === "out" ? liesAbout(step).map((lie) => ({ id, steps: steps.with(at, lie) })) : []
  )

/** As the command runs it: a scenario that cannot be played at all has failed. */
const outcomeOf = (one: OrderScenario) => runCases({ schema: "trade2026-oracle/order-lifecycle/1", scenarios: [one] })

describe("a scenario that is wrong", () => {
  it.each(SCENARIOS)("$id fails, whichever of its expectations is changed", (one) => {
    const forms = lyingForms(one)
    expect(forms.length).toBeGreaterThan(0)
    for (const form of forms) expect(outcomeOf(form), JSON.stringify(form.steps)).toMatchObject({ passed: 0 })
  })

  it("says what was expected and what came, and of both only what differs", () => {
    const wrong = scenario("wrong", "", ...begun(), report("3", "X", "Trade", "Filled", [10000, 2000, 8000, 2000]))
    expect(runOrderScenario(wrong)).toEqual({
      id: "wrong",
      outcome: "failed",
      expected: { t: "3", ordStatus: "Filled", ordStatusCode: "2" },
      got: { ordStatus: "PartiallyFilled", ordStatusCode: "1" }
    })
  })

  it("fails in an alternative too, with the main path right", () => {
    const alternative = { ...report("3", "X", "Expired", "Expired", [10000, 0, 10000, 0]), branch: "alternative" }
    const wrong = scenario(
      "wrong",
      "",
      ...begun(),
      alternative,
      report("3", "X", "Canceled", "Canceled", [10000, 0, 0, 0])
    )
    expect(runOrderScenario(wrong)).toMatchObject({ expected: { leavesQty: 10000 }, got: { leavesQty: 0 } })
  })

  it.each<[string, WrittenStep]>([
    ["fills more than was ordered", report("3", "X", "Trade", "Filled", [10000, 10001, 0, 10001])],
    ["cancels what nobody asked to cancel", report("3", "Y/X", "PendingCancel", "PendingCancel", [10000, 0, 10000, 0])],
    ["takes back what never traded", report("3", "X", "TradeCancel", "New", [10000, 0, 10000, 0], { execRefId: "A" })]
  ])("fails when it %s", (_, step) => {
    expect(runOrderScenario(scenario("wrong", "", ...begun(), step))).toMatchObject({ outcome: "failed" })
  })
})

const TRADE = report("3", "X", "Trade", "PartiallyFilled", [10000, 2000, 8000, 2000])
const CANCELED = report("5", "Y/X", "Canceled", "Canceled", [10000, 2000, 0, 0])
const same = (id: string, ...steps: ReadonlyArray<WrittenStep>) => scenario(id, "", ...begun(), ...steps)

describe("the same scenario in other spellings", () => {
  it.each([
    same("with cancelled", TRADE, cancel("4", "Y/X", 10000), {
      ...CANCELED,
      execType: "Cancelled",
      ordStatus: "CANCELLED"
    }),
    same(
      "with words",
      { ...TRADE, ordStatus: "Partially filled" },
      report("4", "X", "DoneForDay", "DoneForDay", [10000, 2000, 0, 0])
    ),
    same("with codes alone", { ...TRADE, execType: null, ordStatus: null }),
    same("with message types", TRADE, { ...cancel("4", "Y/X", 10000), msg: "F" }, { ...CANCELED, msg: "8" }),
    same("without messages", TRADE, { ...cancel("4", "Y/X", null), msg: null }, { ...CANCELED, msg: undefined }),
    same("without the id before", TRADE, cancel("4", "Y/X", 10000), { ...CANCELED, origClOrdId: null }),
    same("with numbers as text", { ...TRADE, orderQty: "10000", cumQty: "2000", lastQty: "2000.0" }),
    same("with what is for people", { dir: "event", t: "3", text: "lunch" }, { ...TRADE, comment: "half past two" }),
    scenario("with a side and times in force", "", ...begun({ side: "Sell", timeInForce: "GOOD_TILL_CANCEL" }), TRADE)
  ])("$id passes", (one) => {
    expect(runOrderScenario(one)).toEqual({ id: one.id, outcome: "passed" })
  })
})
