import { digestOf } from "#domain/kernel/chance.ts"
import type { Recorded } from "#domain/kernel/event.ts"
import type { AccountId } from "#domain/kernel/ids.ts"
import type { Time } from "#domain/kernel/time.ts"
import type { EntryEvent } from "#domain/ledger/entry-events.ts"
import type { Entry, PostEntry, Transfer } from "./entries.ts"

/** What was asked, from the request or again from the event that it left; see content.ts. */
export const contentOfEntryRequest = (request: PostEntry | Transfer, recordedAt: Time): number => {
  const { reference, effectiveAt } = request
  const asked = effectiveAt === recordedAt ? undefined : effectiveAt
  return request.type === "Transfer"
    ? transferDigest(request.to, request.moved, asked, reference)
    : digestOf("entry", asked, reference, ...partsOf(request.entry))
}

export const contentOfEntryEvent = (event: Recorded<EntryEvent>): number => {
  const asked = event.effectiveAt === event.recordedAt ? undefined : event.effectiveAt
  const { type, data } = event
  if (type === "TransferredIn") return 0 // the command was that of the other account
  if (type !== "TransferredOut") return digestOf("entry", asked, data.reference, ...partsOf(askedBy(event)))
  const { to, currency, amount, symbol, quantity, reference } = data
  const moved = symbol === undefined ? { currency, amount: amount! } : { symbol, quantity: quantity! }
  return transferDigest(to, moved, asked, reference)
}

const transferDigest = (
  to: AccountId,
  moved: Transfer["moved"],
  asked: Time | undefined,
  reference: string | undefined
): number => {
  const [unit, amount] = "symbol" in moved ? [`units ${moved.symbol}`, moved.quantity] : [moved.currency, moved.amount]
  return digestOf("transfer", asked, reference, to, unit, amount)
}

/** What the event does not tell was computed, not asked for. */
const askedBy = ({
  type,
  data
}: Recorded<Exclude<EntryEvent, { type: "TransferredOut" | "TransferredIn" }>>): Entry => {
  switch (type) {
    case "FeeCharged":
      return { kind: "fee", currency: data.currency, amount: data.amount, fee: data.kind }
    case "InterestPosted":
      return { kind: "interest", currency: data.currency, amount: data.amount }
    case "DividendPaid": {
      const { symbol, perUnit, quantity, basis, taxWithheld } = data
      return { kind: "dividend", symbol, perUnit, taxWithheld, ...(basis === "given" && { quantity }) }
    }
    case "SplitApplied": {
      const { symbol, numerator, denominator, fractions, price } = data
      const given = { ...(fractions !== undefined && { fractions }), ...(price !== undefined && { price }) }
      return { kind: "split", symbol, numerator, denominator, ...given }
    }
    case "SymbolChanged":
      return { kind: "symbol-change", symbol: data.symbol, newSymbol: data.newSymbol }
    case "PositionExpired":
      return { kind: "expiry", symbol: data.symbol, price: data.price }
  }
}

const partsOf = (entry: Entry): ReadonlyArray<string | bigint | undefined> => {
  const { kind } = entry
  switch (kind) {
    case "fee":
      return [kind, entry.currency, entry.amount, entry.fee]
    case "interest":
      return [kind, entry.currency, entry.amount]
    case "dividend":
      return [kind, entry.symbol, entry.perUnit, entry.quantity, entry.taxWithheld ?? 0n]
    case "split": {
      const { symbol, numerator, denominator, fractions, price } = entry
      return [kind, symbol, String(numerator), String(denominator), fractions, price]
    }
    case "symbol-change":
      return [kind, entry.symbol, entry.newSymbol]
    case "expiry":
      return [kind, entry.symbol, entry.price]
  }
}
