import { Schema } from "effect"
import { defineEvent, type FactOf } from "#domain/kernel/event.ts"
import { AccountId, Currency, GroupId, OwnerId } from "#domain/kernel/ids.ts"
import { Cash, Rate } from "#domain/kernel/money.ts"

export const AccountOpened = defineEvent(
  "AccountOpened",
  {
    account: AccountId,
    owner: OwnerId,
    group: GroupId,
    accountType: Schema.Literals(["cash", "margin"]),
    currency: Currency,
    /** shares of what a margin account holds: to buy it, and to keep it; 0.5 and 0.25 where absent */
    initialMargin: Schema.optionalKey(Rate),
    maintenanceMargin: Schema.optionalKey(Rate)
  },
  { v: 2, upcasts: { 1: (data) => data } } // what was added is optional
)

const movement = {
  currency: Currency,
  amount: Cash,
  /** the caller's own word for it, for example a bank reference */
  reference: Schema.optionalKey(Schema.String)
}
export const Deposited = defineEvent("Deposited", movement)
export const Withdrawn = defineEvent("Withdrawn", movement)

export type LedgerEvent = FactOf<typeof AccountOpened> | FactOf<typeof Deposited> | FactOf<typeof Withdrawn>
