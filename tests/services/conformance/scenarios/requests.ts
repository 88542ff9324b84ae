import { begun, cancel, instead, order, reject, replace, report, scenario } from "./written.ts"

/** Cancels and replaces: FIX 4.4 appendix D, groups B to D. */
export const REQUESTS = [
  scenario(
    "B.1.b",
    "A part-filled order goes on trading while its cancel waits",
    ...begun(),
    report("3", "X", "Trade", "PartiallyFilled", [10000, 2000, 8000, 2000]),
    cancel("4", "Y/X", 10000),
    report("4", "X", "Trade", "PartiallyFilled", [10000, 5000, 5000, 3000]),
    instead(reject("5", "Y/X", "PartiallyFilled")),
    report("5", "Y/X", "PendingCancel", "PendingCancel", [10000, 5000, 5000, 0]),
    report("6", "X", "Trade", "PendingCancel", [10000, 6000, 4000, 1000]),
    instead(reject("7", "Y/X", "PartiallyFilled")),
    report("7", "Y/X", "Canceled", "Canceled", [10000, 6000, 0, 0])
  ),
  scenario(
    "B.1.d",
    "A cancel overtakes the acknowledgement",
    order("1", "X", 10000),
    cancel("2", "Y/X", 10000),
    report("3", "Y/X", "PendingCancel", "PendingCancel", [10000, 0, 10000, 0]),
    report("4", "X", "New", "PendingCancel", [10000, 0, 10000, 0]),
    report("5", "Y/X", "Canceled", "Canceled", [10000, 0, 0, 0])
  ),
  scenario(
    "B.1.f",
    "A cancel of an order that nobody knows does not use up its id",
    cancel("1", "Y/X", 10000),
    reject("2", "Y/X", "Rejected", { cxlRejReason: "UnknownOrder" }),
    order("3", "X", 10000),
    report("4", "X", "New", "New", [10000, 0, 10000, 0])
  ),
  // OrigClOrdID names the newest accepted request (FIX 4.4, tag 41); of an unknown order the status is Rejected (tag 39)
  scenario(
    "a replaced id",
    "A cancel that names an id which was replaced since is of an unknown order, and the order goes on",
    ...begun(),
    replace("3", "Y/X", 12000),
    report("4", "Y/X", "Replaced", "New", [12000, 0, 12000, 0]),
    cancel("5", "Z/X", 12000),
    reject("6", "Z/X", "Rejected", { cxlRejReason: "UnknownOrder" }),
    report("7", "Y", "Trade", "Filled", [12000, 12000, 0, 12000])
  ),
  scenario(
    "expired meanwhile",
    "An order expires while its cancel waits: the cancel is refused under its own id",
    ...begun(),
    report("3", "X", "Trade", "PartiallyFilled", [10000, 2000, 8000, 2000]),
    cancel("4", "Y/X", 10000),
    report("5", "Y/X", "PendingCancel", "PendingCancel", [10000, 2000, 8000, 0]),
    report("6", "X", "Expired", "Expired", [10000, 2000, 0, 0]),
    reject("7", "Y/X", "Expired")
  ),
  scenario(
    "a cancel's id",
    "A cancel under an id that was used is refused for that, and the order goes on",
    ...begun(),
    cancel("3", "X/X", 10000),
    reject("4", "X/X", "New", { cxlRejReason: "Duplicate ClOrdID received" }),
    report("5", "X", "Trade", "Filled", [10000, 10000, 0, 10000])
  ),
  scenario(
    "C.1.b",
    "A part-filled order is given more while it trades",
    ...begun(),
    report("3", "X", "Trade", "PartiallyFilled", [10000, 1000, 9000, 1000]),
    replace("4", "Y/X", 12000),
    instead(reject("5", "Y/X", "PartiallyFilled")),
    report("5", "Y/X", "PendingReplace", "PendingReplace", [10000, 1000, 9000, 0]),
    report("6", "X", "Trade", "PendingReplace", [10000, 1100, 8900, 100]),
    instead(reject("7", "Y/X", "PartiallyFilled")),
    report("7", "Y/X", "Replaced", "PartiallyFilled", [12000, 1100, 10900, 0]),
    report("8", "Y", "Trade", "Filled", [12000, 12000, 0, 10900])
  ),
  scenario(
    "C.1.c",
    "A filled order is given more",
    ...begun(),
    report("3", "X", "Trade", "Filled", [10000, 10000, 0, 10000]),
    replace("4", "Y/X", 12000),
    instead(reject("5", "Y/X", "Filled")),
    report("5", "Y/X", "PendingReplace", "PendingReplace", [10000, 10000, 0, 0]),
    instead(reject("6", "Y/X", "Filled")),
    report("6", "Y/X", "Replaced", "PartiallyFilled", [12000, 10000, 2000, 0]),
    report("7", "Y", "Trade", "Filled", [12000, 12000, 0, 2000])
  ),
  scenario(
    "C.3.a",
    "A replace to less crosses a fill and stays above it",
    ...begun(),
    report("3", "X", "Trade", "PartiallyFilled", [10000, 1000, 9000, 1000]),
    replace("4", "Y/X", 8000),
    report("4", "X", "Trade", "PartiallyFilled", [10000, 1500, 8500, 500]),
    instead(reject("5", "Y/X", "PartiallyFilled")),
    report("5", "Y/X", "PendingReplace", "PendingReplace", [10000, 1500, 8500, 0]),
    report("6", "X", "Trade", "PendingReplace", [10000, 1600, 8400, 100]),
    instead(reject("7", "Y/X", "PartiallyFilled")),
    report("7", "Y/X", "Replaced", "PartiallyFilled", [8000, 1600, 6400, 0]),
    report("8", "Y", "Trade", "Filled", [8000, 8000, 0, 6400])
  ),
  scenario(
    "C.3.c",
    "A replace to less than has filled meanwhile ends at what has filled",
    ...begun(),
    replace("3", "Y/X", 7000),
    report("3", "X", "Trade", "PartiallyFilled", [10000, 8000, 2000, 8000]),
    report("4", "Y/X", "Replaced", "Filled", [8000, 8000, 0, 0])
  ),
  scenario(
    "D.1.b",
    "The first replace is refused at once, the second follows the order itself",
    ...begun(),
    report("3", "X", "Trade", "PartiallyFilled", [10000, 1000, 9000, 1000]),
    replace("4", "Y/X", 8000),
    reject("5", "Y/X", "PartiallyFilled"),
    report("6", "X", "Trade", "PartiallyFilled", [10000, 1500, 8500, 500]),
    report("7", "X", "Trade", "PartiallyFilled", [10000, 3500, 6500, 2000]),
    replace("8", "Z/X", 6000),
    instead(reject("9", "Z/X", "PartiallyFilled")),
    report("9", "Z/X", "PendingReplace", "PendingReplace", [10000, 3500, 6500, 0]),
    instead(reject("10", "Z/X", "PartiallyFilled")),
    report("10", "Z/X", "Replaced", "PartiallyFilled", [6000, 3500, 2500, 0]),
    report("11", "Z", "Trade", "PartiallyFilled", [6000, 5000, 1000, 1500])
  ),
  scenario(
    "D.2.a",
    "Two replaces at once are worked off one after the other",
    ...begun(),
    report("3", "X", "Trade", "PartiallyFilled", [10000, 1000, 9000, 1000]),
    replace("4", "Y/X", 8000),
    replace("5", "Z/Y", 7000),
    report("6", "Y/X", "PendingReplace", "PendingReplace", [10000, 1000, 9000, 0]),
    report("7", "Y/X", "Replaced", "PartiallyFilled", [8000, 1000, 7000, 0]),
    report("8", "Z/Y", "PendingReplace", "PendingReplace", [8000, 1000, 7000, 0]),
    report("9", "Z/Y", "Replaced", "PartiallyFilled", [7000, 1000, 6000, 0]),
    report("10", "Z", "Trade", "Filled", [7000, 7000, 0, 6000])
  ),
  // Of a replace that waits behind another the report tells the order as it will find it (8000 of row 4), not as it is: it
  // is the second request's own report, and the first is ahead of it. OrigClOrdID is X all the same, the last accepted.
  scenario(
    "D.2.b",
    "Two replaces at once wait before either is carried out",
    ...begun(),
    report("3", "X", "Trade", "PartiallyFilled", [10000, 1000, 9000, 1000]),
    replace("4", "Y/X", 8000),
    replace("5", "Z/Y", 7000),
    report("6", "Y/X", "PendingReplace", "PendingReplace", [10000, 1000, 9000, 0]),
    report("7", "Z/X", "PendingReplace", "PendingReplace", [8000, 1000, 7000, 0]),
    report("8", "Y/X", "Replaced", "PendingReplace", [8000, 1000, 7000, 0]),
    report("9", "Z/Y", "Replaced", "PartiallyFilled", [7000, 1000, 6000, 0]),
    report("10", "Z", "Trade", "Filled", [7000, 7000, 0, 6000])
  ),
  scenario(
    "D.2.c",
    "Two replaces at once are both refused",
    ...begun(),
    report("3", "X", "Trade", "PartiallyFilled", [10000, 1000, 9000, 1000]),
    replace("4", "Y/X", 8000),
    replace("5", "Z/Y", 7000),
    report("6", "Y/X", "PendingReplace", "PendingReplace", [10000, 1000, 9000, 0]),
    report("7", "Z/X", "PendingReplace", "PendingReplace", [8000, 1000, 7000, 0]),
    reject("8", "Y/X", "PendingReplace"),
    reject("9", "Z/X", "PartiallyFilled"),
    report("10", "X", "Trade", "Filled", [10000, 10000, 0, 9000])
  )
]
