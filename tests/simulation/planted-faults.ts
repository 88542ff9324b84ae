// Small faults, one each, wrapped around the real decider: what a hasty change might do to it.
import { nothingAnswered } from "#domain/account/answered.ts"
import { Checks } from "#domain/risk/check-text.ts"
import { pendingReplaces } from "#domain/orders/open-order.ts"
import { deciding, folding, misreading, real, seeing, telling, type Around, type Decider, type Of } from "./faults.ts"
import { ENTRY_FAULTS } from "./entry-faults.ts"
import { LATER_FAULTS } from "./later-faults.ts"
import { TRANSIT_FAULTS } from "./transit-faults.ts"

const cashOf = ({ account, before, order }: Around) =>
  account.balances.cash.get((order ?? before)!.instrument.settlement)!
const ENDINGS = ["OrderCanceled", "OrderRejected", "OrderExpired"] as const
const approve = ({ text }: Checks) =>
  ({ decision: "approved", checks: Checks.written(text.replaceAll(" no", " ok")) }) as const
const passes = (code: string) => (data: Of<"OrderRiskDecided">["data"]) => {
  const checks = data.checks.text
    .split(";")
    .map((check) => (check.startsWith(`${code} `) ? check.replace(" no", " ok") : check))
  return {
    checks: Checks.written(checks.join(";")),
    decision: checks.some((check) => check.includes(" no")) ? "denied" : "approved"
  }
}

