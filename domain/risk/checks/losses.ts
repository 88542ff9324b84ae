import { AMOUNT } from "#domain/risk/book.ts"
import { dailyLoss, drawdown, trailingLoss, type Worth } from "#domain/risk/equity.ts"
import { closes, heldOutcome, type RiskCheck } from "#domain/risk/outcome.ts"
import type { RiskQuestion } from "#domain/risk/question.ts"

type Lost = (worth: Worth, day: number) => bigint

/** Whoever has lost as much as the limit may only close what he has. */
const lossBelow = (amount: number, lost: Lost, question: RiskQuestion) => {
  const { book, scopes, day } = question
  let bites = -1
  let least = 0n
  let lostOfIt = 0n
  for (let level = 0; level < 3; level++) {
    const held = book[level]!.amounts[amount]
    if (held === undefined) continue
    const loss = lost(scopes[level]!.worth, day)
    const room = held.limit - loss
    if (bites >= 0 && room >= least) continue
    bites = level
    least = room
    lostOfIt = loss
  }
  return bites < 0 ? undefined : heldOutcome(book[bites]!, amount, least > 0n || closes(question), lostOfIt, undefined)
}

/** Realised and not, after fees, since 00:00 UTC. */
export const dailyLossCheck: RiskCheck = (question) => lossBelow(AMOUNT.maxDailyLoss, dailyLoss, question)
/** Since the best moment of the day. */
export const trailingLossCheck: RiskCheck = (question) => lossBelow(AMOUNT.maxTrailingLoss, trailingLoss, question)
/** Since the best moment ever. */
export const drawdownCheck: RiskCheck = (question) => lossBelow(AMOUNT.maxDrawdown, drawdown, question)
