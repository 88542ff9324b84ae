import type { SubmitOrder } from "#domain/account/commands.ts"
import type { NewOrder } from "#services/contract/orders.ts"

/** An order as it was asked for, with what is understood where nothing is said. */
export const submission = ({ type: orderType, timeInForce, ...order }: Omit<NewOrder, "clOrdId">): SubmitOrder => {
  const usual = orderType === "market" ? "IOC" : "GTC"
  return { type: "SubmitOrder", orderType, timeInForce: timeInForce ?? usual, ...order } as SubmitOrder
}
