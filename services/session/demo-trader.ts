import type { State } from "#domain/account/state.ts"
import type { AccountId } from "#domain/kernel/ids.ts"
import type { Quantity } from "#domain/kernel/money.ts"
import { defaultInstruments } from "#domain/market/default-instruments.ts"
import { leavesQty } from "#domain/orders/open-order.ts"
import { DemoStrategy, type OwnOrderUpdate, type StrategyCommand } from "#domain/strategies/demo.ts"
import type { LedgerEvent } from "#projections/projection.ts"
import type { Submission } from "#streams/account-writer.ts"
import type { Trader } from "./trader.ts"

const ACTOR = "strategy:demo"

/** The demo strategy trading an account, going on from what the ledger says that it holds and has open. */
export const demoTrader = (account: AccountId, seed: number, state?: State): Trader => {
  const own = state?.accounts.get(account)
  const held = [...(own?.balances.holdings ?? [])].map(([symbol, { total }]) => [symbol, total as Quantity] as const)
  const strategy = new DemoStrategy({ seed, instruments: defaultInstruments, positions: new Map(held) })
  for (const { orderId, clOrdId, symbol, side, ...order } of own?.orders.values() ?? []) {
    strategy.order({
      type: "placed",
      at: state!.recordedAt,
      orderId,
      clOrdId,
      symbol,
      side,
      quantity: leavesQty(order)
    })
  }
  const symbols = new Map([...(own?.orders.values() ?? [])].map(({ orderId, symbol }) => [orderId as string, symbol]))
  return {
    market: (message) => strategy.market(message).map((command) => submission(account, command)),
    event: (event) => {
      if (event.account !== account) return []
      if (event.type === "OrderPlaced") symbols.set(event.data.orderId, event.data.symbol)
      const update = updateOf(event, symbols)
      if (update !== undefined) strategy.order(update)
      const done = event.type === "OrderFilled" && event.data.leavesQty === 0n
      if (done || update?.type === "closed") symbols.delete((event.data as { orderId: string }).orderId)
      return []
    }
  }
}

const submission = (account: AccountId, command: StrategyCommand): Submission => {
  if (command.type === "cancel") {
    return { id: command.clOrdId, actor: ACTOR, request: { type: "CancelOrder", account, orderId: command.orderId } }
  }
  const { type: _, clOrdId, ...order } = command
  return { id: clOrdId, actor: ACTOR, request: { type: "SubmitOrder", account, ...order } }
}

const updateOf = (
  event: LedgerEvent,
  symbols: ReadonlyMap<string, OwnOrderUpdate["symbol"]>
): OwnOrderUpdate | undefined => {
  switch (event.type) {
    case "OrderPlaced": {
      const { orderId, clOrdId, symbol, side, quantity } = event.data
      return { type: "placed", at: event.recordedAt, orderId, clOrdId, symbol, side, quantity }
    }
    case "OrderFilled": {
      const { orderId, symbol, side, quantity } = event.data
      return { type: "filled", orderId, symbol, side, quantity }
    }
    case "OrderRiskDecided":
      if (event.data.decision === "approved") return undefined
      break
    case "OrderCanceled":
    case "OrderRejected":
    case "OrderExpired":
      break
    default:
      return undefined
  }
  const { orderId } = event.data
  const symbol = symbols.get(orderId)
  return symbol === undefined ? undefined : { type: "closed", orderId, symbol }
}
