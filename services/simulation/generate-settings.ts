import type { Request } from "#domain/account/commands.ts"
import type { State } from "#domain/account/state.ts"
import type { AccountId, Symbol } from "#domain/kernel/ids.ts"
import { parseFixed, type Cash, type Quantity, type Rate } from "#domain/kernel/money.ts"
import type { Draw } from "./draw.ts"

const fixed = (text: string) => parseFixed(text)
const NONE = {
  maxOrderNotional: null,
  maxPosition: null,
  maxOpenOrders: null,
  maxOrdersPerSecond: null,
  collarPercent: null,
  selfTrade: null
}

export const limits = (draw: Draw, account: AccountId): Request => {
  const scope = draw.one(["account", "group", "firm"] as const)
  const changes = draw.one<(Request & { type: "SetLimits" })["changes"]>([
    { maxOrderNotional: fixed(String(50 + draw.below(2000))) as Cash },
    {
      maxPosition: fixed(String(1 + draw.below(150))) as Quantity,
      maxOpenOrders: 1 + draw.below(1 + draw.below(30))
    },
    { maxOrdersPerSecond: 1 + draw.below(20), collarPercent: fixed(String(1 + draw.below(30))) as Rate },
    { selfTrade: draw.one(["allow", "decrement", "cancel-oldest", "cancel-newest", "cancel-both"] as const) },
    NONE,
    NONE
  ])
  const scopeId = scope === "firm" ? "firm" : scope === "group" ? account[0]! : account
  return { type: "SetLimits", scope, scopeId, changes, reason: "simulation" }
}

/** Mostly there is no halt, and one that stands is lifted soon. */
export const halt = (
  draw: Draw,
  state: State,
  account: AccountId,
  symbols: ReadonlyArray<Symbol>
): Request | undefined => {
  const standing = [...state.halts.keys()]
  if (standing.length === 0 && draw.below(3) > 0) return undefined
  if (standing.length > 0) return { type: "Resume", haltId: draw.one(standing) }
  return {
    type: "Halt",
    scope: draw.one(["account", "firm"] as const),
    scopeId: account,
    ...(draw.below(2) === 0 && { symbol: draw.one(symbols) }),
    reason: "simulation"
  }
}
