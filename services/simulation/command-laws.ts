import type { Command } from "#domain/account/commands.ts"
import type { AccountEvent } from "#domain/account/events.ts"
import { scopesOf, type Account, type State } from "#domain/account/state.ts"
import type { Recorded } from "#domain/kernel/event.ts"
import type { AccountId } from "#domain/kernel/ids.ts"
import { formatFixed } from "#domain/kernel/money.ts"
import { microsOf, nextMidnight } from "#domain/kernel/time.ts"
import type { OpenOrder } from "#domain/orders/open-order.ts"
import { dailyLoss, dayOf, trailingLoss } from "#domain/risk/equity.ts"
import { exposureOf } from "#domain/risk/scope.ts"
import { must } from "./broken-law.ts"
import { cashNeed, isCancelling, isHeld, openUnits, together, type Followed } from "./followed.ts"
import { checkEntry } from "./entry-laws.ts"
import { checkGroup } from "./group-laws.ts"
import { initialRateOf, maintenanceRateOf } from "./margin-case.ts"
import { checkCancels } from "./monitor-laws.ts"
import type { Recount } from "./recount.ts"
import type { SecondOpinion } from "./second-opinion.ts"
import { checkSelfTrade } from "./self-trade-laws.ts"

type Event = Recorded<AccountEvent>

/** What a command's events must be for what it asked. */
export const checkAnswer = (events: ReadonlyArray<Event>, command: Command, opinion: SecondOpinion): void => {
  const { request } = command
  const placed = events.filter((event) => event.type === "OrderPlaced")
  for (const [at, event] of placed.entries()) {
    const { timeInForce, expireAt } = event.data
    const ends = timeInForce === "DAY" ? nextMidnight(command.at) : askedOf(request, at)?.expireAt
    must(expireAt === ends, () => `event ${event.eventNo}: a ${timeInForce} order that ends ${expireAt}, not ${ends}`)
  }
  switch (request.type) {
    case "PostEntry":
    case "Transfer":
      return checkEntry(events, command, opinion)
    case "CancelAll":
      return checkCancelAll(events, request, opinion)
    case "SubmitOrder":
      return checkSelfTrade(events, opinion)
    case "WorkGroup":
      return checkGroup(events, command, opinion)
    case "CancelOrder": {
      const order = opinion.orders.get(request.orderId)
      const type = order !== undefined && isHeld(order) ? "HeldOrderCanceled" : "CancelRequested"
      return must(events[0]!.type === type, () => `a cancel led to ${events[0]!.type}, not ${type}`)
    }
    case "ReplaceOrder":
      return checkReplace(events, opinion.orders.known(request.orderId))
    case "Deposit":
    case "Withdraw": {
      const [event] = events
      const same =
        event !== undefined &&
        "amount" in event.data &&
        event.data.amount === request.amount &&
        event.account === request.account
      return must(same && events.length === 1, () => "money moved otherwise than was asked")
    }
    default:
  }
}
/** A venue is asked; what no venue has is changed at once, unless risk denies it, and judged when it is let go if it waits. */
const checkReplace = (events: ReadonlyArray<Event>, order: Followed | undefined): void => {
  const said = events.map((event) => (event.type === "OrderRiskDecided" ? event.data.decision : event.type)).join(" ")
  const denied = "ReplaceRequested denied"
  const [approved, other] =
    order === undefined || !isHeld(order)
      ? ["ReplaceRequested approved", denied]
      : order.waits
        ? ["HeldOrderReplaced", undefined]
        : ["HeldOrderReplaced approved", denied]
  must(said === approved || said === other, () => `a replace led to ${said}, not ${approved}`)
}

const askedOf = (request: Command["request"], at: number) =>
  request.type === "SubmitOrder" ? request : request.type === "SubmitGroup" ? request.orders[at] : undefined

const checkCancelAll = (
  events: ReadonlyArray<Event>,
  { account, symbol }: Extract<Command["request"], { type: "CancelAll" }>,
  { orders }: SecondOpinion
): void => {
  const due = orders
    .of(account)
    .filter((order) => !isCancelling(order) && (symbol ?? order.placed.symbol) === order.placed.symbol)
  checkCancels(
    events.filter(({ type }) => type !== "CancelAllRequested"),
    due,
    "cancelling all"
  )
}

/** What the decider keeps must be what the events alone say. */
export const checkHistory = (state: State, recount: Recount, opinion: SecondOpinion): void => {
  const open = [...opinion.orders.all()].map(({ id }) => id)
  const same = (kept: Iterable<string>, counted: ReadonlyArray<string>, what: string) => {
    const names = [...kept].toSorted().join()
    const others = counted.toSorted().join()
    must(names === others, () => `${what}: ${names}, by their events ${others}`)
  }
  same(state.orders.keys(), open, "open orders")
  same(state.halts.keys(), opinion.haltIds, "halts")
  same(state.accounts.keys(), [...opinion.groups.keys()], "accounts")
  const leaving = [...state.transit.onTheirWay.keys(), ...state.transit.groups.keys()]
  same(leaving, opinion.transit.onTheirWay, "on their way to other partitions")
  for (const account of state.accounts.values()) {
    checkAccount(state, account.id, recount, opinion)
    for (const scope of account.scopes) checkWorth(scope, state, opinion)
    if (account.margin !== undefined) checkMarginOf(account, opinion)
  }
}

