// A paper venue for tests, what is asked of it, and its reports read as the ledger reads them.
import { expect } from "vitest"
import type { AccountId, ClOrdId, OrderId } from "#domain/kernel/ids.ts"
import { ExecId } from "#domain/kernel/ids.ts"
import { timesHalfUp, type Quantity } from "#domain/kernel/money.ts"
import type { Time } from "#domain/kernel/time.ts"
import { defaultInstruments } from "#domain/market/default-instruments.ts"
import type { MarketMessage } from "#domain/market/messages.ts"
import type { VenueReport, VenueRequest } from "#domain/venue/messages.ts"
import type { RestoredOrder } from "#domain/venue/order-entry.ts"
import { createPaperVenue, type PaperVenue, type PaperVenueOptions } from "#domain/venue/paper-venue.ts"
import type { NewOrder } from "#domain/venue/venue-order.ts"
import { at, BTC, price, quantity } from "#tests/domain/market/made.ts"
import { Schema } from "effect"

const instruments: PaperVenueOptions["instruments"] = (symbol) =>
  defaultInstruments.find((one) => one.symbol === symbol)

/** Without any latency unless it is asked for: what is sent at a time is answered at that time. */
export const venueOf = (options: Partial<PaperVenueOptions> = {}): PaperVenue =>
  createPaperVenue({ seed: 1, instruments, latencyMicros: 0, jitterMicros: 0, reportLatencyMicros: 0, ...options })

type Terms = {
  readonly type?: NewOrder["orderType"]
  readonly tif?: NewOrder["timeInForce"]
  readonly price?: string | number
  readonly stop?: string | number
  readonly expireAt?: Time
  readonly symbol?: NewOrder["symbol"]
}
const account = "demo" as AccountId
const orderId = (id: number) => `0-${id}` as OrderId

/** Order `id`, sent at `micros`: a limit order, good till cancelled, unless `terms` say otherwise. */
export const order = (
  id: number,
  micros: number,
  side: "buy" | "sell",
  size: string | number,
  terms: Terms
): NewOrder => {
  const { type = "limit", tif = type === "market" ? "IOC" : "GTC", price: limit, stop, expireAt, symbol = BTC } = terms
  return {
    type: "NewOrder",
    at: at(micros),
    account,
    orderId: orderId(id),
    clOrdId: `n-${id}` as ClOrdId,
    symbol,
    side,
    orderType: type,
    timeInForce: tif,
    quantity: quantity(size),
    ...(limit !== undefined && { price: price(limit) }),
    ...(stop !== undefined && { stopPrice: price(stop) }),
    ...(expireAt !== undefined && { expireAt })
  }
}
export const cancel = (id: number, micros: number): VenueRequest => {
  return { type: "CancelOrder", at: at(micros), account, orderId: orderId(id), clOrdId: `c-${id}-${micros}` as ClOrdId }
}
export const replaceBy = (
  id: number,
  micros: number,
  size: string | number,
  terms: Pick<Terms, "price" | "stop"> = {}
): VenueRequest => ({
  type: "ReplaceOrder",
  at: at(micros),
  account,
  orderId: orderId(id),
  clOrdId: `r-${id}-${micros}` as ClOrdId,
  quantity: quantity(size),
  ...(terms.price !== undefined && { price: price(terms.price) }),
  ...(terms.stop !== undefined && { stopPrice: price(terms.stop) })
})

/** A message is shown, a request sent; what is reported until then comes back. */
export const step = (venue: PaperVenue, input: MarketMessage | VenueRequest): ReadonlyArray<VenueReport> => {
  if ("kind" in input) venue.market(input)
  else venue.request(input)
  return venue.due(input.at)
}

