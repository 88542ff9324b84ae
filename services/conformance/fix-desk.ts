import { Result } from "effect"
import type { CancelOrder, ReplaceOrder } from "#domain/account/commands.ts"
import type { AccountEvent } from "#domain/account/events.ts"
import type { ClOrdId, ExecId, OrderId } from "#domain/kernel/ids.ts"
import type { Price, Quantity } from "#domain/kernel/money.ts"
import { executionReport, statusReport } from "#domain/orders/execution-report.ts"
import type { OpenOrder } from "#domain/orders/open-order.ts"
import type { TimeInForce } from "#domain/venue/messages.ts"
import { ACCOUNT, FixAccount, SHARE } from "./fix-account.ts"
import { dayOf, type Step } from "./fix-steps.ts"
import { cancelReject, refusedOrder, told, unknownOrder, type Told } from "./fix-told.ts"
import { amount, PRICE, venueReportOf } from "./fix-venue.ts"

/**
 * A broker's order desk that speaks FIX: requests go through the account decider, and what a scenario's broker reports
 * reaches it as the venue's report (fix-venue.ts). Status, quantities and ids in the answer are the decider's.
 */
export class FixDesk {
  readonly #account = new FixAccount()
  #reports = 0
  /** the order that each of the client's ids belongs to, and the id that a change names */
  readonly #orders = new Map<string, OrderId>()
  readonly #changed = new Map<string, string>()
  /** answers that the desk itself has for requests, until the scenario hears them */
  readonly #answers = new Map<string, () => Told>()
  /** the ids that were asked about and not answered yet */
  readonly #questions: Array<string> = []
  /** orders for an amount of money: the broker says how many units that is */
  readonly #unsized = new Map<string, Step>()

