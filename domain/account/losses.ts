import { Result } from "effect"
import type { Recorded } from "#domain/kernel/event.ts"
import { microsOf, type Time } from "#domain/kernel/time.ts"
import { breachesOf, codeOf, isBreached, limitsLosses, type Breach } from "#domain/risk/breaches.ts"
import { dayOf } from "#domain/risk/equity.ts"
import type { Scope } from "#domain/risk/scope.ts"
import type { WatchLosses } from "./commands.ts"
import { ofAccount } from "./decide-limits.ts"
import { scopeOf } from "./evolve-limits.ts"
import type { AccountEvent } from "./events.ts"
import type { Decided } from "./refused.ts"
import type { State } from "./state.ts"

const NONE: ReadonlyArray<Breach> = []
/** Whose halts those are that a loss has set. */
export const MONITOR = "system:monitor"

/** What a scope has lost too much of and was not halted for yet. */
export const newBreaches = (state: State, scope: Scope, at: Time): ReadonlyArray<Breach> => {
  if (!limitsLosses(scope.limits)) return NONE // nearly always: this is asked for every fill
  const breaches = breachesOf(scope, dayOf(microsOf(at)))
  const known = state.breaches.get(scope)
  return known === undefined ? breaches : breaches.filter(({ code }) => !known.has(code))
}

/**
 * Who has lost too much may only close from here on, until a person says otherwise (SEC 15c3-5(c)(1)(i)): one halt for
 * each limit. A person who lifts it is not overruled: it is not set again before the loss was below the limit once.
 */
export const watchLosses = ({ scope, scopeId }: WatchLosses, state: State, at: Time): Decided => {
  const found = scopeOf(state, scope, scopeId)
  const breaches = found === undefined ? [] : newBreaches(state, found, at)
  return Result.succeed(
    breaches.map(({ reason }, i): AccountEvent => {
      const haltId = `halt-${state.partition}-${state.eventNo + 1 + i}`
      const data = { haltId, scope, ...(scope !== "firm" && { id: scopeId }), reason, mode: "reduce-only" } as const
      return { type: "TradingHalted", ...ofAccount(scope, scopeId), data }
    })
  )
}

/** A loss has halted a scope: that is remembered. */
export const rememberBreach = (
  state: State,
  { actor, data }: Extract<Recorded<AccountEvent>, { type: "TradingHalted" }>
): void => {
  const code = actor === MONITOR ? codeOf(data.reason) : undefined
  const scope = code && scopeOf(state, data.scope, data.id ?? "firm")
  if (code === undefined || scope === undefined) return
  const known = state.breaches.get(scope)
  if (known === undefined) state.breaches.set(scope, new Map([[code, data.haltId]]))
  else known.set(code, data.haltId)
}

/** A breach is over when its halt was lifted and the loss is below the limit: the next one is a new one. */
export const forgetBreaches = (state: State): void => {
  const day = dayOf(microsOf(state.recordedAt))
  for (const [scope, known] of state.breaches) {
    for (const [code, haltId] of known)
      if (!state.halts.has(haltId) && !isBreached(scope, code, day)) known.delete(code)
    if (known.size === 0) state.breaches.delete(scope)
  }
}
