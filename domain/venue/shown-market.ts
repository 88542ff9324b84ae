import type { Price, Quantity } from "#domain/kernel/money.ts"
import { PriceBook, type BookSide } from "#domain/market/book.ts"
import type { Depth, Level, MarketMessage, Quote, Trade } from "#domain/market/messages.ts"

/** What we took at a price, and what was shown there when we did. */
type Taken = { readonly shown: Quantity; quantity: bigint }

const NOTHING = 0n as Quantity

/**
 * What the market shows of one symbol to an order: the depth book where there is one, and the quote. Whichever came last
 * is right about the touch: a quote that is newer than the depth hides the levels before it. The paper venue leaves no
 * trace in the real market, so it remembers what it took from a level until news of that level comes.
 */
export class ShownMarket {
  readonly #book = new PriceBook()
  #depthNo = 0
  #quote: Quote | undefined
  #last: Price | undefined
  readonly #taken = { bid: new Map<Price, Taken>(), ask: new Map<Price, Taken>() }

  /** Whether anything was ever shown to trade against. */
  get isKnown(): boolean {
    return this.#quote !== undefined || !this.#book.isEmpty
  }

  /** The price of the last trade. */
  get last(): Price | undefined {
    return this.#last
  }

  apply(message: MarketMessage): void {
    if (message.kind === "trade") this.#applyTrade(message)
    else if (message.kind === "quote") this.#applyQuote(message)
    else this.#applyDepth(message)
  }

  /** The best level shown. */
  best(side: BookSide): Level | undefined {
    const quote = this.#newestQuote()
    return quote === undefined ? this.#book.best(side) : topOf(quote, side)
  }

  /** What is shown at a price, as far as it is known: 0 beyond what is shown. */
  quantityAt(side: BookSide, price: Price): Quantity {
    const quote = this.#newestQuote()
    const top = quote && topOf(quote, side)
    if (quote !== undefined) {
      if (top === undefined || isBetter(side, price, top[0])) return NOTHING
      if (price === top[0]) return top[1]
    }
    return this.#book.quantityAt(side, price)
  }

  /** Up to where the depth is known: what is not listed before it is empty, what lies behind it may not be. */
  worstKnown(side: BookSide): Price | undefined {
    return this.#book.worstPrice(side)
  }

  /** Levels from the best on with what we can still have there, until `visit` answers false. */
  walk(side: BookSide, visit: (price: Price, free: bigint) => boolean): void {
    const quote = this.#newestQuote()
    const top = quote && topOf(quote, side)
    if (quote !== undefined && (top === undefined || !visit(top[0], this.#free(side, top[0], top[1])))) return
    this.#book.walk(side, (price, quantity) => {
      if (top !== undefined && !isBetter(side, top[0], price)) return true
      return visit(price, this.#free(side, price, quantity))
    })
  }

  /** Remembers that we had `quantity` of what is shown at a price. */
  take(side: BookSide, price: Price, quantity: bigint): void {
    const taken = this.#taken[side].get(price)
    if (taken !== undefined) taken.quantity += quantity
    else this.#taken[side].set(price, { shown: this.quantityAt(side, price), quantity })
  }

  #applyTrade(trade: Trade): void {
    this.#last = trade.price
  }

  #applyQuote(quote: Quote): void {
    this.#quote = quote
    for (const side of SIDES) {
      const taken = this.#taken[side]
      if (taken.size === 0) continue
      const top = topOf(quote, side)
      for (const [price, { shown }] of taken) {
        const isGone = top === undefined || isBetter(side, price, top[0])
        // a quote repeats the side that did not change: the same size is no news
        if (isGone || (price === top[0] && shown !== top[1])) taken.delete(price)
      }
    }
  }

  #applyDepth(depth: Depth): void {
    this.#book.apply(depth)
    this.#depthNo = depth.no
    for (const side of SIDES) {
      const taken = this.#taken[side]
      if (taken.size === 0) continue
      const news = depth.snapshot ? taken.keys() : (side === "bid" ? depth.bids : depth.asks).map(([price]) => price)
      for (const price of news) if (taken.get(price)?.shown !== this.#book.quantityAt(side, price)) taken.delete(price)
    }
  }

  /** The quote, where it knows better than the depth. */
  #newestQuote(): Quote | undefined {
    const quote = this.#quote
    return quote !== undefined && (quote.no > this.#depthNo || this.#book.isEmpty) ? quote : undefined
  }

  #free(side: BookSide, price: Price, shown: Quantity): bigint {
    const taken = this.#taken[side]
    const free = taken.size === 0 ? shown : shown - (taken.get(price)?.quantity ?? 0n)
    return free > 0n ? free : 0n
  }
}

const SIDES: ReadonlyArray<BookSide> = ["bid", "ask"]

const topOf = (quote: Quote, side: BookSide): Level | undefined => {
  const top: Level = side === "bid" ? [quote.bid, quote.bidSize] : [quote.ask, quote.askSize]
  return top[1] > 0n ? top : undefined
}

const isBetter = (side: BookSide, a: Price, b: Price): boolean => (side === "bid" ? a > b : a < b)
