import type { CheckCode } from "./check-codes.ts"
import * as activity from "./checks/activity.ts"
import * as funds from "./checks/funds.ts"
import * as instruments from "./checks/instrument.ts"
import * as losses from "./checks/losses.ts"
import * as meeting from "./checks/meeting.ts"
import * as patterns from "./checks/patterns.ts"
import * as position from "./checks/position.ts"
import * as price from "./checks/price.ts"
import * as size from "./checks/size.ts"
import type { LimitName } from "./limits.ts"
import type { RiskCheck } from "./outcome.ts"

/** One line of the checklist; its words become docs/risk.md. */
export type ChecklistEntry = {
  readonly code: CheckCode
  readonly check: RiskCheck
  /** what fails */
  readonly doc: string
  /** what its three numbers are, `-` where it has none */
  readonly limit: string
  readonly used: string
  readonly requested: string
  /** how it stands in a decision */
  readonly example: string
  /** by which limit it is set; without one it is always made */
  readonly setBy?: LimitName
}

const line = (
  code: CheckCode,
  check: RiskCheck,
  doc: string,
  [limit, used, requested]: readonly [string, string, string],
  example: string,
  setBy?: LimitName
): ChecklistEntry => ({
  code,
  check,
  doc,
  limit,
  used,
  requested,
  example,
  ...(setBy !== undefined && { setBy })
})
const none = ["-", "-", "-"] as const

