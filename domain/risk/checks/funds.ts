import { fits, timesHalfUp } from "#domain/kernel/money.ts"
import { decisiveRule } from "#domain/risk/book.ts"
import { requiredOf } from "#domain/risk/margin.ts"
import { closes, outcome, type RiskCheck } from "#domain/risk/outcome.ts"
import type { RiskQuestion } from "#domain/risk/question.ts"

/** A cash account pays in full; a margin account must have a part of what it holds and orders (Regulation T). */
export const buyingPower: RiskCheck = (question) => {
  const { side, need, available, margin } = question
  if (margin !== undefined) return marginPower(question, margin)
  if (side === "sell") return undefined
  const { total, reserved } = available
  return outcome("BUYING_POWER", need !== undefined && fits(need) && need <= total - reserved, total, reserved, need)
}

const marginPower = (question: RiskQuestion, margin: NonNullable<RiskQuestion["margin"]>) => {
  const { notional, side, need } = question
  if (closes(question)) return undefined
  const { equity, initial, rate } = margin
  const isKnown = notional !== undefined && (side === "sell" || need !== undefined)
  const fee = notional === undefined ? 0n : timesHalfUp(notional, question.instrument.takerFee)
  const requested = isKnown ? requiredOf(notional * rate) + fee : undefined
  // what is held back is written down, and must fit there whatever the account owns
  const isWritable = need === undefined || fits(need)
  const isHad = requested !== undefined && initial + requested <= equity
  return outcome("BUYING_POWER", isHad && isWritable, equity, initial, requested)
}

/** While a margin account has less than it must keep, only what closes its positions passes (FINRA rule 4210). */
export const maintenanceMargin: RiskCheck = (question) => {
  const { margin } = question
  if (margin === undefined) return undefined
  const { equity, maintenance } = margin
  return outcome("MAINTENANCE_MARGIN", maintenance <= equity || closes(question), equity, maintenance)
}

/** A cash account sells only what it holds. */
export const holdings: RiskCheck = ({ side, leaves, margin, holdings: { total, reserved } }) =>
  side === "buy" || margin !== undefined
    ? undefined
    : outcome("HOLDINGS", leaves <= total - reserved, total, reserved, leaves)

/** Units that a sale would go short, undefined when it only sells what is held. */
const shortUnits = ({ side, leaves, margin, holdings: { total, reserved } }: RiskQuestion): bigint | undefined => {
  if (margin === undefined || side === "buy") return undefined
  const free = total > reserved ? total - reserved : 0n
  return leaves > free ? leaves - free : undefined
}

/** A margin account goes short only where some level permits it and none forbids it, and the instrument may be. */
export const shortSale: RiskCheck = (question) => {
  const units = shortUnits(question)
  if (units === undefined) return undefined
  const rule = decisiveRule(question.book, "shortAllowed", false)
  const passed = rule?.value === true && question.instrument.shortable !== false
  return outcome("SHORT_SALE", passed, passed ? undefined : 0n, undefined, units, rule?.by)
}

/** Regulation SHO rule 203(b)(1): before a short sale somebody must have said that he will lend. */
export const locate: RiskCheck = (question) => {
  const rule = decisiveRule(question.book, "locateRequired", true)
  if (rule?.value !== true) return undefined
  const units = shortUnits(question)
  if (units === undefined) return undefined
  return outcome("LOCATE", question.locate !== undefined, undefined, undefined, units, rule.by)
}
