import { Schema } from "effect"
import { defineEvent, type FactOf } from "#domain/kernel/event.ts"
import { ClOrdId, Currency, ExecId, OrderId, Symbol } from "#domain/kernel/ids.ts"
import { Cash, Price, Quantity, Rate } from "#domain/kernel/money.ts"
import { Time } from "#domain/kernel/time.ts"
import { instructionFields, TriggerOn } from "./instructions.ts"

export const Side = Schema.Literals(["buy", "sell"])
/** FIX OrdType 40; a trailing stop is a stop with a peg that only improves, an iceberg a limit order with DisplayQty. */
export const OrderType = Schema.Literals([
  "market",
  "limit",
  "stop",
  "stop-limit",
  "market-if-touched",
  "limit-if-touched",
  "market-to-limit",
  "trailing-stop",
  "trailing-stop-limit",
  "pegged"
])
/** FIX TimeInForce 59; OPG at the opening, CLS at the close. */
export const TimeInForce = Schema.Literals(["DAY", "GTC", "IOC", "FOK", "GTD", "OPG", "CLS"])

/** What was added since version 1 is optional: an event of before has none of it. */
const added = { v: 2, upcasts: { 1: (data: Record<string, unknown>) => data } }

/** And what was added since version 2. */
const addedTwice = { v: 3, upcasts: { ...added.upcasts, 2: added.upcasts[1] } }

/** One cancels the others; the parent's fills let its children go; one fill shrinks the others; parent with two legs. */
export const GroupKind = Schema.Literals(["OCO", "OTO", "OUO", "bracket"])
export type GroupKind = typeof GroupKind.Type

/** Where an order comes from, as far as its caller tells. */
export const originFields = {
  /** FIX OrderCapacity 528 */
  capacity: Schema.optionalKey(Schema.Literals(["agency", "principal", "riskless-principal"])),
  /** `name@version` of the algorithm that made it; `manual` says whether a person did (FIX ManualOrderIndicator 1028) */
  algorithm: Schema.optionalKey(Schema.String),
  manual: Schema.optionalKey(Schema.Boolean),
  /** the order that it is a slice or a leg of */
  parentId: Schema.optionalKey(OrderId),
  /** a sale of what is not held (FIX Side 5), and who lends it (FIX LocateReqd 114) */
  short: Schema.optionalKey(Schema.Boolean),
  locate: Schema.optionalKey(Schema.String),
  /** when it reached us, and how far that clock was from UTC, where the two are known */
  receivedAt: Schema.optionalKey(Time),
  clockOffsetMicros: Schema.optionalKey(Schema.Int)
}
const Origin = Schema.Struct(originFields)
export type Origin = typeof Origin.Type

/** Somebody asked for an order (FIX NewOrderSingle). Whether it may go on stands in the OrderRiskDecided beside it. */
export const OrderPlaced = defineEvent(
  "OrderPlaced",
  {
    orderId: OrderId,
    clOrdId: ClOrdId,
    symbol: Symbol,
    instrumentVersion: Schema.Int,
    side: Side,
    orderType: OrderType,
    timeInForce: TimeInForce,
    quantity: Quantity,
    price: Schema.optionalKey(Price),
    stopPrice: Schema.optionalKey(Price),
    /** beyond this a market or stop buy must not trade */
    protectionPrice: Schema.optionalKey(Price),
    expireAt: Schema.optionalKey(Time),
    ...instructionFields,
    ...originFields,
    /** of a stop that is watched here: the market-data number from which on it is */
    watchedFrom: Schema.optionalKey(Schema.Int),
    /** its contingency group, and what it is there for */
    groupId: Schema.optionalKey(Schema.String),
    role: Schema.optionalKey(Schema.Literals(["parent", "child", "leg"]))
  },
  addedTwice
)

/** Which request this one follows (FIX OrigClOrdID 41), and why it was made when nobody asked for it by name. */
const chainFields = { origClOrdId: Schema.optionalKey(ClOrdId), reason: Schema.optionalKey(Schema.String) }

/** A change was asked for (FIX OrderCancelReplaceRequest): only what is to change is named. */
export const ReplaceRequested = defineEvent(
  "ReplaceRequested",
  {
    orderId: OrderId,
    clOrdId: ClOrdId,
    quantity: Schema.optionalKey(Quantity),
    price: Schema.optionalKey(Price),
    stopPrice: Schema.optionalKey(Price),
    displayQuantity: Schema.optionalKey(Quantity),
    ...chainFields
  },
  added
)
export const CancelRequested = defineEvent(
  "CancelRequested",
  { orderId: OrderId, clOrdId: ClOrdId, ...chainFields },
  added
)
/** Every open order (of a symbol) is to be cancelled; the CancelRequested of each follow in the same commit. */
export const CancelAllRequested = defineEvent("CancelAllRequested", {
  clOrdId: ClOrdId,
  symbol: Schema.optionalKey(Symbol)
})

