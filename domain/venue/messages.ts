import type { AccountId, ClOrdId, Currency, ExecId, OrderId, Symbol } from "#domain/kernel/ids.ts"
import type { Cash, Price, Quantity } from "#domain/kernel/money.ts"
import type { Time } from "#domain/kernel/time.ts"
import type * as orders from "#domain/orders/events.ts"
import type { Instructions, TriggerOn } from "#domain/orders/instructions.ts"

export type Side = typeof orders.Side.Type
export type OrderType = typeof orders.OrderType.Type
export type TimeInForce = typeof orders.TimeInForce.Type

/** What is asked of a venue. `clOrdId` is this request's own (derived from the event); `at` is when it is sent. */
export type VenueRequest =
  | (RequestHead &
      Instructions & {
        readonly type: "NewOrder"
        readonly symbol: Symbol
        readonly side: Side
        readonly orderType: OrderType
        readonly timeInForce: TimeInForce
        readonly quantity: Quantity
        /** limit price; of a market or stop order its protection price, beyond which it must not trade */
        readonly price?: Price
        readonly stopPrice?: Price
        readonly expireAt?: Time
      })
  | (RequestHead & {
      readonly type: "ReplaceOrder"
      readonly quantity: Quantity
      readonly price?: Price
      readonly stopPrice?: Price
      readonly displayQuantity?: Quantity
    })
  | (RequestHead & { readonly type: "CancelOrder" })
type RequestHead = {
  readonly at: Time
  readonly account: AccountId
  readonly orderId: OrderId
  readonly clOrdId: ClOrdId
}

/**
 * What a venue says of an order (FIX ExecutionReport; `type` is its ExecType). `execId` is the venue's own and unique;
 * `clOrdId` names the request that it answers, where it answers one. `at` is the venue's transact time;
 * `mdNo` the market-data message after which it happened.
 */
export type VenueReport = ReportHead &
  (
    | { readonly type: "New"; readonly venueOrderId: string; readonly queueAhead: Quantity }
    /** by what a stop was triggered: the price, and where that came from */
    | { readonly type: "Triggered"; readonly queueAhead: Quantity; readonly price?: Price; readonly source?: TriggerOn }
    | (Execution & { readonly type: "Trade" })
    /** what was reported under `execRefId` is void, or is as it is told now (FIX TradeCancel H, TradeCorrect G) */
    | { readonly type: "TradeCancel"; readonly execRefId: ExecId; readonly reason: string }
    | (Execution & { readonly type: "TradeCorrect"; readonly execRefId: ExecId })
    | {
        readonly type: "Replaced"
        readonly quantity: Quantity
        readonly price?: Price
        readonly stopPrice?: Price
        readonly queueAhead: Quantity
      }
    /** the venue changed the order by itself (FIX Restated D); `cumQty` only where a corporate action changed that too */
    | {
        readonly type: "Restated"
        readonly quantity?: Quantity
        readonly cumQty?: Quantity
        readonly price?: Price
        readonly stopPrice?: Price
        readonly queueAhead?: Quantity
        readonly reason: string
      }
    /** a request has reached the venue and waits there (FIX PendingCancel 6, PendingReplace E) */
    | { readonly type: "PendingCancel" | "PendingReplace" }
    /** the venue guarantees `quantity` (or the rest) at `price` (FIX Stopped 7); or holds the order (Suspended 9) in a halt */
    | { readonly type: "Stopped"; readonly quantity?: Quantity; readonly price?: Price; readonly reason: string }
    | { readonly type: "Suspended" | "DoneForDay"; readonly reason: string }
    | { readonly type: "Canceled" | "Rejected" | "Expired"; readonly reason: string }
    | { readonly type: "CancelRejected" | "ReplaceRejected"; readonly reason: string }
  )
export type Execution = {
  readonly quantity: Quantity
  readonly price: Price
  readonly liquidity: "maker" | "taker"
  readonly fee: Cash
  readonly feeCurrency: Currency
  readonly queueAhead: Quantity
  /** who was on the other side, where the venue tells */
  readonly contra?: string
}
export type ReportHead = {
  readonly at: Time
  readonly account: AccountId
  readonly orderId: OrderId
  readonly execId: ExecId
  readonly clOrdId?: ClOrdId
  readonly mdNo: number
}
