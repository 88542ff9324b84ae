import type { ExecId } from "#domain/kernel/ids.ts"
import { fits, formatFixed, type Quantity } from "#domain/kernel/money.ts"
import type { Time } from "#domain/kernel/time.ts"
import type { ExecutionBustedData, ExecutionCorrectedData, OrderFilledData } from "#domain/orders/events.ts"
import { settlementDateOf, tradeDateOf } from "#domain/market/session.ts"
import { leavesQty, type Fill, type OpenOrder } from "#domain/orders/open-order.ts"
import { notionalOf } from "#domain/orders/terms.ts"
import type { Execution, VenueReport } from "#domain/venue/messages.ts"

type WithoutIds<T> = Omit<T, "orderId" | "execId" | "mdNo">
/** The facts of an execution, without the ids of the report. */
export type Executed =
  | WithoutIds<OrderFilledData>
  | WithoutIds<ExecutionBustedData>
  | WithoutIds<ExecutionCorrectedData>

/** What an order would have left with another filled quantity. */
const leavesAt = (order: OpenOrder, cumQty: Quantity): Quantity => {
  const { quantity, ended, doneForDay, timeInForce } = order
  return leavesQty({ quantity, cumQty, ended, doneForDay, timeInForce })
}

const instrumentFacts = ({ symbol, instrument: { version, base, settlement, multiplier }, side }: OpenOrder) => ({
  symbol,
  instrumentVersion: version,
  base,
  settlement,
  multiplier,
  side
})

const executionFacts = (
  report: Execution & { readonly at: Time },
  venue: string,
  order: OpenOrder,
  cumQty: Quantity
) => ({
  venue,
  ...instrumentFacts(order),
  quantity: report.quantity,
  price: report.price,
  notional: notionalOf(order.instrument, report.price, report.quantity),
  fee: report.fee,
  feeCurrency: report.feeCurrency,
  liquidity: report.liquidity,
  tradeDate: tradeDateOf(report.at, order.instrument.session),
  cumQty,
  leavesQty: leavesAt(order, cumQty)
})

/** A fill, or why it cannot be one. */
export const filled = (
  report: VenueReport & { type: "Trade" },
  venue: string,
  order: OpenOrder
): WithoutIds<OrderFilledData> | string => {
  const tradeDate = tradeDateOf(report.at, order.instrument.session)
  const known = fillOf(order, report.execId)
  // remembered by the order itself, for longer than commands are
  if (known?.tradeDate === tradeDate) return "this execution was reported before"
  const problem = executionProblem(report, order, order.cumQty)
  if (problem !== undefined) return problem
  const { instrument } = order
  const cumQty = (order.cumQty + report.quantity) as Quantity
  const facts = executionFacts(report, venue, order, cumQty)
  return {
    ...facts,
    queueAhead: report.queueAhead,
    ...(instrument.settlementDays !== undefined && {
      settlementDate: settlementDateOf(facts.tradeDate, instrument.settlementDays, instrument.session)
    }),
    ...(instrument.mic !== undefined && { mic: instrument.mic }),
    ...(report.contra !== undefined && { contra: report.contra })
  }
}

const executionProblem = (
  { quantity, price }: Pick<Execution, "quantity" | "price">,
  order: OpenOrder,
  others: bigint
): string | undefined => {
  if (quantity <= 0n || price <= 0n) return "a fill of nothing"
  if (!fits(notionalOf(order.instrument, price, quantity))) return "it is worth more than 18 digits before the point"
  const open = order.quantity - others
  return quantity > open ? `only ${formatFixed(open > 0n ? open : 0n)} is open` : undefined
}

const fillOf = (order: OpenOrder, execRefId: string): Fill | undefined =>
  order.fills.find(({ execIds }) => (execIds as ReadonlyArray<string>).includes(execRefId))

/** Its id as it was first told, by which everybody here knows it, and the one that the venue uses where that is another. */
const namesOf = ({ execIds: [first] }: Fill, venueRefId: ExecId) => ({
  execRefId: first!,
  ...(venueRefId !== first && { venueRefId })
})

/** An execution that never was: its own facts, so that whatever it moved moves back. */
export const busted = (
  report: VenueReport & { type: "TradeCancel" },
  order: OpenOrder
): WithoutIds<ExecutionBustedData> | string => {
  const fill = fillOf(order, report.execRefId)
  if (fill === undefined) return `there is no execution ${report.execRefId} of this order`
  const { venue, quantity, price, notional, fee, feeCurrency, liquidity, tradeDate } = fill
  const cumQty = (order.cumQty - quantity) as Quantity
  return {
    ...namesOf(fill, report.execRefId),
    venue,
    ...instrumentFacts(order),
    quantity,
    price,
    notional,
    fee,
    feeCurrency,
    liquidity,
    tradeDate,
    cumQty,
    leavesQty: leavesAt(order, cumQty),
    reason: report.reason
  }
}

/** An execution that was otherwise: as it is now, and what it was. */
export const corrected = (
  report: VenueReport & { type: "TradeCorrect" },
  venue: string,
  order: OpenOrder
): WithoutIds<ExecutionCorrectedData> | string => {
  const fill = fillOf(order, report.execRefId)
  if (fill === undefined) return `there is no execution ${report.execRefId} of this order`
  const others = order.cumQty - fill.quantity
  const problem = executionProblem(report, order, others)
  if (problem !== undefined) return problem
  return {
    ...namesOf(fill, report.execRefId),
    ...executionFacts(report, venue, order, (others + report.quantity) as Quantity),
    tradeDate: fill.tradeDate, // a correction of tomorrow is still about the trade of today
    wasQuantity: fill.quantity,
    wasPrice: fill.price,
    wasNotional: fill.notional,
    wasFee: fill.fee
  }
}
