import type { OrderId } from "#domain/kernel/ids.ts"
import type { Cash, Price, Quantity } from "#domain/kernel/money.ts"
import type { Time } from "#domain/kernel/time.ts"
import type { Instrument } from "#domain/market/instrument.ts"
import type { OrderType, Side, TimeInForce } from "#domain/venue/messages.ts"
import type { LimitBook } from "./book.ts"
import type { Habits, Sizes } from "./habits.ts"
import type { MarginTerms } from "./margin.ts"
import type { Scope, SymbolExposure } from "./scope.ts"

/** Which price the checks compared with, and where it came from. */
export type PriceEvidence = {
  readonly price: Price
  readonly source: "last" | "ask" | "stop"
  readonly mdNo?: number
  readonly ageMicros?: number
}

/** A halt that concerns the order, and who set it: `firm@17`. */
export type Halted = { readonly by: string; readonly reduceOnly: boolean }

/** An open order that the one asked for might meet. */
export type Resting = {
  readonly orderId: OrderId
  readonly side: Side
  readonly quantity: Quantity
  /** undefined: at any price */
  readonly price: Price | undefined
}

/** Everything a check may look at. Quantities and money are of the order's open part. */
export type RiskQuestion = {
  readonly at: Time
  /** the same in microseconds since 1970 */
  readonly nowMicros: number
  /** the UTC day, since 1970 */
  readonly day: number
  readonly instrument: Instrument
  readonly side: Side
  readonly orderType: OrderType
  readonly timeInForce: TimeInForce
  /** the order's whole quantity */
  readonly quantity: Quantity
  /** what is still to be filled */
  readonly leaves: Quantity
  readonly price: Price | undefined
  readonly stopPrice: Price | undefined
  /** price × leaves × multiplier at the worst price, or at the reference price for a market sell */
  readonly notional: Cash | undefined
  /** money that a buy must be able to pay, fee included; unknown while nothing bounds its price */
  readonly need: Cash | undefined
  /** the price that the collar measures from */
  readonly evidence: PriceEvidence | undefined
  /** money and, of a sale, units free for this order: what it already holds itself is counted in */
  readonly available: { readonly total: bigint; readonly reserved: bigint }
  readonly holdings: { readonly total: bigint; readonly reserved: bigint }
  /** what the order already counts in the scopes' totals (a replace) */
  readonly counted: { readonly leaves: bigint; readonly notional: bigint; readonly open: boolean }
  readonly halted: Halted | undefined
  /** the limits of account, group, firm and symbol */
  readonly book: LimitBook
  /** whom they are for, and whose totals count */
  readonly scopes: ReadonlyArray<Scope | undefined>
  /** what account, group and firm have of the symbol */
  readonly exposures: ReadonlyArray<Readonly<SymbolExposure>>
  /** units that each would have with all its open orders of the side filled, this one left out */
  readonly before: ReadonlyArray<bigint>
  /** what the order would change of that: `leaves`, below 0 for a sale */
  readonly units: bigint
  /** undefined for a cash account */
  readonly margin: MarginTerms | undefined
  readonly locate: string | undefined
  /** it asks to bring a position down and nothing else */
  readonly reduceOnly: boolean
  /** what the account's accepted orders in the symbol were like, and all of the last moments */
  readonly sizes: Readonly<Sizes> | undefined
  readonly habits: Habits
  /** open orders of the other side in this symbol: of the account, and of other accounts of its owner */
  readonly ownOpposite: () => ReadonlyArray<Resting>
  readonly ownersOpposite: () => ReadonlyArray<Resting>
}