/** Reports in short: `0-1 Trade 0.5@100 maker`. */
export const short = (reports: ReadonlyArray<VenueReport>): ReadonlyArray<string> =>
  reports.map((report) => {
    const { orderId: id, type } = report
    if (type === "Trade")
      return `${id} Trade ${Number(report.quantity) / 1e8}@${Number(report.price) / 1e8} ${report.liquidity}`
    if (type === "New" || type === "Triggered") return `${id} ${type} behind ${Number(report.queueAhead) / 1e8}`
    if (type === "Replaced")
      return `${id} Replaced ${Number(report.quantity) / 1e8} behind ${Number(report.queueAhead) / 1e8}`
    return `${id} ${type}`
  })

type Kept = { -readonly [K in keyof RestoredOrder]: RestoredOrder[K] }

/** What the ledger knows of the orders: checks that every report can be true, and keeps what a restart needs. */
export class Recorded {
  readonly open = new Map<OrderId, Kept>()
  /** sent, and not answered */
  readonly pending = new Map<OrderId, NewOrder>()
  readonly execIds = new Set<ExecId>()
  filled = 0n

  sent(request: NewOrder): void {
    this.pending.set(request.orderId, request)
  }

  record(report: VenueReport): void {
    const { execId } = report
    expect(Schema.is(ExecId)(execId)).toBe(true)
    expect(this.execIds.has(execId)).toBe(false)
    this.execIds.add(execId)
    if (report.type === "CancelRejected") return
    if (report.type === "New" || report.type === "Rejected") return this.#answered(report)
    const kept = this.open.get(report.orderId)
    if (report.type === "ReplaceRejected" && kept === undefined) return
    expect(kept).toBeDefined()
    kept!.reports++
    kept!.mdNo = report.mdNo
    if ("queueAhead" in report) kept!.queueAhead = report.queueAhead
    switch (report.type) {
      case "Triggered":
        expect(kept!.triggered).toBe(false)
        kept!.triggered = true
        break
      case "Trade":
        this.#filled(report, kept!)
        break
      case "Replaced": {
        const { quantity: size, price: limit, stopPrice } = report
        const terms = { ...(limit !== undefined && { price: limit }), ...(stopPrice !== undefined && { stopPrice }) }
        kept!.request = { ...kept!.request, quantity: size, ...terms }
        break
      }
      case "Canceled":
      case "Expired":
        this.open.delete(report.orderId)
        return
      case "ReplaceRejected":
        return
    }
    if (kept!.cumQty >= kept!.request.quantity) this.open.delete(report.orderId)
  }

  #answered(report: VenueReport & { type: "New" | "Rejected" }): void {
    const request = this.pending.get(report.orderId)
    expect(request).toBeDefined()
    expect(report.clOrdId).toBe(request!.clOrdId)
    this.pending.delete(report.orderId)
    if (report.type === "Rejected") return
    const { venueOrderId, queueAhead, mdNo } = report
    const kept = {
      request: request!,
      venueOrderId,
      cumQty: 0n as Quantity,
      queueAhead,
      mdNo,
      triggered: false,
      reports: 1
    }
    this.open.set(report.orderId, kept)
  }

  #filled(report: VenueReport & { type: "Trade" }, kept: Kept): void {
    const { side, price: limit, quantity: size, orderType, symbol } = kept.request
    const { makerFee, takerFee, lot, quote } = instruments(symbol)!
    if (limit !== undefined) expect(side === "buy" ? report.price <= limit : report.price >= limit).toBe(true)
    if (orderType === "stop" || orderType === "stop-limit") expect(kept.triggered).toBe(true)
    expect(report.quantity > 0n && report.quantity % lot === 0n).toBe(true)
    kept.cumQty = (kept.cumQty + report.quantity) as Quantity
    expect(kept.cumQty <= size).toBe(true)
    const notional = (report.price * report.quantity) / 100_000_000n
    expect(report.fee).toBe(timesHalfUp(notional, report.liquidity === "maker" ? makerFee : takerFee))
    expect(report.feeCurrency).toBe(quote)
    this.filled += report.quantity
  }
}