/** What a venue said (FIX ExecutionReport), after which market-data message, under its own id. */
const reported = { orderId: OrderId, execId: ExecId, mdNo: Schema.Int }
/** Quantity that stood before the order at its price: where it goes on after a restart. */
const queueAhead = Quantity

export const OrderAcknowledged = defineEvent("OrderAcknowledged", {
  ...reported,
  venueOrderId: Schema.String,
  queueAhead
})
/** A stop was reached: by the venue's word, or by a watcher of ours that saw `price` come and sends the order now. */
export const OrderTriggered = defineEvent(
  "OrderTriggered",
  {
    ...reported,
    queueAhead,
    price: Schema.optionalKey(Price),
    source: Schema.optionalKey(TriggerOn),
    by: Schema.optionalKey(Schema.Literals(["venue", "local"])),
    /** the price was passed while nobody watched; it is triggered late */
    missed: Schema.optionalKey(Schema.Boolean)
  },
  added
)

/** What an execution is, and all that a posting or a report needs of it, so that no reader looks anything up. */
const execution = {
  venue: Schema.String,
  symbol: Symbol,
  instrumentVersion: Schema.Int,
  base: Currency,
  settlement: Currency,
  multiplier: Rate,
  side: Side,
  quantity: Quantity,
  price: Price,
  /** quantity × price × multiplier, computed once, here */
  notional: Cash,
  fee: Cash,
  feeCurrency: Currency,
  liquidity: Schema.Literals(["maker", "taker"]),
  tradeDate: Schema.String,
  cumQty: Quantity,
  leavesQty: Quantity
}
const parties = {
  /** the market identifier code of ISO 10383, and who was on the other side, where known */
  mic: Schema.optionalKey(Schema.String),
  contra: Schema.optionalKey(Schema.String),
  settlementDate: Schema.optionalKey(Schema.String)
}
/** A fill (FIX ExecType F). Counted once by account, order, trade date and ExecID, so both sides of a self-match count. */
export const OrderFilled = defineEvent("OrderFilled", { ...reported, ...execution, queueAhead, ...parties }, added)
/** `execRefId` is the id that an execution was first told under; after a correction the venue may call it by that one's. */
const correctedBefore = { venueRefId: Schema.optionalKey(ExecId) }
/** The execution `execRefId` is void (FIX TradeCancel H): its facts as they were; cumQty and leavesQty as they are now. */
export const ExecutionBusted = defineEvent("ExecutionBusted", {
  ...reported,
  execRefId: ExecId,
  ...correctedBefore,
  ...execution,
  reason: Schema.String
})
/** The execution `execRefId` is as it is told here (FIX TradeCorrect G); what it was stands in the `was` fields. */
export const ExecutionCorrected = defineEvent("ExecutionCorrected", {
  ...reported,
  execRefId: ExecId,
  ...correctedBefore,
  ...execution,
  wasQuantity: Quantity,
  wasPrice: Price,
  wasNotional: Cash,
  wasFee: Cash
})

/** The caller's ClOrdID of the request that a venue answers, and OrigClOrdID; absent when nobody asked. */
const answers = { clOrdId: Schema.optionalKey(ClOrdId), origClOrdId: Schema.optionalKey(ClOrdId) }
/** A cancel or replace has reached the venue and waits there (FIX PendingCancel 6, PendingReplace E). */
export const CancelPending = defineEvent("CancelPending", { ...reported, ...answers })
export const ReplacePending = defineEvent("ReplacePending", { ...reported, ...answers })
export const OrderReplaced = defineEvent(
  "OrderReplaced",
  {
    ...reported,
    quantity: Quantity,
    price: Schema.optionalKey(Price),
    stopPrice: Schema.optionalKey(Price),
    queueAhead,
    ...answers
  },
  added
)
const withReason = { ...reported, reason: Schema.String }
const answer = { ...withReason, ...answers }
export const OrderCanceled = defineEvent("OrderCanceled", answer, added)
export const OrderRejected = defineEvent("OrderRejected", withReason)
export const OrderExpired = defineEvent("OrderExpired", withReason)
export const CancelRejected = defineEvent("CancelRejected", answer, added)
export const ReplaceRejected = defineEvent("ReplaceRejected", answer, added)
/** The venue changed the order by itself (FIX Restated D, ExecRestatementReason in `reason`), or took it back. */
export const OrderRestated = defineEvent("OrderRestated", {
  ...withReason,
  quantity: Schema.optionalKey(Quantity),
  /** only where a corporate action changed what counts as filled */
  cumQty: Schema.optionalKey(Quantity),
  price: Schema.optionalKey(Price),
  stopPrice: Schema.optionalKey(Price),
  queueAhead: Schema.optionalKey(Quantity)
})
/** The venue guarantees `quantity` (without one: the open part) at `price` (FIX Stopped 7); nothing has traded yet. */
export const OrderStopped = defineEvent("OrderStopped", {
  ...withReason,
  quantity: Schema.optionalKey(Quantity),
  price: Schema.optionalKey(Price)
})
/** The venue holds the order, for example in a trading halt (FIX Suspended 9). */
export const OrderSuspended = defineEvent("OrderSuspended", withReason)
/** Nothing more happens today (FIX DoneForDay 3); a DAY order is over with it. */
export const OrderDoneForDay = defineEvent("OrderDoneForDay", withReason)
/** A report that fits no order waits here for a person: it changes no balance and is not lost. */
export const ReportSuspended = defineEvent("ReportSuspended", { ...withReason, report: Schema.String })

