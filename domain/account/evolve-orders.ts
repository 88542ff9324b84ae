import type { Recorded } from "#domain/kernel/event.ts"
import type { Cash, Quantity } from "#domain/kernel/money.ts"
import { microsOf } from "#domain/kernel/time.ts"
import { moveCash, moveHolding } from "#domain/ledger/balances.ts"
import type { OrderEvent, OrderFilledData } from "#domain/orders/events.ts"
import { leavesQty, worstPrice, type OpenOrder } from "#domain/orders/open-order.ts"
import { needOf, protectionAfter } from "#domain/orders/terms.ts"
import type { OrderRiskDecidedData, RiskEvent } from "#domain/risk/events.ts"
import { moveExposure, spendRate } from "#domain/risk/scope.ts"
import { unpin } from "./answered.ts"
import { scopesOf, type Account, type State } from "./state.ts"

type StoryEvent = Recorded<OrderEvent> | Recorded<Extract<RiskEvent, { type: "OrderRiskDecided" }>>

/** Orders, with the money and units that they hold back, move together here and nowhere else. */
export const evolveOrder = (state: State, account: Account, event: StoryEvent): void => {
  if (event.type === "OrderPlaced") return placed(state, account, event)
  if (event.type === "CancelAllRequested") return
  const order = account.orders.get(event.data.orderId)
  if (order === undefined) {
    if (isRemark(event)) return
    throw new Error(`event ${event.eventNo} (${event.type}) names an order ${event.data.orderId} that is not open`)
  }
  if ("execId" in event.data) {
    order.reports++
    order.mdNo = event.data.mdNo
  }
  switch (event.type) {
    case "OrderRiskDecided":
      return decided(state, account, order, event)
    case "ReplaceRequested": {
      const { clOrdId, quantity = order.quantity, price = order.price, stopPrice = order.stopPrice } = event.data
      const terms = { quantity, ...(price !== undefined && { price }), ...(stopPrice !== undefined && { stopPrice }) }
      order.pendingReplace = { clOrdId, requestNo: event.eventNo, ...terms }
      return
    }
    case "CancelRequested":
      order.pendingCancel = { clOrdId: event.data.clOrdId, requestNo: event.eventNo }
      return
    case "OrderAcknowledged":
      order.venueOrderId = event.data.venueOrderId
      order.queueAhead = event.data.queueAhead
      return
    case "OrderTriggered":
      order.triggered = true
      order.queueAhead = event.data.queueAhead
      return
    case "OrderFilled":
      return filled(state, account, order, event.data)
    case "OrderReplaced":
      return replaced(state, account, order, event.data)
    case "ReplaceRejected":
      delete order.pendingReplace
      return hold(state, account, order)
    case "CancelRejected":
      delete order.pendingCancel
      return
    case "ReportSuspended":
      return
    case "OrderCanceled":
    case "OrderRejected":
    case "OrderExpired":
      return finish(state, account, order)
  }
}

/** What may be said of an order that is finished. */
const isRemark = ({ type }: StoryEvent): boolean =>
  type === "ReportSuspended" || type === "CancelRejected" || type === "ReplaceRejected"

const placed = (
  state: State,
  account: Account,
  { data, eventNo }: Recorded<Extract<OrderEvent, { type: "OrderPlaced" }>>
) => {
  const { orderId, clOrdId, symbol, side, orderType, timeInForce, quantity } = data
  const instrument = state.instruments.get(symbol)
  if (instrument === undefined) throw new Error(`event ${eventNo} names an instrument ${symbol} that was never adopted`)
  const order: OpenOrder = {
    orderId,
    account: account.id,
    clOrdId,
    symbol,
    instrument,
    side,
    orderType,
    timeInForce,
    placedNo: eventNo,
    quantity,
    cumQty: 0n as Quantity,
    triggered: false,
    queueAhead: 0n as Quantity,
    mdNo: 0,
    reports: 0,
    reservedCash: 0n as Cash,
    reservedUnits: 0n as Quantity,
    exposed: 0n as Quantity
  }
  // one by one: this runs for every order of a replay, and objects that are spread together are slow to make
  const { price, stopPrice, protectionPrice, expireAt } = data
  if (price !== undefined) order.price = price
  if (stopPrice !== undefined) order.stopPrice = stopPrice
  if (protectionPrice !== undefined) order.protectionPrice = protectionPrice
  if (expireAt !== undefined) order.expireAt = expireAt
  account.orders.set(orderId, order)
  state.orders.set(orderId, order)
}

