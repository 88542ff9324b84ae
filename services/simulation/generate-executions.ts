import type { Currency, ExecId } from "#domain/kernel/ids.ts"
import { parseFixed, timesHalfUp, type Cash, type Price, type Quantity } from "#domain/kernel/money.ts"
import { worstPrice, type OpenOrder } from "#domain/orders/open-order.ts"
import { notionalOf } from "#domain/orders/terms.ts"
import type { Draw } from "./draw.ts"

const LOT = parseFixed("0.1")

/** An execution of a part of what is open: now and then of more than that. */
export const execution = (draw: Draw, order: OpenOrder, open: bigint) => {
  const part = draw.below(3) === 0 ? open : (open / BigInt(1 + draw.below(4)) / LOT) * LOT
  const quantity = (draw.below(60) === 0 ? open + LOT : part) as Quantity
  const worst = worstPrice(order) ?? order.stopPrice ?? draw.price()
  const better = BigInt(draw.below(4)) * parseFixed("0.5")
  const price = (order.side === "buy" ? worst - better : worst + better) as Price
  const liquidity = draw.one(["maker", "taker"] as const)
  const rate = liquidity === "maker" ? order.instrument.makerFee : order.instrument.takerFee
  const fee = timesHalfUp(notionalOf(order.instrument, price, quantity), rate) as Cash
  return { quantity, price, liquidity, fee, feeCurrency: "USD" as Currency, queueAhead: 0n as Quantity }
}

/** What a venue says of an execution before: that it never was, or was another; now and then of one that nobody knows. */
export const correction = (draw: Draw, order: OpenOrder) => {
  const fill = draw.one(order.fills)
  const execRefId = draw.below(20) === 0 ? ("X0" as ExecId) : draw.one(fill.execIds)
  if (draw.below(2) === 0) return { type: "TradeCancel", execRefId, reason: "simulation" } as const
  const open = order.quantity - order.cumQty + fill.quantity
  return { type: "TradeCorrect", execRefId, ...execution(draw, order, open > 0n ? open : fill.quantity) } as const
}
