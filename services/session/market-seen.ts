import type { MarketSeen } from "#domain/account/commands.ts"
import type { Symbol } from "#domain/kernel/ids.ts"
import type { PriceBoard } from "#domain/market/board.ts"

/** The market as the writer attaches it to a command. */
export const marketSeen =
  (board: PriceBoard) =>
  (symbol: Symbol): MarketSeen => {
    const last = board.lastOf(symbol)
    const quote = board.quoteOf(symbol)
    return {
      ...(last !== undefined && { last: last.price, lastNo: last.mdNo, lastAt: last.at }),
      ...(quote !== undefined && { ask: quote.ask, askNo: quote.mdNo, askAt: quote.at })
    }
  }
