import { EXEC_TYPE_CODES, ORD_STATUS_CODES } from "#domain/orders/execution-report.ts"

// Names of FIX values as people write them (Canceled, cancelled, Cancel, 4), and the one name that is compared here.

/** Letters and digits only, so that `Done for Day`, `DONE_FOR_DAY` and `DoneForDay` are one. */
const plain = (text: string): string => text.toLowerCase().replaceAll(/[^a-z0-9]/gu, "")

type Spellings = Readonly<Record<string, string>>
const reader = (names: Spellings, codes: Spellings, also: Spellings = {}) => {
  const known: Record<string, string> = { ...also }
  for (const name of Object.values(names)) known[plain(name)] = name
  for (const [name, code] of Object.entries(codes)) known[plain(code)] ??= name
  return (text: string): string => known[plain(text)] ?? text
}
const keys = (record: Readonly<Record<string, unknown>>): Spellings =>
  Object.fromEntries(Object.keys(record).map((key) => [key, key]))

export const execTypeOf = reader(keys(EXEC_TYPE_CODES), EXEC_TYPE_CODES, {
  cancel: "Canceled",
  cancelled: "Canceled",
  replace: "Replaced",
  reject: "Rejected",
  suspend: "Suspended",
  restate: "Restated",
  fill: "Trade",
  partialfill: "Trade",
  tradecorrection: "TradeCorrect",
  tradebust: "TradeCancel",
  status: "OrderStatus"
})
export const ordStatusOf = reader(keys(ORD_STATUS_CODES), ORD_STATUS_CODES, { cancelled: "Canceled" })

/** FIX TimeInForce 59. */
export const timeInForceOf = reader(
  {},
  { DAY: "0", GTC: "1", OPG: "2", IOC: "3", FOK: "4", GTD: "6", CLS: "7" },
  {
    day: "DAY",
    goodtillcancel: "GTC",
    goodtillcanceled: "GTC",
    goodtillcancelled: "GTC",
    gtc: "GTC",
    gt: "GTC",
    attheopening: "OPG",
    opg: "OPG",
    immediateorcancel: "IOC",
    ioc: "IOC",
    fillorkill: "FOK",
    fok: "FOK",
    goodtilldate: "GTD",
    gtd: "GTD",
    attheclose: "CLS",
    cls: "CLS"
  }
)

type Pattern = readonly [RegExp, string]
const byPattern =
  (...patterns: ReadonlyArray<Pattern>) =>
  (text: string): string =>
    patterns.find(([pattern]) => pattern.test(plain(text)))?.[1] ?? text

/** Messages by name or by MsgType 35. A cancel reject also names what it rejects, so it is looked for first. */
export const msgOf = byPattern(
  [/^9$|cancel.*reject/u, "OrderCancelReject"],
  [/^8$|exec/u, "ExecutionReport"],
  [/^h$|status/u, "OrderStatusRequest"],
  [/^g$|replace|amend|modif/u, "OrderCancelReplaceRequest"],
  [/^f$|cancel/u, "OrderCancelRequest"],
  [/^d$|neworder|^new$|^order/u, "NewOrderSingle"]
)

/** FIX CxlRejReason 102, OrdRejReason 103 and ExecRestatementReason 378. */
export const cxlRejReasonOf = byPattern(
  [/^0$|toolate/u, "TooLateToCancel"],
  [/^1$|unknown/u, "UnknownOrder"],
  [/^2$|option/u, "BrokerOption"],
  [/^3$|pending/u, "AlreadyPendingCancelOrReplace"],
  [/^6$|duplicate/u, "DuplicateClOrdID"]
)
export const ordRejReasonOf = byPattern(
  [/^5$|unknownorder/u, "UnknownOrder"],
  [/^7$|verbal/u, "DuplicateOfVerbalOrder"],
  [/^6$|duplicate/u, "DuplicateOrder"]
)
export const restatementReasonOf = byPattern(
  [/^0$|corporate.*action(?<!nocorporateaction)|split/u, "GTCorporateAction"],
  [/^1$|renew|^gt/u, "GTRenewal"],
  [/^2$|verbal/u, "VerbalChange"],
  [/^3$|repric/u, "RepricingOfOrder"],
  [/^4$|broker/u, "BrokerOption"],
  [/^5$|partialdecline/u, "PartialDeclineOfOrderQty"],
  [/^6$|halt/u, "CancelOnTradingHalt"]
)
