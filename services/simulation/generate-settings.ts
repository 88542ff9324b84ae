import type { Request } from "#domain/account/commands.ts"
import type { State } from "#domain/account/state.ts"
import type { AccountId, GroupId, Symbol } from "#domain/kernel/ids.ts"
import { parseFixed, type Cash, type Quantity, type Rate } from "#domain/kernel/money.ts"
import type { Draw } from "./draw.ts"

const fixed = (text: string) => parseFixed(text)
const NONE = {
  maxOrderNotional: null,
  maxPosition: null,
  maxOpenOrders: null,
  maxOrdersPerSecond: null,
  collarPercent: null,
  selfTrade: null,
  maxDailyLoss: null,
  maxTrailingLoss: null,
  maxDrawdown: null,
  shortAllowed: null,
  locateRequired: null
}
const loss = (draw: Draw): Cash => fixed(String(20 + draw.below(600))) as Cash
const notional = (draw: Draw): Cash => fixed(String(4000 + draw.below(30_000))) as Cash

/** A part of the firm's limit to a group, or back. */
export const allot = (draw: Draw, account: AccountId): Request => {
  const limit = draw.one(["maxGrossNotional", "maxOpenNotional"] as const)
  const amount = (fixed(String(500 + draw.below(6000))) * draw.one([1n, 1n, -1n])) as Cash
  return { type: "AllotLimit", group: account[0]! as GroupId, limit, amount, reason: "simulation" }
}
export const kill = (draw: Draw, account: AccountId, symbols: ReadonlyArray<Symbol>): Request => {
  const scope = draw.one(["account", "group", "firm"] as const)
  const scopeId = scope === "group" ? account[0]! : account
  const of = scope === "firm" ? {} : { scopeId }
  return { type: "Kill", scope, ...of, ...(draw.below(2) === 0 && { symbol: draw.one(symbols) }), reason: "simulation" }
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
    { maxDailyLoss: loss(draw), maxDrawdown: loss(draw) },
    { maxTrailingLoss: loss(draw) },
    { shortAllowed: draw.one([true, true, null, false]), locateRequired: draw.below(3) === 0 },
    { maxGrossNotional: notional(draw), maxOpenNotional: notional(draw) },
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
