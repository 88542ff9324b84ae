import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { absOf, formatFixed, parseFixed, ratioHalfEven, ONE } from "#domain/kernel/money.ts"
import { averageCost } from "#domain/ledger/average-cost.ts"
import { positions } from "#projections/positions/positions.ts"
import { freshRows } from "#streams/fresh-rows.ts"
import { asFold, eventsOf, storyLog, ENTRIES } from "./story.ts"

const NOTHING = { quantity: 0n, cost: 0n, realized: 0n }
const trade = (held: typeof NOTHING, quantity: string, price: string) => {
  const units = parseFixed(quantity)
  return averageCost(held, units, ratioHalfEven(units, parseFixed(price), ONE))
}
const shown = ({ quantity, cost, realized }: typeof NOTHING) => [quantity, cost, realized].map(formatFixed)

describe("average cost", () => {
  // trades as [signed quantity, price], then quantity, cost, realised
  it.each([
    [
      "buys add up",
      [
        ["1", "100"],
        ["3", "200"]
      ],
      ["4", "700", "0"]
    ],
    [
      "a sale takes its share of the cost",
      [
        ["1", "100"],
        ["3", "200"],
        ["-1", "180"]
      ],
      ["3", "525", "5"]
    ],
    [
      "a sale of all leaves nothing",
      [
        ["2", "100"],
        ["-2", "90"]
      ],
      ["0", "0", "-20"]
    ],
    [
      "what was sold stays sold",
      [
        ["1", "100"],
        ["-1", "150"],
        ["1", "120"]
      ],
      ["1", "120", "50"]
    ],
    [
      "thirds are rounded once, half to even",
      [
        ["3", "33.33333333"],
        ["-1", "40"]
      ],
      ["2", "66.66666666", "6.66666667"]
    ],
    [
      "half of an odd cost goes to even",
      [
        ["2", "0.00000001"],
        ["1", "0.00000001"],
        ["-1.5", "1"]
      ],
      ["1.5", "0.00000001", "1.49999998"]
    ],
    [
      "a short position earns when it falls",
      [
        ["-2", "100"],
        ["2", "90"]
      ],
      ["0", "0", "20"]
    ],
    [
      "through zero: the rest opens at its own price",
      [
        ["1", "100"],
        ["-3", "130"]
      ],
      ["-2", "-260", "30"]
    ]
  ] as const)("%s", (_, trades, expected) => {
    const end = trades.reduce((held, [quantity, price]) => trade(held, quantity, price), NOTHING)
    expect(shown(end)).toEqual(expected)
  })

  const trades = fc.array(
    fc.record({
      quantity: fc
        .bigInt({ min: -500n, max: 500n })
        .filter((q) => q !== 0n)
        .map((q) => q * 1_000_003n),
      price: fc.bigInt({ min: 1n, max: 10_000_000_000n })
    }),
    { minLength: 1, maxLength: 40 }
  )
  const longOnly = trades.map((list) => {
    let held = 0n
    return list
      .map(({ quantity, price }) => {
        const size = quantity < 0n && -quantity > held ? -held : quantity
        held += size
        return { quantity: size, price }
      })
      .filter(({ quantity }) => quantity !== 0n)
  })

  it("loses no money: cost less realised is what was paid", () => {
    fc.assert(
      fc.property(trades, (list) => {
        let held = NOTHING
        let paid = 0n
        let units = 0n
        for (const { quantity, price } of list) {
          const value = ratioHalfEven(quantity, price, ONE)
          held = averageCost(held, quantity, value)
          paid += value
          units += quantity
          expect(held.cost - held.realized).toBe(paid)
          expect(held.quantity).toBe(units)
          if (units === 0n) expect(held.cost).toBe(0n)
        }
      })
    )
  })

  it("stays within half a unit for each sale of the exact cost, a fraction that is never rounded", () => {
    fc.assert(
      fc.property(longOnly, (list) => {
        let held = NOTHING
        let exact = { above: 0n, below: 1n }
        let sales = 0n
        for (const { quantity, price } of list) {
          const value = ratioHalfEven(quantity, price, ONE)
          if (quantity > 0n) exact = { above: exact.above + value * exact.below, below: exact.below }
          else {
            exact = { above: exact.above * (held.quantity + quantity), below: exact.below * held.quantity }
            sales++
          }
          held = averageCost(held, quantity, value)
          expect(2n * absOf(held.cost * exact.below - exact.above)).toBeLessThanOrEqual(sales * exact.below)
        }
      })
    )
  })
})

describe("positions", () => {
  it.each([11, 12, 13])("hold the units that the decider holds, and count every fill (seed %i)", async (seed) => {
    const { log, state } = await storyLog({ seed, steps: 1_500, together: 3, without: ENTRIES })
    const fresh = freshRows([asFold(positions)])
    let fills = 0
    for (const { event, place } of await eventsOf(log)) {
      fresh.fold(0, event, place)
      if (event.type === "OrderFilled") fills++
      if (event.type === "ExecutionBusted") fills--
    }
    const rows = fresh.rows("positions").map(({ row }) => row)
    expect(rows.reduce((sum, row) => sum + Number(row["fills"]), 0)).toBe(fills)
    expect(fills).toBeGreaterThan(20)
    for (const row of rows) {
      const account = [...state.accounts.values()].find(({ id }) => id === row["account"])!
      const held = [...account.balances.holdings].find(([symbol]) => symbol === row["symbol"])?.[1]
      expect(row["quantity"]).toBe(held?.total)
      expect(row["quantity"]).toBe((row["bought"] as bigint) - (row["sold"] as bigint))
    }
  })
})
