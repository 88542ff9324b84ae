import { Result } from "effect"
import type { OrderId } from "#domain/kernel/ids.ts"
import { exactNotional, type Cash, type Price, type Quantity } from "#domain/kernel/money.ts"
import type { Refusal } from "#domain/kernel/shapes.ts"
import { microsBetween, microsOf, nextMidnight } from "#domain/kernel/time.ts"
import { cashOf, holdingOf } from "#domain/ledger/balances.ts"
import type { Instrument } from "#domain/market/instrument.ts"
import { leavesQty, type OpenOrder } from "#domain/orders/open-order.ts"
import { shapeProblem } from "#domain/orders/shape.ts"
import { needOf, notionalOf, protectionAfter, protectionPrice } from "#domain/orders/terms.ts"
import { assess, type PriceEvidence } from "#domain/risk/assess.ts"
import type { RiskQuestion } from "#domain/risk/checks.ts"
import type { OrderType, Side } from "#domain/venue/messages.ts"
import {
  clOrdIdOf,
  type CancelAll,
  type CancelOrder,
  type Command,
  type ReplaceOrder,
  type SubmitOrder
} from "./commands.ts"
import type { AccountEvent } from "./events.ts"
import { haltOf, scopesOf, type Account, type State } from "./state.ts"

export type Decided = Result.Result<ReadonlyArray<AccountEvent>, Refusal>
export const refused = (code: string, detail: string, field?: string): Decided =>
  Result.fail(field === undefined ? { code, detail } : { code, detail, field })

/** The id that an order gets when it is the next event of its partition. */
const nextOrderId = (state: State): OrderId => `${state.partition}-${state.eventNo + 1}` as OrderId

/** An order and its risk decision, together: nothing is accepted without the decision that allowed it. */
export const submitOrder = (command: Command, request: SubmitOrder, account: Account, state: State): Decided => {
  const { symbol, side, orderType, timeInForce, quantity, price, stopPrice } = request
  const instrument = state.instruments.get(symbol)
  if (instrument === undefined) return refused("UnknownSymbol", `there is no instrument ${symbol}`, "symbol")
  const problem = shapeProblem(request)
  if (problem !== undefined) return Result.fail(problem)
  if (price !== undefined && exactNotional(price, quantity, instrument.multiplier) === undefined) return inexact
  if (request.expireAt !== undefined && request.expireAt <= command.at) {
    return refused("ExpireAtPast", "expireAt has passed already", "expireAt")
  }
  const protection = protectionPrice(instrument, side, orderType, stopPrice, command.seen?.ask)
  const expireAt = timeInForce === "DAY" ? nextMidnight(command.at) : request.expireAt
  const orderId = nextOrderId(state)
  const placed = {
    orderId,
    clOrdId: clOrdIdOf(command),
    symbol,
    instrumentVersion: instrument.version,
    side,
    orderType,
    timeInForce,
    quantity,
    ...(price !== undefined && { price }),
    ...(stopPrice !== undefined && { stopPrice }),
    ...(protection !== undefined && { protectionPrice: protection }),
    ...(expireAt !== undefined && { expireAt })
  }
  const order = { side, orderType, quantity, leaves: quantity, price: price ?? protection, stopPrice }
  const decision = judge(command, account, state, instrument, orderId, order, undefined)
  return Result.succeed([
    { type: "OrderPlaced", account: account.id, data: placed },
    { type: "OrderRiskDecided", account: account.id, data: decision }
  ])
}

/** A change and its risk decision; the venue has the last word on it. */
export const replaceOrder = (command: Command, request: ReplaceOrder, account: Account, state: State): Decided => {
  const order = account.orders.get(request.orderId)
  if (order === undefined) return notOpen(request.orderId)
  if (order.pendingCancel !== undefined)
    return refused("OrderPendingCancel", `order ${order.orderId} is being cancelled`)
  if (order.pendingReplace !== undefined) {
    return refused("OrderPendingReplace", `order ${order.orderId} waits for the venue's answer to an earlier replace`)
  }
  const { quantity = order.quantity, price = order.price, stopPrice = order.stopPrice } = request
  if (request.quantity === undefined && request.price === undefined && request.stopPrice === undefined) {
    return refused("NothingToReplace", "name quantity, price or stopPrice", "quantity")
  }
  const { side, orderType, timeInForce } = order
  const problem = shapeProblem({
    orderType,
    timeInForce,
    quantity,
    ...(price !== undefined && { price }),
    ...(stopPrice !== undefined && { stopPrice }),
    // the end of a DAY order was not asked for
    ...(timeInForce === "GTD" && order.expireAt !== undefined && { expireAt: order.expireAt })
  })
  if (problem !== undefined) return Result.fail(problem)
  if (price !== undefined && exactNotional(price, quantity, order.instrument.multiplier) === undefined) return inexact
  if (quantity <= order.cumQty) {
    return refused("QuantityFilled", "quantity must stay above what is filled; cancel the rest instead", "quantity")
  }
  const leaves = (quantity - order.cumQty) as Quantity
  const protection = protectionAfter(order, stopPrice)
  const changed = { side, orderType, quantity, leaves, price: price ?? protection, stopPrice }
  const decision = judge(command, account, state, order.instrument, order.orderId, changed, order)
  const { quantity: q, price: p, stopPrice: s } = request
  const asked = {
    ...(q !== undefined && { quantity: q }),
    ...(p !== undefined && { price: p }),
    ...(s !== undefined && { stopPrice: s })
  }
  return Result.succeed([
    {
      type: "ReplaceRequested",
      account: account.id,
      data: { orderId: order.orderId, clOrdId: clOrdIdOf(command), ...asked }
    },
    { type: "OrderRiskDecided", account: account.id, data: decision }
  ])
}

