import { averageCost, type Cost } from "#domain/ledger/average-cost.ts"
import { unitsOf } from "#domain/ledger/entry-events.ts"
import type { LedgerEvent } from "#projections/projection.ts"

/** What an event that is no trade makes of a position. */
export type PositionChange = {
  readonly symbol: string
  readonly currency: string
  readonly multiplier?: bigint
  /** units that came or went */
  readonly moved?: bigint
  readonly income?: bigint
  readonly after?: (held: Cost) => Cost
}

const NONE: ReadonlyArray<PositionChange> = []

export const changesBy = ({ type, data }: LedgerEvent): ReadonlyArray<PositionChange> => {
  switch (type) {
    case "TransferredOut":
    case "TransferredIn":
    case "TransferReturned": {
      const units = unitsOf(data)
      if (units === undefined) return NONE
      const { symbol, multiplier, quantity, cost } = units
      const sign = type === "TransferredOut" ? -1n : 1n
      return [{ symbol, currency: data.currency, multiplier, ...carried(sign * quantity, sign * cost) }]
    }
    case "DividendPaid":
      return [{ symbol: data.symbol, currency: data.currency, income: data.net }]
    case "SplitApplied": {
      const { symbol, currency, multiplier, quantityBefore, quantityAfter, cashInLieu, costPaidOut } = data
      const after = ({ cost, realized }: Cost): Cost => ({
        quantity: quantityAfter,
        cost: cost - costPaidOut,
        realized: realized + cashInLieu - costPaidOut
      })
      return [{ symbol, currency, multiplier, moved: quantityAfter - quantityBefore, after }]
    }
    case "SymbolChanged": {
      const { symbol, newSymbol, currency, multiplier, quantity, cost } = data
      return [
        { symbol, currency, multiplier, ...carried(-quantity, -cost) },
        { symbol: newSymbol, currency, multiplier, ...carried(quantity, cost) }
      ]
    }
    case "PositionExpired": {
      const { symbol, currency, multiplier, quantity, cash } = data
      return [{ symbol, currency, multiplier, ...carried(-quantity, -cash) }]
    }
    default:
      return NONE
  }
}

/** Units that come or go for a value: their own cost where they are carried over, so that nothing is realised. */
const carried = (quantity: bigint, value: bigint) => ({
  moved: quantity,
  after: (held: Cost): Cost => averageCost(held, quantity, value)
})
