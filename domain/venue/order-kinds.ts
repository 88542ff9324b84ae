import type { VenueOrder } from "./venue-order.ts"

type Kind = Pick<VenueOrder, "orderType" | "timeInForce">

/** Waits for a price before it is worked: a stop, a touch or a trail. */
export const hasTrigger = ({ orderType }: Pick<Kind, "orderType">): boolean =>
  orderType === "stop" || orderType === "stop-limit" || isTouch({ orderType }) || isTrailing({ orderType })

/** Triggers when the market comes to it from the good side (FIX OrdType J); a stop when it comes from the bad one. */
export const isTouch = ({ orderType }: Pick<Kind, "orderType">): boolean =>
  orderType === "market-if-touched" || orderType === "limit-if-touched"

export const isTrailing = ({ orderType }: Pick<Kind, "orderType">): boolean =>
  orderType === "trailing-stop" || orderType === "trailing-stop-limit"

/** Still waits for its price. */
export const isDormant = (order: Pick<VenueOrder, "orderType" | "triggered">): boolean =>
  !order.triggered && hasTrigger(order)

/** Still waits for the opening or the close. */
export const isHeld = (order: Pick<VenueOrder, "heldUntil">): boolean => order.heldUntil !== undefined

/** Acts at once and never rests: what cannot be had is cancelled. */
export const isImmediate = ({ orderType, timeInForce }: Kind): boolean =>
  orderType === "market" ||
  orderType === "stop" ||
  orderType === "market-if-touched" ||
  orderType === "trailing-stop" ||
  timeInForce === "IOC" ||
  timeInForce === "FOK" ||
  timeInForce === "OPG" ||
  timeInForce === "CLS"

/**
 * A market-to-limit order (FIX OrdType K) that has taken nothing yet. Its first fill makes it a limit order for good, so
 * what was filled is all that a restart needs to know.
 */
export const isStillMarket = ({ orderType, cumQty }: Pick<VenueOrder, "orderType" | "cumQty">): boolean =>
  orderType === "market-to-limit" && cumQty === 0n

/** Never has a place in a queue, or has none yet. */
export const hasNoPlace = (order: VenueOrder): boolean =>
  order.price === undefined || isHeld(order) || isDormant(order) || isImmediate(order) || isStillMarket(order)