export const cancelOrder = (command: Command, request: CancelOrder, account: Account): Decided => {
  const order = account.orders.get(request.orderId)
  if (order === undefined) return notOpen(request.orderId)
  if (order.pendingCancel !== undefined)
    return refused("OrderPendingCancel", `order ${order.orderId} is being cancelled`)
  return Result.succeed([cancelRequested(command, order)])
}

export const cancelAll = (command: Command, request: CancelAll, account: Account): Decided => {
  const { symbol } = request
  const facts: Array<AccountEvent> = [
    {
      type: "CancelAllRequested",
      account: account.id,
      data: { clOrdId: clOrdIdOf(command), ...(symbol !== undefined && { symbol }) }
    }
  ]
  for (const order of account.orders.values()) {
    if ((symbol === undefined || order.symbol === symbol) && order.pendingCancel === undefined) {
      facts.push(cancelRequested(command, order))
    }
  }
  return Result.succeed(facts)
}

const cancelRequested = (command: Command, order: OpenOrder): AccountEvent => ({
  type: "CancelRequested",
  account: order.account,
  data: { orderId: order.orderId, clOrdId: clOrdIdOf(command) }
})

const notOpen = (orderId: OrderId): Decided => refused("OrderNotOpen", `order ${orderId} is not open`)
const inexact = refused(
  "TooManyDecimals",
  "price × quantity has more than 8 decimals or 18 digits before the point",
  "quantity"
)

/** An order, or what a replace would make of it, as risk sees it. */
type Judged = {
  readonly side: Side
  readonly orderType: OrderType
  readonly quantity: Quantity
  readonly leaves: Quantity
  readonly price: Price | undefined
  readonly stopPrice: Price | undefined
}

/** Asks risk; `existing` is the order that a replace changes: what it holds back already is free for its new form. */
const judge = (
  command: Command,
  account: Account,
  state: State,
  instrument: Instrument,
  orderId: OrderId,
  order: Judged,
  existing: OpenOrder | undefined
) => {
  const evidence = evidenceOf(command, order)
  const { side, leaves, stopPrice } = order
  const price = order.price ?? (order.orderType === "stop" ? stopPrice : undefined)
  const valued = price ?? evidence?.price
  const cash = cashOf(account.balances, instrument.settlement)
  const held = holdingOf(account.balances, instrument.symbol)
  const question: RiskQuestion = {
    instrument,
    side,
    quantity: order.quantity,
    leaves,
    price,
    stopPrice,
    notional: valued === undefined ? undefined : notionalOf(instrument, valued, leaves),
    need: side === "sell" ? (0n as Cash) : price === undefined ? undefined : needOf(instrument, price, leaves),
    reference: evidence?.price,
    available: { total: cash.total, reserved: cash.reserved - (existing?.reservedCash ?? 0n) },
    holdings: { total: held.total, reserved: held.reserved - (existing?.reservedUnits ?? 0n) },
    counted: { leaves: existing === undefined ? 0n : leavesQty(existing), open: existing !== undefined },
    halted: haltOf(state, account, instrument.symbol),
    scopes: scopesOf(state, account),
    nowMicros: () => microsOf(command.at)
  }
  return assess(orderId, question, evidence)
}

/** A stop is compared with its own stop price, everything else with the last trade. */
const evidenceOf = ({ at, seen }: Command, { stopPrice }: Judged): PriceEvidence | undefined => {
  if (stopPrice !== undefined) return { price: stopPrice, source: "stop" }
  if (seen?.last === undefined) return undefined
  return {
    price: seen.last,
    source: "last",
    ...(seen.lastNo !== undefined && { mdNo: seen.lastNo }),
    ...(seen.lastAt !== undefined && { ageMicros: Math.max(0, microsBetween(seen.lastAt, at)) })
  }
}
