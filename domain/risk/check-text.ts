import { formatFixed } from "#domain/kernel/money.ts"
import type { HeldLimits } from "./book.ts"
import { CHECKLISTS, type CheckCode } from "./check-codes.ts"

/** A number that a check compares: a bigint is an amount of scale 8, a number is a count; some are worked out when told. */
export type Amount = bigint | number | (() => bigint) | undefined

/** One risk check's outcome with the numbers it compared, `undefined` where it has none. */
export type CheckOutcome = {
  readonly code: CheckCode
  readonly passed: boolean
  /** a limit that was set has its text */
  readonly limit: Amount | string
  readonly used: Amount
  readonly requested: Amount
  /** whose limit it was or who halted, and the event that set it: `account@1234`; or the limits of which it is told */
  readonly by: string | HeldLimits | undefined
  /** which of them */
  readonly amount: number
}
const tellBy = ({ by, amount }: CheckOutcome): string | undefined => (typeof by === "object" ? by.by[amount] : by)

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

const shown = (number: Amount | string): string => {
  if (typeof number === "bigint") return formatFixed(number)
  if (typeof number === "function") return formatFixed(number())
  return number === undefined ? "-" : String(number)
}

/** `CODE ok|no LIMIT USED REQUESTED [SCOPE[@EVENT]]` with `-` for what a check does not have, trailing ones left out. */
const writeCheck = (check: CheckOutcome): string => {
  const { code, passed, limit, used, requested } = check
  const by = tellBy(check)
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

/**
 * The checks of a decision. They are written as one text for the ledger, and only when it is asked for: a decision does
 * not wait for it, and a replay passes over it.
 */
export class Checks {
  #text: string | undefined
  readonly #found: ReadonlyArray<CheckOutcome>

  constructor(text: string | undefined, found: ReadonlyArray<CheckOutcome>) {
    this.#text = text
    this.#found = found
  }
  static of(found: ReadonlyArray<CheckOutcome>): Checks {
    return new Checks(undefined, found)
  }
  static written(text: string): Checks {
    return new Checks(text, NOTHING_FOUND)
  }
  /** Checks with semicolons between: `CODE ok|no LIMIT USED REQUESTED [SCOPE[@EVENT]]`. */
  get text(): string {
    return (this.#text ??= writeChecks(this.#found))
  }
  /** Whether both would be written alike. */
  equals(other: Checks): boolean {
    const [found, others] = [this.#found, other.#found]
    // nothing is found in what was read: then the texts are there already
    if (found.length !== others.length || found.length === 0) return this.text === other.text
    return found.every((check, i) => isSame(check, others[i]!)) || this.text === other.text
  }
  /** See {@link readChecks}. */
  read(rules?: number): ReadonlyArray<Check> {
    return readChecks(this.text, rules)
  }
  toJSON(): string {
    return this.text
  }
  toString(): string {
    return this.text
  }
}
const NOTHING_FOUND: ReadonlyArray<CheckOutcome> = []
const isSame = (a: CheckOutcome, b: CheckOutcome): boolean =>
  a.code === b.code &&
  a.passed === b.passed &&
  a.limit === b.limit &&
  a.used === b.used &&
  a.requested === b.requested &&
  tellBy(a) === tellBy(b)

/** The checks of a decision as one text: read for reports only, and one text is the cheapest for a replay to pass over. */
export const writeChecks = (checks: ReadonlyArray<CheckOutcome>): string => {
  let text = ""
  for (const check of checks) {
    if (text !== "") text += ";"
    text += writeCheck(check)
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
