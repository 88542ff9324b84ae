import type { Account } from "#domain/account/state.ts"
import { ONE } from "#domain/kernel/money.ts"
import {
  AMOUNT,
  decisiveRule,
  heldAt,
  NO_LIMITS,
  selfTradeRule,
  washTradeRule,
  widest,
  type LimitBook
} from "#domain/risk/book.ts"
import { LIMIT_NAMES, type Limits } from "#domain/risk/limits.ts"
import type { Planned } from "#domain/risk/lower-first.ts"
import type { Scope } from "#domain/risk/scope.ts"
import type { LevelBody, LimitValues } from "#services/contract/limits.ts"
import { limitValues } from "#services/desk/bodies.ts"

/** A level's own limits; of one that has no scope yet there are none. */
export const levelBody = (
  partition: number,
  kind: Scope["kind"],
  id: string,
  scope: (Planned & Pick<Scope, "limitsNo">) | undefined
): LevelBody => ({
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
export const effectiveLimits = (account: Account): LimitValues => {
  const book = [...account.scopes.map(({ held }) => held), NO_LIMITS] as unknown as LimitBook
  const strictest: Record<string, unknown> = { collarPercent: 20n * ONE }
  for (const name of LIMIT_NAMES) {
    const values = account.scopes.flatMap(({ limits }) => limits[name] ?? [])
    const [first] = values
    if (first === undefined) continue
    if (typeof first === "bigint" || typeof first === "number")
      strictest[name] = values.reduce((least, value) => (value < least ? value : least))
  }
  const window = heldAt(book, widest(book, AMOUNT.duplicateWindowMillis), AMOUNT.duplicateWindowMillis)
  const restricted = new Set(book.flatMap((level) => [...(level.restricted?.value ?? [])]))
  const told = {
    duplicateWindowMillis: window?.count,
    selfTrade: selfTradeRule(book)?.value,
    washTrade: washTradeRule(book)?.value,
    restricted: restricted.size === 0 ? undefined : [...restricted].join(" "),
    shortAllowed: decisiveRule(book, "shortAllowed", false)?.value,
    locateRequired: decisiveRule(book, "locateRequired", true)?.value
  }
  for (const [name, value] of Object.entries(told)) if (value !== undefined) strictest[name] = value
  return limitValues(strictest as Limits)
}
