import type { Symbol } from "#domain/kernel/ids.ts"
import { defaultInstruments } from "#domain/market/default-instruments.ts"
import { createPaperVenue, type PaperVenue } from "#domain/venue/paper-venue.ts"

const LATENCY_MICROS = 5_000

/** The paper venue of the default instruments. */
export const paperVenue = (seed: number): PaperVenue =>
  createPaperVenue({
    seed,
    latencyMicros: LATENCY_MICROS,
    instruments: (symbol: Symbol) => defaultInstruments.find((instrument) => instrument.symbol === symbol)
  })
