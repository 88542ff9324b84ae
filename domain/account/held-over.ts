import { isDivided } from "#domain/risk/divide.ts"
import type { LimitName } from "#domain/risk/limits.ts"
import type { HeldOver } from "./move-events.ts"
import { packLimits, packWaiting } from "./pack-group.ts"
import type { HaltState, State } from "./state.ts"

/** Limits and halts of the firm and of symbols: each partition has its own, and a group must not escape them by moving. */
export const heldOver = ({ firm, symbols, halts }: State): HeldOver => ({
  limits: [firm, ...symbols.values()].flatMap(({ kind, id, limits, waiting }) => {
    const own = { scope: kind, id, limits: packLimits(limits), waiting: packWaiting(waiting) }
    return own.limits.length === 0 && own.waiting.length === 0 ? [] : [own]
  }),
  halts: [...halts.values()]
    .filter(({ scope }) => scope === "firm" || scope === "symbol")
    .map(({ scope, id, symbol, mode }) => ({
      scope,
      ...(id !== undefined && { id }),
      ...(symbol !== undefined && { symbol }),
      ...(mode !== undefined && { mode })
    }))
})

/** What held for a group where it comes from and does not hold here, in words; undefined where all of it does. */
export const escaped = (there: HeldOver, state: State): readonly [code: string, detail: string] | undefined => {
  const here = heldOver(state)
  const name = ({ scope, id }: HeldOver["limits"][number]) => `${scope} ${id}`
  for (const one of [...there.limits, ...here.limits]) {
    const [mine, other] = [here, there].map(({ limits }) => limits.find((held) => name(held) === name(one)))
    if (JSON.stringify(mine, withoutParts) !== JSON.stringify(other, withoutParts))
      return ["FirmLimits", `limits of ${name(one)} are others here: set the same in both partitions first`]
  }
  const halted = [...state.halts.values()]
  const missing = there.halts.find((halt) => !halted.some((own) => isAsStrict(own, halt)))
  return (
    missing && ["FirmHalted", `a halt of ${missing.scope} ${missing.id ?? missing.symbol ?? ""} does not hold here`]
  )
}

/** Of what is divided each partition has a part of its own: here it is enough that both have one. */
const withoutParts = (_: string, held: unknown): unknown => {
  const { name } = (held ?? {}) as { readonly name?: LimitName }
  return name !== undefined && isDivided(name) ? { name } : held
}

const isAsStrict = (own: HaltState, { scope, id, symbol, mode }: HeldOver["halts"][number]): boolean =>
  own.scope === scope &&
  own.id === id &&
  own.symbol === symbol &&
  (own.mode !== "reduce-only" || mode === "reduce-only")
