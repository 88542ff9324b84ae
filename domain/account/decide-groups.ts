import { Result } from "effect"
import { wideDigestOf } from "#domain/kernel/chance.ts"
import { LONGEST_ID, type OrderId } from "#domain/kernel/ids.ts"
import { exactNotional, type Quantity } from "#domain/kernel/money.ts"
import type { Refusal } from "#domain/kernel/shapes.ts"
import { stepsOf, type Step } from "#domain/orders/contingency.ts"
import { isLive, leavesQty, worstPrice, type OpenOrder } from "#domain/orders/open-order.ts"
import { shapeProblem } from "#domain/orders/shape.ts"
import { watchedNo } from "#domain/orders/watch.ts"
import { judge } from "./ask-risk.ts"
import { clOrdIdOf, type Command, type SubmitGroup, type SubmitOrder, type WorkGroup } from "./commands.ts"
import { groupDigest } from "./content.ts"
import { expiryOf, parentProblem, placedOf } from "./decide-orders.ts"
import { withGroup } from "./holds.ts"
import { inexact, refused, type Decided } from "./refused.ts"
import type { AccountEvent } from "./events.ts"
import type { Account, State } from "./state.ts"

/**
 * Orders that hang together, placed in one commit. Legs that exclude each other are judged each by itself, since only one
 * can trade; when one is denied none goes out. Children of a parent are judged when they are let go: before that they
 * hold nothing back.
 */
export const submitGroup = (command: Command, request: SubmitGroup, account: Account, state: State): Decided => {
  const problem = groupProblem(request)
  if (problem !== undefined) return Result.fail(problem)
  const groupNo = state.eventNo + 1
  const groupId = `${state.partition}-${groupNo}`
  const facts: Array<AccountEvent> = [
    {
      type: "GroupPlaced",
      account: account.id,
      data: { groupId, clOrdId: clOrdIdOf(command), kind: request.kind, content: groupDigest(request) }
    }
  ]
  const placed: Array<{ readonly orderId: OrderId; readonly denied: boolean }> = []
  for (const [at, order] of request.orders.entries()) {
    const instrument = state.instruments.get(order.symbol)
    if (instrument === undefined)
      return refused("UnknownSymbol", `there is no instrument ${order.symbol}`, field(at, "symbol"))
    const wrong = orderProblem(command, order, instrument, at, state)
    if (wrong !== undefined) return Result.fail(wrong)
    const orderId = `${state.partition}-${groupNo + facts.length}` as OrderId
    const role = roleOf(request.kind, at)
    const leg = { ...seenFor(command, order.symbol), id: legId(command.id, at + 1) }
    const expireAt = expiryOf(command, order, instrument) as Exclude<ReturnType<typeof expiryOf>, Refusal>
    const parentId = role === "child" ? { parentId: placed[0]!.orderId } : {}
    const data = { ...placedOf(orderId, leg, order, instrument, expireAt), ...parentId, groupId, role }
    facts.push({ type: "OrderPlaced", account: account.id, data })
    if (role === "child") continue
    const { side, orderType, quantity, price = data.protectionPrice } = order
    const judged = {
      side,
      orderType,
      quantity,
      leaves: quantity,
      price,
      stopPrice: data.stopPrice,
      instructions: order
    }
    const decision = judge(leg, account, state, instrument, orderId, judged, undefined)
    facts.push({ type: "OrderRiskDecided", account: account.id, data: decision })
    placed.push({ orderId, denied: decision.decision === "denied" })
  }
  if (placed.some(({ denied }) => denied)) facts.push(...dropAll(facts, account))
  return Result.succeed(facts)
}

/** The ClOrdID of an order of a group: told from the group's, and no longer than an id may be. */
const legId = (id: string, number: number): string => {
  const named = `${id}.${number}`
  if (named.length <= LONGEST_ID) return named
  const { high, low } = wideDigestOf(id)
  return `${id.slice(0, 40)}.${high.toString(16)}${low.toString(16).padStart(8, "0")}.${number}`
}

/** The command with the market of one of its symbols. */
const seenFor = (command: Command, symbol: SubmitOrder["symbol"]): Command => {
  const seen = command.seenOf?.get(symbol)
  return seen === undefined ? command : { ...command, seen }
}

const field = (at: number, name: string): string => `orders.${at}.${name}`
const roleOf = (kind: SubmitGroup["kind"], at: number): "parent" | "child" | "leg" =>
  kind === "OCO" || kind === "OUO" ? "leg" : at === 0 ? "parent" : "child"

const groupProblem = ({ kind, orders }: SubmitGroup): Refusal | undefined => {
  const wrong = (detail: string, where = "orders"): Refusal => ({ code: "InvalidGroup", detail, field: where })
  if (orders.length < 2) return wrong(`a group of kind ${kind} has at least two orders`)
  if (orders.length > MOST_ORDERS) return wrong(`a group has at most ${MOST_ORDERS} orders`)
  if (kind === "bracket" && orders.length !== 3) return wrong("a bracket is a parent and two children")
  const [first, ...others] = orders as readonly [SubmitOrder, ...ReadonlyArray<SubmitOrder>]
  if (kind === "OTO") return undefined
  const legs = kind === "bracket" ? others : orders
  const other = legs.findIndex((leg) => leg.symbol !== legs[0]!.symbol || leg.side !== legs[0]!.side)
  if (kind === "OUO" && legs.some(({ quantity }) => quantity !== legs[0]!.quantity))
    return wrong("the legs of an OUO have one quantity")
  if (kind !== "OCO" && other >= 0) return wrong(`the legs of a group of kind ${kind} trade one symbol on one side`)
  if (kind === "bracket" && others.some(({ side, symbol }) => side === first.side || symbol !== first.symbol))
    return wrong("the children of a bracket close what its parent opens: they are on the other side of its symbol")
  return undefined
}
const MOST_ORDERS = 10

