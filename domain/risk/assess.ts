import type { OrderId } from "#domain/kernel/ids.ts"
import type { Cash } from "#domain/kernel/money.ts"
import { RULES } from "./check-codes.ts"
import { Checks, type CheckOutcome } from "./check-text.ts"
import { CHECKLIST } from "./checklist.ts"
import type { OrderRiskDecidedData } from "./events.ts"
import type { RiskQuestion } from "./question.ts"

const CHECKS = CHECKLIST.map(({ check }) => check)

/** Makes every check and writes the decision with each one's numbers. Approved only when all of them pass. */
export const assess = (orderId: OrderId, question: RiskQuestion): OrderRiskDecidedData => {
  const found: Array<CheckOutcome> = []
  let approved = true
  for (const check of CHECKS) {
    const outcome = check(question)
    if (outcome === undefined) continue
    approved &&= outcome.passed
    found.push(outcome)
  }
  const { evidence, side } = question
  const decision: Written = {
    orderId,
    decision: approved ? "approved" : "denied",
    rules: RULES,
    checks: Checks.of(found)
  }
  // one by one: objects that are spread together are slow to make
  if (evidence !== undefined) {
    decision.price = evidence.price
    decision.priceSource = evidence.source
    if (evidence.mdNo !== undefined) decision.priceMdNo = evidence.mdNo
    if (evidence.ageMicros !== undefined) decision.priceAgeMicros = evidence.ageMicros
  }
  if (approved && side === "buy") decision.reservedCash = question.need as Cash
  if (approved && side === "sell") decision.reservedUnits = question.leaves
  return decision
}

type Written = { -readonly [K in keyof OrderRiskDecidedData]: OrderRiskDecidedData[K] }
