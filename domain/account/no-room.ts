import type { Symbol } from "#domain/kernel/ids.ts"
import { absOf } from "#domain/kernel/money.ts"
import type { LimitName } from "#domain/risk/limits.ts"
import { exposureOf, type Scope, type SymbolExposure } from "#domain/risk/scope.ts"
import { furthest } from "#domain/risk/used.ts"
import type { State } from "./state.ts"

type Problem = readonly [code: string, detail: string]
type Arriving = ReadonlyMap<Symbol, Pick<SymbolExposure, "position" | "value">>

/**
 * Why what comes from another partition has no room in the firm's and the symbols' limits here, which are a part of the
 * whole: that it has made room elsewhere is not counted on, since others may take it there. It has no open orders, and
 * what was lost stays where it was.
 */
export const noRoom = (arriving: Arriving, { firm, symbols }: State): Problem | undefined => {
  const tooMuch = (scope: Scope, name: LimitName): Problem => [
    "FirmLimits",
    `it would pass this partition's part of ${name} of ${scope.kind} ${scope.id}: a greater one first`
  ]
  let gross = 0n
  for (const [symbol, { position, value }] of arriving) {
    const here = exposureOf(firm, symbol)
    const own = symbols.get(symbol)
    const before = furthest(here.position, here)
    const after = furthest(here.position + position, here)
    const worth = absOf(here.value + value)
    gross += worth - absOf(here.value)
    for (const scope of own === undefined ? [firm] : [firm, own]) {
      const { maxPosition } = scope.limits
      if (maxPosition !== undefined && after > maxPosition && after > before) return tooMuch(scope, "maxPosition")
    }
    const most = own?.limits.maxGrossNotional
    if (most !== undefined && worth + here.notional > most && worth > absOf(here.value))
      return tooMuch(own!, "maxGrossNotional")
  }
  const most = firm.limits.maxGrossNotional
  if (most !== undefined && gross > 0n && firm.worth.gross + firm.openNotional + gross > most)
    return tooMuch(firm, "maxGrossNotional")
  return undefined
}
