// Laws of the checklist over orders, fills and limits that are drawn.
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { absOf, parseFixed } from "#domain/kernel/money.ts"
import { exposureOf, type Scope } from "#domain/risk/scope.ts"
import { amount, BTC, decisionIn, Story, verdict, type Wanted } from "./story.ts"

type Limits = Parameters<Story["limits"]>[2]
const wanted = fc.record({
  account: fc.constantFrom("A", "B", "C"),
  side: fc.constantFrom<"buy" | "sell">("buy", "sell", "buy"),
  quantity: fc.integer({ min: 1, max: 40 }).map((tens) => String(tens / 10)),
  price: fc.integer({ min: 90, max: 110 }).map(String)
}) satisfies fc.Arbitrary<Wanted>
const tenths = fc.integer({ min: 1, max: 90 }).map((tens) => parseFixed(String(tens / 10)))
const money = fc.integer({ min: 1, max: 1500 }).map((units) => parseFixed(String(units)))
const limits = fc.record(
  {
    maxOrderNotional: money,
    maxPosition: tenths,
    maxOpenOrders: fc.nat(5),
    maxOrderQuantity: tenths,
    maxGrossNotional: money,
    maxOpenNotional: money,
    maxOrdersPerSecond: fc.integer({ min: 1, max: 5 }),
    maxConcentrationPercent: fc.integer({ min: 1, max: 40 }).map((percent) => parseFixed(String(percent)))
  },
  { requiredKeys: [] }
) as fc.Arbitrary<Limits>
const scope = fc.constantFrom(
  ["account", "A"] as const,
  ["group", "G"] as const,
  ["firm", "firm"] as const,
  ["symbol", "BTCUSDT"] as const
)
const set = fc.tuple(scope, limits).map(([[kind, id], changes]) => {
  const { maxConcentrationPercent: _, ...ofSymbol } = changes // which no symbol has
  return [[kind, id], kind === "symbol" ? ofSymbol : changes] as const
})
const told = fc.array(fc.tuple(wanted, fc.constantFrom("fill", "rest", "cancel")), { maxLength: 12 })

const tell = (
  sets: ReadonlyArray<readonly [readonly [Scope["kind"], string], Limits]>,
  steps: typeof told extends fc.Arbitrary<infer T> ? T : never
): Story => {
  const story = Story.begun()
  for (const account of ["A", "B", "C"]) story.hold("5", "100", account)
  for (const [order, what] of steps) {
    const outcome = story.submit(order)
    const decision = decisionIn(outcome.events)
    if (decision?.data.decision !== "approved") continue
    if (what === "fill") story.fill(decision.data.orderId, order.quantity, order.price)
    if (what === "cancel") story.report(decision.data.orderId, { type: "Canceled" })
    story.wait(100_000)
  }
  for (const [[kind, id], changes] of sets) story.limits(kind, id, changes)
  return story
}
const scopesOf = (story: Story, account: string): ReadonlyArray<Scope> => [
  ...story.account(account).scopes,
  ...(story.state.symbols.has(BTC) ? [story.state.symbols.get(BTC)!] : [])
]
const largest = (scope: Scope): bigint => {
  const { position, buying, selling } = exposureOf(scope, BTC)
  const [up, down] = [absOf(position + buying), absOf(position - selling)]
  return up > down ? up : down
}

describe("the checklist", () => {
  it("approves only what leaves every limit unbroken, were it filled", () => {
    fc.assert(
      fc.property(fc.array(set, { maxLength: 4 }), told, wanted, (sets, steps, order) => {
        const story = tell(sets, steps)
        const before = scopesOf(story, order.account).map(
          (one) => [largest(one), one.worth.gross + one.openNotional] as const
        )
        if (verdict(story.submit(order)) !== "approved") return
        for (const [i, one] of scopesOf(story, order.account).entries()) {
          const { maxPosition, maxOpenOrders, maxOrderNotional, maxOpenNotional, maxGrossNotional } = one.limits
          const [units, gross] = before[i]!
          const open =
            one.kind === "symbol" ? exposureOf(one, BTC) : { orders: one.openOrders, notional: one.openNotional }
          if (maxPosition !== undefined) expect(largest(one) <= maxPosition || largest(one) <= units).toBe(true)
          if (maxOpenOrders !== undefined) expect(open.orders).toBeLessThanOrEqual(maxOpenOrders)
          if (maxOpenNotional !== undefined) expect(open.notional <= maxOpenNotional).toBe(true)
          const notional = (amount(order.price) * amount(order.quantity)) / parseFixed("1")
          if (maxOrderNotional !== undefined) expect(notional <= maxOrderNotional).toBe(true)
          if (maxGrossNotional !== undefined && one.kind !== "symbol" && order.side === "buy")
            expect(gross + notional <= maxGrossNotional).toBe(true)
        }
      })
    )
  })

  it("never denies for a higher limit what it approves by a lower one", () => {
    fc.assert(
      fc.property(set, told, wanted, fc.integer({ min: 1, max: 9 }), ([[kind, id], low], steps, order, times) => {
        const high = Object.fromEntries(
          Object.entries(low).map(([name, value]) => [
            name,
            typeof value === "bigint" ? value * BigInt(times) : (value as number) * times
          ])
        )
        const [lower, higher] = [low, high].map((changes) => tell([[[kind, id], changes]], steps))
        const [before, after] = [verdict(lower!.submit(order)), verdict(higher!.submit(order))]
        if (before === "approved") expect(after).toBe("approved")
      })
    )
  })

  it("names every limit that would deny the order by itself", () => {
    fc.assert(
      fc.property(set, told, wanted, ([[kind, id], changes], steps, order) => {
        const failedBy = (part: Limits) => {
          const { data } = decisionIn(tell([[[kind, id], part]], steps).submit(order).events)!
          return data.checks.read(data.rules).flatMap(({ code, passed }) => (passed ? [] : [code]))
        }
        const alone = Object.entries(changes).flatMap(([name, value]) => failedBy({ [name]: value }))
        expect(new Set(failedBy(changes))).toEqual(new Set([...alone, ...failedBy({})]))
      })
    )
  })
})
