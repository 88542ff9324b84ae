/** One risk check's outcome with the numbers it compared. Numbers are decimal text, `undefined` where there is none. */
export type Check = {
  readonly code: CheckCode
  readonly passed: boolean
  readonly limit?: string
  readonly used?: string
  readonly requested?: string
  /** whose limit it was: `account`, `group`, `firm` */
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

/** `CODE ok|no LIMIT USED REQUESTED [SCOPE]` with `-` for what a check does not have, trailing ones left out. */
const writeCheck = (check: Check): string => {
  const { limit, used, requested, scope } = check
  let text = check.passed ? `${check.code} ok` : `${check.code} no`
  if (limit === undefined && used === undefined && requested === undefined && scope === undefined) return text
  text += ` ${limit ?? "-"} ${used ?? "-"} ${requested ?? "-"}`
  return scope === undefined ? text : `${text} ${scope}`
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

/** The checks of a decision as one text: read for reports only, and a single text is the cheapest for a replay to pass over. */
export const writeChecks = (checks: ReadonlyArray<Check>): string => checks.map(writeCheck).join(";")

export const readChecks = (text: string): ReadonlyArray<Check> => (text === "" ? [] : text.split(";").map(readCheck))
