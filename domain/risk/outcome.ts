import { absOf } from "#domain/kernel/money.ts"
import type { HeldLimits, LimitBook } from "./book.ts"
import type { CheckCode } from "./check-codes.ts"
import type { Amount, CheckOutcome } from "./check-text.ts"
import type { RiskQuestion } from "./question.ts"

/** One check: what it found, or nothing when it passed and had nothing to compare. */
export type RiskCheck = (question: RiskQuestion) => CheckOutcome | undefined

/** One shape for all outcomes: dozens of them are made for every order. */
export const outcome = (
  code: CheckCode,
  passed: boolean,
  limit?: Amount,
  used?: Amount,
  requested?: Amount,
  by?: string
): CheckOutcome => ({ code, passed, limit, used, requested, by, amount: -1 })

/** The outcome of a level's limit: its text is ready, and whose it is is looked up by whoever reads it. */
export const heldOutcome = (
  limits: HeldLimits,
  amount: number,
  passed: boolean,
  used: Amount,
  requested: Amount
): CheckOutcome => {
  const held = limits.amounts[amount]!
  return { code: held.code, passed, limit: held.text, used, requested, by: limits, amount }
}

/** The outcome of what is worked out from a level's limit; without a level, from none that was set. */
export const outcomeBy = (
  limits: HeldLimits | undefined,
  amount: number,
  code: CheckCode,
  passed: boolean,
  limit: Amount,
  used: Amount,
  requested: Amount
): CheckOutcome => ({ code, passed, limit, used, requested, by: limits, amount })

/** What a level has before the order: 0 is the account, 1 its group, 2 the firm, 3 the symbol. */
type Levels<T> = readonly [account: T, group: T, firm: T, symbol: T]

/** Whether any level limits an amount (by `AMOUNT`): most orders are judged by few. */
export const isLimited = ([account, group, firm, symbol]: LimitBook, amount: number): boolean =>
  account.amounts[amount] !== undefined ||
  group.amounts[amount] !== undefined ||
  firm.amounts[amount] !== undefined ||
  symbol.amounts[amount] !== undefined

/**
 * Of the limits of all levels the one with the least room for `requested` more than is used: all must hold, and the one
 * that bites is named. An order that makes it no worse (`isSpared`) passes although there is too much.
 */
export const tightest = (
  { book }: RiskQuestion,
  amount: number,
  used: Levels<bigint>,
  requested: bigint,
  isSpared: (level: number) => boolean
): CheckOutcome | undefined => {
  let bites = -1
  let least = 0n
  for (let level = 0; level < 4; level++) {
    const held = book[level]!.amounts[amount]
    if (held === undefined) continue
    let room = held.limit - used[level]! - requested
    if (room < 0n && isSpared(level)) room = 0n
    if (bites >= 0 && room >= least) continue
    bites = level
    least = room
  }
  return bites < 0 ? undefined : heldOutcome(book[bites]!, amount, least >= 0n, used[bites]!, requested)
}

/** The same for what is counted. */
export const tightestCount = (
  { book }: RiskQuestion,
  amount: number,
  used: Levels<number>,
  requested: 0 | 1
): CheckOutcome | undefined => {
  let bites = -1
  let least = 0
  for (let level = 0; level < 4; level++) {
    const held = book[level]!.amounts[amount]
    if (held === undefined) continue
    const room = requested === 0 ? 0 : held.count - used[level]! - requested
    if (bites >= 0 && room >= least) continue
    bites = level
    least = room
  }
  return bites < 0 ? undefined : heldOutcome(book[bites]!, amount, least >= 0, used[bites]!, requested)
}

/** Units of the symbol that a level would have with all its open orders of the side filled, this one left out. */
export const unitsBefore = ({ before }: RiskQuestion, level: number): bigint => before[level === 3 ? 2 : level]!

/** Whether a level would be no further from zero with the order filled. */
export const bringsDown = (question: RiskQuestion, level: number): boolean => {
  const before = unitsBefore(question, level)
  return absOf(before + question.units) <= absOf(before)
}

/** Whether it only closes what the account has: filled, it neither opens a position nor turns it round. */
export const closes = ({ before: [before = 0n], units }: RiskQuestion): boolean => {
  const after = before + units
  return before > 0n ? after >= 0n && after < before : before < 0n && after <= 0n && after > before
}
