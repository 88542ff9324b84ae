import type { ClOrdId, OrderId, Symbol } from "#domain/kernel/ids.ts"
import type { Price, Quantity } from "#domain/kernel/money.ts"
import type { Time } from "#domain/kernel/time.ts"
import type { OrderType, Side, TimeInForce } from "#domain/venue/messages.ts"

/** What a strategy wants done. `clOrdId` is the command's own. */
export type StrategyCommand =
  | {
      readonly type: "submit"
      readonly clOrdId: ClOrdId
      readonly symbol: Symbol
      readonly side: Side
      readonly orderType: OrderType
      readonly timeInForce: TimeInForce
      readonly quantity: Quantity
      readonly price?: Price
    }
  | { readonly type: "cancel"; readonly clOrdId: ClOrdId; readonly orderId: OrderId }

/** What became of the strategy's own orders; updates of others' orders are not for it. */
export type OwnOrderUpdate =
  | {
      readonly type: "placed"
      readonly at: Time
      readonly orderId: OrderId
      readonly clOrdId: ClOrdId
      readonly symbol: Symbol
      readonly side: Side
      /** what is open of it */
      readonly quantity: Quantity
      readonly price?: Price
    }
  | {
      readonly type: "filled"
      readonly orderId: OrderId
      readonly symbol: Symbol
      readonly side: Side
      readonly quantity: Quantity
    }
  | { readonly type: "closed"; readonly orderId: OrderId; readonly symbol: Symbol }
