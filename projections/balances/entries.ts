import type { LedgerEvent } from "#projections/projection.ts"

/** Money that an event other than a payment or a trade brings (below 0: takes), and which column tells of it. */
export type CashEntry = {
  readonly currency: string
  readonly column: "transferred" | "charged" | "interest" | "dividends" | "settled"
  readonly amount: bigint
}

export const cashEntryOf = (event: LedgerEvent): CashEntry | undefined => {
  const entry = entryOf(event)
  return entry?.amount === 0n ? undefined : entry
}

const entryOf = ({ type, data }: LedgerEvent): CashEntry | undefined => {
  switch (type) {
    case "TransferredOut":
    case "TransferredIn":
    case "TransferReturned": {
      const { amount, currency } = data
      if (amount === undefined) return undefined
      return { currency, column: "transferred", amount: type === "TransferredOut" ? -amount : amount }
    }
    case "FeeCharged":
      return { currency: data.currency, column: "charged", amount: -data.amount }
    case "InterestPosted":
      return { currency: data.currency, column: "interest", amount: data.amount }
    case "DividendPaid":
      return { currency: data.currency, column: "dividends", amount: data.net }
    case "SplitApplied":
      return { currency: data.currency, column: "settled", amount: data.cashInLieu }
    case "PositionExpired":
      return { currency: data.currency, column: "settled", amount: data.cash }
    default:
      return undefined
  }
}
