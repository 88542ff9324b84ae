import { it as property } from "@fast-check/vitest"
import { afterAll, describe, expect } from "vitest"
import { minOf } from "#domain/kernel/money.ts"
import type { VenueReport } from "#domain/venue/messages.ts"
import type { NewOrder } from "#domain/venue/venue-order.ts"
import { crowd, marketOf, play, type Run } from "./histories.ts"

type Trade = VenueReport & { type: "Trade" }

/** The trades of every order that has some, and how much of it was open before the first. */
const tradesOf = ({ reports, requests }: Run) => {
  const orders = new Map<string, { request: NewOrder; quantity: bigint; trades: Array<Trade> }>()
  for (const report of reports) {
    const request = requests.get(report.orderId)
    if (request === undefined) continue
    const known = orders.get(report.orderId) ?? { request, quantity: request.quantity, trades: [] }
    orders.set(report.orderId, known)
    if (report.type === "Replaced" && known.trades.length === 0) known.quantity = report.quantity
    if (report.type === "Trade") known.trades.push(report)
  }
  return [...orders.values()].filter(({ trades }) => trades.length > 0)
}
/** What was filled at once: with the first of the trades. */
const firstOf = (trades: ReadonlyArray<Trade>) =>
  trades
    .filter(({ at, mdNo }) => at === trades[0]!.at && mdNo === trades[0]!.mdNo)
    .reduce((sum, { quantity }) => sum + quantity, 0n)

const seen = new Map<string, number>()
const note = (what: string) => seen.set(what, (seen.get(what) ?? 0) + 1)

// limits, triggers and steps of trails are judged by Recorded with every report of every history
describe("any history of orders of every kind", () => {
  property.prop([crowd], { numRuns: 150 })("keeps what the orders say about their fills", (one) => {
    const run = play(one)
    const market = marketOf(one)
    for (const { request, quantity, trades } of tradesOf(run)) {
      note(request.orderType)
      const { allOrNone, minQuantity, displayQuantity, postOnly } = request
      if (allOrNone === true) {
        note("allOrNone")
        expect(firstOf(trades)).toBe(quantity)
      }
      if (minQuantity !== undefined) {
        note("minQuantity")
        expect(firstOf(trades) >= minOf<bigint>(minQuantity, quantity)).toBe(true)
      }
      if (postOnly === true) {
        note("postOnly")
        expect(trades.every(({ liquidity }) => liquidity === "maker")).toBe(true)
      }
      // of an iceberg a trade at its very price can meet only what is shown; a replace may have made that more
      const isSame = run.reports.every(({ orderId, type }) => orderId !== request.orderId || type !== "Replaced")
      if (displayQuantity === undefined || !isSame) continue
      for (const { mdNo, price, quantity: filled, liquidity } of trades) {
        const message = market[mdNo - 1]!
        if (liquidity !== "maker" || message.kind !== "trade" || message.price !== price) continue
        note("displayQuantity")
        expect(filled <= displayQuantity).toBe(true)
      }
    }
  })

  property.prop([crowd], { numRuns: 50 })(
    "never lets a trailing stop go back, nor a touch or stop act before",
    (one) => {
      const stops = new Map<string, bigint>()
      const { reports, requests } = play(one)
      for (const report of reports) {
        const { side, orderType } = requests.get(report.orderId) ?? {}
        if (report.type === "Triggered") note(`${orderType} triggered by ${report.source}`)
        if (report.type !== "Restated" && report.type !== "Replaced") continue
        if (report.stopPrice === undefined || orderType?.startsWith("trailing") !== true) continue
        const before = stops.get(report.orderId)
        if (before !== undefined) note("moved")
        if (before !== undefined)
          expect(side === "buy" ? report.stopPrice <= before : report.stopPrice >= before).toBe(true)
        stops.set(report.orderId, report.stopPrice)
      }
    }
  )

  afterAll(() => {
    const kinds = ["limit", "market", "stop", "stop-limit", "market-if-touched", "limit-if-touched", "market-to-limit"]
    const others = ["trailing-stop", "trailing-stop-limit", "pegged", "allOrNone", "minQuantity", "displayQuantity"]
    for (const what of [...kinds, ...others, "postOnly", "moved"])
      expect([what, seen.get(what) ?? 0]).not.toEqual([what, 0])
  })
})
