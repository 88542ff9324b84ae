import { formatFixed } from "#domain/kernel/money.ts"
import type { Symbol } from "#domain/kernel/ids.ts"
import { defaultInstruments } from "#domain/market/default-instruments.ts"
import { leavesQty, type OpenOrder } from "#domain/orders/open-order.ts"
import type { VenueOrderBody } from "#services/contract/venue.ts"
import { ok } from "#services/http/answer.ts"
import type { VenueDesk } from "#services/live-gateway/contract.ts"
import { suspenseDesk } from "#services/live-gateway/suspense-desk.ts"
import { PAPER } from "#services/session/routes.ts"
import type { Engine } from "./engine.ts"

const PAGE = 100

/** What live-gateway shows of the paper venue, as the ledger knows it. */
export const venueDesk = ({ writer, board, link, intake }: Engine): VenueDesk => ({
  ...suspenseDesk(PAPER, intake),
  status: async () =>
    ok({
      venue: PAPER,
      status: board.mdNo > 0 && link.isConnected ? ("trading" as const) : ("disconnected" as const),
      mdNo: board.mdNo,
      openOrders: await writer.look((state) => [...state.orders.values()].filter(atVenue).length),
      symbols: defaultInstruments.map(({ symbol }) => {
        const seen = board.quoteOf(symbol as Symbol)?.at
        return { symbol, ...(seen !== undefined && { at: seen }) }
      })
    }),
  orders: ({ after, limit = PAGE }) =>
    writer.look((state) => {
      const all = [...state.orders.values()].filter(atVenue)
      const from = after === undefined ? 0 : all.findIndex(({ orderId }) => orderId === after) + 1
      const items = all.slice(from, from + limit).map(orderAtVenue)
      return ok({ items, ...(all.length > from + limit && { next: items.at(-1)!.orderId }) })
    })
})

const atVenue = (order: OpenOrder): boolean => order.venueOrderId !== undefined

const orderAtVenue = (order: OpenOrder): VenueOrderBody => ({
  orderId: order.orderId,
  account: order.account,
  symbol: order.symbol,
  side: order.side,
  type: order.orderType,
  timeInForce: order.timeInForce,
  leavesQty: formatFixed(leavesQty(order)),
  ...(order.price !== undefined && { price: formatFixed(order.price) }),
  ...(order.stopPrice !== undefined && { stopPrice: formatFixed(order.stopPrice) }),
  queueAhead: formatFixed(order.queueAhead)
})