/** Every check in the order of its codes; all are made, so that a refusal names everything that is wrong. */
export const CHECKLIST: ReadonlyArray<ChecklistEntry> = [
  line("INSTRUMENT", instruments.instrument, "the instrument has expired", none, "no"),
  line("SESSION", instruments.session, "IOC or FOK outside the instrument's trading session", none, "no"),
  line(
    "HALTED",
    instruments.halted,
    "a halt of the account, its group, the firm or the symbol; in mode reduce-only what only closes a position passes",
    none,
    "no - - - firm@17"
  ),
  line("TICK_SIZE", size.tickSize, "a price between two ticks", ["tick", "-", "the price"], "no 0.5 - 100.25"),
  line("LOT_SIZE", size.lotSize, "a quantity between two lots", ["lot", "-", "quantity"], "no 0.1 - 1.15"),
  line(
    "MAX_QUANTITY",
    size.maxQuantity,
    "more than the instrument takes in one order",
    ["most units", "-", "quantity"],
    "no 100 - 120"
  ),
  line(
    "MIN_NOTIONAL",
    size.minNotional,
    "less than the instrument's least notional",
    ["least notional", "-", "notional at the worst price"],
    "no 5 - 4.95"
  ),
  line(
    "MAX_ORDER_QUANTITY",
    size.maxOrderQuantity,
    "more units than one order may have",
    ["most units", "-", "quantity"],
    "no 10 - 12 group@40",
    "maxOrderQuantity"
  ),
  line(
    "MAX_ORDER_NOTIONAL",
    size.maxOrderNotional,
    "worth more than one order may be",
    ["most notional", "-", "notional at the worst price"],
    "no 500 - 510 account@31",
    "maxOrderNotional"
  ),
  line(
    "PRICE_COLLAR",
    price.priceCollar,
    "a buy further above, or a sell further below the reference price than 20 % or what is set; no reference known",
    ["the furthest price", "reference price", "the price"],
    "no 120 100 120.5",
    "collarPercent"
  ),
  line(
    "PRICE_AGE",
    price.priceAge,
    "a reference price that is too old",
    ["most seconds", "-", "its age in seconds"],
    "no 5 - 7.25 firm@12",
    "maxPriceAgeSeconds"
  ),
  line(
    "BUYING_POWER",
    funds.buyingPower,
    "not enough money: a cash account pays a buy in full with its fee, a margin account needs the initial margin",
    ["money, or equity", "held back, or margin in use", "what the order needs"],
    "no 10000 5002.5 5002.5"
  ),
  line(
    "MAINTENANCE_MARGIN",
    funds.maintenanceMargin,
    "a margin account with less equity than it must keep; what only closes a position passes",
    ["equity", "maintenance margin", "-"],
    "no 2400 2500"
  ),
  line(
    "HOLDINGS",
    funds.holdings,
    "a cash account that sells what it does not hold",
    ["units held", "in open sells", "quantity"],
    "no 2 1 1.1"
  ),
  line(
    "SHORT_SALE",
    funds.shortSale,
    "a margin account that sells short and may not, or an instrument that may not be",
    ["-", "-", "units short"],
    "no 0 - 3 account@31",
    "shortAllowed"
  ),
  line(
    "LOCATE",
    funds.locate,
    "a short sale that names nobody who lends",
    ["-", "-", "units short"],
    "no - - 3 firm@12",
    "locateRequired"
  ),
  line(
    "REDUCE_ONLY",
    position.reduceOnly,
    "an order with the flag reduceOnly that would open a position or turn it round",
    ["-", "units with all open orders of the side filled", "its open quantity"],
    "no - 2 3"
  ),
  line(
    "MAX_POSITION",
    position.maxPosition,
    "a net position beyond the limit, with every open order of the side filled; what brings it down passes",
    ["most units", "units before", "quantity"],
    "no 3 2 1.1 account@31",
    "maxPosition"
  ),
  line(
    "MAX_GROSS_NOTIONAL",
    position.maxGrossNotional,
    "all positions at their marks and all open orders are worth too much; what brings the position down passes",
    ["most notional", "notional before", "notional"],
    "no 100000 99500 1000 group@40",
    "maxGrossNotional"
  ),
  line(
    "MAX_CONCENTRATION",
    position.maxConcentration,
    "one symbol too large a share of equity; what brings the position down passes",
    ["most percent", "percent before", "percent added"],
    "no 25 20 7.5 account@31",
    "maxConcentrationPercent"
  ),
  line(
    "MAX_OPEN_ORDERS",
    activity.maxOpenOrders,
    "too many open orders",
    ["most", "open now", "1, of a replace 0"],
    "no 2 2 1 account@31",
    "maxOpenOrders"
  ),
  line(
    "MAX_OPEN_NOTIONAL",
    activity.maxOpenNotional,
    "open orders worth too much together",
    ["most notional", "open now", "notional, 0 of what gets no dearer"],
    "no 50000 49500 1000 firm@12",
    "maxOpenNotional"
  ),
  line(
    "ORDER_RATE",
    activity.orderRate,
    "too many orders and replaces accepted within the last second of command time",
    ["most", "in the last second", "1"],
    "no 10 10 1 account@31",
    "maxOrdersPerSecond"
  ),
  line(
    "DAILY_LOSS",
    losses.dailyLossCheck,
    "lost as much since 00:00 UTC, realised or not; what only closes a position passes",
    ["most", "lost", "-"],
    "no 1000 1200 - account@31",
    "maxDailyLoss"
  ),
  line(
    "TRAILING_LOSS",
    losses.trailingLossCheck,
    "lost as much since the best moment of the day; what only closes a position passes",
    ["most", "lost", "-"],
    "no 1000 1200 - account@31",
    "maxTrailingLoss"
  ),
  line(
    "DRAWDOWN",
    losses.drawdownCheck,
    "lost as much since the best moment ever; what only closes a position passes",
    ["most", "lost", "-"],
    "no 5000 5100 - group@40",
    "maxDrawdown"
  ),
  line(
    "FAT_FINGER",
    patterns.fatFinger,
    "so many times the average size of the account's accepted orders in the symbol (of at least five)",
    ["most units", "average size", "quantity"],
    "no 20 2 200 account@31",
    "fatFingerMultiple"
  ),
  line(
    "DUPLICATE",
    patterns.duplicate,
    "the same symbol, side, quantity and prices were accepted under another clOrdId within the window",
    ["window in ms", "ms ago", "-"],
    "no 500 120 - account@31",
    "duplicateWindowMillis"
  ),
  line(
    "SELF_TRADE",
    meeting.selfTrade,
    "would trade with an own open order, by mode cancel-newest, cancel-both, or decrement where nothing is left",
    ["-", "units it would meet", "quantity"],
    "no - 2 1 account@31",
    "selfTrade"
  ),
  line(
    "WASH_TRADE",
    meeting.washTrade,
    "would trade with an open order of another account of the same owner",
    ["-", "units it would meet", "quantity"],
    "no - 2 1 firm@12",
    "washTrade"
  ),
  line("RESTRICTED", instruments.restricted, "a symbol on a restricted list", none, "no - - - firm@12", "restricted")
]
