import type { Metrics } from "./figures.ts"

/** What the client is asked to do: as many as `inFlight` at a time, or `rate` a second. */
export type Load = {
  readonly transport: "ws" | "http" | "nats"
  readonly port: number
  /** where its requests go that are sent over NATS */
  readonly natsUrl?: string
  readonly accounts: number
  readonly inFlight: number
  readonly batch: number
  readonly seconds: number
  readonly rate: number
  /** every second order takes at once, and is over */
  readonly isCrossing?: boolean
}
export type Loaded = {
  readonly accepted: number
  readonly errors: number
  readonly seconds: number
  readonly metrics: Metrics
}

/** A limit order that rests, or one that takes what is there now, as a client writes it. */
export const orderOf = (n: number, accounts: number, isCrossing = false) => ({
  account: `bench${n % accounts}`,
  symbol: "BTCUSDT",
  side: "buy",
  type: "limit",
  quantity: `0.00${1 + (n % 9)}`,
  ...(isCrossing && n % 2 === 0
    ? { price: "47000", timeInForce: "IOC" }
    : { price: `${(isCrossing ? 40_000 : 44_000) + (n % 900)}.5` })
})
