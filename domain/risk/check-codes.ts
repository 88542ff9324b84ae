/** The checks of the first decisions, all of them written out. */
const FIRST = [
  "HALTED",
  "TICK_SIZE",
  "LOT_SIZE",
  "MIN_NOTIONAL",
  "MAX_ORDER_NOTIONAL",
  "PRICE_COLLAR",
  "BUYING_POWER",
  "HOLDINGS",
  "MAX_POSITION",
  "MAX_OPEN_ORDERS",
  "ORDER_RATE"
] as const

/** Stable codes, in the order in which the checks are made. Stored for ever: a change is a new list. */
export const CHECK_CODES = [
  "INSTRUMENT",
  "SESSION",
  "HALTED",
  "TICK_SIZE",
  "LOT_SIZE",
  "MAX_QUANTITY",
  "MIN_NOTIONAL",
  "MAX_ORDER_QUANTITY",
  "MAX_ORDER_NOTIONAL",
  "PRICE_COLLAR",
  "PRICE_AGE",
  "BUYING_POWER",
  "MAINTENANCE_MARGIN",
  "HOLDINGS",
  "SHORT_SALE",
  "LOCATE",
  "REDUCE_ONLY",
  "MAX_POSITION",
  "MAX_GROSS_NOTIONAL",
  "MAX_CONCENTRATION",
  "MAX_OPEN_ORDERS",
  "MAX_OPEN_NOTIONAL",
  "ORDER_RATE",
  "DAILY_LOSS",
  "TRAILING_LOSS",
  "DRAWDOWN",
  "FAT_FINGER",
  "DUPLICATE",
  "SELF_TRADE",
  "WASH_TRADE",
  "RESTRICTED"
] as const
export type CheckCode = (typeof CHECK_CODES)[number]

/** Which codes were asked, by the `rules` of a decision. A decision's text leaves out what had nothing to compare. */
export const CHECKLISTS: Readonly<Record<number, ReadonlyArray<CheckCode>>> = { 1: FIRST, 2: CHECK_CODES }
/** The checklist that is asked today. */
export const RULES = 2
