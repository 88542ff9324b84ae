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
import { instructionsOf, type Instructions } from "#domain/orders/instructions.ts"
import { hasTrigger } from "#domain/venue/order-kinds.ts"
import type { NewOrder } from "#domain/venue/venue-order.ts"
import { at, BTC, price, quantity } from "#tests/domain/market/made.ts"
import { Schema } from "effect"

const instruments: PaperVenueOptions["instruments"] = (symbol) =>
  defaultInstruments.find((one) => one.symbol === symbol)

/** Without any latency unless it is asked for: what is sent at a time is answered at that time. */
export const venueOf = (options: Partial<PaperVenueOptions> = {}): PaperVenue =>
  createPaperVenue({ seed: 1, instruments, latencyMicros: 0, jitterMicros: 0, reportLatencyMicros: 0, ...options })

export type Terms = Instructions & {
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
  const { type = "limit", tif = type === "market" ? "IOC" : "GTC", symbol = BTC } = terms
  const { price: limit, stop, expireAt } = terms
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
    ...instructionsOf(terms),
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
  terms: Pick<Terms, "price" | "stop" | "displayQuantity"> = {}
): ReplaceOrder => ({
  type: "ReplaceOrder",
  at: at(micros),
  account,
  orderId: orderId(id),
  clOrdId: `r-${id}-${micros}` as ClOrdId,
  quantity: quantity(size),
  ...(terms.price !== undefined && { price: price(terms.price) }),
  ...(terms.stop !== undefined && { stopPrice: price(terms.stop) }),
  ...(terms.displayQuantity !== undefined && { displayQuantity: terms.displayQuantity })
})
type ReplaceOrder = Extract<VenueRequest, { type: "ReplaceOrder" }>

/** A message is shown, a request sent; what is reported until then comes back. */
export const step = (venue: PaperVenue, input: MarketMessage | VenueRequest): ReadonlyArray<VenueReport> => {
  if ("kind" in input) venue.market(input)
  else venue.request(input)
  return venue.due(input.at)
}

/** The reason of each report that has one, otherwise what it is. */
export const reasons = (reports: ReadonlyArray<VenueReport>): ReadonlyArray<string> =>
  reports.map((report) => ("reason" in report ? report.reason : report.type))

/** Reports in short: `0-1 Trade 0.5@100 maker`. */
export const short = (reports: ReadonlyArray<VenueReport>): ReadonlyArray<string> =>
  reports.map((report) => {
    const { orderId: id, type } = report
    if (type === "Trade")
      return `${id} Trade ${Number(report.quantity) / 1e8}@${Number(report.price) / 1e8} ${report.liquidity}`
    if (type === "Restated") {
      const { stopPrice, price: limit } = report
      const stop = stopPrice === undefined ? "" : ` stop ${Number(stopPrice) / 1e8}`
      return `${id} Restated${stop}${limit === undefined ? "" : ` limit ${Number(limit) / 1e8}`}`
    }
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
  /** replaces that were sent: the answer does not repeat what an iceberg shows */
  readonly replaces = new Map<ClOrdId, ReplaceOrder>()
  filled = 0n

  sent(request: VenueRequest): void {
    if (request.type === "NewOrder") this.pending.set(request.orderId, request)
    if (request.type === "ReplaceOrder") this.replaces.set(request.clOrdId, request)
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
    if ("queueAhead" in report && report.queueAhead !== undefined) kept!.queueAhead = report.queueAhead
    switch (report.type) {
      case "Triggered":
        expect(kept!.triggered).toBe(false)
        this.#checkEvidence(report, kept!.request)
        kept!.triggered = true
        break
      case "Trade":
        this.#filled(report, kept!)
        break
      case "Replaced": {
        const { quantity: size, price: limit, stopPrice } = report
        const displayQuantity = this.replaces.get(report.clOrdId!)?.displayQuantity
        const isPriced = kept!.request.orderType !== "trailing-stop-limit"
        const price = limit !== undefined && isPriced && { price: limit }
        const terms = { ...price, ...(stopPrice !== undefined && { stopPrice }) }
        const display = displayQuantity !== undefined && { displayQuantity }
        kept!.request = { ...kept!.request, quantity: size, ...terms, ...display }
        break
      }
      case "Restated": {
        const { price: limit, stopPrice } = report
        if (stopPrice !== undefined && kept!.request.stopPrice !== undefined) {
          const isBuy = kept!.request.side === "buy"
          expect(isBuy ? stopPrice < kept!.request.stopPrice : stopPrice > kept!.request.stopPrice).toBe(true)
        }
        // like the ledger, which gives a trailing stop-limit no price of its own
        const isLimit = limit !== undefined && kept!.request.orderType === "market-to-limit"
        kept!.request = {
          ...kept!.request,
          ...(isLimit && { price: limit }),
          ...(stopPrice !== undefined && { stopPrice })
        }
        break
      }
      case "Canceled":
      case "Expired":
        this.open.delete(report.orderId)
        return
      default:
        return
    }
    if (kept!.cumQty >= kept!.request.quantity) this.open.delete(report.orderId)
  }

  #checkEvidence({ price: seen, source }: VenueReport & { type: "Triggered" }, request: NewOrder): void {
    const { side, orderType, stopPrice, triggerOn = "last" } = request
    const isRise = (side === "buy") !== (orderType === "market-if-touched" || orderType === "limit-if-touched")
    expect(isRise ? seen! >= stopPrice! : seen! <= stopPrice!).toBe(true)
    expect(source).toBe(triggerOn)
  }

  #answered(report: VenueReport): void {
    const request = this.pending.get(report.orderId)
    expect(request).toBeDefined()
    expect(report.clOrdId).toBe(request!.clOrdId)
    this.pending.delete(report.orderId)
    if (report.type !== "New") return
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
    const { stopPrice, limitOffset } = kept.request
    if (orderType === "trailing-stop-limit") {
      if (side === "buy") expect(report.price <= stopPrice! + limitOffset!).toBe(true)
      else expect(report.price >= stopPrice! - limitOffset!).toBe(true)
    }
    if (limit !== undefined) expect(side === "buy" ? report.price <= limit : report.price >= limit).toBe(true)
    if (hasTrigger({ orderType })) expect(kept.triggered).toBe(true)
    if (kept.request.postOnly === true || orderType === "pegged") expect(report.liquidity).toBe("maker")
    expect(report.quantity > 0n && report.quantity % lot === 0n).toBe(true)
    kept.cumQty = (kept.cumQty + report.quantity) as Quantity
    expect(kept.cumQty <= size).toBe(true)
    const notional = (report.price * report.quantity) / 100_000_000n
    expect(report.fee).toBe(timesHalfUp(notional, report.liquidity === "maker" ? makerFee : takerFee))
    expect(report.feeCurrency).toBe(quote)
    this.filled += report.quantity
  }
}