  /** Takes a client's request. */
  ask(step: Step): void {
    this.#account.tick(dayOf(step))
    const { clOrdId = "", origClOrdId = "", orderQty, price } = step
    switch (step.msg) {
      case "NewOrderSingle":
        if (orderQty === undefined) return void this.#unsized.set(clOrdId, step)
        return this.#order(step, clOrdId, orderQty)
      case "OrderCancelRequest":
        return this.#change(clOrdId, origClOrdId, { type: "CancelOrder" })
      case "OrderCancelReplaceRequest":
        return this.#change(clOrdId, origClOrdId, {
          type: "ReplaceOrder",
          evenIfFilled: true, // a broker's desk may be asked for more of an order that has filled
          ...(orderQty !== undefined && { quantity: amount<Quantity>(orderQty) }),
          ...(price !== undefined && { price: amount<Price>(price) })
        })
      case "OrderStatusRequest":
        return void this.#questions.push(clOrdId || origClOrdId)
      default:
        throw new Error(`there is no request ${String(step.msg)}`)
    }
  }

  /** What the desk tells when the broker's report has come, or for a request that it answers itself. */
  hear(step: Step): Told {
    this.#account.tick(dayOf(step))
    this.#size(step)
    const { clOrdId = "" } = step
    const own = isOwnAnswer(step) ? this.#answers.get(clOrdId) : undefined
    if (own !== undefined) {
      this.#answers.delete(clOrdId)
      return own()
    }
    if (step.execType === "OrderStatus") return this.#status(clOrdId)
    const order = this.#orderOf(step)
    // that an order waits for the venue is known without the venue
    if (step.execType === "PendingNew") return told({ ...statusReport(order), execType: "PendingNew" })
    const execId = (step.execId ?? `E${++this.#reports}`) as ExecId
    const isAsked = order.pending.some((request) => request.clOrdId === clOrdId)
    const asked = isAsked ? this.#account.venueIds.get(clOrdId) : undefined
    const said = { at: this.#account.now, account: ACCOUNT, execId, clOrdId: asked }
    const report = venueReportOf(step, order, said)
    const facts = this.#account.run(execId, { type: "VenueReported", account: ACCOUNT, venue: "XNYS", report })
    const fact = Result.isFailure(facts) ? undefined : facts.success[0]
    const answer = fact && executionReport(this.#account.find(order.orderId)!, fact)
    if (answer === undefined) return { refused: fact ?? facts }
    // an order that is over has forgotten what was asked of it; whoever asked has not
    const isLate = !isAsked && step.msg === "OrderCancelReject" && this.#changed.has(clOrdId)
    return told(answer, isLate ? { clOrdId, origClOrdId: this.#changed.get(clOrdId) } : {})
  }

  #order(step: Pick<Step, "timeInForce" | "price" | "isResend">, clOrdId: string, orderQty: number): void {
    const known = this.#orders.get(clOrdId)
    const timeInForce = (step.timeInForce ?? "DAY") as TimeInForce
    const outcome = this.#account.run(clOrdId, {
      type: "SubmitOrder",
      account: ACCOUNT,
      symbol: SHARE.symbol,
      side: "buy", // every order may then be as large as it likes; which side it is on is told nowhere
      orderType: "limit",
      timeInForce,
      quantity: amount<Quantity>(orderQty),
      price: amount<Price>(step.price ?? PRICE),
      ...(timeInForce === "GTD" && { expireAt: this.#account.after(30) })
    })
    if (known === undefined) {
      if (Result.isSuccess(outcome)) this.#orders.set(clOrdId, orderIdIn(outcome.success))
      else this.#answers.set(clOrdId, () => refusedOrder(clOrdId, orderQty))
      return
    }
    // the same again: told how it stands when it may be a repeat, and otherwise refused with how the first one stands
    const isRepeat = Result.isSuccess(outcome) && step.isResend
    const answer = () => told(statusReport(this.#account.find(known)!))
    const refused = () => ({ ...answer(), execType: "Rejected", execTypeCode: "8", ordRejReason: "DuplicateOrder" })
    this.#answers.set(clOrdId, isRepeat ? answer : refused)
  }

  /** An order for an amount of money is keyed in when the broker says for how many units he takes it, if any. */
  #size({ clOrdId = "", orderQty, execType }: Step): void {
    if (this.#orders.has(clOrdId)) return
    const [oldest] = this.#unsized
    const [id, unsized] = this.#unsized.has(clOrdId) ? [clOrdId, this.#unsized.get(clOrdId)!] : (oldest ?? [])
    if (id === undefined || unsized === undefined) return
    this.#unsized.delete(id)
    const { cashOrderQty = 0, price = PRICE } = unsized
    const units = orderQty ?? Math.floor(cashOrderQty / price)
    this.#order(unsized, id, execType === "Rejected" ? 0 : units)
  }

  #change(
    clOrdId: string,
    origClOrdId: string,
    change: Pick<CancelOrder, "type"> | Omit<ReplaceOrder, "account" | "orderId" | "origClOrdId">
  ): void {
    const orderId = this.#orders.get(origClOrdId)
    if (orderId === undefined) {
      this.#answers.set(clOrdId, () => cancelReject(clOrdId, origClOrdId, "UnknownOrder"))
      return
    }
    const request = { account: ACCOUNT, orderId, origClOrdId: origClOrdId as ClOrdId, ...change }
    const outcome = this.#account.run(clOrdId, request)
    if (Result.isSuccess(outcome)) {
      this.#orders.set(clOrdId, orderId)
      this.#changed.set(clOrdId, origClOrdId)
      return
    }
    const why = CXL_REJ_REASONS[outcome.failure.code] ?? "TooLateToCancel"
    this.#answers.set(clOrdId, () => {
      // the id is one that was replaced since: nothing is told of the order that it was
      if (why === "UnknownOrder") return cancelReject(clOrdId, origClOrdId, why)
      const order = this.#account.find(orderId)!
      return cancelReject(clOrdId, order.clOrdId, why, told(statusReport(order)))
    })
  }

  /** How an order stands, under the id that was asked about; a change that is on its way names the newest accepted one. */
  #status(saidId: string): Told {
    const at = Math.max(0, this.#questions.indexOf(saidId))
    const [clOrdId = saidId] = this.#questions.splice(at, 1)
    const orderId = this.#orders.get(clOrdId)
    const order = orderId && this.#account.find(orderId)
    if (order === undefined) return unknownOrder(clOrdId)
    const isPending = order.pending.some((request) => request.clOrdId === clOrdId)
    const origClOrdId = isPending ? order.clOrdId : this.#changed.get(clOrdId)
    return told(statusReport(order), { clOrdId, origClOrdId })
  }

  /** The order that a report is about; one that nobody sent was taken by telephone, and is keyed in by hand. */
  #orderOf({ clOrdId = "", origClOrdId = "", orderQty = 0 }: Step): OpenOrder {
    const newest = [...this.#orders.values()].at(-1)
    const orderId = this.#orders.get(clOrdId) ?? this.#orders.get(origClOrdId) ?? newest
    if (orderId !== undefined) return this.#account.find(orderId)!
    const byTelephone = clOrdId || "by-telephone"
    this.#order({ isResend: false }, byTelephone, orderQty)
    const keyed = this.#orders.get(byTelephone)
    if (keyed === undefined) throw new Error(`there is no order ${byTelephone}, and none can be keyed in`)
    return this.#account.find(keyed)!
  }
}

/** The desk answers by itself what never reaches a venue: refusals and questions. */
const isOwnAnswer = ({ msg, execType }: Step): boolean =>
  msg === "OrderCancelReject" || execType === "OrderStatus" || execType === "Rejected"

/** Of a refusal the FIX CxlRejReason 102, where it is not that the order is over. */
const CXL_REJ_REASONS: Readonly<Record<string, string>> = {
  UnknownOrder: "UnknownOrder",
  OrderPendingReplace: "AlreadyPendingCancelOrReplace",
  OrderPendingCancel: "AlreadyPendingCancelOrReplace",
  ClOrdIdReused: "DuplicateClOrdID"
}

const orderIdIn = (facts: ReadonlyArray<AccountEvent>): OrderId => {
  const placed = facts.find((fact) => fact.type === "OrderPlaced")
  if (placed === undefined) throw new Error("an order that was taken is not placed")
  return placed.data.orderId
}
