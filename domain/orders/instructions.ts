import { Schema } from "effect"
import { Price, Quantity, Rate } from "#domain/kernel/money.ts"

/** Which price triggers a stop, a touch or a trail: trades, the other side's quote, or the mark (here the mid). */
export const TriggerOn = Schema.Literals(["last", "bid-ask", "mark"])
export type TriggerOn = typeof TriggerOn.Type

/** How an order is to be worked, beyond its prices (FIX ExecInst 18, TriggeringInstructions, PegInstructions, DisplayInstruction). */
export const instructionFields = {
  /** `last` where absent */
  triggerOn: Schema.optionalKey(TriggerOn),
  /** who waits for the trigger: the venue (where absent), or a watcher of ours that sends the order when it comes */
  triggerBy: Schema.optionalKey(Schema.Literals(["venue", "local"])),
  /** how far a trailing stop stays behind the best price seen: an amount, or a percentage (0.01 is one basis point) */
  trailAmount: Schema.optionalKey(Price),
  trailPercent: Schema.optionalKey(Rate),
  /** of a trailing stop-limit: how far the limit price lies beyond the stop price */
  limitOffset: Schema.optionalKey(Price),
  /** what an iceberg shows at a time (FIX DisplayQty 1138) */
  displayQuantity: Schema.optionalKey(Quantity),
  /** the first fill must be at least this (FIX MinQty 110) */
  minQuantity: Schema.optionalKey(Quantity),
  /** what a pegged order follows: the best price of its own side, or the mid; its `price` is the limit of that */
  peg: Schema.optionalKey(Schema.Literals(["best", "mid"])),
  /** how far behind (below for a buy) that the order lies */
  pegOffset: Schema.optionalKey(Price),
  /** never takes: refused where it would trade at once (FIX ExecInst 6) */
  postOnly: Schema.optionalKey(Schema.Boolean),
  /** never opens or turns a position */
  reduceOnly: Schema.optionalKey(Schema.Boolean),
  /** filled whole or not at all, but may rest (FIX ExecInst G) */
  allOrNone: Schema.optionalKey(Schema.Boolean)
}
const Instructions = Schema.Struct(instructionFields)
export type Instructions = typeof Instructions.Type

const NAMES = Object.keys(instructionFields) as ReadonlyArray<keyof Instructions>
const NONE: Instructions = Object.freeze({})

/** Most orders have none; asked name by name, because a list of names would cost more than everything else here. */
export const isPlain = (order: Instructions): boolean =>
  order.triggerOn === undefined &&
  order.triggerBy === undefined &&
  order.trailAmount === undefined &&
  order.trailPercent === undefined &&
  order.limitOffset === undefined &&
  order.displayQuantity === undefined &&
  order.minQuantity === undefined &&
  order.peg === undefined &&
  order.pegOffset === undefined &&
  order.postOnly === undefined &&
  order.reduceOnly === undefined &&
  order.allOrNone === undefined

/** Only the instructions of something that has more, and only those that are there. */
export const instructionsOf = (order: Instructions): Instructions => {
  if (isPlain(order)) return NONE
  const picked: Record<string, unknown> = {}
  for (const name of NAMES) if (order[name] !== undefined) picked[name] = order[name]
  return picked
}
