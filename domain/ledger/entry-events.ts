import { Schema } from "effect"
import { defineEvent, type FactOf } from "#domain/kernel/event.ts"
import { AccountId, Currency, Symbol } from "#domain/kernel/ids.ts"
import { Cash, formatFixed, ONE, parseFixed, Price, Quantity, Rate, ratioHalfEven } from "#domain/kernel/money.ts"

/** What happens to an account besides trading. Each says all that a posting or a report needs of it. */

/** the caller's own word for it */
const reference = Schema.optionalKey(Schema.String)

/** `amount` of `currency`; or units of a symbol with what they cost, in `currency`. */
export const carried = {
  /** ties both sides together */
  transferId: Schema.String,
  currency: Currency,
  amount: Schema.optionalKey(Cash),
  symbol: Schema.optionalKey(Symbol),
  base: Schema.optionalKey(Currency),
  multiplier: Schema.optionalKey(Rate),
  quantity: Schema.optionalKey(Quantity),
  cost: Schema.optionalKey(Cash),
  reference
}
/** where units come from, for a partition that has none of the symbol yet */
const mark = Schema.optionalKey(Price)
/**
 * Both sides are one commit, unless the other account is in another partition: then that is named, and `transitNo` counts
 * what goes from the one partition to the other, without a gap.
 */
type Stored = Readonly<Record<string, unknown>>
/** Units went to another partition without their mark once: what they cost stands for it. */
const withMark = (data: Stored): Stored => {
  if (data["symbol"] === undefined || data["transitNo"] === undefined) return data
  const [cost, quantity, multiplier] = ["cost", "quantity", "multiplier"].map((name) =>
    parseFixed(data[name] as string)
  )
  return { ...data, mark: formatFixed(ratioHalfEven(cost!, ONE * ONE, quantity! * multiplier!)) }
}
const versions = { v: 3, upcasts: { 1: (data: Stored) => data, 2: withMark } }
const transitNo = Schema.optionalKey(Schema.Int)
export const TransferredOut = defineEvent(
  "TransferredOut",
  { to: AccountId, ...carried, toPartition: Schema.optionalKey(Schema.Int), transitNo, mark },
  versions
)
export const TransferredIn = defineEvent(
  "TransferredIn",
  { from: AccountId, ...carried, fromPartition: Schema.optionalKey(Schema.Int), transitNo, mark },
  versions
)

export const FeeCharged = defineEvent("FeeCharged", {
  kind: Schema.String,
  currency: Currency,
  amount: Cash,
  reference
})
/** Above 0 it was earned, below 0 it was paid. */
export const InterestPosted = defineEvent("InterestPosted", { currency: Currency, amount: Cash, reference })

/** Below 0 for who is short: he pays it. */
export const DividendPaid = defineEvent("DividendPaid", {
  symbol: Symbol,
  perUnit: Price,
  /** the units that it is paid for, and whether they are those held now or were given, as of a record date */
  quantity: Quantity,
  basis: Schema.Literals(["held", "given"]),
  currency: Currency,
  gross: Cash,
  taxWithheld: Cash,
  net: Cash,
  reference
})

/** `numerator` units for `denominator`. What it cost stays, but for the part that is paid out in cash. */
export const SplitApplied = defineEvent("SplitApplied", {
  symbol: Symbol,
  base: Currency,
  multiplier: Rate,
  numerator: Schema.Int,
  denominator: Schema.Int,
  quantityBefore: Quantity,
  quantityAfter: Quantity,
  /** what was to become of parts of a lot, where somebody said so, and the price of a new unit for them */
  fractions: Schema.optionalKey(Schema.Literals(["keep", "cash"])),
  price: Schema.optionalKey(Price),
  currency: Currency,
  cashInLieu: Cash,
  /** what the part that was paid out had cost */
  costPaidOut: Cash,
  reference
})

/** A holding goes on under another symbol, unit for unit, with its cost. */
export const SymbolChanged = defineEvent("SymbolChanged", {
  symbol: Symbol,
  newSymbol: Symbol,
  base: Currency,
  newBase: Currency,
  multiplier: Rate,
  quantity: Quantity,
  currency: Currency,
  cost: Cash,
  reference
})

/** A position ends at its settlement price; at 0 it is worthless. Below 0 it was short. */
export const PositionExpired = defineEvent("PositionExpired", {
  symbol: Symbol,
  base: Currency,
  multiplier: Rate,
  quantity: Quantity,
  price: Price,
  currency: Currency,
  cash: Cash,
  reference
})

export type EntryEvent =
  | FactOf<typeof TransferredOut>
  | FactOf<typeof TransferredIn>
  | FactOf<typeof FeeCharged>
  | FactOf<typeof InterestPosted>
  | FactOf<typeof DividendPaid>
  | FactOf<typeof SplitApplied>
  | FactOf<typeof SymbolChanged>
  | FactOf<typeof PositionExpired>

/** What a transfer moves. */
export type Carried = Schema.Struct.Type<typeof carried>
/** Units that a transfer moves, with their cost; undefined where it moves money. */
type CarriedUnits = Required<Pick<Carried, "symbol" | "base" | "multiplier" | "quantity" | "cost">>
export const unitsOf = ({ symbol, base, multiplier, quantity, cost }: Carried): CarriedUnits | undefined =>
  symbol === undefined || base === undefined || multiplier === undefined || quantity === undefined || cost === undefined
    ? undefined
    : { symbol, base, multiplier, quantity, cost }
