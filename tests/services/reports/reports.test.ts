import { describe, expect, it } from "vitest"
import { memoryRows } from "#infra/memory/row-store.ts"
import { PROJECTIONS } from "#projections/all.ts"
import { pnlReport } from "#projections/pnl/report.ts"
import { parseFixed } from "#domain/kernel/money.ts"
import { balances, type BalanceRow } from "#projections/balances/balances.ts"
import { marks, type MarkRow } from "#projections/marks/marks.ts"
import { positions, type PositionRow } from "#projections/positions/positions.ts"
import type { Time } from "#domain/kernel/time.ts"
import { pnlAt } from "#services/reports/pnl-at.ts"
import { auditOrder } from "#services/reports/audit-order.ts"
import type { AccountEvent } from "#domain/account/events.ts"
import { ledgerCodec } from "#streams/ledger-codec.ts"
import type { EventLog } from "#streams/ports/event-log.ts"
import { project } from "#streams/project.ts"
import { empty, mark, move } from "#tests/domain/account/moving.ts"
import { Story } from "#tests/domain/account/story.ts"
import { logOf } from "#tests/streams/story-log.ts"
import { ENTRIES, eventsOf, storyLog } from "#tests/projections/story.ts"

const f = parseFixed
const ACCOUNTS = ["A1", "A2", "B1", "M1", "M2"]

describe("a P&L report", () => {
  it("adds up by hand", () => {
    const balance: BalanceRow = { ...balances.empty(["A", "USD"]), total: f("800"), fees: f("1.5") }
    const held = (symbol: string, quantity: string, cost: string, realized: string): PositionRow => ({
      ...positions.empty(["A", symbol]),
      currency: "USD",
      quantity: f(quantity),
      cost: f(cost),
      avgPrice: f("100"),
      realized: f(realized),
      fees: f("0.75")
    })
    const mark: MarkRow = {
      ...marks.empty(["X"]),
      price: f("112.5"),
      markedAt: "2026-01-01T00:00:00.000000001Z" as Time
    }
    const rows = {
      balances: [balance],
      positions: [
        held("Y", "1", "100", "0"),
        held("X", "2", "200", "7"),
        { ...held("Z", "1", "1", "1"), currency: "EUR" }
      ],
      marks: new Map([["X", mark]])
    }
    expect(pnlReport("A", "USD", rows)).toEqual({
      account: "A",
      currency: "USD",
      cash: "800",
      equity: "1125", // 800 + 2 × 112.5 + Y at its cost
      realized: "7",
      unrealized: "25",
      fees: "1.5",
      positions: [
        {
          symbol: "X",
          quantity: "2",
          avgPrice: "100",
          mark: "112.5",
          markAt: mark.markedAt,
          realized: "7",
          unrealized: "25",
          fees: "0.75"
        },
        { symbol: "Y", quantity: "1", avgPrice: "100", realized: "0", unrealized: "0", fees: "0.75" }
      ]
    })
  })

  it("as of an earlier event is what it was then, byte for byte", async () => {
    const { log } = await storyLog({ seed: 51, steps: 500, together: 3, without: ENTRIES })
    const whole = await filled(log)
    const commits = (await Array.fromAsync(log.read(0, 1))).flat()
    for (const share of [0.3, 0.6, 0.95]) {
      const some = commits.slice(0, Math.floor(commits.length * share))
      const then = await filled({
        ...log,
        read: async function* () {
          yield some
        }
      })
      for (const account of ACCOUNTS) {
        const before = await pnlAt(then, { account })
        if ("refused" in before) throw new Error(before.refused.detail)
        const [, eventNo] = before.report.position.split(":")
        const again = await pnlAt(whole, { account, at: new Map([[0, Number(eventNo)]]) })
        expect(JSON.stringify(again)).toBe(JSON.stringify(before))
      }
    }
  })

  it("has equity that is cash, cost and what the marks make of it, and no more than was put in and earned", async () => {
    const { log } = await storyLog({ seed: 52, steps: 800, together: 2, without: ENTRIES })
    const store = await filled(log)
    for (const account of ACCOUNTS) {
      const answer = await pnlAt(store, { account })
      if ("refused" in answer) throw new Error(answer.refused.detail)
      const { equity, realized, unrealized, fees } = answer.report
      const [money] = await store.find(balances, { where: { account }, limit: 1 })
      const { deposited, withdrawn } = money!.row as unknown as BalanceRow
      expect(f(equity)).toBe(deposited - withdrawn + f(realized) + f(unrealized) - f(fees))
    }
  })

  it("of an account that has moved is that of one that has not, from the rows of both partitions", async () => {
    const trades = (story: Story, other = story): void => {
      story.hold("2", "100")
      mark(story, "110")
      story.fill(story.place({ side: "sell", quantity: "1", price: "120" }), "1", "120")
      story.hold("1", "90", "B")
      if (other !== story) move(story, other)
      mark(other, "130")
      other.fill(other.place({ side: "sell", quantity: "0.5", price: "115" }), "0.5", "115")
      other.fill(other.place({ account: "B", side: "sell", quantity: "1", price: "85" }), "1", "85")
      other.deposit("7")
    }
    const [stays, from, to] = [Story.begun(), Story.begun(), empty()]
    trades(stays)
    trades(from, to)
    const whole = await filled(await logOf(stays))
    const parts = await filled(await logOf(from, to), [0, 1])
    for (const account of ["A", "B", "C"]) {
      const [one, two] = await Promise.all([pnlAt(whole, { account }), pnlAt(parts, { account })])
      if ("refused" in one || "refused" in two) throw new Error("refused")
      const [{ position: _, ...report }, { position, ...moved }] = [one.report, two.report]
      expect(moved).toEqual(report)
      expect(position).toMatch(/^0:\d+,1:\d+$/)
    }
    // one partition alone tells of its time; of two that are not read up to the same moment nothing counts twice
    const here = await pnlAt(parts, { account: "A", at: new Map([[1, to.state.eventNo]]) })
    expect(here).toMatchObject({ report: { currency: "USDT", realized: "7.5", positions: [{ quantity: "0.5" }] } })
    const left = from.state.eventNo - 2 // before it went
    const torn = await pnlAt(parts, {
      account: "A",
      at: new Map([
        [0, left],
        [1, to.state.eventNo]
      ])
    })
    expect(torn).toMatchObject({ report: { realized: "27.5", positions: [{ quantity: "0.5" }] } })
  })

  it("is refused for who is unknown and for what has not happened yet", async () => {
    const { log } = await storyLog({ seed: 53, steps: 40 })
    const store = await filled(log)
    expect(await pnlAt(store, { account: "nobody" })).toMatchObject({ refused: { code: "UnknownAccount" } })
    expect(await pnlAt(store, { account: "A1", at: new Map([[0, 99_999]]) })).toMatchObject({
      refused: { code: "PositionNotReached" }
    })
    expect(await pnlAt(store, { account: "A1", at: new Map([[0, 1]]) })).toMatchObject({
      refused: { code: "UnknownAccount" }
    })
  })
})

