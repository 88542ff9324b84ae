import { formatFixed, ONE, parseFixed } from "#domain/kernel/money.ts"
import type { Instrument } from "#domain/market/instrument.ts"
import type { Limits } from "#domain/risk/limits.ts"
import { must } from "./broken-law.ts"

/** What a margin account has and must have, from postings and marks; amounts of scale 16 are exact products. */
export type MarginCase = {
  readonly equity: bigint
  readonly initial: bigint
  readonly maintenance: bigint
  /** for its other open orders, where the events alone tell at which price each counts */
  readonly opening: bigint | undefined
  readonly rate: bigint
  /** the text of the decision's checks */
  readonly checks: string
}
type Asked = {
  readonly isBuy: boolean
  readonly leaves: bigint
  /** a buy without a price could trade at any */
  readonly isPriced: boolean
  readonly notional: bigint | undefined
  readonly instrument: Instrument
  readonly limits: ReadonlyArray<Partial<Limits>>
  readonly isClosing: boolean
  readonly locate: string | undefined
  readonly unitsFree: () => bigint
}

/** Rates of an account that names none (Regulation T, FINRA rule 4210), unless the instrument has its own. */
export const initialRateOf = ({ initialMargin }: Instrument): bigint => initialMargin ?? ONE / 2n
export const maintenanceRateOf = ({ maintenanceMargin }: Instrument): bigint => maintenanceMargin ?? ONE / 4n

/** The checks that only margin accounts have and that fail, in the order of their codes. */
export const judgeMargin = (margin: MarginCase, asked: Asked): ReadonlyArray<string> => {
  const failed: Array<string> = []
  if (!asked.isClosing && isTooDear(margin, asked)) failed.push("BUYING_POWER")
  if (!asked.isClosing && margin.equity < upFrom(margin.maintenance)) failed.push("MAINTENANCE_MARGIN")
  if (asked.isBuy) return failed
  const free = asked.unitsFree()
  if (asked.leaves <= (free > 0n ? free : 0n)) return failed
  const said = asked.limits.map(({ shortAllowed }) => shortAllowed)
  if (said.includes(false) || !said.includes(true)) failed.push("SHORT_SALE")
  if (asked.limits.some(({ locateRequired }) => locateRequired === true) && asked.locate === undefined)
    failed.push("LOCATE")
  return failed
}

/** From here on amounts are not written: nobody can hold back as much. */
export const NOT_WRITTEN = 10n ** 18n * ONE

/** What it says that it compared must be what the events say, as far as they tell it. */
const isTooDear = (margin: MarginCase, { isPriced, isBuy, notional, instrument }: Asked): boolean => {
  if (notional === undefined || !isPriced) return true
  const [equity, inUse, requested] = numbersOf(margin.checks)
  const fee = (2n * notional * instrument.takerFee + ONE) / (2n * ONE)
  const needed = upFrom(notional * margin.rate) + fee
  must(
    equity === margin.equity,
    () => `BUYING_POWER tells another equity: ${shown(equity)}, not ${shown(margin.equity)}`
  )
  must(requested === needed, () => `BUYING_POWER asks for another margin: ${shown(requested)}, not ${shown(needed)}`)
  const least = upFrom(margin.initial + (margin.opening ?? 0n))
  const isSame = margin.opening === undefined ? inUse! >= least : inUse === least
  must(isSame, () => `BUYING_POWER tells another margin in use: ${shown(inUse)}, not ${shown(least)}`)
  return inUse! + needed > margin.equity || (isBuy && notional + fee >= NOT_WRITTEN)
}
const shown = (amount: bigint | undefined): string => (amount === undefined ? "none" : formatFixed(amount))

const numbersOf = (checks: string): ReadonlyArray<bigint | undefined> => {
  const text = checks.split(";").find((check) => check.startsWith("BUYING_POWER "))
  return (text ?? "")
    .split(" ")
    .slice(2, 5)
    .map((one) => (one === "-" ? undefined : parseFixed(one)))
}

/** Of scale 16 as money, rounded up. */
export const upFrom = (exact: bigint): bigint => {
  const down = exact / ONE
  return down * ONE < exact ? down + 1n : down
}
