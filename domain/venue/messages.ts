import type { AccountId, ClOrdId, Currency, ExecId, OrderId, Symbol } from "#domain/kernel/ids.ts"
import type { Cash, Price, Quantity } from "#domain/kernel/money.ts"
import type { Time } from "#domain/kernel/time.ts"

export type Side = "buy" | "sell"
export type OrderType = "market" | "limit" | "stop" | "stop-limit"
export type TimeInForce = "DAY" | "GTC" | "IOC" | "FOK" | "GTD"

/** What is asked of a venue. `clOrdId` is this request's own (derived from the event); `at` is when it is sent. */
export type VenueRequest =
  | (RequestHead & {
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
    | { readonly type: "Triggered"; readonly queueAhead: Quantity }
    | {
        readonly type: "Trade"
        readonly quantity: Quantity
        readonly price: Price
        readonly liquidity: "maker" | "taker"
        readonly fee: Cash
        readonly feeCurrency: Currency
        readonly queueAhead: Quantity
      }
    | {
        readonly type: "Replaced"
        readonly quantity: Quantity
        readonly price?: Price
        readonly stopPrice?: Price
        readonly queueAhead: Quantity
      }
    | { readonly type: "Canceled"; readonly reason: string }
    | { readonly type: "Rejected"; readonly reason: string }
    | { readonly type: "Expired"; readonly reason: string }
    | { readonly type: "CancelRejected"; readonly reason: string }
    | { readonly type: "ReplaceRejected"; readonly reason: string }
  )
export type ReportHead = {
  readonly at: Time
  readonly account: AccountId
  readonly orderId: OrderId
  readonly execId: ExecId
  readonly clOrdId?: ClOrdId
  readonly mdNo: number
}
