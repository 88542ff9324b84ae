import type { Quantity } from "#domain/kernel/money.ts"
import type { Time } from "#domain/kernel/time.ts"
import { moveCash, moveUnits } from "#domain/ledger/balances.ts"
import type { ExecutionBustedData, ExecutionCorrectedData, OrderFilledData } from "#domain/orders/events.ts"
import type { Fill, OpenOrder } from "#domain/orders/open-order.ts"
import { revalueAfterFill } from "./evolve-risk.ts"
import { settle } from "./holds.ts"
import type { Account, State } from "./state.ts"

const signOf = (order: Pick<OpenOrder, "side">): bigint => (order.side === "buy" ? 1n : -1n)

export const filled = (state: State, account: Account, order: OpenOrder, fill: OrderFilledData, at: Time): void => {
  order.cumQty = fill.cumQty
  order.queueAhead = fill.queueAhead
  // alone in most orders: a list that is made once costs less than one that grows
  order.fills = order.fills.length === 0 ? [fillOf(fill)] : [...order.fills, fillOf(fill)]
  book(account, order, fill, signOf(order))
  settle(state, account, order, signOf(order) * fill.quantity)
  revalueAfterFill(state, account, order.instrument, fill.price, flowOf(order, fill), at)
}

/** What an execution pays into the account. */
const flowOf = (
  order: OpenOrder,
  { notional, fee, feeCurrency, settlement }: Pick<OrderFilledData, "notional" | "fee" | "feeCurrency" | "settlement">
): bigint => -signOf(order) * notional - (feeCurrency === settlement ? fee : 0n)

const fillOf = ({
  execId,
  venue,
  quantity,
  price,
  notional,
  fee,
  feeCurrency,
  liquidity,
  tradeDate
}: Omit<OrderFilledData, "queueAhead">): Fill => ({
  execIds: [execId],
  venue,
  quantity,
  price,
  notional,
  fee,
  feeCurrency,
  liquidity,
  tradeDate
})

/** Money, units and fee of an execution, into the balances or (with the other sign) out of them again. */
const book = (
  account: Account,
  order: OpenOrder,
  {
    notional,
    fee,
    quantity,
    settlement,
    feeCurrency
  }: Pick<OrderFilledData, "notional" | "fee" | "quantity" | "settlement" | "feeCurrency">,
  sign: bigint,
  direction: 1n | -1n = 1n
): void => {
  moveCash(account.balances, settlement, -sign * notional, 0n)
  moveCash(account.balances, feeCurrency, -direction * fee, 0n)
  moveUnits(account.balances, order.symbol, sign * quantity, sign * notional, direction < 0n)
}

/** Where an execution stands among the fills, and the fills without it or with another in its place. */
const put = (order: OpenOrder, execRefId: string, next: Fill | undefined): void => {
  const at = order.fills.findIndex(({ execIds }) => (execIds as ReadonlyArray<string>).includes(execRefId))
  if (at < 0) return
  const before = order.fills[at]!
  order.fills = next === undefined ? order.fills.toSpliced(at, 1) : order.fills.with(at, next)
  if (at >= order.fillsBefore) return
  // a fill of an earlier day: what was filled before today changes with it
  order.cumBefore = (order.cumBefore - before.quantity + (next?.quantity ?? 0n)) as Quantity
  if (next === undefined) order.fillsBefore--
}

export const busted = (state: State, account: Account, order: OpenOrder, data: ExecutionBustedData, at: Time): void => {
  put(order, data.execRefId, undefined)
  order.cumQty = data.cumQty
  book(account, order, data, -signOf(order), -1n)
  settle(state, account, order, -signOf(order) * data.quantity)
  revalueAfterFill(state, account, order.instrument, data.price, -flowOf(order, data), at)
}

export const corrected = (
  state: State,
  account: Account,
  order: OpenOrder,
  data: ExecutionCorrectedData,
  at: Time
): void => {
  const { wasQuantity: quantity, wasNotional: notional, wasFee: fee } = data
  const known = order.fills.find(({ execIds }) => execIds.includes(data.execRefId))
  put(order, data.execRefId, {
    ...fillOf(data),
    execIds: [...(known?.execIds ?? []), data.execId]
  })
  order.cumQty = data.cumQty
  book(account, order, { ...data, quantity, notional, fee }, -signOf(order), -1n)
  book(account, order, data, signOf(order))
  settle(state, account, order, signOf(order) * (data.quantity - quantity))
  const flow = flowOf(order, data) - flowOf(order, { ...data, notional, fee })
  revalueAfterFill(state, account, order.instrument, data.price, flow, at)
}
