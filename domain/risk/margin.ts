import { absOf, ONE, parseFixed, type Rate } from "#domain/kernel/money.ts"
import type { Instrument } from "#domain/market/instrument.ts"

/** Half of what is bought, Regulation T of the Federal Reserve (12 CFR 220.12); a quarter to keep it, FINRA rule 4210(c). */
const INITIAL = parseFixed("0.5") as Rate
const MAINTENANCE = parseFixed("0.25") as Rate

/** What a margin account must have, as running totals of scale 16: a product of amount and rate is exact in it. */
export type Margin = {
  readonly initialRate: Rate
  readonly maintenanceRate: Rate
  /** for its positions at the last marks */
  initial: bigint
  maintenance: bigint
  /** for its open orders */
  opening: bigint
  /** the event that called it, while it is called */
  calledNo: number | undefined
}
export const newMargin = (given: { readonly initialMargin?: Rate; readonly maintenanceMargin?: Rate }): Margin => ({
  initialRate: given.initialMargin ?? INITIAL,
  maintenanceRate: given.maintenanceMargin ?? MAINTENANCE,
  initial: 0n,
  maintenance: 0n,
  opening: 0n,
  calledNo: undefined
})

/** An instrument that has rates of its own has them for everybody. */
export const initialRateOf = (margin: Margin, instrument: Instrument): Rate =>
  instrument.initialMargin ?? margin.initialRate
const maintenanceRateOf = (margin: Margin, instrument: Instrument): Rate =>
  instrument.maintenanceMargin ?? margin.maintenanceRate

/** A position's value is `after`, no longer `before`. */
export const moveMargin = (margin: Margin, instrument: Instrument, before: bigint, after: bigint): void => {
  const by = absOf(after) - absOf(before)
  margin.initial += by * initialRateOf(margin, instrument)
  margin.maintenance += by * maintenanceRateOf(margin, instrument)
}
export const moveOpening = (margin: Margin, instrument: Instrument, notional: bigint): void => {
  margin.opening += notional * initialRateOf(margin, instrument)
}

/** An amount of scale 16 as money, rounded up: what must be there is never told too low. */
export const requiredOf = (exact: bigint): bigint => (exact + ONE - 1n) / ONE

/** What an order's account must have, as its checks see it. */
export type MarginTerms = {
  readonly equity: bigint
  /** for positions and the other open orders; for positions alone, to keep them */
  readonly initial: bigint
  readonly maintenance: bigint
  readonly rate: Rate
}
export const marginTerms = (
  margin: Margin,
  instrument: Instrument,
  equity: bigint,
  countedNotional: bigint
): MarginTerms => {
  const rate = initialRateOf(margin, instrument)
  return {
    equity,
    initial: requiredOf(margin.initial + margin.opening - countedNotional * rate),
    maintenance: requiredOf(margin.maintenance),
    rate
  }
}
