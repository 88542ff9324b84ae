import { absOf, ONE } from "#domain/kernel/money.ts"
import type { Held } from "#domain/risk/book.ts"
import { bringsDown, closes, outcome, tightest, unitsBefore, type RiskCheck } from "#domain/risk/outcome.ts"
import type { RiskQuestion } from "#domain/risk/question.ts"
import { openNotionalOf } from "#domain/risk/scope.ts"

/** Counts as if every open order of the side were filled. An order that only brings the position down passes. */
export const maxPosition: RiskCheck = (question) => {
  const { own, ofSymbol, leaves } = question
  return tightest(question, own.maxPosition, ofSymbol.maxPosition, leaves, unitsBefore, unitsAfter, bringsDown)
}
const unitsAfter = ({ units }: RiskQuestion, used: bigint): bigint => absOf(used + units)

/** All positions at their marks and all open orders at their prices, none set off against another. */
export const maxGrossNotional: RiskCheck = (question) => {
  const { own, ofSymbol, notional = 0n } = question
  const [a, b] = [own.maxGrossNotional, ofSymbol.maxGrossNotional]
  return tightest(question, a, b, notional, grossBefore, sum, bringsDown)
}
const grossBefore = ({ counted, exposures }: RiskQuestion, { scope, level }: Held): bigint => {
  const gross = scope.kind === "symbol" ? absOf(exposures[level]!.value) : scope.worth.gross
  return gross + openNotionalOf(scope) - counted.notional
}
const sum = (_: RiskQuestion, used: bigint, requested: bigint): bigint => used + requested

const HUNDRED = 100n * ONE

/**
 * What the symbol would be worth at the order's price, as a share of the scope's equity. Told are amounts: the most that
 * the share may be, what there is, and what would be added.
 */
export const maxConcentration: RiskCheck = (question) => {
  const { own, price, evidence, units } = question
  if (own.maxConcentrationPercent.length === 0) return undefined
  const valued = price ?? evidence?.price
  if (valued === undefined) return outcome("MAX_CONCENTRATION", false)
  // scale 24 for what units are worth, 16 for a percentage of equity: compared without a division
  const unit = valued * question.instrument.multiplier
  let bites: Held | undefined
  let least = 0n
  for (const held of own.maxConcentrationPercent) {
    const { worth } = held.scope
    const after = absOf(unitsBefore(question, held) + units) * unit
    let room = ((worth.equity * held.limit) / 100n) * ONE - after
    if (room < 0n && bringsDown(question, held)) room = 0n
    if (bites !== undefined && room >= least) continue
    bites = held
    least = room
  }
  const held = bites!
  const limit = (held.scope.worth.equity * held.limit) / HUNDRED
  const used = (absOf(unitsBefore(question, held)) * unit) / (ONE * ONE)
  const after = (absOf(unitsBefore(question, held) + units) * unit) / (ONE * ONE)
  return outcome("MAX_CONCENTRATION", least >= 0n, limit, used, after - used, held.by)
}

/** An order that says of itself that it only closes: it neither opens a position nor turns it round. */
export const reduceOnly: RiskCheck = (question) => {
  if (!question.reduceOnly) return undefined
  return outcome("REDUCE_ONLY", closes(question), undefined, question.before[0], question.leaves)
}
