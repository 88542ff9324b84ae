import { Schema } from "effect"

/** Opaque ids: letters, digits and `_ . : -`, 1 to 64 of them. Never a person's name (the ledger keeps them for ever). */
export const LONGEST_ID = 64
const Id = Schema.String.check(Schema.isPattern(/^[A-Za-z0-9_.:-]{1,64}$/u))

export const AccountId = Id.pipe(Schema.brand("AccountId"))
export type AccountId = typeof AccountId.Type
export const OwnerId = Id.pipe(Schema.brand("OwnerId"))
export type OwnerId = typeof OwnerId.Type
/** A risk group: accounts that share an owner or limits, and one decider. */
export const GroupId = Id.pipe(Schema.brand("GroupId"))
export type GroupId = typeof GroupId.Type
/** `partition-eventNo` of the event that placed the order: unique, sortable, the same on every log. */
export const OrderId = Id.pipe(Schema.brand("OrderId"))
export type OrderId = typeof OrderId.Type
/** The caller's id of a command (FIX ClOrdID 11). */
export const ClOrdId = Id.pipe(Schema.brand("ClOrdId"))
export type ClOrdId = typeof ClOrdId.Type
/** The venue's id of one execution report (FIX ExecID 17). */
export const ExecId = Id.pipe(Schema.brand("ExecId"))
export type ExecId = typeof ExecId.Type
export const Symbol = Schema.String.check(Schema.isPattern(/^[A-Z0-9][A-Z0-9.-]{0,31}$/u)).pipe(Schema.brand("Symbol"))
export type Symbol = typeof Symbol.Type
export const Currency = Schema.String.check(Schema.isPattern(/^[A-Z0-9]{2,10}$/u)).pipe(Schema.brand("Currency"))
export type Currency = typeof Currency.Type
