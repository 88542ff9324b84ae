import { fractionOf } from "#domain/kernel/chance.ts"
import type { Symbol } from "#domain/kernel/ids.ts"
import { downTo, minOf, ONE, parseFixed, type Quantity } from "#domain/kernel/money.ts"
import { plusMicros, secondsOf, type Time } from "#domain/kernel/time.ts"
import type { Instrument } from "#domain/market/instrument.ts"
import type { MarketMessage, Quote } from "#domain/market/messages.ts"
import type { Side } from "#domain/venue/messages.ts"
import { commandId } from "./command-id.ts"
import type { OwnOrderUpdate, StrategyCommand } from "./messages.ts"
import { SymbolOrders } from "./symbol-orders.ts"

export type { OwnOrderUpdate, StrategyCommand } from "./messages.ts"

export type DemoOptions = {
  readonly seed: number
  readonly instruments: ReadonlyArray<Instrument>
  /** units held at the start */
  readonly positions?: ReadonlyMap<Symbol, Quantity>
}

const ACTION_MICROS = 1_000_000
const OPEN_MAX = 2
/** The view of where prices go changes with each period. */
const PERIOD_SECONDS = 30
/** In the quote currency: the largest order, and how many of them the position may be worth. */
const CLIP = parseFixed("2000")
const CLIPS_MAX = 5n

/**
 * A small strategy so that there is something to see: it rests orders at the touch, takes now and then, changes its
 * mind, and cancels what has become stale. At most one action per symbol and second of market time, few open orders, a
 * bounded position, never short. A state machine: chance comes from the seed and the market-data number.
 */
export class DemoStrategy {
  readonly #seed: number
  readonly #books = new Map<
    Symbol,
    { readonly instrument: Instrument; readonly own: SymbolOrders; nextAt: Time | undefined }
  >()

  constructor({ seed, instruments, positions }: DemoOptions) {
    this.#seed = seed
    for (const instrument of instruments) {
      const own = new SymbolOrders(positions?.get(instrument.symbol) ?? 0n)
      this.#books.set(instrument.symbol, { instrument, own, nextAt: undefined })
    }
  }

  order(update: OwnOrderUpdate): void {
    this.#books.get(update.symbol)?.own.update(update)
  }

  market(message: MarketMessage): ReadonlyArray<StrategyCommand> {
    if (message.kind !== "quote") return NONE
    const book = this.#books.get(message.symbol)
    if (book === undefined || (book.nextAt !== undefined && message.at < book.nextAt)) return NONE
    book.nextAt = plusMicros(message.at, ACTION_MICROS)
    const { instrument, own } = book
    const command = this.#cancelStale(message, own) ?? this.#submit(message, instrument, own)
    return command === undefined ? NONE : [command]
  }

  /** How much it holds of a symbol. */
  position(symbol: Symbol): bigint {
    return this.#books.get(symbol)?.own.position ?? 0n
  }

  #cancelStale({ at, no, symbol }: Quote, own: SymbolOrders): StrategyCommand | undefined {
    const stale = own.takeStale(at)
    if (stale === undefined) return undefined
    return { type: "cancel", clOrdId: commandId(at, this.#seed, symbol, no, "cancel"), orderId: stale }
  }

  #submit(quote: Quote, instrument: Instrument, own: SymbolOrders): StrategyCommand | undefined {
    const { at, no, symbol, bid, ask } = quote
    own.forgetUnanswered(at)
    const chance = (what: string) => fractionOf(this.#seed, symbol, no, what)
    if (own.count >= OPEN_MAX || chance("idle") < 0.4) return undefined

    const { lot, minNotional } = instrument
    const clip = downTo((CLIP * BigInt(25 + Math.floor(chance("size") * 75)) * ONE) / (100n * ask), lot)
    const room = (CLIP * CLIPS_MAX * ONE) / ask - own.position - own.buying
    const quantities = {
      buy: downTo(minOf(clip, room), lot),
      sell: downTo(minOf(clip, own.position - own.selling), lot)
    }
    const isWorthIt = (side: Side) => quantities[side] > 0n && quantities[side] * bid >= 2n * minNotional * ONE
    const period = Math.floor(secondsOf(at) / PERIOD_SECONDS)
    const bullish = fractionOf(this.#seed, symbol, period, "view") < 0.5
    const wanted: Side = chance("side") < (bullish ? 0.75 : 0.25) ? "buy" : "sell"
    const side = [wanted, wanted === "buy" ? ("sell" as const) : ("buy" as const)].find(isWorthIt)
    if (side === undefined) return undefined

    const clOrdId = commandId(at, this.#seed, symbol, no, "submit")
    const quantity = quantities[side] as Quantity
    const order = { clOrdId, symbol, side, quantity }
    own.sent(order, at)
    const style = chance("style")
    if (style < 0.1) return { type: "submit", ...order, orderType: "market", timeInForce: "IOC" }
    const takes = style < 0.35
    const price = (side === "buy") === takes ? ask : bid
    return { type: "submit", ...order, orderType: "limit", timeInForce: takes ? "IOC" : "GTC", price }
  }
}

const NONE: ReadonlyArray<StrategyCommand> = []
