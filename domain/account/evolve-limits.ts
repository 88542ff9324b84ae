import type { Recorded } from "#domain/kernel/event.ts"
import type { AccountId, GroupId, Symbol } from "#domain/kernel/ids.ts"
import type { Time } from "#domain/kernel/time.ts"
import { LIMIT_NAMES, limitsOf, type Limits, type LimitScope } from "#domain/risk/limits.ts"
import { holdLimits, newScope, type Scope, type SetBy } from "#domain/risk/scope.ts"
import type { AccountEvent } from "./events.ts"
import type { State } from "./state.ts"

type Of<T extends AccountEvent["type"]> = Extract<Recorded<AccountEvent>, { type: T }>

/** Who a limit is for, or undefined where there is nobody. A symbol that has no limits yet has no scope of its own. */
export const scopeOf = (state: State, kind: LimitScope, id: string): Scope | undefined => {
  switch (kind) {
    case "firm":
      return state.firm
    case "group":
      return state.groups.get(id as GroupId)?.risk
    case "account":
      return state.accounts.get(id as AccountId)?.risk
    case "symbol":
      return state.symbols.get(id as Symbol)
  }
}

/**
 * Limits hold from here on, or from `effectiveFrom`. What is changed is changed in all that waits for later, too: a limit
 * that is tightened today is not loosened by a plan of yesterday.
 */
export const setLimits = (state: State, event: Of<"LimitsSet">): void => {
  const { data, eventNo, recordedAt } = event
  if (data.scope === "symbol" && !state.symbols.has(data.id as Symbol)) {
    state.symbols.set(data.id as Symbol, newScope("symbol", data.id, state.firm.symbols))
  }
  const scope = scopeOf(state, data.scope, data.id)
  if (scope === undefined) throw new Error(`event ${eventNo} sets limits of an unknown ${data.scope} ${data.id}`)
  const from = data.effectiveFrom
  const before = from === undefined ? scope.limits : plannedBy(scope, from)
  const after = limitsOf(data)
  const changed = LIMIT_NAMES.filter((name) => before[name] !== after[name])
  for (const waiting of scope.waiting) {
    if (from === undefined || waiting.from > from) change(waiting, after, changed, eventNo)
  }
  if (from !== undefined && from > recordedAt) {
    const base = scope.waiting.findLast((waiting) => waiting.from <= from) ?? scope
    const planned = { from, limits: base.limits, setBy: base.setBy }
    change(planned, after, changed, eventNo)
    const at = scope.waiting.findLastIndex((waiting) => waiting.from <= from) + 1
    scope.waiting.splice(at, 0, planned)
    if (state.limitsDueAt === undefined || from < state.limitsDueAt) state.limitsDueAt = from
  } else {
    change(scope, after, changed, eventNo)
    scope.limitsNo = eventNo
    holdLimits(scope)
  }
}

type Changeable = { limits: Limits; setBy: SetBy }
const change = (to: Changeable, after: Limits, changed: ReadonlyArray<keyof Limits>, eventNo: number): void => {
  const limits: Record<string, unknown> = { ...to.limits }
  const setBy: Record<string, number> = { ...to.setBy }
  for (const name of changed) {
    if (after[name] === undefined) {
      delete limits[name]
      delete setBy[name]
    } else {
      limits[name] = after[name]
      setBy[name] = eventNo
    }
  }
  to.limits = limitsOf(limits)
  to.setBy = setBy
}

/** The limits as they will be at a time, by what is planned so far. */
export const plannedBy = ({ limits, waiting }: Scope, at: Time): Limits =>
  waiting.findLast(({ from }) => from <= at)?.limits ?? limits

/** Limits that waited until now hold from here on. */
export const applyDue = (state: State, at: Time): void => {
  if (state.limitsDueAt === undefined || at < state.limitsDueAt) return
  state.limitsDueAt = undefined
  for (const scope of everyScope(state)) {
    let isDue = false
    while (scope.waiting.length > 0 && scope.waiting[0]!.from <= at) {
      const { limits, setBy } = scope.waiting.shift()!
      scope.limits = limits
      scope.setBy = setBy
      scope.limitsNo = Math.max(scope.limitsNo ?? 0, ...Object.values(setBy))
      isDue = true
    }
    const next = scope.waiting[0]?.from
    if (next !== undefined && (state.limitsDueAt === undefined || next < state.limitsDueAt)) state.limitsDueAt = next
    if (isDue) holdLimits(scope)
  }
}

const everyScope = function* (state: State): Iterable<Scope> {
  yield state.firm
  for (const { risk } of state.groups.values()) yield risk
  for (const { risk } of state.accounts.values()) yield risk
  yield* state.symbols.values()
}

/** The firm hands a part of its limit out to a group, or gets it back. */
export const allot = (state: State, { type, data, eventNo }: Of<"LimitAllotted" | "LimitReturned">): void => {
  const group = state.groups.get(data.group)
  if (group === undefined) throw new Error(`event ${eventNo} allots to an unknown group ${data.group}`)
  const by = type === "LimitAllotted" ? data.amount : -data.amount
  for (const scope of [state.firm, group.risk]) {
    const amount = (scope.allotted[data.limit]?.amount ?? 0n) + by
    if (amount === 0n) delete scope.allotted[data.limit]
    else scope.allotted[data.limit] = { amount, setBy: eventNo }
    holdLimits(scope)
  }
}
