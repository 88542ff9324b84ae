// Writes docs/orders.md from the code: what is in its tables is what the decider does with each report in each status.
import { LIFE_CYCLE, type ReportType } from "#domain/orders/life-cycle.ts"
import { PRICES } from "#domain/orders/shape.ts"
import { ORD_STATUSES, ordStatus, type OrdStatus } from "#domain/orders/status.ts"
import type { OrderType } from "#domain/venue/messages.ts"
import { amount, Story, USDT, type Said } from "#tests/domain/account/story.ts"

const SETTLED = ORD_STATUSES.filter((status) => status !== "PendingCancel" && status !== "PendingReplace")

/** What a venue says to bring an order of 3, placed GTC, into a status. */
const WAYS: Readonly<Record<string, ReadonlyArray<Said>>> = {
  PendingNew: [],
  New: [{ type: "New" }],
  PartiallyFilled: [{ type: "New" }, { type: "Trade", quantity: amount("1"), price: amount("100"), execId: "T" }],
  Filled: [{ type: "New" }, { type: "Trade", quantity: amount("3"), price: amount("100"), execId: "T" }],
  Stopped: [{ type: "New" }, { type: "Stopped" }],
  Suspended: [{ type: "New" }, { type: "Suspended" }],
  DoneForDay: [{ type: "New" }, { type: "DoneForDay" }],
  Canceled: [{ type: "New" }, { type: "Canceled" }],
  Expired: [{ type: "New" }, { type: "Expired" }],
  Rejected: [{ type: "Rejected" }]
}
/** A report of each type as it usually is; busts and corrections name the first execution. */
const SAID: Readonly<Record<ReportType, Said>> = {
  New: { type: "New" },
  Triggered: { type: "Triggered" },
  Trade: { type: "Trade", quantity: amount("1"), price: amount("100") },
  TradeCancel: { type: "TradeCancel", execRefId: "T" as never },
  TradeCorrect: {
    type: "TradeCorrect",
    execRefId: "T" as never,
    quantity: amount("0.5"),
    price: amount("100"),
    fee: amount("0.025"),
    feeCurrency: USDT,
    liquidity: "taker",
    queueAhead: amount("0")
  },
  Replaced: { type: "Replaced", quantity: amount("2") },
  Restated: { type: "Restated", quantity: amount("2.5"), reason: "GTRenewal" },
  PendingCancel: { type: "PendingCancel" },
  PendingReplace: { type: "PendingReplace" },
  Stopped: { type: "Stopped" },
  Suspended: { type: "Suspended" },
  DoneForDay: { type: "DoneForDay" },
  Canceled: { type: "Canceled" },
  Rejected: { type: "Rejected" },
  Expired: { type: "Expired" },
  CancelRejected: { type: "CancelRejected" },
  ReplaceRejected: { type: "ReplaceRejected" }
}

const FIRST: Said = { type: "Trade", quantity: amount("1"), price: amount("100"), execId: "T" }
const reached = (status: OrdStatus, report: ReportType) => {
  const story = Story.begun()
  const id = story.place({ quantity: "3", price: "100" })
  const [first, ...others] = WAYS[status]!
  if (first !== undefined) story.report(id, first)
  // what changes an execution needs one, where the status leaves room for it
  const needsOne = report === "TradeCancel" || report === "TradeCorrect"
  if (needsOne && first?.type === "New" && status !== "New" && others[0]?.type !== "Trade") story.report(id, FIRST)
  for (const said of others) story.report(id, said)
  return { story, id }
}
const orderIn = ({ state }: Story, id: string) => state.orders.get(id as never) ?? state.finished.find(id as never)

/** The status after a report, or undefined when it was kept in suspense; requests that are answered are made before. */
const after = (status: OrdStatus, report: ReportType): OrdStatus | undefined => {
  const { story, id } = reached(status, report)
  if (/Cancel/.test(report) && report !== "TradeCancel" && report !== "Canceled") story.cancel(id)
  if (/Replace/.test(report)) story.replace(id, { quantity: "2" })
  const { events } = story.report(id, SAID[report])
  if (events[0]?.type === "ReportSuspended") return undefined
  const order = orderIn(story, id)
  return order && ordStatus(order, "venue")
}

const REPORTS = Object.keys(LIFE_CYCLE) as ReadonlyArray<ReportType>
const row = (cells: ReadonlyArray<string>): string => `| ${cells.join(" | ")} |`
const table = (head: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): string =>
  [row(head), row(head.map(() => "---")), ...rows.map(row)].join("\n")

const lifeCycle = (): string => {
  const remarks: Array<string> = []
  const numberOf = (remark: string): number => {
    if (!remarks.includes(remark)) remarks.push(remark)
    return remarks.indexOf(remark) + 1
  }
  const rows = REPORTS.map((report) => [
    `**${report}**`,
    ...SETTLED.map((status) => {
      const next = after(status, report)
      const remark = LIFE_CYCLE[report][status]?.remark
      const shown = next === undefined ? "suspense" : next === status ? "·" : next
      return remark === undefined ? shown : `${shown} (${numberOf(remark)})`
    })
  ])
  const notes = remarks.map((remark, at) => `${at + 1}. ${remark}`).join("\n")
  return `${table(["report \\ status", ...SETTLED], rows)}\n\n${notes}`
}