/** A request goes to a venue that may be lost on the way: recorded before it is sent, so that a restart asks about it. */
export const RouteSent = defineEvent("RouteSent", { orderId: OrderId, clOrdId: ClOrdId, venue: Schema.String })
/** Sent and not answered in time: whether the venue has it is not known until it says so. */
export const RouteUnknown = defineEvent("RouteUnknown", {
  orderId: OrderId,
  clOrdId: ClOrdId,
  venue: Schema.String,
  reason: Schema.String
})

/** Orders that hang together (FIX ContingencyType 1385); their OrderPlaced follow in the same commit. */
export const GroupPlaced = defineEvent("GroupPlaced", {
  groupId: Schema.String,
  clOrdId: ClOrdId,
  kind: GroupKind,
  /** a digest of what was asked, to tell a repeat from another group under the same id */
  content: Schema.Int
})
/** An order that no venue has yet is over: a child whose parent ended without a fill, or one that its owner took back. */
export const HeldOrderCanceled = defineEvent("HeldOrderCanceled", {
  orderId: OrderId,
  reason: Schema.String,
  ...answers
})
/**
 * An order that no venue has yet was changed at its owner's request: at once, since nobody else has to agree. Of one that
 * counts already the decision stands beside it; a child is judged when it is let go.
 */
export const HeldOrderReplaced = defineEvent("HeldOrderReplaced", {
  orderId: OrderId,
  clOrdId: ClOrdId,
  origClOrdId: ClOrdId,
  quantity: Schema.optionalKey(Quantity),
  price: Schema.optionalKey(Price),
  stopPrice: Schema.optionalKey(Price),
  displayQuantity: Schema.optionalKey(Quantity),
  /** of one that waits for a price here: from this market-data number on it waits for the new one */
  watchedFrom: Schema.optionalKey(Schema.Int)
})
/** A child order that was held is let go to the venue: `quantity` of it, as far as its parent is filled. */
export const OrderReleased = defineEvent(
  "OrderReleased",
  {
    orderId: OrderId,
    quantity: Quantity,
    reason: Schema.String,
    watchedFrom: Schema.optionalKey(Schema.Int)
  },
  added
)

export type OrderEvent =
  | FactOf<typeof OrderPlaced>
  | FactOf<typeof ReplaceRequested>
  | FactOf<typeof CancelRequested>
  | FactOf<typeof CancelAllRequested>
  | FactOf<typeof OrderAcknowledged>
  | FactOf<typeof OrderTriggered>
  | FactOf<typeof OrderFilled>
  | FactOf<typeof OrderReplaced>
  | FactOf<typeof OrderCanceled>
  | FactOf<typeof OrderRejected>
  | FactOf<typeof OrderExpired>
  | FactOf<typeof CancelRejected>
  | FactOf<typeof ReplaceRejected>
  | FactOf<typeof ReportSuspended>
  | FactOf<typeof ExecutionBusted>
  | FactOf<typeof ExecutionCorrected>
  | FactOf<typeof CancelPending>
  | FactOf<typeof ReplacePending>
  | FactOf<typeof OrderRestated>
  | FactOf<typeof OrderStopped>
  | FactOf<typeof OrderSuspended>
  | FactOf<typeof OrderDoneForDay>
  | FactOf<typeof RouteSent>
  | FactOf<typeof RouteUnknown>
  | FactOf<typeof GroupPlaced>
  | FactOf<typeof OrderReleased>
  | FactOf<typeof HeldOrderCanceled>
  | FactOf<typeof HeldOrderReplaced>

/** What is said of one order: all but what is said of many. */
export type OrderStory = Exclude<OrderEvent, { type: "CancelAllRequested" | "GroupPlaced" }>
export type OrderFilledData = FactOf<typeof OrderFilled>["data"]
export type ExecutionBustedData = FactOf<typeof ExecutionBusted>["data"]
export type ExecutionCorrectedData = FactOf<typeof ExecutionCorrected>["data"]
export type PlacedOrder = FactOf<typeof OrderPlaced>["data"]
