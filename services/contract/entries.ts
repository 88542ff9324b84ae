import { Schema } from "effect"
import { AccountId, ClOrdId, Currency, Symbol } from "#domain/kernel/ids.ts"
import {
  CashInput,
  CashLimitInput,
  PriceInput,
  PriceOrZeroInput,
  QuantityInput,
  SignedCashInput
} from "#services/http/decimals.ts"
import { BalanceBody, HoldingBody } from "./accounts.ts"
import { DecimalText, Note, TimeInput, TimeText } from "./fields.ts"

/** What every entry may say besides: its own id, the caller's word for it, and when it was true. */
const noted = {
  clOrdId: Schema.optionalKey(ClOrdId),
  reference: Schema.optionalKey(Note),
  effectiveAt: Schema.optionalKey(TimeInput)
}

/** Body of `POST /accounts/A/transfers`: `amount` of `currency`, or `quantity` of `symbol` with what it cost. */
export const NewTransfer = Schema.Struct({
  to: AccountId,
  currency: Schema.optionalKey(Currency),
  amount: Schema.optionalKey(CashInput),
  symbol: Schema.optionalKey(Symbol),
  quantity: Schema.optionalKey(QuantityInput),
  ...noted
})
  .check(
    Schema.makeFilter(({ currency, amount, symbol, quantity }) => {
      const money = currency !== undefined && amount !== undefined && symbol === undefined && quantity === undefined
      const units = symbol !== undefined && quantity !== undefined && currency === undefined && amount === undefined
      const path = symbol === undefined && quantity === undefined ? "amount" : "quantity"
      return money || units
        ? undefined
        : { path: [path], issue: "either currency and amount move, or symbol and quantity" }
    })
  )
  .annotate({ identifier: "NewTransfer" })
export type NewTransfer = typeof NewTransfer.Type

const Ratio = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1_000_000_000 }))

/** What each kind needs, and what it may have. */
const KINDS = {
  fee: { needs: ["currency", "amount", "fee"], may: [] },
  interest: { needs: ["currency", "amount"], may: [] },
  dividend: { needs: ["symbol", "perUnit"], may: ["quantity", "taxWithheld"] },
  split: { needs: ["symbol", "numerator", "denominator"], may: ["fractions", "price"] },
  "symbol-change": { needs: ["symbol", "newSymbol"], may: [] },
  expiry: { needs: ["symbol", "price"], may: [] }
} as const satisfies Record<string, { needs: ReadonlyArray<string>; may: ReadonlyArray<string> }>

const entryInputs = {
  currency: Schema.optionalKey(Currency),
  /** of a fee above 0; of interest above 0 earned, below 0 paid */
  amount: Schema.optionalKey(SignedCashInput),
  /** what the fee is for */
  fee: Schema.optionalKey(Note),
  symbol: Schema.optionalKey(Symbol),
  perUnit: Schema.optionalKey(PriceInput),
  /** units entitled to the dividend, where not those held now */
  quantity: Schema.optionalKey(QuantityInput),
  taxWithheld: Schema.optionalKey(CashLimitInput),
  numerator: Schema.optionalKey(Ratio),
  denominator: Schema.optionalKey(Ratio),
  /** parts of a lot that a split leaves: kept, or paid out at `price` for a new unit */
  fractions: Schema.optionalKey(Schema.Literals(["keep", "cash"])),
  /** for fractions; of an expiry the settlement price, 0 for what is worthless */
  price: Schema.optionalKey(PriceOrZeroInput),
  newSymbol: Schema.optionalKey(Symbol)
}
const OWN_FIELDS = Object.keys(entryInputs) as ReadonlyArray<keyof typeof entryInputs>

/** Body of `POST /accounts/A/entries`: which fields go with which kind stands in {@link KINDS}. */
export const NewEntry = Schema.Struct({
  kind: Schema.Literals(["fee", "interest", "dividend", "split", "symbol-change", "expiry"]),
  ...entryInputs,
  ...noted
})
  .check(
    Schema.makeFilter((entry) => {
      const { needs, may }: { needs: ReadonlyArray<string>; may: ReadonlyArray<string> } = KINDS[entry.kind]
      return OWN_FIELDS.flatMap((field) => {
        const isThere = entry[field] !== undefined
        if (needs.includes(field)) return isThere ? [] : [{ path: [field], issue: `a ${entry.kind} needs it` }]
        return isThere && !may.includes(field) ? [{ path: [field], issue: `a ${entry.kind} has none` }] : []
      })
    })
  )
  .annotate({ identifier: "NewEntry" })
export type NewEntry = typeof NewEntry.Type

const recorded = {
  account: Schema.String,
  clOrdId: Schema.String,
  reference: Schema.optionalKey(Schema.String),
  effectiveAt: TimeText,
  recordedAt: TimeText,
  /** of the account, after it */
  balance: BalanceBody,
  positions: Schema.Array(HoldingBody),
  position: Schema.String
}

/** A transfer that was recorded; `cost` is what the units take along, in `currency`. */
export const TransferBody = Schema.Struct({
  transferId: Schema.String,
  to: Schema.String,
  currency: Schema.String,
  amount: Schema.optionalKey(DecimalText),
  symbol: Schema.optionalKey(Schema.String),
  quantity: Schema.optionalKey(DecimalText),
  cost: Schema.optionalKey(DecimalText),
  /** where the other account is, when it is in another partition: there it arrives a moment later, or comes back from it */
  toPartition: Schema.optionalKey(Schema.Int),
  ...recorded
}).annotate({ identifier: "Transfer" })
export type TransferBody = typeof TransferBody.Type

/** An entry that was recorded: what was asked, and what came of it. */
export const EntryBody = Schema.Struct({
  kind: Schema.String,
  currency: Schema.String,
  /** money that came by it (below 0: went) */
  cash: DecimalText,
  amount: Schema.optionalKey(DecimalText),
  fee: Schema.optionalKey(Schema.String),
  symbol: Schema.optionalKey(Schema.String),
  newSymbol: Schema.optionalKey(Schema.String),
  perUnit: Schema.optionalKey(DecimalText),
  quantity: Schema.optionalKey(DecimalText),
  gross: Schema.optionalKey(DecimalText),
  taxWithheld: Schema.optionalKey(DecimalText),
  numerator: Schema.optionalKey(Schema.Int),
  denominator: Schema.optionalKey(Schema.Int),
  quantityAfter: Schema.optionalKey(DecimalText),
  price: Schema.optionalKey(DecimalText),
  cost: Schema.optionalKey(DecimalText),
  ...recorded
}).annotate({ identifier: "Entry" })
export type EntryBody = typeof EntryBody.Type
