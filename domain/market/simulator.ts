import { chanceOf, fractionOf } from "#domain/kernel/chance.ts"
import { ONE, parseFixed, type Price, type Quantity } from "#domain/kernel/money.ts"
import { EPOCH, type Time } from "#domain/kernel/time.ts"
import { defaultInstruments } from "./default-instruments.ts"
import type { Instrument } from "./instrument.ts"
import type { Level, MarketMessage, Quote } from "./messages.ts"
import { priceNoise } from "./price-noise.ts"

/** What a symbol sends in ten steps, which are one second. It starts with one of each kind. */
const ROTA = ["quote", "trade", "depth", "quote", "trade", "quote", "quote", "trade", "quote", "quote"] as const
const STEPS_PER_SECOND = ROTA.length
const LEVELS = 20
const SPREAD_TICKS_MAX = 4
/** The largest size shown at a price, as money. */
const SHOWN_NOTIONAL_MAX = 100_000n

export type SimulatedSymbol = { readonly instrument: Instrument; readonly start: Price }

export type SimulatedMarket = {
  /** Message `no` (from 1 on) of this market. It depends on nothing but the seed and the number; `at` is only written down. */
  readonly message: (no: number, at: Time) => MarketMessage
  readonly messagesPerSecond: number
  /** Any so many messages in a row hold a quote, a trade and the depth of every symbol. */
  readonly cycle: number
}

const STARTS: Readonly<Record<string, string>> = { BTCUSDT: "45000", ETHUSDT: "2500", SOLUSDT: "100" }
const defaultSymbols = (): ReadonlyArray<SimulatedSymbol> =>
  defaultInstruments.map((instrument) => ({
    instrument,
    start: parseFixed(STARTS[instrument.symbol] ?? "100") as Price
  }))

/**
 * A market that anybody with the seed can compute at any number, so that a platform which starts again needs only the
 * number to go on with. Symbols take turns; prices wander, come back, and stay within 15 % of their start; trades are
 * at the bid or the ask of the quote before them.
 */
export const simulatedMarket = (
  seed: number,
  symbols: ReadonlyArray<SimulatedSymbol> = defaultSymbols()
): SimulatedMarket => {
  const sources = symbols.map((symbol) => symbolSource(seed, symbol))
  return {
    message: (no, at) => {
      const position = no - 1
      return sources[position % sources.length]!(Math.floor(position / sources.length), no, at)
    },
    messagesPerSecond: STEPS_PER_SECOND * sources.length,
    cycle: STEPS_PER_SECOND * sources.length
  }
}

/** The trades and quotes of these numbers once more. Their times are not those of then, which nobody has kept. */
export const simulatedHistory = (seed: number, symbols?: ReadonlyArray<SimulatedSymbol>) =>
  function* (from: number, to: number): Iterable<MarketMessage> {
    const market = simulatedMarket(seed, symbols)
    for (let no = from; no <= to; no++) {
      const message = market.message(no, EPOCH)
      if (message.kind !== "depth") yield message
    }
  }

type Source = (step: number, no: number, at: Time) => MarketMessage

const symbolSource = (seed: number, { instrument, start }: SimulatedSymbol): Source => {
  const { symbol, tick, lot } = instrument
  const base = chanceOf(seed, symbol, "details")
  const noise = priceNoise(seed, symbol)
  const startTicks = Number(start / tick)
  const lotsMax = Math.max(1, Number((SHOWN_NOTIONAL_MAX * ONE * ONE) / (start * lot)))
  const gapTicksMax = Math.max(1, Math.floor(startTicks * 0.00002))

  const priceAt = (ticks: number): Price => (BigInt(ticks) * tick) as Price
  /** Small sizes are frequent, large ones rare. */
  const lotsOf = (max: number, step: number, key: number): number => {
    const fraction = fractionOf(base, step, key)
    return 1 + Math.floor(fraction * fraction * (max - 1))
  }
  const size = (lots: number): Quantity => (BigInt(lots) * lot) as Quantity

  const top = (step: number) => {
    const middle = Math.floor(startTicks * (1 + noise(step)))
    const spread = 1 + (chanceOf(base, step, 0) % SPREAD_TICKS_MAX)
    const bid = middle - Math.floor(spread / 2)
    return { bid, ask: bid + spread, bidLots: lotsOf(lotsMax, step, 1), askLots: lotsOf(lotsMax, step, 2) }
  }

  const quote = (step: number, no: number, at: Time): Quote => {
    const { bid, ask, bidLots, askLots } = top(step)
    return {
      kind: "quote",
      no,
      at,
      symbol,
      bid: priceAt(bid),
      bidSize: size(bidLots),
      ask: priceAt(ask),
      askSize: size(askLots)
    }
  }

  const trade = (step: number, no: number, at: Time): MarketMessage => {
    const shown = top(quoteStep(step))
    const rising = noise(step + STEPS_PER_SECOND) > noise(step) // takers are more often right than wrong
    const buys = fractionOf(base, step, 3) < (rising ? 0.7 : 0.3)
    const lots = lotsOf(buys ? shown.askLots : shown.bidLots, step, 4)
    return {
      kind: "trade",
      no,
      at,
      symbol,
      price: priceAt(buys ? shown.ask : shown.bid),
      quantity: size(lots),
      aggressor: buys ? "buy" : "sell",
      tradeId: String(no)
    }
  }

  /**
   * The levels of a side from the touch outward; the best is that of the quote before. Further out they are further
   * apart, so that a quote which has moved within the second still has some behind it.
   */
  const side = (step: number, best: number, bestLots: number, direction: 1 | -1): ReadonlyArray<Level> => {
    const levels: Array<Level> = [[priceAt(best), size(bestLots)]]
    let ticks = best
    for (let i = 1; i < LEVELS; i++) {
      const key = 10 * i + direction
      ticks += direction * (1 + (chanceOf(base, step, key) % (i * gapTicksMax)))
      levels.push([priceAt(ticks), size(lotsOf(lotsMax, step, 1000 + key))])
    }
    return levels
  }

  const depth = (step: number, no: number, at: Time): MarketMessage => {
    const shown = top(quoteStep(step))
    const bids = side(step, shown.bid, shown.bidLots, -1)
    const asks = side(step, shown.ask, shown.askLots, 1)
    return { kind: "depth", no, at, symbol, snapshot: true, bids, asks }
  }

  const kinds = { quote, trade, depth }
  return (step, no, at) => kinds[ROTA[step % ROTA.length]!](step, no, at)
}

/** The step of the newest quote at `step`. */
const quoteStep = (step: number): number => {
  let at = step
  while (ROTA[at % ROTA.length] !== "quote") at--
  return at
}
