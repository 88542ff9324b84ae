import { formatFixed } from "#domain/kernel/money.ts"

/** One risk check's outcome with the numbers it compared, `undefined` where it has none. */
export type CheckOutcome = {
  readonly code: CheckCode
  readonly passed: boolean
  readonly limit: bigint | undefined
  readonly used: bigint | undefined
  readonly requested: bigint | undefined
  /** whose limit it was, or who halted */
  readonly scope: string | undefined
}

/** The same as it is read from a decision: numbers are decimal text. */
export type Check = {
  readonly code: CheckCode
  readonly passed: boolean
  readonly limit?: string
  readonly used?: string
  readonly requested?: string
  /** whose limit it was: `account`, `group`, `firm`; or who halted, `symbol` too */
  readonly scope?: string
}

/** Stable codes, in the order in which the checks stand in every decision. Stored for ever. */
export const CHECK_CODES = [
  "HALTED",
  "TICK_SIZE",
  "LOT_SIZE",
  "MIN_NOTIONAL",
  "MAX_ORDER_NOTIONAL",
  "PRICE_COLLAR",
  "BUYING_POWER",
  "HOLDINGS",
  "MAX_POSITION",
  "MAX_OPEN_ORDERS",
  "ORDER_RATE"
] as const
export type CheckCode = (typeof CHECK_CODES)[number]

const shown = (number: bigint | undefined): string => (number === undefined ? "-" : formatFixed(number))

/** `CODE ok|no LIMIT USED REQUESTED [SCOPE]` with `-` for what a check does not have, trailing ones left out. */
const writeCheck = ({ code, passed, limit, used, requested, scope }: CheckOutcome): string => {
  const head = passed ? `${code} ok` : `${code} no`
  if (limit === undefined && used === undefined && requested === undefined && scope === undefined) return head
  const numbers = `${head} ${shown(limit)} ${shown(used)} ${shown(requested)}`
  return scope === undefined ? numbers : `${numbers} ${scope}`
}

const readCheck = (text: string): Check => {
  const [code, outcome, limit, used, requested, scope] = text.split(" ")
  return {
    code: code as CheckCode,
    passed: outcome === "ok",
    ...(limit !== undefined && limit !== "-" && { limit }),
    ...(used !== undefined && used !== "-" && { used }),
    ...(requested !== undefined && requested !== "-" && { requested }),
    ...(scope !== undefined && { scope })
  }
}

/** The checks of a decision as one text: read for reports only, and one text is the cheapest for a replay to pass over. */
export const writeChecks = (checks: ReadonlyArray<CheckOutcome>): string => {
  let text = ""
  for (const check of checks) text += text === "" ? writeCheck(check) : `;${writeCheck(check)}`
  return text
}

export const readChecks = (text: string): ReadonlyArray<Check> => (text === "" ? [] : text.split(";").map(readCheck))
