import { formatFixed } from "#domain/kernel/money.ts"
import { CHECKLISTS, type CheckCode } from "./check-codes.ts"

/** A number that a check compares: a bigint is an amount of scale 8, a number is a count. */
export type Amount = bigint | number | undefined

/** What is said of a limit around the numbers; the bare ones say that there is none. */
export type Words = {
  readonly passed: string
  readonly passedBare: string
  readonly failed: string
  readonly tail: string
  readonly tailBare: string
}

/** One risk check's outcome with the numbers it compared, `undefined` where it has none. */
export type CheckOutcome = {
  readonly code: CheckCode
  readonly passed: boolean
  readonly limit: Amount
  readonly used: Amount
  readonly requested: Amount
  /** whose limit it was or who halted, and the event that set it: `account@1234` */
  readonly by: string | undefined
  /** the words of a limit that was set, written once: up to its number, and from its scope on */
  readonly held: Words | undefined
}

/** The same as it is read from a decision: numbers are decimal text. */
export type Check = {
  readonly code: CheckCode
  readonly passed: boolean
  readonly limit?: string
  readonly used?: string
  readonly requested?: string
  /** whose limit it was: `account`, `group`, `firm`, `symbol`; or who halted */
  readonly scope?: string
  /** number of the event that set the limit */
  readonly setBy?: number
}

const shown = (number: Amount): string =>
  number === undefined ? "-" : typeof number === "number" ? String(number) : formatFixed(number)

/** `CODE ok|no LIMIT USED REQUESTED [SCOPE[@EVENT]]` with `-` for what a check does not have, trailing ones left out. */
const writeCheck = (check: CheckOutcome): string => {
  const { code, passed, limit, used, requested, by } = check
  const head = passed ? `${code} ok` : `${code} no`
  if (limit === undefined && used === undefined && requested === undefined && by === undefined) return head
  const numbers = `${head} ${shown(limit)} ${shown(used)} ${shown(requested)}`
  return by === undefined ? numbers : `${numbers} ${by}`
}

const readCheck = (text: string): Check => {
  const [code, outcome, limit, used, requested, by] = text.split(" ")
  const [scope, setBy] = by === undefined ? [] : by.split("@")
  return {
    code: code as CheckCode,
    passed: outcome === "ok",
    ...(limit !== undefined && limit !== "-" && { limit }),
    ...(used !== undefined && used !== "-" && { used }),
    ...(requested !== undefined && requested !== "-" && { requested }),
    ...(scope !== undefined && { scope }),
    ...(setBy !== undefined && { setBy: Number(setBy) })
  }
}

/** The checks of a decision as one text: read for reports only, and one text is the cheapest for a replay to pass over. */
export const writeChecks = (checks: ReadonlyArray<CheckOutcome>): string => {
  let text = ""
  for (const check of checks) {
    if (text !== "") text += ";"
    const { held, used, requested } = check
    if (held === undefined) text += writeCheck(check)
    // the fewer pieces the faster: this is most of what a decision costs
    else if (!check.passed) text += `${held.failed}${shown(used)} ${shown(requested)}${held.tail}`
    else if (requested === undefined) text = text + held.passed + shown(used) + held.tailBare
    else if (used === undefined) text = text + held.passedBare + shown(requested) + held.tail
    else text = text + held.passed + shown(used) + " " + shown(requested) + held.tail
  }
  return text
}

/**
 * All checks that were asked by these rules: what the text leaves out passed, and had nothing to compare. Without the
 * rules only what is written.
 */
export const readChecks = (text: string, rules?: number): ReadonlyArray<Check> => {
  const written = text === "" ? [] : text.split(";").map(readCheck)
  const asked = rules === undefined ? undefined : CHECKLISTS[rules]
  if (asked === undefined) return written // of a newer program: what it wrote is all that is known
  const byCode = new Map(written.map((check) => [check.code, check]))
  return asked.map((code) => byCode.get(code) ?? { code, passed: true })
}