const diagram = (): string => {
  const arrows = new Map<string, Array<string>>()
  for (const status of SETTLED) {
    for (const report of REPORTS) {
      const next = after(status, report)
      if (next === undefined || next === status) continue
      const arrow = `${status} --> ${next}`
      arrows.set(arrow, [...(arrows.get(arrow) ?? []), report])
    }
  }
  const lines = [...arrows].map(([arrow, reports]) => `  ${arrow}: ${reports.join(", ")}`)
  return ["```mermaid", "stateDiagram-v2", "  [*] --> PendingNew", ...lines, "```"].join("\n")
}

const WORDS: Readonly<Record<OrderType, string>> = {
  market: "takes what it can have at once, within its protection price",
  limit: "rests at its price, or takes what is better; with `displayQuantity` an iceberg",
  stop: "a market order once its stop price is reached",
  "stop-limit": "a limit order once its stop price is reached",
  "market-if-touched": "a market order once a better price is touched",
  "limit-if-touched": "a limit order once a better price is touched",
  "market-to-limit": "takes at the best price, and rests there with what is left",
  "trailing-stop": "a stop that follows the best price seen at `trailAmount` or `trailPercent`",
  "trailing-stop-limit": "the same, and a limit order `limitOffset` beyond the stop once it is reached",
  pegged: "follows the best price of its own side or the mid (`peg`), `pegOffset` behind, never beyond its price"
}
const types = (): string =>
  table(
    ["type", "price", "stopPrice", "what it does"],
    (Object.keys(PRICES) as ReadonlyArray<OrderType>).map((type) => {
      const { price, stop } = PRICES[type]
      return [`\`${type}\``, price, stop, WORDS[type]]
    })
  )

export const ordersDoc = (): string => `# Orders

This page is written by \`UPDATE_DOCS=1 npx vitest run tests/docs\` from what the code does; a test fails when it is out of date.

## Types

${types()}

Times in force: \`GTC\`, \`DAY\` (to the end of the session, or to 00:00 UTC where an instrument trades round the clock), \`GTD\` with \`expireAt\`,
\`IOC\`, \`FOK\`, \`OPG\` at the opening, \`CLS\` at the close. A \`market\` order is IOC, FOK, OPG or CLS.

\`triggerOn\`: \`last\` (where nothing is said), \`bid-ask\` (the side it would trade against) or \`mark\` (the mid). \`triggerBy\`: \`venue\`, or \`local\`: the order
stays here until a watcher of ours sees the price; its OrderTriggered says by which price and market-data message, and \`missed\` when the price had
been passed while nobody watched. After an outage the numbers that were missed are looked through where the market can tell them again (the simulated
one can): the first that reached the stop triggers it, even if the price has come back since; else the first look after the start counts. \`postOnly\`, \`allOrNone\`, \`reduceOnly\`, \`minQuantity\` go with what can rest or be judged by them; what does not fit
is refused with the field.

A replace of an order that no venue has yet (a stop that is watched here, a child that waits for its parent) holds at once and needs no venue's answer:
HeldOrderReplaced. A stop waits for its new price from that moment on. How much there is of a parent's child, or of a leg of an OUO, follows from the group: a replace of that quantity is refused (QuantityOfGroup).

A market or stop buy has a protection price, ask or stop price plus 5 %, down to a tick: what cannot be had within it is cancelled. A
\`collarPercent\` below 5 therefore denies every market buy (PRICE_COLLAR): who narrows the collar so far wants prices named, so send a limit order.

\`receivedAt\` of an OrderPlaced is when the order had reached oms, or the server on NATS; a caller that stands in front may tell its own. How far that
clock is from UTC (\`clockOffsetMicros\`) is recorded only where a caller tells it: nothing here measures it against a reference.

## Groups (\`POST /orders/groups\`)

| kind | what it does |
| --- | --- |
| \`OCO\` | an execution of one, in whole or part, cancels the others |
| \`OUO\` | what one trades is taken off the others |
| \`OTO\` | the first is the parent; the others go to the venue in proportion to what it has traded, as it trades |
| \`bracket\` | a parent and two children on the other side that are each other's OUO |

The orders of a group stand in one commit. Legs that exclude each other hold back once for what only one of them can trade. A leg that is denied
takes the others with it; a child is judged when it is let go. Between a fill and the cancel that follows from it the other leg can still trade at the
venue: that is recorded as it happened. A change that is due and that risk denies (in a halt, say) stands in the ledger with the reasons, and is asked
for again with the next event of the group, when a halt is lifted and when limits change.

## On the way to a venue

The paper venue in the same process answers whatever it is sent. With \`npm start -- --venue distant\` it stands at the end of a line that takes 20 ms and
breaks by chance; what is on its way then is lost, the venue goes on. Each request is recorded before it is sent (RouteSent). When the line breaks,
what was not answered is RouteUnknown, and trading is halted; when it is up again, and after a restart, the venue is asked what it has said (its reports
are recorded, each once) and what it has got. What never arrived is sent again under the same ClOrdID; an IOC or FOK order, or one whose cancel was
asked for meanwhile, is not: it is rejected with that reason.

## Life cycle

Statuses are FIX OrdStatus (tag 39), told by precedence: ${ORD_STATUSES.join(", ")}. What was asked for and not answered is PendingCancel or
PendingReplace on top of these. In each cell: the status after the report, \`·\` where it stays, \`suspense\` where the report is kept for a person
(\`ReportSuspended\`) and changes nothing.

${lifeCycle()}

${diagram()}

Quantities: while an order may trade LeavesQty = OrderQty − CumQty; of one that is Canceled, Expired, Rejected, or a DAY order that is done for the
day, it is 0. AvgPx is the value of the executions that stand over CumQty, rounded half to even.
`
