import type { Held } from "#domain/risk/book.ts"
import { dailyLoss, drawdown, trailingLoss, type Worth } from "#domain/risk/equity.ts"
import { closes, heldOutcome, type RiskCheck } from "#domain/risk/outcome.ts"
import type { RiskQuestion } from "#domain/risk/question.ts"

type LossLimit = "maxDailyLoss" | "maxTrailingLoss" | "maxDrawdown"
type Lost = (worth: Worth, day: number) => bigint

/** Whoever has lost as much as the limit may only close what he has. */
const lossBelow = (name: LossLimit, lost: Lost, question: RiskQuestion) => {
  let bites: Held | undefined
  let least = 0n
  let lostOfIt = 0n
  for (let i = 0; i < 3; i++) {
    const held = question.book[i]![name]
    if (held === undefined) continue
    const loss = lost(question.scopes[i]!.worth, question.day)
    const room = held.limit - loss
    if (bites !== undefined && room >= least) continue
    bites = held
    least = room
    lostOfIt = loss
  }
  return bites === undefined ? undefined : heldOutcome(bites, least > 0n || closes(question), lostOfIt, undefined)
}

/** Realised and not, after fees, since 00:00 UTC. */
export const dailyLossCheck: RiskCheck = (question) => lossBelow("maxDailyLoss", dailyLoss, question)
/** Since the best moment of the day. */
export const trailingLossCheck: RiskCheck = (question) =>
  lossBelow("maxTrailingLoss", trailingLoss, question)
/** Since the best moment ever. */
export const drawdownCheck: RiskCheck = (question) => lossBelow("maxDrawdown", drawdown, question)
