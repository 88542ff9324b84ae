import { Result } from "effect"
import type { ExecId } from "#domain/kernel/ids.ts"
import type { Quantity } from "#domain/kernel/money.ts"
import type { OpenOrder } from "#domain/orders/open-order.ts"
import type { RecordRoute, TriggerOrder } from "./commands.ts"
import { refused, type Decided } from "./refused.ts"
import type { Account } from "./state.ts"

/** A held stop goes out, with the price that let it go; one that is gone or went before is nobody's business any more. */
export const triggerOrder = (request: TriggerOrder, account: Account): Decided => {
  const { orderId, price, source, mdNo, missed } = request
  const order = account.orders.get(orderId)
  // a child counts, and waits for its price, from when its parent has let it go
  if (order?.held !== true || !order.counted || order.triggered || order.instructions.triggerBy !== "local")
    return Result.succeed([])
  const evidence = { price, source, by: "local", ...(missed === true && { missed }) } as const
  const execId = `W-${orderId}` as ExecId
  const data = { orderId, execId, mdNo, queueAhead: 0n as Quantity, ...evidence }
  return Result.succeed([{ type: "OrderTriggered", account: account.id, data }])
}

/**
 * That a request is on its way is known before it is sent, and that it was not answered before it is asked about. Of one
 * that the venue has answered there is nothing to say: its answer may have overtaken this.
 */
export const recordRoute = (request: RecordRoute, account: Account, partition: number): Decided => {
  const { orderId, clOrdId, venue, unknown } = request
  const order = account.orders.get(orderId)
  if (order === undefined) return refused("OrderNotOpen", `order ${orderId} is not open`)
  if (!waitsFor(order, clOrdId, partition)) return Result.succeed([])
  const head = { account: account.id } as const
  return Result.succeed([
    unknown === undefined
      ? { type: "RouteSent", ...head, data: { orderId, clOrdId, venue } }
      : { type: "RouteUnknown", ...head, data: { orderId, clOrdId, venue, reason: unknown } }
  ])
}
const waitsFor = ({ acknowledged, placedNo, pending }: OpenOrder, clOrdId: string, partition: number): boolean =>
  (!acknowledged && clOrdId === `${partition}-${placedNo}`) ||
  pending.some(({ requestNo }) => clOrdId === `${partition}-${requestNo}`)
