import type { AccountId, ClOrdId, Currency, ExecId, OrderId, Symbol } from "#domain/kernel/ids.ts"
import type { Cash, Price, Quantity } from "#domain/kernel/money.ts"
import type { Time } from "#domain/kernel/time.ts"
import type { Instrument } from "#domain/market/instrument.ts"
import type { OrderType, Side, TimeInForce } from "#domain/venue/messages.ts"
import type { Instructions } from "./instructions.ts"
import type { Progress } from "./status.ts"

/** A cancel or replace that the venue has not answered. */
export type PendingRequest = {
  readonly kind: "cancel" | "replace"
  /** the caller's id of it, and of the request that it follows */
  readonly clOrdId: ClOrdId
  readonly origClOrdId: ClOrdId
  /** the event that asks: where its id at the venue comes from */
  readonly requestNo: number
  /** the venue has said that it has it */
  acknowledged: boolean
  /** of a replace: what the order would be */
  readonly terms?: ReplaceTerms
}
export type ReplaceTerms = {
  readonly quantity: Quantity
  readonly price?: Price | undefined
  readonly stopPrice?: Price | undefined
  readonly displayQuantity?: Quantity | undefined
}
export type PendingReplace = PendingRequest & { readonly kind: "replace"; readonly terms: ReplaceTerms }

/** One execution of an order, with the ids that it was reported under: its own and those of its corrections. */
export type Fill = {
  readonly execIds: ReadonlyArray<ExecId>
  readonly venue: string
  readonly quantity: Quantity
  readonly price: Price
  readonly notional: Cash
  readonly fee: Cash
  readonly feeCurrency: Currency
  readonly liquidity: "maker" | "taker"
  readonly tradeDate: string
}

/** An order as the decider keeps it while something may still happen to it. */
export type OpenOrder = Progress & {
  readonly orderId: OrderId
  /** the same as a number, see `orderNumber` */
  readonly number: number
  /** where it stands among its account's open orders */
  place: number
  readonly account: AccountId
  /** the id of the newest request that the venue accepted */
  clOrdId: ClOrdId
  readonly symbol: Symbol
  /** the version that it was placed under: fees and multiplier do not change under an order */
  readonly instrument: Instrument
  readonly side: Side
  readonly orderType: OrderType
  readonly timeInForce: TimeInForce
  readonly instructions: Instructions
  expireAt: Time | undefined
  readonly placedNo: number
  price: Price | undefined
  stopPrice: Price | undefined
  protectionPrice: Price | undefined
  displayQuantity: Quantity | undefined
  pending: ReadonlyArray<PendingRequest>
  fills: ReadonlyArray<Fill>
  /** how many of the fills were before today, and how much they came to (FIX DayOrderQty 424, DayCumQty 425) */
  fillsBefore: number
  cumBefore: Quantity
  /** the venue's word that it has the order */
  venueOrderId: string | undefined
  triggered: boolean
  /** not at a venue yet: a child that waits for its parent, or a stop that a watcher of ours triggers */
  held: boolean
  /** market-data number up to which the price that it waits for had been seen when it began to be watched here */
  watchedFrom: number | undefined
  /** who lends what it sells short (FIX LocateReqd 114), where somebody was named */
  locate: string | undefined
  groupId: string | undefined
  parentId: OrderId | undefined
  /** sent to a venue that may not have it (RouteSent, RouteUnknown) */
  route: "sent" | "unknown" | undefined
  queueAhead: Quantity
  mdNo: number
  reports: number
  /** held back for what is open: money of the settlement currency for a buy, units for a sell */
  reservedCash: Cash
  reservedUnits: Quantity
  /** what it counts in the scopes' totals: the open part, or while a replace is on its way the larger one */
  exposed: Quantity
  /** and what that is worth at its price */
  exposedNotional: Cash
  /** it is one of the scopes' open orders */
  counted: boolean
}

/** An order of which nothing is known: all are begun by it, since what comes in one shape is read and written fastest. */
export const blankOrder = (): Draft => ({
  orderId: "" as OrderId,
  number: 0,
  place: -1,
  account: "" as AccountId,
  clOrdId: "" as ClOrdId,
  symbol: "" as Symbol,
  instrument: undefined as unknown as Instrument,
  side: "buy",
  orderType: "limit",
  timeInForce: "GTC",
  instructions: NO_INSTRUCTIONS,
  expireAt: undefined,
  placedNo: 0,
  price: undefined,
  stopPrice: undefined,
  protectionPrice: undefined,
  displayQuantity: undefined,
  quantity: 0n as Quantity,
  cumQty: 0n as Quantity,
  acknowledged: false,
  ended: undefined,
  doneForDay: false,
  stopped: false,
  suspended: false,
  pending: NONE,
  fills: NO_FILLS,
  fillsBefore: 0,
  cumBefore: 0n as Quantity,
  venueOrderId: undefined,
  triggered: false,
  held: false,
  watchedFrom: undefined,
  locate: undefined,
  groupId: undefined,
  parentId: undefined,
  route: undefined,
  queueAhead: 0n as Quantity,
  mdNo: 0,
  reports: 0,
  reservedCash: 0n as Cash,
  reservedUnits: 0n as Quantity,
  exposed: 0n as Quantity,
  exposedNotional: 0n as Cash,
  counted: false
})
type Draft = { -readonly [K in keyof OpenOrder]: OpenOrder[K] }
const NO_INSTRUCTIONS: Instructions = {}
const NO_FILLS: ReadonlyArray<Fill> = []
const NONE: ReadonlyArray<PendingReplace> = []

export const isReplace = (request: PendingRequest): request is PendingReplace => request.kind === "replace"
export const pendingCancel = (order: Pick<OpenOrder, "pending">): PendingRequest | undefined =>
  order.pending.find(({ kind }) => kind === "cancel")
export const pendingReplaces = (order: Pick<OpenOrder, "pending">): ReadonlyArray<PendingReplace> =>
  order.pending.length === 0 ? NONE : order.pending.filter(isReplace)

/** The highest price a buy may pay: its limit, or the protection price of a market or stop order. */
export const worstPrice = (order: Partial<Pick<OpenOrder, "price" | "protectionPrice">>): Price | undefined =>
  order.price ?? order.protectionPrice

type Living = Pick<OpenOrder, "ended" | "quantity" | "cumQty" | "doneForDay" | "timeInForce"> & {
  readonly pending: ReadonlyArray<{ readonly terms?: { readonly quantity: bigint } }>
}
/** Whether anything of it may still trade: it counts among the open orders and holds back what it needs. */
export const isLive = (order: Living): boolean => {
  if (order.ended !== undefined) return false
  if (order.cumQty < order.quantity) return !isOverForDay(order)
  return order.pending.some(({ terms }) => terms !== undefined && terms.quantity > order.cumQty)
}

/** A DAY order that is done for the day is done. */
export const isOverForDay = (order: Pick<OpenOrder, "doneForDay" | "timeInForce">): boolean =>
  order.doneForDay && order.timeInForce === "DAY"

/** FIX LeavesQty 151: what may still be filled. */
export const leavesQty = (
  order: Pick<OpenOrder, "quantity" | "cumQty" | "ended" | "doneForDay" | "timeInForce">
): Quantity =>
  (order.ended === undefined && order.quantity > order.cumQty && !isOverForDay(order)
    ? order.quantity - order.cumQty
    : 0n) as Quantity
