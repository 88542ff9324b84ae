import type { Metrics } from "./figures.ts"

/** What the client is asked to do: as many as `inFlight` at a time, or `rate` a second. */
export type Load = {
  readonly transport: "ws" | "http"
  readonly port: number
  readonly accounts: number
  readonly inFlight: number
  readonly batch: number
  readonly seconds: number
  readonly rate: number
}
export type Loaded = {
  readonly accepted: number
  readonly errors: number
  readonly seconds: number
  readonly metrics: Metrics
}

/** A limit order that rests, as a client writes it. */
export const orderOf = (n: number, accounts: number) => ({
  account: `bench${n % accounts}`,
  symbol: "BTCUSDT",
  side: "buy",
  type: "limit",
  quantity: `0.00${1 + (n % 9)}`,
  price: `${44000 + (n % 900)}.5`
})