export const FAULTS: Readonly<Record<string, Decider>> = {
  "a finished buy keeps its reservation": folding(ENDINGS, (around) => {
    if (around.before !== undefined) cashOf(around).reserved += around.before.reservedCash
  }),
  "a finished sell keeps its units": folding(ENDINGS, ({ account, before }) => {
    if (before?.side === "sell") account.balances.holdings.get(before.symbol)!.reserved += before.reservedUnits
  }),
  "a partial fill gives nothing back": folding(["OrderFilled"], (around) => {
    const { order, before } = around
    if (order === undefined || before === undefined) return
    cashOf(around).reserved += before.reservedCash - order.reservedCash
    order.reservedCash = before.reservedCash
  }),
  "the fee is not charged": misreading("OrderFilled", () => ({ fee: 0n })),
  "the fee is paid to us": misreading("OrderFilled", ({ fee }) => ({ fee: -fee })),
  "a sell adds units": folding(["OrderFilled"], ({ account }, event) => {
    const { symbol, side, quantity } = (event as Of<"OrderFilled">).data
    const holding = account.balances.holdings.get(symbol)!
    if (side === "sell") holding.total += 2n * quantity
  }),
  "a sell is paid nothing": misreading("OrderFilled", ({ side }) => (side === "sell" ? { notional: 0n } : {})),
  "a deposit is booked twice": misreading("Deposited", ({ amount }) => ({ amount: amount * 2n })),
  "a withdrawal is not booked": misreading("Withdrawn", () => ({ amount: 0n })),
  "a fill is forgotten in CumQty": folding(["OrderFilled"], ({ order, before }) => {
    if (order !== undefined && before !== undefined) order.cumQty = before.cumQty
  }),
  "a replaced quantity is not taken over": folding(["OrderReplaced"], ({ order, before }) => {
    if (order !== undefined && before !== undefined) order.quantity = before.quantity
  }),
  "a replaced price is not taken over": misreading("OrderReplaced", () => ({ price: undefined })),
  "the group's open orders are not counted down": folding(
    ENDINGS,
    ({ account }) => void account.group.risk.openOrders++
  ),
  "the group's exposure is not moved by a fill": folding(["OrderFilled"], ({ account }, event) => {
    const { symbol, side, quantity } = (event as Of<"OrderFilled">).data
    const exposure = account.group.risk.symbols.get(symbol)
    if (exposure !== undefined) exposure.position -= side === "buy" ? quantity : -quantity
  }),
  "the firm's exposure is not moved by an order": folding(["OrderRiskDecided"], ({ state, order, before }) => {
    if (order === undefined || before === undefined) return
    const exposure = state.firm.symbols.get(order.symbol)
    if (exposure !== undefined && order.side === "buy") exposure.buying -= order.exposed - before.exposed
  }),
  "a finished order stays in the index": folding(ENDINGS, ({ state, before }) => {
    if (before !== undefined) state.orders.put(before)
  }),
  "a replace on its way holds back only its new form": folding(["OrderRiskDecided"], (around) => {
    const { order, before } = around
    if (order === undefined || pendingReplaces(order).length === 0 || before === undefined || order.side === "sell")
      return
    cashOf(around).reserved -= order.reservedCash
    order.reservedCash = 0n as never
  }),
  "the order goes without its risk decision": deciding((facts) =>
    facts.filter(({ type }) => type !== "OrderRiskDecided")
  ),
  "an order is approved although a check failed": telling("OrderRiskDecided", () => ({ decision: "approved" })),
  "every check passes": telling("OrderRiskDecided", ({ checks }) => approve(checks)),
  ...Object.fromEntries(
    [
      "HALTED",
      "TICK_SIZE",
      "LOT_SIZE",
      "MIN_NOTIONAL",
      "MAX_ORDER_NOTIONAL",
      "PRICE_COLLAR",
      "BUYING_POWER",
      "HOLDINGS",
      "MAX_POSITION",
      "MAX_OPEN_ORDERS"
    ].map((code) => [`${code} always passes`, telling("OrderRiskDecided", passes(code))])
  ),
  "no more is held back than the ask": telling("OrderRiskDecided", ({ reservedCash }) =>
    reservedCash === undefined ? {} : { reservedCash: reservedCash - 1n }
  ),
  "a market order has no protection price": telling("OrderPlaced", () => ({ protectionPrice: undefined })),
  "a DAY order has no end": telling("OrderPlaced", ({ timeInForce }) =>
    timeInForce === "DAY" ? { expireAt: undefined } : {}
  ),
  "an order is numbered by its command": telling("OrderPlaced", ({ clOrdId }) => ({ orderId: clOrdId })),
  "an id is longer than an id may be": telling("OrderPlaced", ({ clOrdId }) =>
    clOrdId.length > 60 ? { clOrdId: `${clOrdId}.1` as typeof clOrdId } : {}
  ),
  "a price has more digits than are read": telling("OrderPlaced", ({ price }) =>
    price !== undefined && price > 10n ** 23n ? { protectionPrice: (10n ** 26n) as typeof price } : {}
  ),
  "LeavesQty is one lot too much": telling("OrderFilled", ({ leavesQty }) => ({ leavesQty: leavesQty + 10_000_000n })),
  "CumQty is the fill's own": telling("OrderFilled", ({ quantity }) => ({ cumQty: quantity })),
  "a notional is rounded": telling("OrderFilled", ({ notional }) => ({
    notional: (notional / 100_000_000n) * 100_000_000n
  })),
  "a fee is computed, not taken from the report": telling("OrderFilled", ({ notional }) => ({ fee: notional / 1000n })),
  "a fill is booked to another account": deciding((facts) =>
    facts.map((fact) => (fact.type === "OrderFilled" ? { ...fact, account: "A1" as never } : fact))
  ),
  "a fill that cannot be believed is dropped": deciding((facts) =>
    facts.filter(({ type }) => type !== "ReportSuspended")
  ),
  "a cancel of all leaves one": deciding((facts) =>
    facts[0]?.type === "CancelAllRequested" && facts.length > 1 ? facts.slice(0, -1) : facts
  ),
  ...LATER_FAULTS,
  ...ENTRY_FAULTS,
  "a repeat is not noticed": seeing((command, state) => [command, { ...state, answered: nothingAnswered() }]),
  "a repeat of a report is not noticed": seeing((command, state) =>
    command.request.type === "VenueReported" ? [command, { ...state, answered: nothingAnswered() }] : [command, state]
  ),
  "a decision depends on chance": telling("OrderRiskDecided", () => ({
    priceAgeMicros: Math.floor(Math.random() * 1e9)
  })),
  "deciding writes into the state": seeing((command, state) => {
    state.firm.openOrders++
    return [command, state]
  }),
  "a halt is not lifted": {
    ...real,
    evolve: (state, event) => {
      const standing = event.type === "TradingResumed" ? state.halts.get(event.data.haltId) : undefined
      const next = real.evolve(state, event)
      if (standing !== undefined) next.halts.set(standing.haltId, standing)
      return next
    }
  },
  "cleared limits still hold": {
    ...real,
    evolve: (state, event) => {
      if (event.type !== "LimitsSet" || event.data.scope !== "firm") return real.evolve(state, event)
      return real.evolve(state, { ...event, data: { ...state.firm.limits, ...event.data } })
    }
  },
  ...TRANSIT_FAULTS
}
