import type { Recorded } from "#domain/kernel/event.ts"
import { unitsOf, type EntryEvent } from "./entry-events.ts"
import { transfer, type Posting } from "./posting.ts"
import type { TransferReturned } from "./transit-events.ts"

/**
 * The double entry of what is no trade. A transfer passes an account in between, so that each side is balanced by itself:
 * over all partitions it holds what is on its way from one to another;
 * income comes from an account for its kind, tax goes to one; units that become others are exchanged.
 */
export const entryPostings = (own: string, event: Recorded<EntryEvent | TransferReturned>): ReadonlyArray<Posting> =>
  linesOf(own, event).filter(({ amount }) => amount !== 0n)

const linesOf = (own: string, { type, data }: Recorded<EntryEvent | TransferReturned>): ReadonlyArray<Posting> => {
  switch (type) {
    case "TransferredOut":
    case "TransferredIn":
    case "TransferReturned": {
      const [from, to] = type === "TransferredOut" ? [own, "in-transit"] : ["in-transit", own]
      const units = unitsOf(data)
      if (units !== undefined) return transfer(from, to, units.base, units.quantity)
      return data.amount === undefined ? [] : transfer(from, to, data.currency, data.amount)
    }
    case "FeeCharged":
      return transfer(own, "fees:firm", data.currency, data.amount)
    case "InterestPosted":
      return transfer("interest", own, data.currency, data.amount)
    case "DividendPaid":
      return [
        ...transfer("dividends", own, data.currency, data.gross),
        ...transfer(own, "tax", data.currency, data.taxWithheld)
      ]
    case "SplitApplied": {
      const { base, quantityBefore, quantityAfter, currency, cashInLieu } = data
      return [
        ...transfer("conversion", own, base, quantityAfter - quantityBefore),
        ...transfer("conversion", own, currency, cashInLieu)
      ]
    }
    case "SymbolChanged":
      return [
        ...transfer(own, "conversion", data.base, data.quantity),
        ...transfer("conversion", own, data.newBase, data.quantity)
      ]
    case "PositionExpired":
      return [
        ...transfer(own, "conversion", data.base, data.quantity),
        ...transfer("conversion", own, data.currency, data.cash)
      ]
  }
}