describe("an order's story", () => {
  it("is every event of it, with the checks, the postings and what the account had after each fill", async () => {
    const { log } = await storyLog({ seed: 54, steps: 900, together: 2 })
    const store = await filled(log)
    const all = await eventsOf(log)
    const ids = new Set(
      all.flatMap(({ event }) => (event.type === "OrderFilled" ? [event.data.orderId as string] : []))
    )
    expect(ids.size).toBeGreaterThan(10)
    for (const id of ids) {
      const answer = await auditOrder(store, id)
      if ("refused" in answer) throw new Error(answer.refused.detail)
      const { events, command, order } = answer.report
      const own = all.filter(({ event }) => "orderId" in event.data && event.data.orderId === id)
      expect(events.map(({ eventNo, commit }) => [eventNo, commit.no])).toEqual(
        own.map(({ event, place }) => [event.eventNo, place.no])
      )
      expect(command).toMatchObject({ id: own[0]!.event.cause, actor: own[0]!.event.actor })
      expect(events[1]).toMatchObject({
        type: "OrderRiskDecided",
        checks: expect.arrayContaining([expect.objectContaining({ code: "LOT_SIZE" })])
      })
      const executions = new Set(["OrderFilled", "ExecutionBusted", "ExecutionCorrected"])
      const fills = events.filter(({ type }) => executions.has(type))
      for (const { postings, positionAfter } of fills) {
        const sums = new Map<string, bigint>()
        for (const { unit, amount } of postings!) sums.set(unit, (sums.get(unit) ?? 0n) + f(amount))
        expect([...sums.values()].every((sum) => sum === 0n)).toBe(true)
        expect(positionAfter).toMatchObject({ account: order["account"], symbol: order["symbol"] })
      }
      const filledQty = fills.reduce((sum, { type, data }) => {
        const { quantity, wasQuantity = "0" } = data as { quantity: string; wasQuantity?: string }
        return type === "ExecutionBusted" ? sum - f(quantity) : sum + f(quantity) - f(wasQuantity)
      }, 0n)
      expect(f(String(order["cumQty"]))).toBe(filledQty)
    }
    expect(await auditOrder(store, "0-999999")).toMatchObject({ refused: { code: "UnknownOrder" } })
  })
})

const filled = async (log: EventLog, partitions: ReadonlyArray<number> = [0]) => {
  const store = memoryRows()
  for (const partition of partitions)
    await project<AccountEvent>({ log, partition, codec: ledgerCodec, projections: PROJECTIONS, store, until: "head" })
      .ended
  return store
}
