import { absOf } from "#domain/kernel/money.ts"
import type { AmountName, Held } from "./book.ts"
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
): CheckOutcome => ({ code, passed, limit, used, requested, by })

/** The outcome of a limit that was set: its words are ready. */
export const heldOutcome = (held: Held, passed: boolean, used: Amount, requested: Amount): CheckOutcome => ({
  code: held.code,
  passed,
  limit: held.text,
  used,
  requested,
  by: held.by
})

/** `level` is 0 for the account's limit, 1 the group's, 2 the firm's, 3 the symbol's. */
type Used = (question: RiskQuestion, level: number) => bigint
type After = (question: RiskQuestion, used: bigint, requested: bigint) => bigint
/** Whether the order may pass although there would be too much: it makes it no worse. */
type Spared = (question: RiskQuestion, level: number) => boolean

/** Of the limits of all levels the one with the least room: all must hold, and the one that bites is named. */
export const tightest = (
  question: RiskQuestion,
  name: AmountName,
  requested: bigint,
  usedOf: Used,
  afterOf: After,
  isSpared: Spared
): CheckOutcome | undefined => {
  const { book } = question
  let bites: Held | undefined
  let least = 0n
  let usedOfIt = 0n
  for (let i = 0; i < 4; i++) {
    const held = book[i]![name]
    if (held === undefined) continue
    const used = usedOf(question, i)
    let room = held.limit - afterOf(question, used, requested)
    if (room < 0n && isSpared(question, i)) room = 0n
    if (bites !== undefined && room >= least) continue
    bites = held
    least = room
    usedOfIt = used
  }
  return bites === undefined ? undefined : heldOutcome(bites, least >= 0n, usedOfIt, requested)
}

/** The same for what is counted: `requested` more must fit. */
export const tightestCount = (
  question: RiskQuestion,
  name: AmountName,
  requested: 0 | 1,
  usedOf: (question: RiskQuestion, level: number) => number
): CheckOutcome | undefined => {
  const { book } = question
  let bites: Held | undefined
  let least = 0
  let usedOfIt = 0
  for (let i = 0; i < 4; i++) {
    const held = book[i]![name]
    if (held === undefined) continue
    const used = usedOf(question, i)
    const room = requested === 0 ? 0 : held.count - used - requested
    if (bites !== undefined && room >= least) continue
    bites = held
    least = room
    usedOfIt = used
  }
  return bites === undefined ? undefined : heldOutcome(bites, least >= 0, usedOfIt, requested)
}

/** Units of the symbol that a scope would have with all its open orders of the side filled, this one left out. */
export const unitsBefore = ({ before }: RiskQuestion, level: number): bigint => before[totalsLevel(level)]!
/** A symbol's totals are the firm's of it. */
export const totalsLevel = (level: number): number => (level === 3 ? 2 : level)

/** Whether a scope would be no further from zero with the order filled. */
export const bringsDown = (question: RiskQuestion, level: number): boolean => {
  const before = unitsBefore(question, level)
  return absOf(before + question.units) <= absOf(before)
}

/** Whether it only closes what the account has: filled, it neither opens a position nor turns it round. */
export const closes = ({ before: [before = 0n], units }: RiskQuestion): boolean => {
  const after = before + units
  return before > 0n ? after >= 0n && after < before : before < 0n && after <= 0n && after > before
}
