import type { OrderId } from "#domain/kernel/ids.ts"
import type { OrderView } from "./bodies.ts"

/** What is asked of a list of orders; `after` is the id of the last order of the page before. */
export type OrdersAsked = {
  readonly account?: string
  readonly symbol?: string
  readonly after?: string
  readonly limit: number
}

/** Orders of long ago, out of the store. */
export type OrderHistory = {
  /** Resolves to false when the view has not reached `eventNo` within `timeoutMs`. */
  readonly waitFor: (eventNo: number, timeoutMs: number) => Promise<boolean>
  readonly order: (id: OrderId) => Promise<OrderView | undefined>
  /** by the time they were placed, oldest first */
  readonly orders: (asked: OrdersAsked) => Promise<ReadonlyArray<OrderView>>
}
