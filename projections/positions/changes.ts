import { averageCost, type Cost } from "#domain/ledger/average-cost.ts"
import { parseFixed } from "#domain/kernel/money.ts"
import { unitsOf } from "#domain/ledger/entry-events.ts"
import { movedBy } from "#projections/moved.ts"
import type { LedgerEvent } from "#projections/projection.ts"

/** What an event that is no trade makes of a position. */
export type PositionChange = {
  /** whose, where the event names several */
  readonly account?: string
  readonly symbol: string
  readonly currency: string
  readonly multiplier?: bigint
  /** units that came or went */
  readonly moved?: bigint
  readonly income?: bigint
  readonly after?: (held: Cost) => Cost
}

const NONE: ReadonlyArray<PositionChange> = []

export const changesBy = (event: LedgerEvent): ReadonlyArray<PositionChange> => {
  const { type, data } = event
  switch (type) {
    case "GroupMovedOut":
    case "GroupMovedIn":
    case "GroupReturned":
      return movedUnits(event)
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

const movedUnits = (event: LedgerEvent): ReadonlyArray<PositionChange> => {
  const { sign, accounts } = movedBy(event)!
  return accounts.flatMap(({ account, holdings }) =>
    holdings.flatMap(({ symbol, currency, multiplier, quantity, cost }) => {
      if (quantity === "0") return []
      const units = carried(sign * parseFixed(quantity), sign * parseFixed(cost))
      return [{ account, symbol, currency, multiplier: parseFixed(multiplier), ...units }]
    })
  )
}

/** Units that come or go for a value: their own cost where they are carried over, so that nothing is realised. */
const carried = (quantity: bigint, value: bigint) => ({
  moved: quantity,
  after: (held: Cost): Cost => averageCost(held, quantity, value)
})
