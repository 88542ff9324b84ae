import type { OrderHistory } from "./history.ts"
import type { LiveOrders } from "./live-orders.ts"

/** Orders as far as they are in memory, where there is no store: every open one and the newest that are finished. */
export const recentOrders = (live: LiveOrders): OrderHistory => ({
  waitFor: async () => true, // what is in memory is told before its caller is answered
  order: async (id) => live.get(id),
  orders: async ({ account, symbol, after, limit }) => {
    const all = [...live.finished(), ...live.open()]
      .filter(({ row }) => account === undefined || row.account === account)
      .filter(({ row }) => symbol === undefined || row.symbol === symbol)
      .toSorted((a, b) => placedNo(a.row.orderId) - placedNo(b.row.orderId))
    const from = after === undefined ? 0 : placedNo(after)
    return all.filter(({ row }) => placedNo(row.orderId) > from).slice(0, limit)
  }
})

const placedNo = (orderId: string): number => Number(orderId.slice(orderId.indexOf("-") + 1))
