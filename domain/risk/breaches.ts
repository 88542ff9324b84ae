import { formatFixed, type Cash } from "#domain/kernel/money.ts"
import { dailyLoss, drawdown, trailingLoss, type Worth } from "./equity.ts"
import type { Limits } from "./limits.ts"
import type { Scope } from "./scope.ts"

/** Losses that halt whoever has made them, by the code of the check that looks at the same limit. */
export const LOSS_CODES = ["DAILY_LOSS", "TRAILING_LOSS", "DRAWDOWN"] as const
export type LossCode = (typeof LOSS_CODES)[number]

type Loss = {
  readonly limit: "maxDailyLoss" | "maxTrailingLoss" | "maxDrawdown"
  readonly lost: (worth: Worth, day: number) => bigint
  readonly since: string
}
const LOSSES: Readonly<Record<LossCode, Loss>> = {
  DAILY_LOSS: { limit: "maxDailyLoss", lost: dailyLoss, since: "since 00:00 UTC" },
  TRAILING_LOSS: { limit: "maxTrailingLoss", lost: trailingLoss, since: "since the best moment of the day" },
  DRAWDOWN: { limit: "maxDrawdown", lost: drawdown, since: "since the best moment ever" }
}

/** A loss that has reached its limit, with the numbers as a halt tells them. */
export type Breach = { readonly code: LossCode; readonly reason: string }

export const limitsLosses = ({ maxDailyLoss, maxTrailingLoss, maxDrawdown }: Limits): boolean =>
  maxDailyLoss !== undefined || maxTrailingLoss !== undefined || maxDrawdown !== undefined

/** Which of a scope's losses have reached their limits: where an order that opens something would be denied as well. */
export const breachesOf = (scope: Scope, day: number): ReadonlyArray<Breach> =>
  LOSS_CODES.flatMap((code) => breachOf(scope, code, day) ?? [])

export const isBreached = ({ limits, worth }: Scope, code: LossCode, day: number): boolean => {
  const { limit: name, lost } = LOSSES[code]
  const limit = limits[name]
  return limit !== undefined && lost(worth, day) >= limit
}

const breachOf = ({ kind, limits, setBy, worth }: Scope, code: LossCode, day: number): Breach | undefined => {
  const { limit: name, lost, since } = LOSSES[code]
  const limit: Cash | undefined = limits[name]
  if (limit === undefined) return undefined
  const loss = lost(worth, day)
  if (loss < limit) return undefined
  const by = setBy[name] === undefined ? kind : `${kind}@${setBy[name]}`
  return { code, reason: `${code}: ${formatFixed(loss)} of at most ${formatFixed(limit)} lost ${since} (${by})` }
}

/** The code at the beginning of such a reason. */
export const codeOf = (reason: string): LossCode | undefined => LOSS_CODES.find((code) => reason.startsWith(`${code}:`))
