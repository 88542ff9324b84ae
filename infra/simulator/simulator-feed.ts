import type { Time } from "#domain/kernel/time.ts"
import { laterOf, microsOf, plusMicros } from "#domain/kernel/time.ts"
import type { MarketMessage } from "#domain/market/messages.ts"
import { simulatedMarket, type SimulatedSymbol } from "#domain/market/simulator.ts"
import type { MarketFeed } from "#streams/ports/market-feed.ts"
import { pause } from "./pause.ts"

export type SimulatorOptions = {
  readonly seed: number
  /** Number of the first message: 1, or where a platform that was stopped goes on. */
  readonly from?: number
  /** Instruments with their start prices; without it the default ones. */
  readonly symbols?: ReadonlyArray<SimulatedSymbol>
} & (
  | {
      readonly pace: "live"
      /** The wall clock, read for each batch; messages bear its time. */
      readonly now: () => Time
    }
  | {
      /** As fast as it is taken, on a clock of its own: message n is at `startAt` plus its place in the rota. */
      readonly pace: "lock-step"
      readonly startAt: Time
      /** How many messages; without it the feed goes on until it is aborted. */
      readonly count?: number
    }
)

const TICK_MILLIS = 50
/** After a pause of the machine the market goes on where it was: it does not make up for hours in a burst. */
const CATCH_UP_MICROS = 1e6
const BATCH = 256

/** The offline market as a feed. Its first batch holds a quote, a trade and the depth of every symbol. */
export const simulatorFeed = (options: SimulatorOptions): MarketFeed => ({
  name: `simulator:${options.seed}`,
  messages: (signal) => (options.pace === "live" ? live(options, signal) : lockStep(options, signal))
})

async function* live(
  options: SimulatorOptions & { pace: "live" },
  signal: AbortSignal
): AsyncGenerator<ReadonlyArray<MarketMessage>> {
  const market = simulatedMarket(options.seed, options.symbols)
  const microsEach = 1e6 / market.messagesPerSecond
  let next = options.from ?? 1
  let at = options.now()
  let owedFrom = microsOf(at) // wall time up to which messages were sent
  let count = market.cycle
  while (!signal.aborted) {
    if (count > 0) yield Array.from({ length: count }, () => market.message(next++, at))
    if (!(await pause(TICK_MILLIS, signal))) return
    const now = options.now()
    at = laterOf(at, now) // a wall clock that is set back must not take the market with it
    const micros = microsOf(now)
    if (micros < owedFrom || micros - owedFrom > CATCH_UP_MICROS) owedFrom = micros - microsEach
    count = Math.floor((micros - owedFrom) / microsEach)
    owedFrom += count * microsEach
  }
}

async function* lockStep(
  options: SimulatorOptions & { pace: "lock-step" },
  signal: AbortSignal
): AsyncGenerator<ReadonlyArray<MarketMessage>> {
  const market = simulatedMarket(options.seed, options.symbols)
  const first = options.from ?? 1
  const end = first + (options.count ?? Number.POSITIVE_INFINITY)
  const timeOf = (no: number) => plusMicros(options.startAt, Math.floor(((no - 1) * 1e6) / market.messagesPerSecond))
  for (let no = first; no < end && !signal.aborted;) {
    const batch: Array<MarketMessage> = []
    for (; no < end && batch.length < Math.max(BATCH, market.cycle); no++) batch.push(market.message(no, timeOf(no)))
    yield batch
  }
}
