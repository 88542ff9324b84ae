import type { OrderId } from "#domain/kernel/ids.ts"
import type { Quantity } from "#domain/kernel/money.ts"
import { leavesQty, worstPrice, type OpenOrder } from "#domain/orders/open-order.ts"
import { needOf } from "#domain/orders/terms.ts"
import { selfTradeRule } from "#domain/risk/book.ts"
import type { OrderRiskDecidedData } from "#domain/risk/events.ts"
import { selfTradePlan } from "#domain/risk/self-trade.ts"
import { judge, type Judged } from "./ask-risk.ts"
import { clOrdIdOf, type Command } from "./commands.ts"
import type { AccountEvent } from "./events.ts"
import { withGroup } from "./holds.ts"
import { ownOpposite } from "./opposite.ts"
import { bookFor, type Account, type State } from "./state.ts"

/** What self-trade prevention does beside the decision: with the incoming order before it, with resting ones after it. */
export type Prevention = {
  readonly before: ReadonlyArray<AccountEvent>
  /** the decision, which tells what is held back for what is left of the order */
  readonly decision: OrderRiskDecidedData
  readonly after: ReadonlyArray<AccountEvent>
}

/**
 * The account's own orders that the incoming one would meet are cancelled or made smaller as its rule says, and with
 * `decrement` the incoming one too. At a venue of others the cancel may come too late: then both were there first.
 */
export const preventSelfTrade = (
  command: Command,
  account: Account,
  state: State,
  incoming: OrderId,
  order: Judged & Pick<OpenOrder, "instrument">,
  decided: OrderRiskDecidedData
): Prevention => {
  const { decision } = decided
  const nothing = { before: [], decision: decided, after: [] }
  const { symbol } = order.instrument
  const rule = selfTradeRule(bookFor(state, account, symbol, command.at))
  if (rule === undefined || rule.value === "cancel-newest") return nothing
  const plan = selfTradePlan(rule.value, order, ownOpposite(account, symbol, order.side, undefined))
  // denied by another check, it meets nobody
  if (decision === "denied" && !plan.deny) return nothing
  const head = { account: account.id } as const
  const reason = "self-trade prevention"
  const smaller = decision === "approved" && plan.leaves < order.leaves
  return {
    before: smaller
      ? [{ type: "OrderReleased", ...head, data: { orderId: incoming, quantity: plan.leaves, reason } }]
      : [],
    decision: smaller ? heldFor(decided, order, plan.leaves) : decided,
    after: [
      ...plan.cancel.flatMap((id) => cancel(account.orders.get(id), command, reason)),
      ...plan.reduce.flatMap(({ orderId, by }) =>
        reduce(account.orders.get(orderId), by, command, account, state, reason)
      )
    ]
  }
}

/** The decision on an order of which less goes out than was asked. */
const heldFor = (
  decided: OrderRiskDecidedData,
  { side, price, instrument }: Judged & Pick<OpenOrder, "instrument">,
  leaves: Quantity
): OrderRiskDecidedData =>
  side === "sell"
    ? { ...decided, reservedUnits: leaves }
    : { ...decided, reservedCash: needOf(instrument, price!, leaves) } // an approved buy has a price

const isPending = ({ pending }: OpenOrder): boolean => pending.length > 0

const cancel = (order: OpenOrder | undefined, command: Command, reason: string): ReadonlyArray<AccountEvent> => {
  if (order === undefined || order.pending.some(({ kind }) => kind === "cancel")) return []
  const data = { orderId: order.orderId, clOrdId: clOrdIdOf(command), reason }
  return [{ type: "CancelRequested", account: order.account, data }]
}

const reduce = (
  order: OpenOrder | undefined,
  by: Quantity,
  command: Command,
  account: Account,
  state: State,
  reason: string
): ReadonlyArray<AccountEvent> => {
  if (order === undefined || isPending(order)) return []
  const { orderId, side, orderType, stopPrice } = order
  const quantity = (order.quantity - by) as Quantity
  const leaves = (leavesQty(order) - by) as Quantity
  const changed = { side, orderType, quantity, leaves, price: worstPrice(order), stopPrice }
  const decision = judge(command, account, state, order.instrument, orderId, changed, withGroup(state, account, order))
  const data = { orderId, clOrdId: clOrdIdOf(command), quantity, reason }
  return [
    { type: "ReplaceRequested", account: account.id, data },
    { type: "OrderRiskDecided", account: account.id, data: decision }
  ]
}
