import type { OrderId } from "#domain/kernel/ids.ts"
import type { Cash, Price, Quantity } from "#domain/kernel/money.ts"
import { writeChecks, type CheckOutcome } from "./check-text.ts"
import { RISK_CHECKS, type RiskQuestion } from "./checks.ts"
import type { OrderRiskDecidedData } from "./events.ts"

/** Which price the checks compared with, and where it came from. */
export type PriceEvidence = {
  readonly price: Price
  readonly source: "last" | "ask" | "stop"
  readonly mdNo?: number
  readonly ageMicros?: number
}

/** Makes every check and writes the decision with each one's numbers. Approved only when all of them pass. */
export const assess = (
  orderId: OrderId,
  question: RiskQuestion,
  evidence: PriceEvidence | undefined
): OrderRiskDecidedData => {
  const checks: Array<CheckOutcome> = []
  let approved = true
  for (const check of RISK_CHECKS) {
    const outcome = check(question)
    approved &&= outcome.passed
    checks.push(outcome)
  }
  return {
    orderId,
    decision: approved ? "approved" : "denied",
    checks: writeChecks(checks),
    ...(evidence !== undefined && {
      price: evidence.price,
      priceSource: evidence.source,
      ...(evidence.mdNo !== undefined && { priceMdNo: evidence.mdNo }),
      ...(evidence.ageMicros !== undefined && { priceAgeMicros: evidence.ageMicros })
    }),
    ...(approved && question.side === "buy" && { reservedCash: question.need as Cash }),
    ...(approved && question.side === "sell" && { reservedUnits: question.leaves as Quantity })
  }
}
