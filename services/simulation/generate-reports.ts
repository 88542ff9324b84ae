import type { Request } from "#domain/account/commands.ts"
import type { State } from "#domain/account/state.ts"
import type { AccountId, ClOrdId, ExecId, OrderId } from "#domain/kernel/ids.ts"
import { parseFixed, type Quantity } from "#domain/kernel/money.ts"
import type { Time } from "#domain/kernel/time.ts"
import { leavesQty, pendingCancel, pendingReplaces, type OpenOrder } from "#domain/orders/open-order.ts"
import type { VenueReport } from "#domain/venue/messages.ts"
import type { Draw } from "./draw.ts"
import { correction, execution } from "./generate-executions.ts"

const LOT = parseFixed("0.1")
const NOTHING_AHEAD = 0n as Quantity
/** so many orders that reports were about are remembered: something may be said of them when they are over */
const REMEMBERED = 24

type Head = {
  readonly at: Time
  readonly account: AccountId
  readonly orderId: OrderId
  readonly execId: ExecId
  readonly mdNo: number
}

/** Draws what a venue says of orders. */
export class Reports {
  readonly #draw: Draw
  #last: ReadonlyArray<VenueReport> = []
  #orders: ReadonlyArray<OrderId> = []
  constructor(draw: Draw) {
    this.#draw = draw
  }

  get hasSome(): boolean {
    return this.#last.length > 0
  }
  /** An order that the venue has spoken of and that is over. */
  finished({ orders, finished }: State): OpenOrder | undefined {
    const over = this.#orders.filter((id) => !orders.has(id))
    return over.length === 0 ? undefined : finished.find(this.#draw.one(over))
  }
  /** What a venue sends: mostly what the order is due, now and then what it is not. */
  of(order: OpenOrder, at: Time): Request {
    const head = this.#head(order, at)
    const kind = this.#draw.below(24)
    const replaces = pendingReplaces(order)
    if (order.venueOrderId === undefined && kind < 20)
      return this.#say({ type: "New", ...head, venueOrderId: `V${order.orderId}`, queueAhead: NOTHING_AHEAD })
    if (order.fills.length > 0 && kind < 3) return this.#say({ ...head, ...correction(this.#draw, order) })
    if (kind < 12) return this.#say({ type: "Trade", ...head, ...execution(this.#draw, order, leavesQty(order)) })
    if (replaces.length > 0 && kind === 17) return this.#say({ type: "PendingReplace", ...head })
    if (replaces.length > 0 && kind < 17) {
      const request = this.#draw.below(4) === 0 ? replaces.at(-1)! : replaces[0]! // mostly the oldest is answered first
      const { quantity, price, stopPrice } = request.terms
      const terms = { quantity, ...(price !== undefined && { price }), ...(stopPrice !== undefined && { stopPrice }) }
      const named = this.#naming(request === replaces[0] ? [request] : [request, request])
      return this.#say({ type: "Replaced", ...head, ...named, ...terms, queueAhead: NOTHING_AHEAD })
    }
    return this.#say(this.#ending(order, head, kind))
  }
  /** What it says of one that is over: an execution that comes late, was none, or was another; or a remark. */
  late(order: OpenOrder, at: Time): Request {
    const head = this.#head(order, at)
    const kind = this.#draw.below(8)
    if (order.fills.length > 0 && kind < 4) return this.#say({ ...head, ...correction(this.#draw, order) })
    const open = order.quantity - order.cumQty
    if (kind < 6) return this.#say({ type: "Trade", ...head, ...execution(this.#draw, order, open > 0n ? open : LOT) })
    const reason = "simulation"
    if (kind === 6)
      return this.#say({ type: "Restated", ...head, reason, quantity: (order.quantity + LOT) as Quantity })
    return this.#say({
      type: this.#draw.one(["CancelRejected", "ReplaceRejected", "Canceled"] as const),
      ...head,
      reason
    })
  }
  /** A venue sends a report twice, perhaps long after the order is finished. */
  again(): Request {
    const report = this.#draw.one(this.#last)
    return { type: "VenueReported", account: report.account, venue: "paper", report }
  }

  #head({ account, orderId }: OpenOrder, at: Time): Head {
    return { at, account, orderId, execId: `X${this.#draw.step}` as ExecId, mdNo: this.#draw.step }
  }
  #say(report: VenueReport): Request {
    this.#last = [...this.#last.slice(-20), report]
    if (!this.#orders.includes(report.orderId)) this.#orders = [...this.#orders.slice(1 - REMEMBERED), report.orderId]
    return { type: "VenueReported", account: report.account, venue: "paper", report }
  }
  /** Which request is answered: mostly the venue names it, unless it is the oldest; now and then one that is none. */
  #naming(of: ReadonlyArray<{ readonly requestNo: number }>): { readonly clOrdId?: ClOrdId } {
    const kind = this.#draw.below(12)
    if (kind === 0) return { clOrdId: "0-1" as ClOrdId }
    if (of[0] === undefined || (kind < 6 && of.length === 1)) return {}
    return { clOrdId: `0-${of[0].requestNo}` as ClOrdId }
  }

  #ending(order: OpenOrder, head: Head, kind: number): VenueReport {
    const reason = "simulation"
    const remark = this.#draw.below(4) === 0 ? this.#remark(order, head) : undefined
    if (remark !== undefined) return remark
    const cancel = pendingCancel(order)
    if (cancel !== undefined && kind < 21) {
      const type = this.#draw.one(["Canceled", "CancelRejected"] as const)
      return { type, ...head, ...this.#naming([cancel]), reason }
    }
    const replaces = pendingReplaces(order)
    if (replaces.length > 0) {
      const isOldest = replaces.length === 1 || this.#draw.below(3) > 0
      const named = this.#naming(isOldest ? replaces.slice(0, 1) : replaces.slice(-1).concat(replaces))
      return { type: "ReplaceRejected", ...head, ...named, reason }
    }
    if (kind === 23)
      return { type: "Trade", ...head, orderId: "0-1" as OrderId, ...execution(this.#draw, order, leavesQty(order)) }
    return {
      type: this.#draw.one(["Canceled", "Expired", "Rejected", "Triggered"] as const),
      ...head,
      reason,
      queueAhead: NOTHING_AHEAD
    } as VenueReport
  }
  /** What a venue says of an order that it does not end, nor fill. */
  #remark(order: OpenOrder, head: Head): VenueReport | undefined {
    const reason = "simulation"
    const type = this.#draw.one([
      "PendingCancel",
      "PendingReplace",
      "Stopped",
      "Suspended",
      "Restated",
      "DoneForDay"
    ] as const)
    switch (type) {
      case "PendingCancel":
        return pendingCancel(order) && { type, ...head }
      case "PendingReplace":
        return pendingReplaces(order).length === 0 ? undefined : { type, ...head }
      case "Restated": {
        // what trades at the market first and then rests gets its limit
        const price = order.orderType === "market-to-limit" ? { price: this.#draw.price() } : {}
        return { type, ...head, reason, quantity: (order.quantity + LOT) as Quantity, ...price }
      }
      default:
        return { type, ...head, reason }
    }
  }
}
