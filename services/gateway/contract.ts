/** All that the frontend may know of the server. */
export type { AccountBody, BalanceBody, CashMoveBody, HoldingBody } from "#services/contract/accounts.ts"
export type { EntryBody, TransferBody } from "#services/contract/entries.ts"
export type { Page } from "#services/contract/fields.ts"
export type { HealthBody, HealthCheck, HealthStatus, OverviewBody } from "#services/contract/health.ts"
export type { HaltBody, LevelBody, LimitsBody, LimitValues } from "#services/contract/limits.ts"
export type {
  Channel,
  ChannelData,
  ChannelKind,
  ChannelName,
  ClientFrame,
  ExecutionBody,
  LiveMessage,
  QuoteBody,
  ServerFrame
} from "#services/contract/live.ts"
export type { CheckBody, FillBody, OrderBody } from "#services/contract/orders.ts"
export type { PnlBody, PnlPositionBody } from "#services/contract/pnl.ts"