/** What a scope is worth and has lost, by the marks and the postings. */
const checkWorth = ({ kind, id, worth }: Account["risk"], { recordedAt }: State, { worths }: SecondOpinion): void => {
  const of = `${kind} ${id}`
  const equal = (kept: bigint, counted: bigint, what: string) =>
    must(kept === counted, () => `${of}: ${what} ${formatFixed(kept)}, by its events ${formatFixed(counted)}`)
  equal(worth.net, worths.net(of), "net worth")
  equal(
    worth.gross,
    worths.margin(of, () => 1n),
    "gross worth"
  )
  equal(worth.equity, worths.equity(of), "equity")
  equal(worth.drawdown, worths.lost(of, "DRAWDOWN", recordedAt), "drawdown")
  equal(dailyLoss(worth, dayOf(microsOf(recordedAt))), worths.lost(of, "DAILY_LOSS", recordedAt), "daily loss")
  equal(trailingLoss(worth, dayOf(microsOf(recordedAt))), worths.lost(of, "TRAILING_LOSS", recordedAt), "trailing loss")
}
const checkMarginOf = ({ id, margin, orders }: Account, { worths }: SecondOpinion): void => {
  const of = `account ${id}`
  must(
    margin!.initial === worths.margin(of, initialRateOf),
    () => `${id}: another initial margin than its positions need`
  )
  must(margin!.maintenance === worths.margin(of, maintenanceRateOf), () => `${id}: another maintenance margin`)
  let opening = 0n
  for (const order of orders.values()) opening += order.exposedNotional * initialRateOf(order.instrument)
  must(margin!.opening === opening, () => `${id}: another margin than its open orders need`)
}

/** As {@link checkHistory}, of one account and the scopes that it belongs to. */
export const checkAccount = (state: State, id: AccountId, recount: Recount, opinion: SecondOpinion): void => {
  const account = state.accounts.get(id)
  if (account === undefined) return
  const own = opinion.orders.of(id)
  // the two words of what it is are put together only when it differs: this is done at every step
  const equal = (kept: bigint, counted: bigint, what: string, of = "") =>
    must(kept === counted, () => `${id}: ${what}${of} ${formatFixed(kept)}, by its events ${formatFixed(counted)}`)
  for (const order of own) {
    const kept = account.orders.get(order.id as never)
    must(
      kept !== undefined && state.orders.get(kept.orderId) === kept,
      () => `order ${order.id} is missing in the state`
    )
    equal(kept!.cumQty, order.cumQty, "CumQty of ", order.id)
    equal(kept!.quantity, order.terms.quantity, "quantity of ", order.id)
    equal(kept!.price ?? 0n, order.terms.price ?? 0n, "price of ", order.id)
    equal(kept!.displayQuantity ?? 0n, order.terms.displayQuantity ?? 0n, "shown of ", order.id)
    must(
      kept!.route === order.route,
      () => `order ${order.id}: its route is ${kept!.route}, by its events ${order.route}`
    )
    must(samePending(kept!, order), () => `order ${order.id} waits for other answers than were asked for`)
  }
  must(
    own.length === account.orders.size,
    () => `${id}: ${account.orders.size} open orders, by its events ${own.length}`
  )
  for (const [currency, { total, reserved }] of account.balances.cash) {
    equal(total, recount.of(id, currency), currency)
    const held = together(own, (order) => (order.instrument.settlement === currency ? cashNeed(order) : 0n))
    equal(reserved, held, "reserved ", currency)
  }
  for (const { symbol, base } of state.instruments.values()) {
    const { total, reserved } = account.balances.holdings.get(symbol) ?? { total: 0n, reserved: 0n }
    equal(total, recount.of(id, base), symbol)
    const held = together(own, (order) =>
      order.placed.symbol === symbol && order.placed.side === "sell" ? openUnits(order) : 0n
    )
    equal(reserved, held, "reserved ", symbol)
  }
  checkScopes(state, account, opinion)
}

const samePending = ({ pending: kept }: OpenOrder, { pending }: Followed): boolean =>
  kept.length === pending.length && kept.every(({ requestNo }, i) => requestNo === pending[i]!.askedNo)

const checkScopes = (state: State, account: Account, opinion: SecondOpinion): void => {
  for (const scope of scopesOf(state, account)) {
    for (const { symbol, base } of state.instruments.values()) {
      const counted = opinion.exposure(scope.kind, scope.id, symbol, base)
      const kept = exposureOf(scope, symbol)
      const equal = (own: bigint | number, other: bigint | number, name: string) =>
        must(own === other, () => `${scope.kind} ${scope.id} ${symbol}: ${name} ${own}, by its events ${other}`)
      equal(kept.position, counted.position, "position")
      equal(kept.buying, counted.buying, "buying")
      equal(kept.selling, counted.selling, "selling")
      equal(scope.openOrders, counted.openOrders, "openOrders")
    }
  }
}
