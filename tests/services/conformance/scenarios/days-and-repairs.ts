import { begun, event, instead, order, reject, replace, report, scenario } from "./written.ts"

const today = (dayOrderQty: number, dayCumQty: number) => ({ dayOrderQty, dayCumQty })
const done = (execId: string, execRefId?: string) => ({ execId, ...(execRefId !== undefined && { execRefId }) })
const at = (lastPx: number, avgPx: number) => ({ lastPx, avgPx })

/** The first day of an order good till cancelled: 2000 of 10000 trade. */
const firstDay = [
  order("1.1", "X", 10000, { timeInForce: "GoodTillCancel" }),
  report("1.2", "X", "New", "New", [10000, 0, 10000, 0], done("A")),
  report("1.3", "X", "Trade", "PartiallyFilled", [10000, 2000, 8000, 2000], done("B")),
  report("1.4", "X", "DoneForDay", "DoneForDay", [10000, 2000, 8000, 0], done("C"))
]
const renewed = report("2.1", "X", "Restated", "PartiallyFilled", [10000, 2000, 8000, 0], {
  ...today(8000, 0),
  ...done("D"),
  execRestatementReason: "GTC renewal/restatement (no corporate action)"
})

/** Orders of several days, times in force, repairs, halts, guarantees: FIX 4.4 appendix D, groups H to L. */
export const DAYS_AND_REPAIRS = [
  scenario(
    "H.1.b",
    "A split of two for one between the days of an order",
    ...firstDay,
    report("2.1", "X", "Restated", "PartiallyFilled", [20000, 4000, 16000, 0], {
      ...today(16000, 0),
      execRestatementReason: "GT corporate action"
    }),
    report("2.2", "X", "Trade", "PartiallyFilled", [20000, 9000, 11000, 5000], today(16000, 5000)),
    report("2.3", "X", "Trade", "Filled", [20000, 20000, 0, 11000], today(16000, 16000))
  ),
  scenario(
    "H.1.d",
    "A renewed order is given more",
    ...firstDay,
    renewed,
    replace("2.2", "Y/X", 15000),
    instead(reject("2.3", "Y/X", "PartiallyFilled")),
    report("2.3", "Y/X", "PendingReplace", "PendingReplace", [10000, 2000, 8000, 0], today(8000, 0)),
    report("2.4", "X", "Trade", "PendingReplace", [10000, 3000, 7000, 1000], today(8000, 1000)),
    instead(reject("2.5", "Y/X", "PartiallyFilled")),
    report("2.5", "Y/X", "Replaced", "PartiallyFilled", [15000, 3000, 12000, 0], today(13000, 1000))
  ),
  scenario(
    "I.1.b",
    "What an immediate-or-cancel order cannot have at once is cancelled",
    ...begun({ timeInForce: "ImmediateOrCancel" }),
    report("3", "X", "Trade", "PartiallyFilled", [10000, 1000, 9000, 1000]),
    report("4", "X", "Canceled", "Canceled", [10000, 1000, 0, 0])
  ),
  scenario(
    "good till date",
    "A part-filled order reaches its date",
    ...begun({ timeInForce: "GoodTillDate" }),
    report("3", "X", "Trade", "PartiallyFilled", [10000, 1000, 9000, 1000]),
    report("4", "X", "Expired", "Expired", [10000, 1000, 0, 0])
  ),
  scenario(
    "a day order",
    "An order expires with its day",
    ...begun({ timeInForce: "Day" }),
    report("3", "X", "Expired", "Expired", [10000, 0, 0, 0])
  ),
  scenario(
    "J.1.a",
    "The executions of a filled order are repaired",
    order("1", "X", 10000),
    instead(report("2", "X", "Rejected", "Rejected", [10000, 0, 0, 0], done("A"))),
    report("2", "X", "New", "New", [10000, 0, 10000, 0], { ...done("B"), avgPx: 0 }),
    report("3", "X", "Trade", "PartiallyFilled", [10000, 1000, 9000, 1000], { ...done("C"), ...at(100, 100) }),
    report("4", "X", "Trade", "Filled", [10000, 10000, 0, 9000], { ...done("D"), ...at(110, 109) }),
    report("5", "X", "TradeCancel", "PartiallyFilled", [10000, 9000, 1000, 0], { ...done("E", "C"), ...at(0, 110) }),
    report("6", "X", "TradeCorrect", "PartiallyFilled", [10000, 9000, 1000, 9000], {
      ...done("F", "D"),
      ...at(100, 100)
    }),
    report("7", "X", "Trade", "Filled", [10000, 10000, 0, 1000], { ...done("G"), ...at(120, 102) }),
    report("8", "X", "TradeCorrect", "Filled", [10000, 10000, 0, 9000], { ...done("H", "F"), ...at(120, 120) }),
    replace("9", "Y/X", 12000),
    report("10", "Y/X", "PendingReplace", "PendingReplace", [10000, 10000, 0, 0], { ...done("I"), ...at(0, 120) }),
    report("11", "Y/X", "Replaced", "PartiallyFilled", [12000, 10000, 2000, 0], { ...done("J"), ...at(0, 120) }),
    report("12", "Y", "TradeCorrect", "PartiallyFilled", [12000, 10500, 1500, 9500], {
      ...done("K", "H"),
      ...at(120, 120)
    })
  ),
  scenario(
    "J.1.c",
    "Executions of both days of an order are corrected on the second",
    ...firstDay,
    renewed,
    report("2.2", "X", "Trade", "PartiallyFilled", [10000, 3000, 7000, 1000], { ...today(8000, 1000), ...done("E") }),
    report("2.3", "X", "TradeCorrect", "PartiallyFilled", [10000, 2500, 7500, 1500], {
      ...today(8500, 1000),
      ...done("F", "B")
    }),
    report("2.4", "X", "TradeCorrect", "PartiallyFilled", [10000, 2000, 8000, 500], {
      ...today(8500, 500),
      ...done("G", "E")
    })
  ),
  scenario(
    "J.1.d",
    "An execution is corrected and then void after the day is done",
    order("1", "X", 10000),
    report("2", "X", "New", "New", [10000, 0, 10000, 0], done("A")),
    report("3", "X", "Trade", "PartiallyFilled", [10000, 5000, 5000, 5000], { ...done("B"), lastPx: 50 }),
    report("4", "X", "DoneForDay", "DoneForDay", [10000, 5000, 0, 0], done("C")),
    report("5", "X", "TradeCorrect", "DoneForDay", [10000, 4000, 0, 4000], { ...done("D", "B"), lastPx: 51 }),
    report("6", "X", "TradeCancel", "DoneForDay", [10000, 0, 0, 0], done("E", "D"))
  ),
  // The matrix has New when trading resumes; brokers send Restated as well, which says the same: both put the order back.
  ...(["New", "Restated"] as const).map((again) =>
    scenario(
      `K.1.a ${again}`,
      "A halt suspends an order, and it stands again",
      ...begun(),
      event("3", "trading is halted"),
      report("4", "X", "Suspended", "Suspended", [10000, 0, 10000, 0]),
      event("5", "trading resumes"),
      report("6", "X", again, "New", [10000, 0, 10000, 0]),
      report("7", "X", "Trade", "Filled", [10000, 10000, 0, 10000])
    )
  ),
  ...(["Canceled", "Expired"] as const).map((ended) =>
    scenario(
      `reinstated after ${ended}`,
      "The broker takes an order back that was over: it is open with what was left",
      ...begun(),
      report("3", "X", "Trade", "PartiallyFilled", [10000, 1000, 9000, 1000]),
      report("4", "X", ended, ended, [10000, 1000, 0, 0]),
      report("5", "X", "Restated", "PartiallyFilled", [10000, 1000, 9000, 0], { execRestatementReason: "reinstated" }),
      report("6", "X", "Trade", "Filled", [10000, 10000, 0, 9000])
    )
  ),
  scenario(
    "reinstated after DoneForDay",
    "A day that was done too early goes on",
    ...begun(),
    report("3", "X", "DoneForDay", "DoneForDay", [10000, 0, 0, 0]),
    report("4", "X", "New", "New", [10000, 0, 10000, 0]),
    report("5", "X", "Trade", "PartiallyFilled", [10000, 4000, 6000, 4000]),
    report("6", "X", "Stopped", "Stopped", [10000, 4000, 6000, 500], { lastPx: 50 }),
    report("7", "X", "Trade", "Stopped", [10000, 4500, 5500, 500], { lastPx: 50 })
  ),
  scenario(
    "K.1.b",
    "A halt cancels an order",
    ...begun(),
    report("3", "X", "Trade", "PartiallyFilled", [10000, 1000, 9000, 1000]),
    event("4", "trading is halted"),
    instead(report("5", "X", "Suspended", "Suspended", [10000, 1000, 9000, 0])),
    report("5", "X", "Canceled", "Canceled", [10000, 1000, 0, 0], { execRestatementReason: "Cancel on Trading Halt" })
  ),
  scenario(
    "L.1.a",
    "1000 are guaranteed, and trade better",
    ...begun(),
    report("3", "X", "Stopped", "Stopped", [10000, 0, 10000, 1000], { lastPx: 50.1 }),
    report("4", "X", "Trade", "Stopped", [10000, 1000, 9000, 1000], { lastPx: 50 })
  ),
  scenario(
    "L.1.b",
    "An order for money: the broker says how many that is",
    order("1", "X", null, { cashOrderQty: 10000, price: 10 }),
    instead(report("2", "X", "Rejected", "Rejected", [0, 0, 0, 0])),
    report("2", "X", "New", "New", [1000, 0, 1000, 0]),
    report("3", "X", "Trade", "PartiallyFilled", [1000, 200, 800, 200]),
    report("4", "X", "Trade", "Filled", [1000, 1000, 0, 800])
  )
]
