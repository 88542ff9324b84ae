import type { OrderId } from "#domain/kernel/ids.ts"
import { executions, type ExecutionRow } from "#projections/executions/executions.ts"
import { orders, type OrderRow } from "#projections/orders/orders.ts"
import { cursorOf, type RowStore, type RowVersion } from "#streams/ports/row-store.ts"
import type { Projector } from "#streams/project.ts"
import type { OrderView } from "./bodies.ts"
import type { OrderHistory, OrdersAsked } from "./history.ts"

const MOST_FILLS = 100_000
const BY_PLACING = { orderBy: "createdAt" }

/** Orders out of the projections' store, for what is no longer in memory. */
export const storedOrders = (store: RowStore, projector: Pick<Projector, "waitFor">): OrderHistory => {
  const views = async (versions: ReadonlyArray<RowVersion>): Promise<ReadonlyArray<OrderView>> => {
    if (versions.length === 0) return []
    const ids = versions.map(({ row }) => row["orderId"] as string)
    const fills = await store.find(executions, { where: { orderId: ids }, orderBy: "at", limit: MOST_FILLS })
    return versions.map(({ row, eventNo }) => ({
      row: row as unknown as OrderRow,
      eventNo,
      fills: fills
        .filter((fill) => fill.row["orderId"] === row["orderId"])
        .map((fill) => fill.row as unknown as ExecutionRow)
    }))
  }
  const version = async (id: string) => (await store.find(orders, { where: { orderId: id }, limit: 1 }))[0]
  const order = async (id: OrderId) => {
    const found = await version(id)
    return found === undefined ? undefined : (await views([found]))[0]
  }
  return {
    waitFor: (eventNo, timeoutMs) => projector.waitFor(eventNo, timeoutMs),
    order,
    orders: async ({ account, symbol, after, limit }: OrdersAsked) => {
      const last = after === undefined ? undefined : await version(after)
      const where = { ...(account !== undefined && { account }), ...(symbol !== undefined && { symbol }) }
      const from = last === undefined ? {} : { after: cursorOf(orders, BY_PLACING, last) }
      return views(await store.find(orders, { where, ...BY_PLACING, ...from, limit }))
    }
  }
}
