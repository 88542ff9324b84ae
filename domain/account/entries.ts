import type { AccountId, Currency, Symbol } from "#domain/kernel/ids.ts"
import type { Cash, Price, Quantity } from "#domain/kernel/money.ts"
import type { Refusal } from "#domain/kernel/shapes.ts"
import type { Time } from "#domain/kernel/time.ts"
import type { Carried } from "#domain/ledger/entry-events.ts"

/** What somebody asks to be entered into an account that is no order and no payment. */
export type Entry = Fee | Interest | Dividend | Split | SymbolChange | Expiry

/** `fee` says what for. */
export type Fee = { readonly kind: "fee"; readonly currency: Currency; readonly amount: Cash; readonly fee: string }
/** Earned above 0, paid below. */
export type Interest = { readonly kind: "interest"; readonly currency: Currency; readonly amount: Cash }
/** For the units held, unless others were entitled to it. */
export type Dividend = {
  readonly kind: "dividend"
  readonly symbol: Symbol
  readonly perUnit: Price
  readonly quantity?: Quantity
  readonly taxWithheld?: Cash
}
/** `numerator` units for `denominator`; parts of a lot are kept, or paid out at `price` for a new unit. */
export type Split = {
  readonly kind: "split"
  readonly symbol: Symbol
  readonly numerator: number
  readonly denominator: number
  readonly fractions?: "keep" | "cash"
  readonly price?: Price
}
export type SymbolChange = { readonly kind: "symbol-change"; readonly symbol: Symbol; readonly newSymbol: Symbol }
/** At the settlement price; 0 for what is worthless. */
export type Expiry = { readonly kind: "expiry"; readonly symbol: Symbol; readonly price: Price }

type Noted = { readonly reference?: string; readonly effectiveAt?: Time }
export type PostEntry = { readonly type: "PostEntry"; readonly account: AccountId; readonly entry: Entry } & Noted

/** Money, or units with what they cost, to another account. */
export type Transfer = {
  readonly type: "Transfer"
  readonly account: AccountId
  readonly to: AccountId
  readonly moved:
    | { readonly currency: Currency; readonly amount: Cash }
    | { readonly symbol: Symbol; readonly quantity: Quantity }
  /** where the other account is, attached by whoever knows it: no part of what was asked */
  readonly toPartition?: number
} & Noted

/** What a transfer to another partition moves, with its number among those from the one to the other. */
export type Transit = {
  readonly transitNo: number
  readonly effectiveAt: Time
  readonly carried: Carried
  /** of units, where they come from */
  readonly mark?: Price
}
/** The sender's partition hands over what left there: sent by ourselves, again and again until it is answered. */
export type ReceiveTransfer = {
  readonly type: "ReceiveTransfer"
  readonly to: AccountId
  readonly from: AccountId
  readonly fromPartition: number
} & Transit
/** What the other partition has answered. */
export type SettleTransfer = {
  readonly type: "SettleTransfer"
  readonly account: AccountId
  readonly transferId: string
  /** why it was not taken; undefined where it has arrived */
  readonly refused?: Pick<Refusal, "code" | "detail">
}
