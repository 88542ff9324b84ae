import { describe, expect, it } from "vitest"
import { postingsOf } from "#domain/ledger/postings.ts"
import { balances } from "#projections/balances/balances.ts"
import { events } from "#projections/events/events.ts"
import { executions } from "#projections/executions/executions.ts"
import { freshRows } from "#streams/fresh-rows.ts"
import { asFold, eventsOf, storyLog, ENTRIES } from "./story.ts"

describe.each([21, 22, 23])("a story (seed %i)", (seed) => {
  const folded = async () => {
    const { log, state } = await storyLog({ seed, steps: 1_500, together: 2, without: ENTRIES })
    const all = await eventsOf(log)
    const fresh = freshRows([asFold(balances), asFold(executions), asFold(events)], { keepAll: true })
    for (const { event, place } of all) fresh.fold(0, event, place)
    return { all, state, fresh }
  }

  it("gives the balances that its postings sum to, and that the decider keeps", async () => {
    const { all, state, fresh } = await folded()
    const booked = new Map<string, bigint>()
    for (const { event } of all) {
      for (const { ledger, unit, amount } of postingsOf(event)) {
        booked.set(`${ledger} ${unit}`, (booked.get(`${ledger} ${unit}`) ?? 0n) + amount)
      }
    }
    const rows = fresh.rows("balances").map(({ row }) => row)
    expect(rows.length).toBeGreaterThanOrEqual(state.accounts.size)
    for (const { account, currency, total, deposited, withdrawn, traded, fees } of rows as ReadonlyArray<
      Record<string, bigint>
    >) {
      expect(total).toBe(booked.get(`account:${account} ${currency}`) ?? 0n)
      expect(total).toBe(deposited! - withdrawn! + traded! - fees!)
      const kept = [...state.accounts.values()].find(({ id }) => id === String(account))!.balances.cash
      expect(total).toBe([...kept].find(([name]) => name === String(currency))?.[1].total ?? 0n)
    }
  })

  it("has an execution for each fill and a row for each event, with the commit that holds it", async () => {
    const { all, fresh } = await folded()
    const fills = all.filter(({ event }) => event.type === "OrderFilled")
    expect(fresh.rows("executions")).toHaveLength(fills.length)
    const rows = fresh.rows("events")
    expect(rows.map(({ row }) => row["eventNo"])).toEqual(all.map((_, i) => i + 1))
    for (const [i, { event, place }] of all.entries()) {
      const row = rows[i]!.row
      expect([row["type"], row["commitNo"], row["commitHash"]]).toEqual([event.type, place.no, place.hash])
    }
  })
})
