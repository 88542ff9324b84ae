import { Result } from "effect"
import type { ClOrdId, OrderId } from "#domain/kernel/ids.ts"
import { exactNotional, type Quantity } from "#domain/kernel/money.ts"
import type { Refusal } from "#domain/kernel/shapes.ts"
import { pendingCancel, pendingReplaces, type OpenOrder, type ReplaceTerms } from "#domain/orders/open-order.ts"
import { shapeProblem } from "#domain/orders/shape.ts"
import { settledStatus } from "#domain/orders/status.ts"
import { protectionAfter } from "#domain/orders/terms.ts"
import { watchedNo } from "#domain/orders/watch.ts"
import { judge } from "./ask-risk.ts"
import { cancelTooFast } from "./decide-limits.ts"
import { clOrdIdOf, type CancelAll, type CancelOrder, type Command, type ReplaceOrder } from "./commands.ts"
import { withGroup } from "./holds.ts"
import { inexact, refused, type Decided } from "./refused.ts"
import type { AccountEvent } from "./events.ts"
import type { Account, State } from "./state.ts"

/** A change and its risk decision; the venue has the last word on it. */
export const replaceOrder = (command: Command, request: ReplaceOrder, account: Account, state: State): Decided => {
  const order = account.orders.get(request.orderId) ?? filledBefore(request, account, state)
  if (order === undefined) return notOpen(request.orderId)
  // what it does not name stays as the request before it leaves it
  const before = pendingReplaces(order).at(-1)?.terms ?? order
  const problem =
    pendingProblem(order, request.origClOrdId, "replace") ??
    termsProblem(request, order, before) ??
    groupProblem(request, order, state)
  if (problem !== undefined) return Result.fail(problem)
  const { quantity = before.quantity, price = before.price, stopPrice = before.stopPrice } = request
  if (price !== undefined && exactNotional(price, quantity, order.instrument.multiplier) === undefined) return inexact
  const { side, orderType } = order
  const leaves = (quantity - order.cumQty) as Quantity
  const protection = protectionAfter(order, stopPrice)
  const changed = { side, orderType, quantity, leaves, price: price ?? protection, stopPrice }
  if (order.held && !order.counted) return Result.succeed([heldReplaced(command, order, request)])
  const { instrument, orderId } = order
  const decision = judge(command, account, state, instrument, orderId, changed, withGroup(state, account, order))
  const deciding = { type: "OrderRiskDecided", account: account.id, data: decision } as const
  if (order.held && decision.decision === "approved")
    return Result.succeed([heldReplaced(command, order, request), deciding])
  const { quantity: q, price: p, stopPrice: s, displayQuantity: d } = request
  const data = {
    orderId: order.orderId,
    clOrdId: clOrdIdOf(command),
    ...(q !== undefined && { quantity: q }),
    ...(p !== undefined && { price: p }),
    ...(s !== undefined && { stopPrice: s }),
    ...(d !== undefined && { displayQuantity: d }),
    ...chained(order, request)
  }
  return Result.succeed([{ type: "ReplaceRequested", account: account.id, data }, deciding])
}

/** An order that no venue has is what was asked for at once, and waits for its price from here on. */
const heldReplaced = (
  command: Command,
  { orderId, account, clOrdId, instructions, counted }: OpenOrder,
  { quantity, price, stopPrice, displayQuantity }: ReplaceOrder
): AccountEvent => {
  const watchedFrom = counted ? watchedNo(instructions, command.seen) : undefined
  return {
    type: "HeldOrderReplaced",
    account,
    data: {
      orderId,
      clOrdId: clOrdIdOf(command),
      origClOrdId: clOrdId,
      ...(quantity !== undefined && { quantity }),
      ...(price !== undefined && { price }),
      ...(stopPrice !== undefined && { stopPrice }),
      ...(displayQuantity !== undefined && { displayQuantity }),
      ...(watchedFrom !== undefined && { watchedFrom })
    }
  }
}

/** A filled order may be given more quantity (FIX 4.4 appendix D, C.1.c), as long as it is remembered. */
const filledBefore = (
  { orderId, quantity, evenIfFilled }: ReplaceOrder,
  account: Account,
  state: State
): OpenOrder | undefined => {
  if (evenIfFilled !== true) return undefined
  const order = state.finished.find(orderId)
  if (order?.account !== account.id || quantity === undefined || settledStatus(order) !== "Filled") return undefined
  return order.timeInForce === "IOC" || order.timeInForce === "FOK" ? undefined : order
}

/** One request at a time; another may follow one that is on its way when it names it. */
const pendingProblem = (
  order: OpenOrder,
  origClOrdId: ClOrdId | undefined,
  kind: "cancel" | "replace"
): Refusal | undefined => {
  const { orderId } = order
  const newest = order.pending.at(-1)
  const follows = origClOrdId === newest?.clOrdId
  if (origClOrdId !== undefined && !follows && origClOrdId !== order.clOrdId)
    return {
      code: "UnknownOrder",
      detail: `${origClOrdId} is not the newest request of order ${orderId}`,
      field: "origClOrdId"
    }
  if (pendingCancel(order) !== undefined)
    return { code: "OrderPendingCancel", detail: `order ${orderId} is being cancelled` }
  if (newest !== undefined && kind === "replace" && !follows) {
    const detail = `order ${orderId} waits for the venue's answer to an earlier replace`
    return { code: "OrderPendingReplace", detail }
  }
  return undefined
}

