/**
 * A budget of so many in a second. Each token comes back one second after it was taken, so that in any second, wherever it
 * begins, no more than the budget are spent. A bucket that refills evenly (GCRA, ITU-T I.371 annex A) would let nearly
 * twice as many through: all at once, and what has come back since. What is kept is no more than was spent in a second.
 */
export type Rate = {
  /** when tokens were taken, microseconds since 1970; those before `from` have come back */
  taken: Array<number>
  from: number
}

const SECOND = 1_000_000

export const newRate = (): Rate => ({ taken: [], from: 0 })

/** Tokens that are still out at `nowMicros`. A clock that goes back brings none back and takes none away. */
export const rateUsed = ({ taken, from }: Rate, nowMicros: number): number => {
  let low = from
  let high = taken.length
  // an order that comes after the last one finds it moved up already
  if (low < high && taken[low]! > nowMicros - SECOND) return high - low
  while (low < high) {
    const middle = (low + high) >>> 1
    if (taken[middle]! <= nowMicros - SECOND) low = middle + 1
    else high = middle
  }
  return taken.length - low
}

export const spendRate = (rate: Rate, nowMicros: number): void => {
  const { taken } = rate
  const last = taken.length === 0 ? nowMicros : taken[taken.length - 1]!
  const at = Math.max(nowMicros, last)
  while (rate.from < taken.length && taken[rate.from]! <= at - SECOND) rate.from++
  if (rate.from > 32 && rate.from * 2 > taken.length) {
    taken.splice(0, rate.from)
    rate.from = 0
  }
  taken.push(at)
}
