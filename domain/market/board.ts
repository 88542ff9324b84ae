import type { Symbol } from "#domain/kernel/ids.ts"
import type { Price, Quantity } from "#domain/kernel/money.ts"
import type { Time } from "#domain/kernel/time.ts"
import type { MarketMessage, Quote, Trade } from "./messages.ts"

/** Where a price comes from: the number of its market-data message and when that reached us. */
type Seen = { readonly mdNo: number; readonly at: Time }
export type LastTrade = Seen & { readonly price: Price }
export type TopOfBook = Seen & {
  readonly bid: Price
  readonly bidSize: Quantity
  readonly ask: Price
  readonly askSize: Quantity
}

/**
 * The newest quote and trade of each symbol: what the order writer attaches to commands. Messages are kept as they came
 * and read rarely, so a tick costs one map write and no object.
 */
export class PriceBoard {
  readonly #quotes = new Map<Symbol, Quote>()
  readonly #trades = new Map<Symbol, Trade>()
  #mdNo = 0

  evolve(message: MarketMessage): void {
    this.#mdNo = message.no
    if (message.kind === "quote") this.#quotes.set(message.symbol, message)
    else if (message.kind === "trade") this.#trades.set(message.symbol, message)
  }

  /** Number of the newest message of any symbol, 0 before the first. */
  get mdNo(): number {
    return this.#mdNo
  }

  lastOf(symbol: Symbol): LastTrade | undefined {
    const trade = this.#trades.get(symbol)
    return trade && { price: trade.price, mdNo: trade.no, at: trade.at }
  }

  quoteOf(symbol: Symbol): TopOfBook | undefined {
    const quote = this.#quotes.get(symbol)
    if (quote === undefined) return undefined
    const { bid, bidSize, ask, askSize, no, at } = quote
    return { bid, bidSize, ask, askSize, mdNo: no, at }
  }

  /** Symbols of which a trade or a quote is known. */
  symbols(): ReadonlySet<Symbol> {
    return new Set([...this.#quotes.keys(), ...this.#trades.keys()])
  }
}
