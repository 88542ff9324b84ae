import { isHeld, leavesOf, worstOf, type Followed, type Terms } from "./followed.ts"
import type { Level } from "./judge.ts"

/** From the one that allows most to the strictest. */
const MODES = ["allow", "decrement", "cancel-oldest", "cancel-newest", "cancel-both"] as const
type Mode = (typeof MODES)[number]

export type Meeting = {
  readonly mode: Mode
  readonly deny: boolean
  /** own orders that it would trade with, in the order in which they were opened */
  readonly met: ReadonlyArray<Followed>
}
const NOBODY: Meeting = { mode: "allow", deny: false, met: [] }

/** The own orders that one would meet, and whether it is denied for that. What waits for its price meets nobody. */
export const meets = (
  { placed, cumQty }: Followed,
  { quantity, price }: Terms,
  levels: ReadonlyArray<Level>,
  others: () => ReadonlyArray<Followed>
): Meeting => {
  let strictest = 0
  for (const { limits } of levels) strictest = Math.max(strictest, MODES.indexOf(limits.selfTrade ?? "allow"))
  const mode = MODES[strictest]!
  if (mode === "allow" || waitsForPrice(placed.orderType)) return NOBODY
  const bound = placed.orderType === "market" ? undefined : price
  const met = others().filter((other) => {
    if (other.placed.symbol !== placed.symbol || other.placed.side === placed.side || leavesOf(other) === 0n)
      return false
    if (isHeld(other) || (other.terms.stopPrice !== undefined && !other.triggered)) return false
    const theirs = worstOf(other, other.terms)
    if (bound === undefined || theirs === undefined) return true
    return placed.side === "buy" ? theirs <= bound : theirs >= bound
  })
  if (met.length === 0) return NOBODY
  const all = met.reduce((sum, other) => sum + leavesOf(other), 0n)
  const deny = mode === "cancel-newest" || mode === "cancel-both" || (mode === "decrement" && all >= quantity - cumQty)
  return { mode, deny, met }
}
const waitsForPrice = (type: Followed["placed"]["orderType"]): boolean =>
  type.includes("stop") || type.includes("touched")
