import { absOf, ONE } from "#domain/kernel/money.ts"
import { bringsDown, closes, outcome, tightest, totalsLevel, unitsBefore, type RiskCheck } from "#domain/risk/outcome.ts"
import type { RiskQuestion } from "#domain/risk/question.ts"
import { openNotionalOf } from "#domain/risk/scope.ts"

/** Counts as if every open order of the side were filled. An order that only brings the position down passes. */
export const maxPosition: RiskCheck = (question) => {
  return tightest(question, "maxPosition", question.leaves, unitsBefore, unitsAfter, bringsDown)
}
const unitsAfter = ({ units }: RiskQuestion, used: bigint): bigint => absOf(used + units)

/** All positions at their marks and all open orders at their prices, none set off against another. */
export const maxGrossNotional: RiskCheck = (question) => {
  return tightest(question, "maxGrossNotional", question.notional ?? 0n, grossBefore, sum, bringsDown)
}
const grossBefore = ({ counted, exposures, scopes }: RiskQuestion, level: number): bigint => {
  const scope = scopes[level]!
  const gross = scope.kind === "symbol" ? absOf(exposures[totalsLevel(level)]!.value) : scope.worth.gross
  return gross + openNotionalOf(scope) - counted.notional
}
const sum = (_: RiskQuestion, used: bigint, requested: bigint): bigint => used + requested

const HUNDRED = 100n * ONE

/**
 * What the symbol would be worth at the order's price, as a share of the scope's equity. Told are amounts: the most that
 * the share may be, what there is, and what would be added.
 */
export const maxConcentration: RiskCheck = (question) => {
  const { book, scopes, price, evidence, units } = question
  const valued = price ?? evidence?.price
  let bites = -1
  let least = 0n
  // scale 24 for what units are worth, 16 for a percentage of equity: compared without a division
  const unit = (valued ?? 0n) * question.instrument.multiplier
  for (let i = 0; i < 3; i++) {
    const held = book[i]!.maxConcentrationPercent
    if (held === undefined) continue
    if (valued === undefined) return outcome("MAX_CONCENTRATION", false)
    const { worth } = scopes[i]!
    const after = absOf(unitsBefore(question, i) + units) * unit
    let room = ((worth.equity * held.limit) / 100n) * ONE - after
    if (room < 0n && bringsDown(question, i)) room = 0n
    if (bites >= 0 && room >= least) continue
    bites = i
    least = room
  }
  if (bites < 0) return undefined
  const held = book[bites]!.maxConcentrationPercent!
  const limit = (scopes[bites]!.worth.equity * held.limit) / HUNDRED
  const used = (absOf(unitsBefore(question, bites)) * unit) / (ONE * ONE)
  const after = (absOf(unitsBefore(question, bites) + units) * unit) / (ONE * ONE)
  return outcome("MAX_CONCENTRATION", least >= 0n, limit, used, after - used, held.by)
}

/** An order that says of itself that it only closes: it neither opens a position nor turns it round. */
export const reduceOnly: RiskCheck = (question) => {
  if (!question.reduceOnly) return undefined
  return outcome("REDUCE_ONLY", closes(question), undefined, question.before[0], question.leaves)
}
