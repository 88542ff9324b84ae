import { absOf, ONE, ratioHalfEven, type Cash, type Price, type Rate } from "#domain/kernel/money.ts"

/**
 * What a scope has won and lost, as running totals: money that fills moved, and what its positions are worth at the last
 * recorded marks. A symbol's value is replaced, never added to, so nothing is lost by rounding. All that a check reads
 * is computed when it changes, which is by fills and marks, not by orders.
 */
export type Worth = {
  /** deposits less withdrawals */
  paidIn: bigint
  /** won or lost since the beginning: realised and not, after fees */
  result: bigint
  /** what would be left if every position were closed at its mark */
  equity: bigint
  /** positions at their marks, long less short, and added up */
  net: bigint
  gross: bigint
  /** the UTC day, since 1970, that the next four belong to */
  day: number
  dayStart: bigint
  dayPeak: bigint
  /** lost since the day began, and since its best moment; 0 where something was won */
  dailyLoss: bigint
  trailingLoss: bigint
  /** the best result ever, and what was lost since */
  peak: bigint
  drawdown: bigint
}

export const nothingWon = (): Worth => ({
  paidIn: 0n,
  result: 0n,
  equity: 0n,
  net: 0n,
  gross: 0n,
  day: 0,
  dayStart: 0n,
  dayPeak: 0n,
  dailyLoss: 0n,
  trailingLoss: 0n,
  peak: 0n,
  drawdown: 0n
})

const DAY_MICROS = 86_400_000_000
export const dayOf = (micros: number): number => Math.floor(micros / DAY_MICROS)

/** A position's worth at a price, below 0 when short. */
export const valueOf = (position: bigint, price: Price, multiplier: Rate): Cash =>
  ratioHalfEven(position * multiplier, price, ONE * ONE) as Cash

/** A symbol's value is `after`, no longer `before`, and fills moved `flow` of money. */
export const moveWorth = (worth: Worth, before: bigint, after: bigint, flow: bigint, micros: number): void => {
  rollDay(worth, dayOf(micros))
  worth.net += after - before
  worth.gross += absOf(after) - absOf(before)
  worth.result += flow + after - before
  worth.equity = worth.paidIn + worth.result
  const { result } = worth
  if (result > worth.dayPeak) worth.dayPeak = result
  if (result > worth.peak) worth.peak = result
  worth.dailyLoss = lost(worth.dayStart, result)
  worth.trailingLoss = lost(worth.dayPeak, result)
  worth.drawdown = lost(worth.peak, result)
}

/** Money from outside is no profit; what goes there is no loss. */
export const payInto = (worth: Worth, amount: bigint): void => {
  worth.paidIn += amount
  worth.equity += amount
}

/** A day begins with what the one before ended with: between fills and marks nothing changes. Time never goes back. */
const rollDay = (worth: Worth, day: number): void => {
  if (day <= worth.day) return
  worth.day = day
  worth.dayStart = worth.dayPeak = worth.result
}

const lost = (from: bigint, to: bigint): bigint => (from > to ? from - to : 0n)

/** On a day on which nothing has happened yet nothing is lost. */
export const dailyLoss = (worth: Worth, day: number): bigint => (day > worth.day ? 0n : worth.dailyLoss)
export const trailingLoss = (worth: Worth, day: number): bigint => (day > worth.day ? 0n : worth.trailingLoss)
export const drawdown = (worth: Worth): bigint => worth.drawdown
