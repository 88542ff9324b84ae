import type { MarketMessage } from "#domain/market/messages.ts"
import type { LedgerEvent } from "#projections/projection.ts"
import type { Submission } from "#streams/account-writer.ts"

/** A strategy at work: what it wants to send after a market message, and after an event of its own account. */
export type Trader = {
  readonly market: (message: MarketMessage) => ReadonlyArray<Submission>
  readonly event: (event: LedgerEvent) => ReadonlyArray<Submission>
}