const decided = (
  state: State,
  account: Account,
  order: OpenOrder,
  { data, recordedAt, cause }: Pick<Recorded, "recordedAt" | "cause"> & { readonly data: OrderRiskDecidedData }
): void => {
  const denied = data.decision === "denied"
  const isReplace = order.pendingReplace?.clOrdId === cause
  if (denied && isReplace) delete order.pendingReplace // the order goes on as it was
  else if (denied) return remove(state, account, order)
  for (const scope of scopesOf(state, account)) {
    if (denied) break
    const perSecond = scope.limits.maxOrdersPerSecond
    if (perSecond !== undefined) spendRate(scope, perSecond, microsOf(recordedAt))
    if (!isReplace) scope.openOrders++
  }
  hold(state, account, order)
}

/** Moves what the scopes count of a symbol: units held by `position`, and of the order's open part to `exposed`. */
const expose = (state: State, account: Account, order: OpenOrder, exposed: Quantity, position: bigint): void => {
  const by = exposed - order.exposed
  order.exposed = exposed
  if (by === 0n && position === 0n) return
  const move = order.side === "buy" ? { position, buying: by } : { position, selling: by }
  for (const scope of scopesOf(state, account)) moveExposure(scope, order.symbol, move)
}

/**
 * Sets aside and counts what the open part needs; while a replace is on its way, what the dearer of both forms needs.
 * `position` is what a fill has just added to the units held.
 */
const hold = (state: State, account: Account, order: OpenOrder, position = 0n): void => {
  const next = order.pendingReplace
  const leaves = leavesQty(order)
  const leavesAfter = next === undefined ? leaves : leavesQty({ quantity: next.quantity, cumQty: order.cumQty })
  const units = leaves > leavesAfter ? leaves : leavesAfter
  expose(state, account, order, units, position)
  if (order.side === "sell") {
    moveHolding(account.balances, order.symbol, 0n, units - order.reservedUnits)
    order.reservedUnits = units
    return
  }
  const now = needAt(order, worstPrice(order), leaves)
  const after =
    next === undefined ? 0n : needAt(order, next.price ?? protectionAfter(order, next.stopPrice), leavesAfter)
  const cash = now > after ? now : after
  moveCash(account.balances, order.instrument.settlement, 0n, cash - order.reservedCash)
  order.reservedCash = cash as Cash
}

const needAt = (order: OpenOrder, price: OpenOrder["price"], leaves: Quantity): bigint =>
  price === undefined || leaves === 0n ? 0n : needOf(order.instrument, price, leaves)

const filled = (state: State, account: Account, order: OpenOrder, fill: OrderFilledData): void => {
  const { quantity, notional, fee, settlement, feeCurrency, side } = fill
  const sign = side === "buy" ? 1n : -1n
  order.cumQty = fill.cumQty
  order.queueAhead = fill.queueAhead
  moveCash(account.balances, settlement, -sign * notional, 0n)
  moveCash(account.balances, feeCurrency, -fee, 0n)
  moveHolding(account.balances, order.symbol, sign * quantity, 0n)
  if (leavesQty(order) === 0n) finish(state, account, order, sign * quantity)
  else hold(state, account, order, sign * quantity)
}

const replaced = (
  state: State,
  account: Account,
  order: OpenOrder,
  terms: Pick<OpenOrder, "quantity" | "price" | "stopPrice" | "queueAhead">
): void => {
  order.quantity = terms.quantity
  // what a venue calls the price of a stop is its protection, which is ours to know
  if (terms.price !== undefined && order.price !== undefined) order.price = terms.price
  if (terms.stopPrice !== undefined) order.stopPrice = terms.stopPrice
  const protection = protectionAfter(order, order.stopPrice)
  if (protection !== undefined) order.protectionPrice = protection
  order.queueAhead = terms.queueAhead
  delete order.pendingReplace
  if (leavesQty(order) === 0n) finish(state, account, order)
  else hold(state, account, order)
}

/** A finished order gives back what it held and leaves the state. */
const finish = (state: State, account: Account, order: OpenOrder, position = 0n): void => {
  moveCash(account.balances, order.instrument.settlement, 0n, -order.reservedCash)
  moveHolding(account.balances, order.symbol, 0n, -order.reservedUnits)
  expose(state, account, order, 0n as Quantity, position)
  for (const scope of scopesOf(state, account)) scope.openOrders--
  remove(state, account, order)
}

const remove = (state: State, account: Account, order: OpenOrder): void => {
  account.orders.delete(order.orderId)
  state.orders.delete(order.orderId)
  unpin(state.answered, order.orderId)
}
