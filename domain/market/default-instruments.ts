import type { Currency, Symbol } from "#domain/kernel/ids.ts"
import { parseFixed, type Cash, type Price, type Quantity, type Rate } from "#domain/kernel/money.ts"
import type { Instrument } from "./instrument.ts"

const instrument = (base: string, lot: string): Instrument => ({
  symbol: `${base}USDT` as Symbol,
  version: 1,
  base: base as Currency,
  quote: "USDT" as Currency,
  settlement: "USDT" as Currency,
  tick: parseFixed("0.01") as Price,
  lot: parseFixed(lot) as Quantity,
  minNotional: parseFixed("5") as Cash,
  multiplier: parseFixed("1") as Rate,
  makerFee: parseFixed("0.0002") as Rate,
  takerFee: parseFixed("0.0005") as Rate
})

/** What can be traded when nothing else is configured: fees 0.02 % for makers, 0.05 % for takers, all in USDT. */
export const defaultInstruments: ReadonlyArray<Instrument> = [
  instrument("BTC", "0.00001"),
  instrument("ETH", "0.0001"),
  instrument("SOL", "0.001")
]
