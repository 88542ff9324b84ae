import { Schema } from "effect"
import { defineEvent, type FactOf } from "#domain/kernel/event.ts"
import { AccountId } from "#domain/kernel/ids.ts"
import { carried } from "./entry-events.ts"

/**
 * How a transfer to another partition ends. It begins with a `TransferredOut` that names the partition; until one of these
 * answers it there, what it moves is in transit.
 */

/** The other partition has it: the sender's side is done. */
export const TransferArrived = defineEvent("TransferArrived", {
  transferId: Schema.String,
  to: AccountId,
  toPartition: Schema.Int
})

/** The other partition did not take it: it is the sender's again. */
export const TransferReturned = defineEvent("TransferReturned", {
  to: AccountId,
  toPartition: Schema.Int,
  /** what it was refused for there */
  code: Schema.String,
  detail: Schema.String,
  ...carried
})

export type TransferReturned = FactOf<typeof TransferReturned>

/** Of the receiving side, which says so once and for ever; there may be no account that it could be of. */
export const TransferRefused = defineEvent("TransferRefused", {
  transferId: Schema.String,
  from: AccountId,
  fromPartition: Schema.Int,
  transitNo: Schema.Int,
  to: AccountId,
  code: Schema.String,
  detail: Schema.String
})

export type TransitEvent = FactOf<typeof TransferArrived> | TransferReturned | FactOf<typeof TransferRefused>
