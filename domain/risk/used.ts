import type { Symbol } from "#domain/kernel/ids.ts"
import { absOf } from "#domain/kernel/money.ts"
import { isDivided, type LimitChanges } from "./divide.ts"
import { dailyLoss, drawdown, trailingLoss } from "./equity.ts"
import type { LimitName, Limits } from "./limits.ts"
import { exposureOf, type Scope, type SymbolExposure } from "./scope.ts"

/** Units from zero with every open order of the worse side filled. */
export const furthest = (position: bigint, { buying, selling }: Readonly<SymbolExposure>): bigint => {
  const [long, short] = [position + buying, selling - position]
  return long > short ? long : short
}

/**
 * What the firm, or a symbol, uses of the limits that are divided, as the checks compare it; of positions the one that is
 * furthest from zero. Rates are left out: what is used of them is back in a second.
 */
export const usedBy = (firm: Scope, day: number, symbol?: Symbol): Limits => {
  if (symbol !== undefined) {
    const exposure = exposureOf(firm, symbol)
    return {
      maxPosition: furthest(exposure.position, exposure),
      maxGrossNotional: absOf(exposure.value) + exposure.notional,
      maxOpenNotional: exposure.notional,
      maxOpenOrders: exposure.orders
    } as Limits
  }
  const { symbols, worth, openNotional, openOrders } = firm
  const positions = [...symbols.values()].map((exposure) => furthest(exposure.position, exposure))
  return {
    maxPosition: positions.reduce((most, units) => (units > most ? units : most), 0n),
    maxGrossNotional: worth.gross + openNotional,
    maxOpenNotional: openNotional,
    maxOpenOrders: openOrders,
    maxDailyLoss: dailyLoss(worth, day),
    maxTrailingLoss: trailingLoss(worth, day),
    maxDrawdown: drawdown(worth)
  } as Limits
}

/** What one of several partitions is to have of the limits, and what it uses. */
export type PartUsed = { readonly partition: number; readonly wanted: LimitChanges; readonly used: Limits }

/**
 * The first part that is less than what is used of it while the others could use up the rest of the whole: together they
 * would have more, since nothing is undone. Undefined where there is none.
 */
export const partInUse = (
  whole: LimitChanges,
  parts: ReadonlyArray<PartUsed>
): { readonly name: LimitName; readonly partition: number } | undefined => {
  for (const name of Object.keys(whole) as ReadonlyArray<LimitName>) {
    const most = whole[name]
    if (!isDivided(name) || most === undefined || most === null) continue
    const over = parts.find(({ wanted, used }) => (used[name] ?? 0) > wanted[name]!)
    if (over === undefined) continue
    const together = parts.reduce((sum, { wanted, used }) => {
      const [part, now] = [BigInt(wanted[name]!), BigInt(used[name] ?? 0)]
      return sum + (now > part ? now : part)
    }, 0n)
    if (together > BigInt(most)) return { name, partition: over.partition }
  }
  return undefined
}
