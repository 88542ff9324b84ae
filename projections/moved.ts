import { parseFixed } from "#domain/kernel/money.ts"
import type { LedgerEvent } from "./projection.ts"

/**
 * What a group that moves takes out of a partition (-1) or brings into it (1); `moves`: how often it had moved when it
 * came to where it is now, or was.
 */
export const movedBy = ({ type, data }: LedgerEvent) => {
  switch (type) {
    case "GroupMovedOut":
      return { sign: -1n, moves: data.moved.moves - 1, accounts: data.moved.accounts }
    case "GroupMovedIn":
    case "GroupReturned":
      return { sign: 1n, moves: data.moved.moves, accounts: data.moved.accounts }
    default:
      return undefined
  }
}

export const movedCash = (event: LedgerEvent) => {
  const moved = movedBy(event)
  return moved?.accounts.flatMap(({ account, currency: own, cash }) => {
    // an account has a row of its own currency, whatever it has
    const lines = cash.some(({ currency }) => currency === own) ? cash : [...cash, { currency: own, total: "0" }]
    const { sign, moves } = moved
    return lines.map(({ currency, total }) => ({ account, currency, amount: sign * parseFixed(total), moves }))
  })
}
