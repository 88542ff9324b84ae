import type { Request } from "#domain/account/commands.ts"
import type { AccountId, Currency, ExecId, OrderId } from "#domain/kernel/ids.ts"
import { parseFixed, timesHalfUp, type Cash, type Price, type Quantity } from "#domain/kernel/money.ts"
import type { Time } from "#domain/kernel/time.ts"
import { leavesQty, pendingCancel, pendingReplaces, worstPrice, type OpenOrder } from "#domain/orders/open-order.ts"
import { notionalOf } from "#domain/orders/terms.ts"
import type { VenueReport } from "#domain/venue/messages.ts"
import type { Draw } from "./draw.ts"

const LOT = parseFixed("0.1")

type Head = {
  readonly at: Time
  readonly account: AccountId
  readonly orderId: OrderId
  readonly execId: ExecId
  readonly mdNo: number
}

/** Draws what a venue says of open orders. */
export class Reports {
  readonly #draw: Draw
  #last: ReadonlyArray<VenueReport> = []
  constructor(draw: Draw) {
    this.#draw = draw
  }

  get hasSome(): boolean {
    return this.#last.length > 0
  }
  /** What a venue sends: mostly what the order is due, now and then what it is not. */
  of(order: OpenOrder, at: Time): Request {
    const head = {
      at,
      account: order.account,
      orderId: order.orderId,
      execId: `X${this.#draw.step}` as ExecId,
      mdNo: this.#draw.step
    }
    const queueAhead = 0n as Quantity
    const kind = this.#draw.below(24)
    const report: VenueReport =
      order.venueOrderId === undefined && kind < 20
        ? { type: "New", ...head, venueOrderId: `V${order.orderId}`, queueAhead }
        : kind < 12
          ? { type: "Trade", ...head, ...this.#trade(order), queueAhead }
          : pendingReplaces(order).length > 0 && kind < 18
            ? { type: "Replaced", ...head, ...termsOf(order), queueAhead }
            : this.#ending(order, head, kind)
    this.#last = [...this.#last.slice(-20), report]
    return { type: "VenueReported", account: order.account, venue: "paper", report }
  }
  #trade(order: OpenOrder) {
    const leaves = leavesQty(order)
    const part = this.#draw.below(3) === 0 ? leaves : (leaves / BigInt(1 + this.#draw.below(4)) / LOT) * LOT
    const quantity = (this.#draw.below(60) === 0 ? leaves + LOT : part) as Quantity
    const worst = worstPrice(order) ?? order.stopPrice ?? this.#draw.price()
    const better = BigInt(this.#draw.below(4)) * parseFixed("0.5")
    const price = (order.side === "buy" ? worst - better : worst + better) as Price
    const liquidity = this.#draw.one(["maker", "taker"] as const)
    const rate = liquidity === "maker" ? order.instrument.makerFee : order.instrument.takerFee
    const fee = timesHalfUp(notionalOf(order.instrument, price, quantity), rate) as Cash
    return { quantity, price, liquidity, fee, feeCurrency: "USD" as Currency }
  }
  #ending(order: OpenOrder, head: Head, kind: number): VenueReport {
    const reason = "simulation"
    const remark = this.#draw.below(4) === 0 ? this.#remark(order, head) : undefined
    if (remark !== undefined) return remark
    if (pendingCancel(order) !== undefined && kind < 21)
      return { type: this.#draw.one(["Canceled", "CancelRejected"] as const), ...head, reason }
    if (pendingReplaces(order).length > 0) return { type: "ReplaceRejected", ...head, reason }
    if (kind === 23)
      return { type: "Trade", ...head, orderId: "0-1" as OrderId, ...this.#trade(order), queueAhead: 0n as Quantity }
    return {
      type: this.#draw.one(["Canceled", "Expired", "Rejected", "Triggered"] as const),
      ...head,
      reason,
      queueAhead: 0n as Quantity
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
      case "Restated":
        return { type, ...head, reason, quantity: (order.quantity + LOT) as Quantity }
      default:
        return { type, ...head, reason }
    }
  }
  /** A venue sends a report twice, perhaps long after the order is finished. */
  again(): Request {
    const report = this.#draw.one(this.#last)
    return { type: "VenueReported", account: report.account, venue: "paper", report }
  }
}

const termsOf = (order: OpenOrder) => {
  const { quantity, price, stopPrice } = pendingReplaces(order)[0]!.terms // a venue answers the oldest first
  return { quantity, ...(price !== undefined && { price }), ...(stopPrice !== undefined && { stopPrice }) }
}
