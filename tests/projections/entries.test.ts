import { describe, expect, it } from "vitest"
import type { Request } from "#domain/account/commands.ts"
import type { AccountId } from "#domain/kernel/ids.ts"
import { formatFixed } from "#domain/kernel/money.ts"
import { LivePnl } from "#services/desk/live-pnl.ts"
import { balances } from "#projections/balances/balances.ts"
import { positions } from "#projections/positions/positions.ts"
import { freshRows } from "#streams/fresh-rows.ts"
import { ledgerCodec } from "#streams/ledger-codec.ts"
import { begun, ETH, moving, posting } from "#tests/domain/account/entry-story.ts"
import type { Story } from "#tests/domain/account/story.ts"
import { asFold } from "./story.ts"

const eventsOf = (story: Story) => story.bytes.map((text) => ledgerCodec.decode(JSON.parse(text)))
/** The columns of a row that hold something, as text. */
const rowOf = (story: Story, name: "balances" | "positions", account: string, of: string) => {
  const fresh = freshRows([asFold(balances), asFold(positions)])
  for (const event of eventsOf(story)) fresh.fold(0, event, { no: 1, id: "", hash: "" })
  const found = fresh.rows(name).find(({ row }) => row["account"] === account && Object.values(row)[1] === of)
  const cells = Object.entries(found?.row ?? {}).flatMap(([key, cell]) =>
    typeof cell === "bigint" && cell !== 0n ? [[key, formatFixed(cell)]] : []
  )
  return Object.fromEntries(cells)
}
const pnlOf = (story: Story, account: string) => {
  const live = new LivePnl()
  for (const event of eventsOf(story)) live.apply(event)
  return live.of(account as AccountId)!
}
/** 1.5 BTC that cost 150 of 10,000 USDT. */
const holding = (...requests: ReadonlyArray<Request>): Story => {
  const story = begun()
  story.hold("1.5")
  for (const request of requests) expect(story.send(request).kind).toBe("facts")
  return story
}

describe("rows", () => {
  it("tell where money came from besides payments and trades", () => {
    const story = holding(
      moving({ amount: "1000" }),
      posting({ kind: "fee", amount: "2", fee: "x" }),
      posting({ kind: "interest", amount: "-3" }),
      posting({ kind: "dividend", perUnit: "1", taxWithheld: "0.5" }),
      posting({ kind: "expiry", price: "120" })
    )
    expect(rowOf(story, "balances", "A", "USDT")).toEqual({
      total: "9026",
      deposited: "10000",
      traded: "30",
      fees: "2",
      transferred: "-1000",
      interest: "-3",
      dividends: "1"
    })
    expect(rowOf(story, "balances", "B", "USDT")).toEqual({ total: "11000", deposited: "10000", transferred: "1000" })
    expect(rowOf(story, "positions", "A", "BTCUSDT")).toEqual({
      realized: "30",
      income: "1",
      bought: "1.5",
      moved: "-1.5",
      multiplier: "1"
    })
  })

  it("keep the cost through a split, but for what is paid out", () => {
    const doubled = holding(posting({ kind: "split", numerator: 2, denominator: 1 }))
    const kept = { bought: "1.5", multiplier: "1" }
    const twice = { quantity: "3", cost: "150", avgPrice: "50", moved: "1.5" }
    expect(rowOf(doubled, "positions", "A", "BTCUSDT")).toEqual({ ...kept, ...twice })
    const cash = { fractions: "cash", price: "404" }
    const quartered = holding(posting({ kind: "split", numerator: 1, denominator: 4, ...cash }))
    const fourth = { quantity: "0.3", cost: "120", avgPrice: "400", moved: "-1.2", realized: "0.3" }
    expect(rowOf(quartered, "positions", "A", "BTCUSDT")).toEqual({ ...kept, ...fourth })
    expect(rowOf(quartered, "balances", "A", "USDT")).toMatchObject({ total: "9880.3", traded: "-119.7" })
  })

  it("carry average cost to another account and another symbol, and realise nothing", () => {
    const story = holding(moving({ quantity: "0.5" }), posting({ kind: "symbol-change", newSymbol: ETH }))
    const carried = { avgPrice: "100", multiplier: "1" }
    const there = { quantity: "0.5", cost: "50", moved: "0.5", ...carried }
    expect(rowOf(story, "positions", "B", "BTCUSDT")).toEqual(there)
    expect(rowOf(story, "positions", "A", "BTCUSDT")).toEqual({ bought: "1.5", moved: "-1.5", multiplier: "1" })
    const changed = { quantity: "1", cost: "100", moved: "1", ...carried }
    expect(rowOf(story, "positions", "A", "ETHUSDT")).toEqual(changed)
    expect(pnlOf(story, "B").positions).toMatchObject([{ symbol: "BTCUSDT", quantity: "0.5", unrealized: "0" }])
  })
})

describe("P&L", () => {
  it("has income beside what trading brought, and all together is what the account has won", () => {
    const story = holding(
      posting({ kind: "fee", amount: "2", fee: "x" }),
      posting({ kind: "interest", amount: "3" }),
      posting({ kind: "dividend", perUnit: "1", taxWithheld: "0.5" })
    )
    const { income, fees, realized, unrealized, equity, positions: held } = pnlOf(story, "A")
    expect({ income, fees, realized, unrealized, equity }).toEqual({
      income: "4",
      fees: "2",
      realized: "0",
      unrealized: "0",
      equity: "10002"
    })
    expect(held[0]).toMatchObject({ income: "1" })
    expect(pnlOf(begun(), "A")).not.toHaveProperty("income")
  })
})
