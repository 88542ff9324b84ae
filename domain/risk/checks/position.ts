import { AMOUNT } from "#domain/risk/book.ts"
import { nearestNumber } from "#domain/kernel/int64.ts"
import { absOf, ONE } from "#domain/kernel/money.ts"
import {
  bringsDown,
  closes,
  heldOutcome,
  isLimited,
  outcome,
  outcomeBy,
  tightest,
  unitsBefore,
  type RiskCheck
} from "#domain/risk/outcome.ts"
import type { RiskQuestion } from "#domain/risk/question.ts"

/** Counts as if every open order of the side were filled. An order that only brings the position down passes. */
export const maxPosition: RiskCheck = (question) => {
  const { book, units } = question
  let bites = -1
  let least = 0n
  for (let level = 0; level < 4; level++) {
    const held = book[level]!.amounts[AMOUNT.maxPosition]
    if (held === undefined) continue
    let room = held.limit - absOf(unitsBefore(question, level) + units)
    if (room < 0n && bringsDown(question, level)) room = 0n
    if (bites >= 0 && room >= least) continue
    bites = level
    least = room
  }
  if (bites < 0) return undefined
  return heldOutcome(book[bites]!, AMOUNT.maxPosition, least >= 0n, unitsBefore(question, bites), question.leaves)
}

/** All positions at their marks and all open orders at their prices, none set off against another. */
export const maxGrossNotional: RiskCheck = (question) => {
  if (!isLimited(question.book, AMOUNT.maxGrossNotional)) return undefined
  const { scopes, exposures, counted, notional = 0n } = question
  const ofSymbol = exposures[2]!
  const used = [
    scopes[0]!.worth.gross + scopes[0]!.openNotional - counted.notional,
    scopes[1]!.worth.gross + scopes[1]!.openNotional - counted.notional,
    scopes[2]!.worth.gross + scopes[2]!.openNotional - counted.notional,
    absOf(ofSymbol.value) + ofSymbol.notional - counted.notional
  ] as const
  return tightest(question, AMOUNT.maxGrossNotional, used, notional, (level) => bringsDown(question, level))
}

const HUNDRED = 100n * ONE
const SQUARE = ONE * ONE
/** Further from its limit than this share of it, floating point cannot be wrong about the side: its own error is 1e-15. */
const SURE = 1e-9

/**
 * What the symbol would be worth at the order's price, as a share of the level's equity. Told are amounts: the most that
 * the share may be, what there is, and what would be added.
 */
export const maxConcentration: RiskCheck = (question) => {
  const { book, scopes, price, evidence, units } = question
  if (!isLimited(question.book, AMOUNT.maxConcentrationPercent)) return undefined
  const valued = price ?? evidence?.price
  if (valued === undefined) return outcome("MAX_CONCENTRATION", false)
  const { multiplier } = question.instrument
  const unitValue = (nearestNumber(valued) * nearestNumber(multiplier)) / 1e16
  let bites = -1
  let least = 0
  for (let level = 0; level < 3; level++) {
    const held = book[level]!.amounts[AMOUNT.maxConcentrationPercent]
    if (held === undefined) continue
    const most = (nearestNumber(scopes[level]!.worth.equity) * held.count) / 100
    let room = most - Math.abs(nearestNumber(unitsBefore(question, level) + units)) * unitValue
    if (room < SURE * Math.abs(most)) room = Number(roomLeft(question, level, held.limit, valued * multiplier)) / 1e16
    if (bites >= 0 && room >= least) continue
    bites = level
    least = room
  }
  if (bites < 0) return undefined
  const { limit } = book[bites]!.amounts[AMOUNT.maxConcentrationPercent]!
  const { equity } = scopes[bites]!.worth
  const before = absOf(unitsBefore(question, bites))
  const after = absOf(unitsBefore(question, bites) + units)
  // large products and quotients: worked out for whoever reads them
  return outcomeBy(
    book[bites],
    AMOUNT.maxConcentrationPercent,
    "MAX_CONCENTRATION",
    least >= 0,
    () => (equity * limit) / HUNDRED,
    () => (before * valued * multiplier) / SQUARE,
    () => (after * valued * multiplier) / SQUARE - (before * valued * multiplier) / SQUARE
  )
}

/** Exactly; none is needed by what brings the position down. */
const roomLeft = (question: RiskQuestion, level: number, percent: bigint, unit: bigint): bigint => {
  const limit = (question.scopes[level]!.worth.equity * percent) / HUNDRED
  const room = limit * SQUARE - absOf(unitsBefore(question, level) + question.units) * unit
  return room < 0n && bringsDown(question, level) ? 0n : room
}

/** An order that says of itself that it only closes: it neither opens a position nor turns it round. */
export const reduceOnly: RiskCheck = (question) => {
  if (!question.reduceOnly) return undefined
  return outcome("REDUCE_ONLY", closes(question), undefined, question.before[0], question.leaves)
}
