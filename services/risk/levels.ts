import type { Account, State } from "#domain/account/state.ts"
import { ONE } from "#domain/kernel/money.ts"
import { bookAt } from "#domain/account/state.ts"
import { LIMIT_NAMES, type Limits } from "#domain/risk/limits.ts"
import type { Scope } from "#domain/risk/scope.ts"
import type { LevelBody, LimitValues } from "#services/contract/limits.ts"
import { limitValues } from "#services/desk/bodies.ts"

/** A level's own limits; of one that has no scope yet there are none. */
export const levelBody = (partition: number, kind: Scope["kind"], id: string, scope: Scope | undefined): LevelBody => ({
  scope: kind,
  id,
  limits: limitValues(scope?.limits ?? {}),
  ...(scope !== undefined &&
    scope.waiting.length > 0 && {
      waiting: scope.waiting.map(({ from, limits }) => ({ effectiveFrom: from, limits: limitValues(limits) }))
    }),
  ...(scope?.limitsNo !== undefined && { position: `${partition}:${scope.limitsNo}` })
})

/** Of each limit the strictest that any level sets, as orders are judged by it. */
export const effectiveLimits = (state: State, account: Account): LimitValues => {
  const book = bookAt(account.scopes, state.recordedAt)
  const strictest: Record<string, unknown> = { collarPercent: 20n * ONE }
  for (const name of LIMIT_NAMES) {
    const values = account.scopes.flatMap(({ limits }) => limits[name] ?? [])
    const [first] = values
    if (first === undefined) continue
    if (typeof first === "bigint" || typeof first === "number")
      strictest[name] = values.reduce((least, value) => (value < least ? value : least))
  }
  const { selfTrade, washTrade, restricted, shortAllowed, locateRequired, duplicateWindowMillis } = book
  if (duplicateWindowMillis[0] !== undefined) strictest["duplicateWindowMillis"] = duplicateWindowMillis[0].count
  if (selfTrade !== undefined) strictest["selfTrade"] = selfTrade.value
  if (washTrade !== undefined) strictest["washTrade"] = "block"
  if (restricted !== undefined) strictest["restricted"] = [...restricted.keys()].join(" ")
  if (shortAllowed !== undefined) strictest["shortAllowed"] = shortAllowed.value
  if (locateRequired !== undefined) strictest["locateRequired"] = locateRequired.value
  return limitValues(strictest as Limits)
}