/** What follows a request that is on its way says so; otherwise the order's own id is what it follows. */
const chained = (order: OpenOrder, { origClOrdId }: { readonly origClOrdId?: ClOrdId }) =>
  origClOrdId === undefined || order.pending.length === 0 ? {} : { origClOrdId }

const termsProblem = (request: ReplaceOrder, order: OpenOrder, before: ReplaceTerms): Refusal | undefined => {
  const { quantity = before.quantity, price = before.price, stopPrice = before.stopPrice } = request
  const { displayQuantity = before.displayQuantity } = request
  if ([request.quantity, request.price, request.stopPrice, request.displayQuantity].every((of) => of === undefined)) {
    return { code: "NothingToReplace", detail: "name quantity, price, stopPrice or displayQuantity", field: "quantity" }
  }
  const { timeInForce, instructions, expireAt } = order
  // what traded at the market first rests at a limit now
  const isLimit = order.orderType === "market-to-limit" && order.price !== undefined
  const orderType = isLimit ? "limit" : order.orderType
  const shape = shapeProblem({
    ...instructions,
    ...(displayQuantity !== undefined && { displayQuantity }),
    orderType,
    timeInForce,
    quantity,
    ...(price !== undefined && { price }),
    ...(stopPrice !== undefined && { stopPrice }),
    // the end of a DAY order was not asked for
    ...(timeInForce === "GTD" && expireAt !== undefined && { expireAt })
  })
  if (shape !== undefined) return shape
  if (quantity > order.cumQty) return undefined
  const detail = "quantity must stay above what is filled; cancel the rest instead"
  return { code: "QuantityFilled", detail, field: "quantity" }
}

/** How much there is of a parent's child, and of the legs of an OUO, is for the group to say: it would change it back. */
const groupProblem = (
  { quantity }: ReplaceOrder,
  { orderId, groupId }: OpenOrder,
  { contingencies }: State
): Refusal | undefined => {
  const group = groupId === undefined || quantity === undefined ? undefined : contingencies.get(groupId)
  if (group === undefined || group.kind === "OCO") return undefined
  if (group.kind !== "OUO" && group.members[0]?.orderId === orderId) return undefined
  const detail = `the quantity of order ${orderId} follows from its group`
  return { code: "QuantityOfGroup", detail, field: "quantity" }
}

export const cancelOrder = (command: Command, request: CancelOrder, account: Account, state: State): Decided => {
  const order = account.orders.get(request.orderId)
  if (order === undefined) return notOpen(request.orderId)
  const problem = pendingProblem(order, request.origClOrdId, "cancel")
  if (problem !== undefined) return Result.fail(problem)
  const tooFast = cancelTooFast(state, account, order.symbol, command.at)
  return tooFast ?? Result.succeed([cancelRequested(command, order, request)])
}

/** So many cancels fit into one message of the broker beside whatever else is in the commit; the rest is asked again. */
export const MOST_CANCELS = 1000

export const cancelAll = (command: Command, request: CancelAll, account: Account): Decided => {
  const { symbol } = request
  const data = { clOrdId: clOrdIdOf(command), ...(symbol !== undefined && { symbol }) }
  return Result.succeed([
    { type: "CancelAllRequested", account: account.id, data },
    ...cancelsOf(command, account.orders.values(), symbol)
  ])
}

/** Cancels of open orders (of a symbol) that nobody has asked for yet, at most as many as one command may ask for. */
export const cancelsOf = (
  command: Command,
  orders: Iterable<OpenOrder>,
  symbol: OpenOrder["symbol"] | undefined,
  reason?: string
): ReadonlyArray<AccountEvent> => {
  const facts: Array<AccountEvent> = []
  for (const order of orders) {
    if (facts.length === MOST_CANCELS) break
    if (symbol !== undefined && order.symbol !== symbol) continue
    if (pendingCancel(order) === undefined) facts.push(cancelRequested(command, order, {}, reason))
  }
  return facts
}

const cancelRequested = (
  command: Command,
  order: OpenOrder,
  request: { origClOrdId?: ClOrdId } = {},
  reason?: string
): AccountEvent =>
  order.held
    ? {
        type: "HeldOrderCanceled",
        account: order.account,
        data: { orderId: order.orderId, clOrdId: clOrdIdOf(command), reason: reason ?? "canceled on request" }
      }
    : {
        type: "CancelRequested",
        account: order.account,
        data: {
          orderId: order.orderId,
          clOrdId: clOrdIdOf(command),
          ...chained(order, request),
          ...(reason !== undefined && { reason })
        }
      }

const notOpen = (orderId: OrderId): Decided => refused("OrderNotOpen", `order ${orderId} is not open`)
