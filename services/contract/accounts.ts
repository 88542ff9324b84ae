import { Schema } from "effect"
import { AccountId, ClOrdId, Currency, GroupId, OwnerId } from "#domain/kernel/ids.ts"
import { CashInput, RateInput } from "#services/http/decimals.ts"
import { DecimalText, Note, TimeInput, TimeText } from "./fields.ts"
import { HaltBody, LimitValues } from "./limits.ts"

/** Body of `POST /accounts`; the group is the owner's by default. */
export const OpenAccount = Schema.Struct({
  account: AccountId,
  owner: OwnerId,
  group: Schema.optionalKey(GroupId),
  type: Schema.Literals(["cash", "margin"]),
  currency: Currency,
  /** of a margin account: shares of what it holds, 0.5 and 0.25 unless told */
  initialMargin: Schema.optionalKey(RateInput),
  maintenanceMargin: Schema.optionalKey(RateInput),
  /** that of its group, or the first one, unless told; it is written down once and for all accounts of the group */
  partition: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 9_999 })))
}).annotate({ identifier: "OpenAccount" })
export type OpenAccount = typeof OpenAccount.Type

/** Body of a deposit or a withdrawal. */
export const MoveCash = Schema.Struct({
  currency: Currency,
  amount: CashInput,
  clOrdId: Schema.optionalKey(ClOrdId),
  reference: Schema.optionalKey(Note),
  effectiveAt: Schema.optionalKey(TimeInput)
}).annotate({ identifier: "MoveCash" })
export type MoveCash = typeof MoveCash.Type

/** Money of one currency: `available` is `total` less `reserved`. */
export const BalanceBody = Schema.Struct({
  currency: Schema.String,
  total: DecimalText,
  reserved: DecimalText,
  available: DecimalText
}).annotate({ identifier: "Balance" })
export type BalanceBody = typeof BalanceBody.Type

/** What is held of one instrument; `reserved` is in open sell orders. */
export const HoldingBody = Schema.Struct({
  symbol: Schema.String,
  quantity: DecimalText,
  reserved: DecimalText,
  available: DecimalText
}).annotate({ identifier: "Holding" })
export type HoldingBody = typeof HoldingBody.Type

/** What a margin account has and must have, at the last marks. */
export const MarginBody = Schema.Struct({
  initialRate: DecimalText,
  maintenanceRate: DecimalText,
  equity: DecimalText,
  initial: DecimalText,
  maintenance: DecimalText
}).annotate({ identifier: "Margin" })

/** An account as it is answered. */
export const AccountBody = Schema.Struct({
  account: Schema.String,
  owner: Schema.String,
  group: Schema.String,
  type: Schema.Literals(["cash", "margin"]),
  currency: Schema.String,
  margin: Schema.optionalKey(MarginBody),
  balances: Schema.Array(BalanceBody),
  positions: Schema.Array(HoldingBody),
  limits: LimitValues,
  halts: Schema.Array(HaltBody),
  openedAt: TimeText,
  position: Schema.String
}).annotate({ identifier: "Account" })
export type AccountBody = typeof AccountBody.Type

/** A deposit or withdrawal that was recorded, with the balance after it. */
export const CashMoveBody = Schema.Struct({
  account: Schema.String,
  kind: Schema.Literals(["deposit", "withdrawal"]),
  currency: Schema.String,
  amount: DecimalText,
  clOrdId: Schema.String,
  reference: Schema.optionalKey(Schema.String),
  effectiveAt: TimeText,
  recordedAt: TimeText,
  balance: BalanceBody,
  position: Schema.String
}).annotate({ identifier: "CashMove" })
export type CashMoveBody = typeof CashMoveBody.Type

export const AccountPage = Schema.Struct({
  items: Schema.Array(AccountBody),
  next: Schema.optionalKey(Schema.String)
}).annotate({ identifier: "AccountPage" })
