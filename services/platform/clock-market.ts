import { simulatorFeed } from "#infra/simulator/simulator-feed.ts"
import type { MarketMessage } from "#domain/market/messages.ts"
import { simulatedMarket } from "#domain/market/simulator.ts"
import { microsOf, type Time } from "#domain/kernel/time.ts"

/** Messages are counted from here: 1 January 2026, in microseconds. */
const COUNTED_FROM = 1_767_225_600_000_000
const LOOK_MS = 1_000
/** So many messages may a market be off before it begins again where the clock is. */
const MOST_OFF = 90

type Listener = (message: MarketMessage) => void

/** The simulated market of a process that is one of several. */
export type ClockMarket = {
  /** Hears the newest messages of every symbol at once, and then what comes, until the returned function is called. */
  readonly attach: (listener: Listener) => () => void
  /** the number of its newest message */
  readonly no: () => number
  readonly stop: () => Promise<void>
}

/**
 * The simulated market with its number told by the clock, so that processes with the same seed see the same prices at
 * the same time, and whoever takes a partition over goes on where the one before was.
 */
export const clockMarket = async (seed: number, clock: () => Time): Promise<ClockMarket> => {
  const { messagesPerSecond } = simulatedMarket(seed)
  const numberNow = () => Math.max(1, Math.floor(((microsOf(clock()) - COUNTED_FROM) * messagesPerSecond) / 1e6))
  const listeners = new Set<Listener>()
  const newest = new Map<string, MarketMessage>()
  const first = Promise.withResolvers<void>()
  let stop = new AbortController()
  let stopped = false
  let last = 0

  const run = async () => {
    while (!stopped) {
      stop = new AbortController()
      const feed = simulatorFeed({ seed, from: Math.max(numberNow(), last + 1), pace: "live", now: clock })
      for await (const batch of feed.messages(stop.signal)) {
        for (const message of batch) {
          last = message.no
          newest.set(`${message.symbol} ${message.kind}`, message)
          for (const listener of listeners) listener(message)
        }
        first.resolve()
      }
    }
  }
  const running = run()
  running.catch(first.reject)
  // after a pause of the machine the feed goes on where it was; other processes did not wait
  const looking = setInterval(() => {
    if (numberNow() - last > MOST_OFF) stop.abort()
  }, LOOK_MS)
  await first.promise
  return {
    attach: (listener) => {
      for (const message of newest.values()) listener(message)
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    no: () => last,
    stop: async () => {
      stopped = true
      clearInterval(looking)
      stop.abort()
      await running
    }
  }
}
