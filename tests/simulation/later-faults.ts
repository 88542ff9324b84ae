// Faults in what comes after an order was sent: executions that were otherwise, chained requests, groups.
import { Checks } from "#domain/risk/check-text.ts"
import { AccountOrders, OpenOrders } from "#domain/orders/open-orders.ts"
import type { AccountEvent } from "#domain/account/events.ts"
import { deciding, folding, misreading, real, seeing, telling, type Decider } from "./faults.ts"

const LOT = 10_000_000n
const isOfGroup = (fact: AccountEvent): boolean => "reason" in fact.data && fact.data.reason === "its group"

export const LATER_FAULTS: Readonly<Record<string, Decider>> = {
  "a bust does not return the fee": misreading("ExecutionBusted", () => ({ fee: 0n })),
  "a bust is booked the wrong way round": misreading("ExecutionBusted", ({ notional }) => ({ notional: -notional })),
  "a bust tells another execution than was": telling("ExecutionBusted", ({ fee }) => ({ fee: fee + 1n })),
  "a busted quantity is not open again": folding(["ExecutionBusted"], ({ order, before }) => {
    if (order !== undefined && before !== undefined) order.cumQty = before.cumQty
  }),
  "a correction forgets the old notional": misreading("ExecutionCorrected", () => ({ wasNotional: 0n })),
  "a correction forgets the old fee": telling("ExecutionCorrected", () => ({ wasFee: 0n })),
  "a correction keeps the old quantity": telling("ExecutionCorrected", ({ wasQuantity, quantity, cumQty }) => ({
    cumQty: cumQty - quantity + wasQuantity
  })),
  "a late fill after a cancel is kept from the books": deciding((facts, _, { finished }) =>
    facts.map((fact) => {
      if (fact.type !== "OrderFilled" || finished.find(fact.data.orderId)?.ended !== "Canceled") return fact
      const { orderId, execId, mdNo } = fact.data
      return {
        ...fact,
        type: "ReportSuspended",
        data: { orderId, execId, mdNo, reason: "", report: "" }
      } as AccountEvent
    })
  ),
  "a late fill after a cancel opens the order again": {
    ...real,
    evolve: (state, event) => {
      const late = event.type === "OrderFilled" ? state.finished.find(event.data.orderId) : undefined
      if (late?.ended === "Canceled") late.ended = undefined
      return real.evolve(state, event)
    }
  },
  "a chained replace answers the wrong request": telling("OrderReplaced", ({ clOrdId, origClOrdId }) =>
    clOrdId === undefined ? {} : { clOrdId: origClOrdId }
  ),
  "a rejected replace takes the newest with it": folding(["ReplaceRejected"], ({ order }) => {
    if (order !== undefined) order.pending = order.pending.slice(0, -1)
  }),
  "a shown quantity is not taken over": folding(["OrderReplaced"], ({ order, before }) => {
    if (before?.displayQuantity !== undefined && order !== undefined) order.displayQuantity = before.displayQuantity
  }),
  "both legs of an OCO hold back": {
    ...real,
    evolve: (state, event) =>
      real.evolve(
        state,
        event.type === "GroupPlaced" && event.data.kind === "OCO"
          ? { ...event, data: { ...event.data, kind: "OTO" } }
          : event
      )
  },
  "a fill of an OCO leaves the other leg": deciding((facts, { request }) =>
    request.type === "WorkGroup" ? facts.filter((fact) => fact.type !== "CancelRequested" || !isOfGroup(fact)) : facts
  ),
  "an OUO takes off too little": telling("ReplaceRequested", ({ reason, quantity }) =>
    reason === "its group" ? { quantity: quantity! + LOT } : {}
  ),
  "a child is let go with all of its quantity": seeing((command, state) => {
    if (command.request.type !== "WorkGroup") return [command, state]
    const { groupId } = command.request
    const group = state.contingencies.get(groupId)
    const parent = group?.members[0]
    const order = parent && state.orders.get(parent.orderId)
    if (group?.kind !== "bracket" || order === undefined || order.cumQty === 0n) return [command, state]
    const account = state.accounts.get(order.account)!
    const filled = { ...order, cumQty: order.quantity }
    const orders = new AccountOrders(new OpenOrders(), account.id)
    for (const one of [...account.orders.values(), filled]) orders.put({ ...one, place: -1 })
    return [command, { ...state, accounts: new Map(state.accounts).set(order.account, { ...account, orders }) }]
  }),
  "a child holds back before it is let go": folding(["OrderPlaced"], ({ account, order }) => {
    if (order?.parentId === undefined || order.side === "buy") return
    account.balances.holdings.set(order.symbol, {
      ...(account.balances.holdings.get(order.symbol) ?? { total: 0n as never, cost: 0n as never }),
      reserved: order.quantity
    })
  }),
  "a void child stays": deciding((facts, { request }) =>
    request.type === "WorkGroup" ? facts.filter(({ type }) => type !== "HeldOrderCanceled") : facts
  ),
  "a held stop is cancelled at a venue that has none": deciding((facts) =>
    facts.map((fact) =>
      fact.type === "HeldOrderCanceled" && fact.data.clOrdId !== undefined
        ? ({
            ...fact,
            type: "CancelRequested",
            data: { orderId: fact.data.orderId, clOrdId: fact.data.clOrdId }
          } as AccountEvent)
        : fact
    )
  ),
  "a route is not noticed": folding(["RouteSent"], ({ order }) => {
    if (order !== undefined) order.route = undefined
  }),
  "what would open passes as reduce-only": telling("OrderRiskDecided", ({ checks }) => {
    const passed = checks.text.replace("REDUCE_ONLY no", "REDUCE_ONLY ok")
    return { checks: Checks.written(passed), decision: passed.includes(" no") ? "denied" : "approved" }
  }),
  "a self-trade is not seen": telling("OrderRiskDecided", ({ checks }) => {
    const passed = checks.text.replace("SELF_TRADE no", "SELF_TRADE ok")
    return { checks: Checks.written(passed), decision: passed.includes(" no") ? "denied" : "approved" }
  }),
  "self-trade prevention does not cancel the oldest": deciding((facts) =>
    facts.filter(
      (fact) =>
        fact.type !== "CancelRequested" || !("reason" in fact.data) || fact.data.reason !== "self-trade prevention"
    )
  )
}
