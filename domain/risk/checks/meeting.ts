import { selfTradeRule, washTradeRule } from "#domain/risk/book.ts"
import { outcome, type RiskCheck } from "#domain/risk/outcome.ts"
import type { Resting } from "#domain/risk/question.ts"
import { meeting, selfTradePlan } from "#domain/risk/self-trade.ts"

const unitsOf = (resting: ReadonlyArray<Resting>): bigint => resting.reduce((sum, { quantity }) => sum + quantity, 0n)

/**
 * An order that would meet one of its own account. The modes that keep the incoming order (`cancel-oldest`, `decrement`)
 * let it pass here: what becomes of the resting ones stands beside the decision, see `account/decide-self-trade.ts`.
 */
export const selfTrade: RiskCheck = (question) => {
  const { leaves } = question
  const rule = selfTradeRule(question.book)
  if (rule === undefined) return undefined
  const { buying, selling } = question.exposures[0]!
  if ((question.side === "buy" ? selling : buying) === 0n) return undefined
  const resting = question.ownOpposite()
  const met = meeting(question, resting)
  if (met.length === 0) return undefined
  const { deny } = selfTradePlan(rule.value, question, resting)
  return outcome("SELF_TRADE", !deny, undefined, unitsOf(met), leaves, rule.by)
}

/** Orders of one owner's accounts that would trade with each other change nothing but the tape (CEA section 4c(a)). */
export const washTrade: RiskCheck = (question) => {
  const rule = washTradeRule(question.book)
  if (rule === undefined) return undefined
  const { buying, selling } = question.exposures[2]!
  if ((question.side === "buy" ? selling : buying) === 0n) return undefined
  const met = meeting(question, question.ownersOpposite())
  return met.length === 0 ? undefined : outcome("WASH_TRADE", false, undefined, unitsOf(met), question.leaves, rule.by)
}
