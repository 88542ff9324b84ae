import type { Time } from "#domain/kernel/time.ts"
import type { Request, SubmitOrder } from "./commands.ts"

/**
 * An order, or each order of a group, with the time at which it reached us (MiFID II RTS 25); whoever stood before us and
 * took it in has told it already. It is no part of what a repeat is compared by. Other requests stay as they are.
 */
export const receivedAt = (request: Request, at: Time): Request => {
  switch (request.type) {
    case "SubmitOrder":
      return noted(request, at)
    case "SubmitGroup":
      return { ...request, orders: request.orders.map((order) => noted(order, at)) }
    default:
      return request
  }
}
const noted = (order: SubmitOrder, at: Time): SubmitOrder =>
  order.receivedAt === undefined ? { ...order, receivedAt: at } : order
