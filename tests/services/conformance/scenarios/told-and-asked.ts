import { begun, cancel, event, instead, order, question, replace, report, scenario } from "./written.ts"

/** What nobody asked for, what is refused, and questions: FIX 4.4 appendix D, groups E to G. */
export const TOLD_AND_ASKED = [
  // LeavesQty is OrderQty less CumQty in every row: a telephoned order differs from others in its ids alone.
  scenario(
    "E.1.a",
    "An order by telephone has no id of a client",
    event("1", "the client phones an order for 10000"),
    report("2", null, "New", "New", [10000, 0, 10000, 0]),
    report("3", null, "Trade", "PartiallyFilled", [10000, 2000, 8000, 2000]),
    report("4", null, "Trade", "PartiallyFilled", [10000, 3000, 7000, 1000]),
    report("5", null, "Trade", "Filled", [10000, 10000, 0, 7000])
  ),
  scenario(
    "E.1.c",
    "An order grows by word of mouth, before and after its first fill",
    ...begun(),
    event("3", "11000 are agreed by telephone"),
    report("4", "X", "Restated", "New", [11000, 0, 11000, 0], { execRestatementReason: "VerbalChange" }),
    report("5", "X", "Trade", "PartiallyFilled", [11000, 1000, 10000, 1000]),
    event("6", "12000 are agreed by telephone"),
    report("7", "X", "Restated", "PartiallyFilled", [12000, 1000, 11000, 0], { execRestatementReason: "Verbal change" })
  ),
  scenario(
    "F.1.a",
    "A second order under the same id is refused, and the first goes on",
    ...begun(),
    report("3", "X", "Trade", "PartiallyFilled", [10000, 1000, 9000, 1000]),
    order("4", "X", 15000),
    report("5", "X", "Rejected", "PartiallyFilled", [10000, 1000, 9000, 0], { ordRejReason: "DuplicateOrder" }),
    report("6", "X", "Trade", "Filled", [10000, 10000, 0, 9000])
  ),
  scenario(
    "F.1.c",
    "An order arrives that was given by telephone already",
    order("1", "X", 10000, { possDup: "Y" }),
    event("2", "the line was down: the client has phoned it, and it is being worked"),
    report("3", "X", "Rejected", "Rejected", [10000, 0, 0, 0], { ordRejReason: "DuplicateOfVerballyCommunicatedOrder" })
  ),
  scenario(
    "G.1.a",
    "A question about an order that nobody knows",
    question("1", "X"),
    report("2", "X", "OrderStatus", "Rejected", [0, 0, 0], { ordRejReason: "UnknownOrder" })
  ),
  scenario(
    "G.1.b",
    "Nothing done: the answer to a question before anything traded",
    ...begun(),
    question("3", "X"),
    report("4", "X", "OrderStatus", "New", [10000, 0, 10000], { text: "Nothing Done" })
  ),
  // A status report bears the ids of the newest request, ExecType I and no LastQty; what was refused or filled is answered
  // for as long as the order is known. A request that waits shows in OrdStatus once the broker has said that it has it.
  scenario(
    "G.1.c",
    "Questions through the life of an order",
    order("1", "X", 10000),
    question("2", "X"),
    report("3", "X", "OrderStatus", "PendingNew", [10000, 0, 10000]),
    instead(report("4", "X", "Rejected", "Rejected", [10000, 0, 0, 0])),
    report("4", "X", "New", "New", [10000, 0, 10000, 0]),
    question("5", "X"),
    report("6", "X", "OrderStatus", "New", [10000, 0, 10000]),
    report("7", "X", "Trade", "PartiallyFilled", [10000, 2000, 8000, 2000]),
    question("8", "X"),
    report("9", "X", "OrderStatus", "PartiallyFilled", [10000, 2000, 8000]),
    report("10", "X", "Trade", "Filled", [10000, 10000, 0, 8000]),
    question("11", "X"),
    report("12", "X", "OrderStatus", "Filled", [10000, 10000, 0]),
    replace("13", "Y/X", 12000),
    report("14", "Y/X", "PendingReplace", "PendingReplace", [10000, 10000, 0, 0]),
    question("15", "Y"),
    report("16", "Y/X", "OrderStatus", "PendingReplace", [10000, 10000, 0]),
    report("17", "Y/X", "Replaced", "PartiallyFilled", [12000, 10000, 2000, 0]),
    question("18", "Y"),
    report("19", "Y/X", "OrderStatus", "PartiallyFilled", [12000, 10000, 2000]),
    cancel("20", "Z/Y", 12000),
    report("21", "Z/Y", "PendingCancel", "PendingCancel", [12000, 10000, 2000, 0]),
    question("22", "Z"),
    report("23", "Z/Y", "OrderStatus", "PendingCancel", [12000, 10000, 2000]),
    report("24", "Z/Y", "Canceled", "Canceled", [12000, 10000, 0, 0]),
    question("25", "Z"),
    report("26", "Z/Y", "OrderStatus", "Canceled", [12000, 10000, 0])
  )
]
