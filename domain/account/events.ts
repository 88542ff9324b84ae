import type { EventDefinition } from "#domain/kernel/event.ts"
import * as entries from "#domain/ledger/entry-events.ts"
import * as ledger from "#domain/ledger/events.ts"
import * as transit from "#domain/ledger/transit-events.ts"
import * as orders from "#domain/orders/events.ts"
import * as reference from "#domain/reference/events.ts"
import * as risk from "#domain/risk/events.ts"
import * as moves from "./move-events.ts"

/** Every fact of a partition. */
export type AccountEvent =
  | orders.OrderEvent
  | risk.RiskEvent
  | ledger.LedgerEvent
  | entries.EntryEvent
  | transit.TransitEvent
  | moves.MoveEvent
  | reference.ReferenceEvent

/** The definitions that the codec and the golden files go by. */
export const ACCOUNT_EVENTS: ReadonlyArray<EventDefinition> = [
  reference.InstrumentAdopted,
  reference.MarkRecorded,
  ledger.AccountOpened,
  ledger.Deposited,
  ledger.Withdrawn,
  risk.LimitsSet,
  risk.TradingHalted,
  risk.TradingResumed,
  risk.KillRequested,
  risk.MarginCalled,
  risk.MarginRestored,
  risk.LimitAllotted,
  risk.LimitReturned,
  risk.OrderRiskDecided,
  orders.OrderPlaced,
  orders.ReplaceRequested,
  orders.CancelRequested,
  orders.CancelAllRequested,
  orders.OrderAcknowledged,
  orders.OrderTriggered,
  orders.OrderFilled,
  orders.OrderReplaced,
  orders.OrderCanceled,
  orders.OrderRejected,
  orders.OrderExpired,
  orders.CancelRejected,
  orders.ReplaceRejected,
  orders.ReportSuspended,
  orders.ExecutionBusted,
  orders.ExecutionCorrected,
  orders.CancelPending,
  orders.ReplacePending,
  orders.OrderRestated,
  orders.OrderStopped,
  orders.OrderSuspended,
  orders.OrderDoneForDay,
  orders.RouteSent,
  orders.RouteUnknown,
  orders.GroupPlaced,
  orders.OrderReleased,
  orders.HeldOrderCanceled,
  orders.HeldOrderReplaced,
  entries.TransferredOut,
  entries.TransferredIn,
  entries.FeeCharged,
  entries.InterestPosted,
  entries.DividendPaid,
  entries.SplitApplied,
  entries.SymbolChanged,
  entries.PositionExpired,
  transit.TransferArrived,
  transit.TransferReturned,
  transit.TransferRefused,
  moves.GroupMovedOut,
  moves.GroupMovedIn,
  moves.AnswersMovedIn,
  moves.GroupRefused,
  moves.GroupArrived,
  moves.GroupReturned
]
