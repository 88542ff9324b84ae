import type { FillBody, OrderBody } from "./orders.ts"
import type { PnlBody } from "./pnl.ts"

/** `orders:A`, `executions:A`, `pnl:A` of an account, `quotes:S` of a symbol. */
export const CHANNEL_KINDS = ["orders", "executions", "quotes", "pnl"] as const
export type ChannelKind = (typeof CHANNEL_KINDS)[number]
export type ChannelName = `${ChannelKind}:${string}`
/** The kind and what it is of: an account's or a symbol's id, well-formed, perhaps unknown. */
export type Channel = { readonly name: ChannelName; readonly kind: ChannelKind; readonly id: string }

/** A fill with the order it belongs to. */
export type ExecutionBody = FillBody & Pick<OrderBody, "orderId" | "clOrdId" | "account" | "symbol" | "side">

/** The best prices of a symbol and its last trade. */
export type QuoteBody = {
  readonly symbol: string
  readonly bid: string
  readonly bidSize: string
  readonly ask: string
  readonly askSize: string
  readonly last?: string
  readonly at: string
  readonly mdNo: number
}

/** What a channel brings. A list is the snapshot (orders and executions, newest last); anything else is one change. */
export type ChannelData = {
  readonly orders: ReadonlyArray<OrderBody> | OrderBody
  readonly executions: ReadonlyArray<ExecutionBody> | ExecutionBody
  readonly quotes: QuoteBody
  readonly pnl: PnlBody
}

/** What a client of `/ws` sends. */
export type ClientFrame =
  | { readonly op: "subscribe"; readonly channels: ReadonlyArray<ChannelName>; readonly from?: string }
  | { readonly op: "unsubscribe"; readonly channels: ReadonlyArray<ChannelName> }
  | { readonly op: "ping" }
  /** with `on` the account's open orders are cancelled when this connection ends, whichever way */
  | { readonly op: "cancelOnDisconnect"; readonly account: string; readonly on: boolean }

/** Something happened on a channel. With a `position` it comes from the ledger and can be gone on from. */
export type LiveMessage = {
  readonly channel: ChannelName
  readonly position?: string
  readonly data: ChannelData[ChannelKind]
}

/** What the server sends. */
export type ServerFrame =
  | LiveMessage
  | { readonly op: "pong" }
  | { readonly op: "cancelOnDisconnect"; readonly account: string; readonly on: boolean }
  | { readonly error: { readonly code: string; readonly detail: string; readonly channel?: string } }