const orderProblem = (
  command: Command,
  order: SubmitOrder,
  instrument: Parameters<typeof expiryOf>[2],
  at: number,
  state: State
): Refusal | undefined => {
  const end = expiryOf(command, order, instrument)
  const odd =
    order.price !== undefined && exactNotional(order.price, order.quantity, instrument.multiplier) === undefined
  const problem =
    shapeProblem(order) ??
    parentProblem(order, state) ??
    (typeof end === "object" ? end : undefined) ??
    (odd ? inexactPart : undefined)
  return problem && { ...problem, field: field(at, problem.field ?? "type") }
}
const inexactPart: Refusal | undefined = Result.isFailure(inexact) ? inexact.failure : undefined

/** Everything that was placed and not denied is over before any of it was sent. */
const dropAll = (facts: ReadonlyArray<AccountEvent>, account: Account): ReadonlyArray<AccountEvent> => {
  const denied = new Set(
    facts.flatMap((fact) =>
      fact.type === "OrderRiskDecided" && fact.data.decision === "denied" ? [fact.data.orderId] : []
    )
  )
  return facts.flatMap((fact) =>
    fact.type === "OrderPlaced" && !denied.has(fact.data.orderId)
      ? [dropped(account, fact.data.orderId, "another order of its group was denied")]
      : []
  )
}
const dropped = (account: Account, orderId: OrderId, reason: string): AccountEvent => ({
  type: "HeldOrderCanceled",
  account: account.id,
  data: { orderId, reason }
})

/** Does what is due in a group; nothing when nothing is, so that it may be asked again. */
export const workGroup = (command: Command, request: WorkGroup, account: Account, state: State): Decided => {
  const group = state.contingencies.get(request.groupId)
  if (group === undefined) return Result.succeed([])
  const find = (id: OrderId) => account.orders.get(id) ?? state.finished.find(id)
  const facts: Array<AccountEvent> = []
  for (const step of stepsOf(group, find)) {
    const due = factsOf(step, command, account, state)
    facts.push(...due)
    // children that do not exclude each other need their own each: the next is judged when this one holds it back
    if (group.kind === "OTO" && due.some(isApproval)) break
  }
  return Result.succeed(facts)
}

const isApproval = ({ type, data }: AccountEvent): boolean =>
  type === "OrderRiskDecided" && "decision" in data && data.decision === "approved"

const factsOf = (step: Step, command: Command, account: Account, state: State): ReadonlyArray<AccountEvent> => {
  const { order } = step
  const { orderId } = order
  const head = { account: account.id } as const
  const clOrdId = clOrdIdOf(command)
  if (step.does === "drop") return [dropped(account, orderId, "the others of its group have made it void")]
  if (step.does === "cancel")
    return [{ type: "CancelRequested", ...head, data: { orderId, clOrdId, reason: "its group" } }]
  if (!("quantity" in step)) return []
  const decision = judgeAgain(step, command, account, state)
  if (step.does === "resize") {
    const data = { orderId, clOrdId, quantity: step.quantity, reason: "its group" }
    return [
      { type: "ReplaceRequested", ...head, data },
      { type: "OrderRiskDecided", ...head, data: decision }
    ]
  }
  // too little to be let go by itself may come to enough with the parent's next fill
  if (decision.decision === "denied" && (order.counted || isParentLive(order, account))) return []
  const reason = order.counted ? "its group" : "its parent has traded"
  const isWatched = !order.counted && order.instructions.triggerBy === "local"
  const watchedFrom = isWatched ? watchedNo(order.instructions, seenFor(command, order.symbol).seen) : undefined
  const watching = watchedFrom === undefined ? {} : { watchedFrom }
  return [
    { type: "OrderReleased", ...head, data: { orderId, quantity: step.quantity, reason, ...watching } },
    { type: "OrderRiskDecided", ...head, data: decision }
  ]
}

const isParentLive = ({ parentId }: OpenOrder, account: Account): boolean => {
  const parent = parentId && account.orders.get(parentId)
  return parent !== undefined && isLive(parent)
}

const judgeAgain = (
  { order, quantity }: Extract<Step, { quantity: Quantity }>,
  command: Command,
  account: Account,
  state: State
) => {
  const { side, orderType, stopPrice } = order
  const leaves = leavesQty({ ...order, quantity })
  const judged = {
    side,
    orderType,
    quantity,
    leaves,
    price: worstPrice(order),
    stopPrice,
    instructions: order.instructions
  }
  const known = withGroup(state, account, order)
  return judge(seenFor(command, order.symbol), account, state, order.instrument, order.orderId, judged, known)
}
