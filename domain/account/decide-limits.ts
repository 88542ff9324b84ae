import { Result } from "effect"
import type { GroupId, Symbol } from "#domain/kernel/ids.ts"
import { formatFixed, type Cash } from "#domain/kernel/money.ts"
import { microsOf, type Time } from "#domain/kernel/time.ts"
import { LIMIT_NAMES, limitProblem, type LimitName, type Limits, type LimitScope } from "#domain/risk/limits.ts"
import { AMOUNT } from "#domain/risk/book.ts"
import { rateUsed } from "#domain/risk/rate.ts"
import type { AllotLimit, Halt, Resume, SetLimits } from "./commands.ts"
import { plannedBy, scopeOf } from "./evolve-limits.ts"
import { refused, type Decided } from "./refused.ts"
import { bookFor, scopesFor, type Account, type State } from "./state.ts"

/** These look at what a scope has won, which no symbol has of its own. */
const NOT_OF_SYMBOL: ReadonlySet<LimitName> = new Set([
  "maxConcentrationPercent",
  "maxDailyLoss",
  "maxTrailingLoss",
  "maxDrawdown"
])

/** A limit below what is used already is taken: nothing is undone by it, and what would add to it is refused. */
export const setLimits = (request: SetLimits, state: State, at: Time): Decided => {
  const { scope, scopeId: id, changes, reason, proposedBy, approvedBy, effectiveFrom } = request
  const unknown = unknownScope(state, scope, id)
  if (unknown !== undefined) return unknown
  const planned = effectiveFrom !== undefined && effectiveFrom > at ? effectiveFrom : undefined
  const of = scopeOf(state, scope, id)
  const current = of === undefined ? {} : plannedBy(of, planned ?? at)
  const limits: Record<string, unknown> = {}
  for (const name of LIMIT_NAMES) {
    const value = changes[name] === undefined ? current[name] : changes[name]
    if (value === undefined || value === null) continue
    const problem =
      scope === "symbol" && NOT_OF_SYMBOL.has(name) ? `a symbol has no ${name}` : limitProblem(name, value)
    if (problem !== undefined) return refused("OutOfRange", problem, name)
    limits[name] = value
  }
  if (LIMIT_NAMES.every((name) => limits[name] === current[name])) return Result.succeed([])
  const handedOut = scope === "firm" ? allottedProblem(state, limits) : undefined
  if (handedOut !== undefined) return handedOut
  const who = {
    ...(proposedBy !== undefined && { proposedBy }),
    ...(approvedBy !== undefined && { approvedBy }),
    ...(planned !== undefined && { effectiveFrom: planned })
  }
  return Result.succeed([
    { type: "LimitsSet", ...ofAccount(scope, id), data: { scope, id, ...(limits as Limits), reason, ...who } }
  ])
}

/** What the firm has handed out it cannot take back by a lower limit of its own. */
const allottedProblem = (state: State, limits: Limits): Decided | undefined => {
  for (const name of ["maxGrossNotional", "maxOpenNotional"] as const) {
    const handedOut = state.firm.allotted[name]?.amount ?? 0n
    if (handedOut > 0n && (limits[name] ?? 0n) < handedOut)
      return refused("BelowAllotted", `${formatFixed(handedOut)} of ${name} is allotted to groups`, name)
  }
  return undefined
}

const unknownScope = (state: State, scope: LimitScope, id: string | undefined): Decided | undefined => {
  switch (scope) {
    case "firm":
      return undefined
    case "symbol":
      return state.instruments.has(id as Symbol)
        ? undefined
        : refused("UnknownSymbol", `there is no instrument ${id}`, "id")
    case "account":
      return scopeOf(state, scope, id!) === undefined
        ? refused("UnknownAccount", `there is no account ${id}`, "id")
        : undefined
    case "group":
      return scopeOf(state, scope, id!) === undefined
        ? refused("UnknownGroup", `there is no group ${id}`, "id")
        : undefined
  }
}

type Halting = Pick<Halt, "scope" | "scopeId" | "symbol" | "reason" | "mode">
export const halt = ({ scope, scopeId: id, symbol, reason, mode }: Halting, state: State): Decided => {
  if (scope !== "firm" && id === undefined) return refused("MissingField", `a halt of one ${scope} needs its id`, "id")
  const unknown = unknownScope(state, scope, id)
  if (unknown !== undefined) return unknown
  if (symbol !== undefined && !state.instruments.has(symbol))
    return refused("UnknownSymbol", `there is no instrument ${symbol}`, "symbol")
  const haltId = `halt-${state.partition}-${state.eventNo + 1}`
  const data = {
    haltId,
    scope,
    ...(id !== undefined && scope !== "firm" && { id }),
    ...(symbol !== undefined && { symbol }),
    reason,
    ...(mode !== undefined && { mode })
  }
  return Result.succeed([{ type: "TradingHalted", ...ofAccount(scope, id), data }])
}

export const resume = (request: Resume, state: State): Decided =>
  state.halts.has(request.haltId)
    ? Result.succeed([{ type: "TradingResumed", data: { haltId: request.haltId } }])
    : refused("UnknownHalt", `there is no halt ${request.haltId}`, "haltId")

/** A change of one account's limits belongs to that account's story. */
export const ofAccount = (scope: string, id: string | undefined) =>
  scope === "account" && id !== undefined ? { account: id as Account["id"] } : {}

/**
 * Hands a part of the firm's limit out to a group beforehand, so that no decision of the group has to ask elsewhere. The
 * sum of all parts is never above the limit, and what is in use does not go back.
 */
export const allotLimit = ({ group: id, limit, amount, reason }: AllotLimit, state: State): Decided => {
  const group = state.groups.get(id)
  if (group === undefined) return refused("UnknownGroup", `there is no group ${id}`, "group")
  const firms = state.firm.limits[limit]
  if (firms === undefined) return refused("NotLimited", `the firm has no ${limit} to allot`, "limit")
  if (amount === 0n) return Result.succeed([])
  const data = { group: id as GroupId, limit, reason }
  if (amount > 0n) {
    const left = firms - (state.firm.allotted[limit]?.amount ?? 0n)
    if (amount > left) return refused("OverAllotted", `${formatFixed(left)} of the firm's ${limit} is left`, "amount")
    return Result.succeed([{ type: "LimitAllotted", data: { ...data, amount } }])
  }
  const used = limit === "maxGrossNotional" ? group.risk.worth.gross + group.risk.openNotional : group.risk.openNotional
  const after = (group.risk.allotted[limit]?.amount ?? 0n) + amount
  if (after < 0n || after < used)
    return refused("AllotmentInUse", `the group uses ${formatFixed(used)} of its ${limit}`, "amount")
  return Result.succeed([{ type: "LimitReturned", data: { ...data, amount: -amount as Cash } }])
}

/** A cancel is refused only where a level limits cancels and as many were asked for within the last second. */
export const cancelTooFast = (state: State, account: Account, symbol: Symbol, at: Time): Decided | undefined => {
  const scopes = scopesFor(state, account, symbol)
  for (const [level, { amounts }] of bookFor(state, account, symbol, at).entries()) {
    const held = amounts[AMOUNT.maxCancelsPerSecond]
    if (held === undefined) continue
    const { count } = held
    const scope = scopes[level]!
    if (rateUsed(scope.cancelRate, microsOf(at)) + 1 <= count) continue
    return refused("CancelRate", `${scope.kind} ${scope.id} may cancel ${count} orders in a second`)
  }
  return undefined
}
