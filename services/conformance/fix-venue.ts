import type { AccountId, ClOrdId, ExecId } from "#domain/kernel/ids.ts"
import { parseFixed, type Cash, type Price, type Quantity } from "#domain/kernel/money.ts"
import type { Time } from "#domain/kernel/time.ts"
import type { Fill, OpenOrder } from "#domain/orders/open-order.ts"
import type { Execution, VenueReport } from "#domain/venue/messages.ts"
import { dayOf, type Step } from "./fix-steps.ts"

/** What a scenario does not name, because nothing in it depends on it. */
export const PRICE = 50

export const amount = <T extends bigint>(value: number): T => parseFixed(String(value)) as T

type Reported = {
  readonly at: Time
  readonly account: AccountId
  readonly execId: ExecId
  /** under which the venue knows the request that it answers */
  readonly clOrdId: ClOrdId | undefined
}

/**
 * The venue's report behind what a broker tells, with only what a venue alone can know: what happened, how much traded
 * at which price, what the order is now for, which execution is meant. Status and totals are never taken from the step.
 */
export const venueReportOf = (step: Step, order: OpenOrder, { clOrdId, ...said }: Reported): VenueReport => {
  const head = { ...said, orderId: order.orderId, mdNo: 0, ...(clOrdId !== undefined && { clOrdId }) }
  const queueAhead = 0n as Quantity
  const reason = reasonIn(step)
  if (step.msg === "OrderCancelReject") {
    const asked = order.pending.find((request) => request.clOrdId === step.clOrdId)
    return { ...head, type: asked?.kind === "replace" ? "ReplaceRejected" : "CancelRejected", reason }
  }
  switch (step.execType) {
    case "New":
      return { ...head, type: "New", venueOrderId: `V${order.orderId}`, queueAhead }
    case "Triggered":
      return { ...head, type: "Triggered", queueAhead }
    case "Trade":
      return { ...head, type: "Trade", ...executionIn(step, undefined) }
    case "TradeCancel":
      return { ...head, type: "TradeCancel", execRefId: execRefIn(step, order), reason }
    case "TradeCorrect": {
      const execRefId = execRefIn(step, order)
      const before = order.fills.find(({ execIds }) => execIds.includes(execRefId))
      return { ...head, type: "TradeCorrect", execRefId, ...executionIn(step, before) }
    }
    case "Replaced":
      return { ...head, type: "Replaced", quantity: quantityIn(step) ?? order.quantity, queueAhead }
    case "Restated": {
      const quantity = quantityIn(step)
      // a corporate action changes what counts as filled, and only the venue knows by how much
      const isCorporate = reason === "GTCorporateAction" && step.cumQty !== undefined
      return {
        ...head,
        type: "Restated",
        ...(quantity !== undefined && { quantity }),
        ...(isCorporate && { cumQty: amount<Quantity>(step.cumQty!) }),
        reason
      }
    }
    case "Stopped": {
      const quantity = step.lastQty === undefined || step.lastQty === 0 ? undefined : amount<Quantity>(step.lastQty)
      const price = step.lastPx === undefined || step.lastPx === 0 ? undefined : amount<Price>(step.lastPx)
      return {
        ...head,
        type: "Stopped",
        ...(quantity !== undefined && { quantity }),
        ...(price !== undefined && { price }),
        reason
      }
    }
    case "PendingCancel":
    case "PendingReplace":
      return { ...head, type: step.execType }
    case "Canceled":
    case "Rejected":
    case "Expired":
    case "Suspended":
    case "DoneForDay":
      return { ...head, type: step.execType, reason }
    default:
      throw new Error(`there is no report ${String(step.execType)}`)
  }
}

const quantityIn = ({ orderQty }: Step): Quantity | undefined =>
  orderQty === undefined ? undefined : amount<Quantity>(orderQty)

const reasonIn = (step: Step): string => {
  const named = step.execRestatementReason ?? step.ordRejReason ?? step.text
  if (named !== undefined) return named
  // what is restated on a later day without another reason is renewed for that day
  return step.execType === "Restated" && dayOf(step) > 1 ? "GTRenewal" : "told by the venue"
}

/** An execution as it is told; a correction leaves what it does not name as it was. */
const executionIn = ({ lastQty, lastPx }: Step, before: Fill | undefined): Execution => ({
  quantity: lastQty === undefined ? (before?.quantity ?? (0n as Quantity)) : amount<Quantity>(lastQty),
  price: lastPx === undefined ? (before?.price ?? amount<Price>(PRICE)) : amount<Price>(lastPx),
  liquidity: "maker",
  fee: 0n as Cash,
  feeCurrency: "USD" as Execution["feeCurrency"],
  queueAhead: 0n as Quantity
})

/** The execution that is meant; the newest where none is named. */
const execRefIn = ({ execRefId }: Step, { fills }: OpenOrder): ExecId =>
  (execRefId as ExecId | undefined) ?? fills.at(-1)?.execIds.at(-1) ?? ("" as ExecId)
