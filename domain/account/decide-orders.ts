import { Result } from "effect"
import type { OrderId } from "#domain/kernel/ids.ts"
import { exactNotional } from "#domain/kernel/money.ts"
import type { Refusal } from "#domain/kernel/shapes.ts"
import { nextMidnight, type Time } from "#domain/kernel/time.ts"
import type { Instrument } from "#domain/market/instrument.ts"
import { nextClose, nextOpen } from "#domain/market/session.ts"
import type { PlacedOrder } from "#domain/orders/events.ts"
import { instructionsOf, isPlain } from "#domain/orders/instructions.ts"
import { firstNumber, orderNumber } from "#domain/orders/open-orders.ts"
import { isTrailing, shapeProblem } from "#domain/orders/shape.ts"
import { protectionPrice, trailStart } from "#domain/orders/terms.ts"
import { watchedNo } from "#domain/orders/watch.ts"
import { judge } from "./ask-risk.ts"
import { clOrdIdOf, type Command, type SubmitOrder } from "./commands.ts"
import { preventSelfTrade } from "./decide-self-trade.ts"
import { inexact, refused, type Decided } from "./refused.ts"
import { lineOf, type Account, type State } from "./state.ts"

/** The id that an order gets when it is the next event of its partition. */
const nextOrderId = (state: State): OrderId => `${state.partition}-${state.eventNo + 1}` as OrderId

/** An order and its risk decision, together: nothing is accepted without the decision that allowed it. */
export const submitOrder = (command: Command, request: SubmitOrder, account: Account, state: State): Decided => {
  const { symbol, side, orderType, quantity, price } = request
  const instrument = state.instruments.get(symbol)
  if (instrument === undefined) return refused("UnknownSymbol", `there is no instrument ${symbol}`, "symbol")
  const problem = shapeProblem(request) ?? parentProblem(request, state)
  if (problem !== undefined) return Result.fail(problem)
  if (price !== undefined && exactNotional(price, quantity, instrument.multiplier) === undefined) return inexact
  const end = expiryOf(command, request, instrument)
  if (typeof end === "object") return Result.fail(end)
  const orderId = nextOrderId(state)
  const placed = placedOf(orderId, command, request, instrument, end)
  const { stopPrice, protectionPrice } = placed
  const order = {
    side,
    orderType,
    quantity,
    leaves: quantity,
    price: price ?? protectionPrice,
    stopPrice,
    instructions: request
  }
  const decision = judge(command, account, state, instrument, orderId, order, undefined)
  const placing = { type: "OrderPlaced", account: account.id, data: placed } as const
  const deciding = { type: "OrderRiskDecided", account: account.id, data: decision } as const
  if (!mayMeetOwn(account, symbol, side)) return Result.succeed([placing, deciding])
  const prevented = preventSelfTrade(command, account, state, orderId, { ...order, instrument }, decision)
  return Result.succeed([placing, ...prevented.before, { ...deciding, data: prevented.decision }, ...prevented.after])
}

/** Whether the account has open orders on the other side at all. */
const mayMeetOwn = (account: Account, symbol: SubmitOrder["symbol"], side: SubmitOrder["side"]): boolean => {
  const { buying, selling } = lineOf(account, symbol).own
  return (side === "buy" ? selling : buying) !== 0n
}

/**
 * A parent was placed before: so no two orders are each other's, and no circle of them can be told. One that has another
 * form is of the caller's own system, of another partition that one's.
 */
export const parentProblem = ({ parentId }: SubmitOrder, { partition, eventNo }: State): Refusal | undefined => {
  if (parentId === undefined) return undefined
  const number = orderNumber(parentId)
  const isStillToCome = number > firstNumber(partition) + eventNo && number < firstNumber(partition + 1)
  if (!isStillToCome) return undefined
  return { code: "UnknownParent", detail: `no order ${parentId} has been placed yet`, field: "parentId" }
}

/** When an order ends by itself; DAY ends with the session, or where there is none with the day in UTC. */
export const expiryOf = (
  { at }: Command,
  { timeInForce, expireAt }: SubmitOrder,
  { session, symbol }: Instrument
): Time | undefined | Refusal => {
  if ((timeInForce === "OPG" || timeInForce === "CLS") && session === undefined) {
    const detail = `${symbol} trades round the clock: it has no opening and no close`
    return { code: "InvalidTimeInForce", detail, field: "timeInForce" }
  }
  if (session !== undefined && timeInForce === "OPG") return nextOpen(at, session)
  if (session !== undefined && timeInForce === "CLS") return nextClose(at, session)
  if (timeInForce === "DAY") return session === undefined ? nextMidnight(at) : nextClose(at, session)
  if (expireAt === undefined || expireAt > at) return expireAt
  return { code: "ExpireAtPast", detail: "expireAt has passed already", field: "expireAt" }
}

/** The order as it is recorded: as it was asked for, with what the writer adds (its end, its protection, its first stop). */
export const placedOf = (
  orderId: OrderId,
  command: Command,
  request: SubmitOrder,
  instrument: Instrument,
  expireAt: Time | undefined
): PlacedOrder => {
  const { symbol, side, orderType, timeInForce, quantity, price, limitOffset } = request
  const stopPrice =
    request.stopPrice ?? (isTrailing(orderType) ? trailStart(instrument, side, request, command.seen?.last) : undefined)
  const worst = { side, orderType, stopPrice, limitOffset }
  const protection = protectionPrice(instrument, worst, command.seen?.ask)
  const placed: Written<PlacedOrder> = {
    orderId,
    clOrdId: clOrdIdOf(command),
    symbol,
    instrumentVersion: instrument.version,
    side,
    orderType,
    timeInForce,
    quantity
  }
  // one by one: objects that are spread together are slow to make
  if (price !== undefined) placed.price = price
  if (stopPrice !== undefined) placed.stopPrice = stopPrice
  if (protection !== undefined) placed.protectionPrice = protection
  if (expireAt !== undefined) placed.expireAt = expireAt
  if (!isPlain(request)) Object.assign(placed, instructionsOf(request))
  if (request.triggerBy === "local") {
    const from = watchedNo(request, command.seen)
    if (from !== undefined) placed.watchedFrom = from
  }
  if (request.capacity !== undefined) placed.capacity = request.capacity
  if (request.algorithm !== undefined) placed.algorithm = request.algorithm
  if (request.manual !== undefined) placed.manual = request.manual
  if (request.parentId !== undefined) placed.parentId = request.parentId
  if (request.short !== undefined) placed.short = request.short
  if (request.locate !== undefined) placed.locate = request.locate
  if (request.receivedAt !== undefined) placed.receivedAt = request.receivedAt
  if (request.clockOffsetMicros !== undefined) placed.clockOffsetMicros = request.clockOffsetMicros
  return placed
}
type Written<T> = { -readonly [K in keyof T]: T[K] }
