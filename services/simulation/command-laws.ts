import type { Command } from "#domain/account/commands.ts"
import type { AccountEvent } from "#domain/account/events.ts"
import { scopesOf, type Account, type State } from "#domain/account/state.ts"
import type { Recorded } from "#domain/kernel/event.ts"
import type { AccountId } from "#domain/kernel/ids.ts"
import { formatFixed } from "#domain/kernel/money.ts"
import { nextMidnight } from "#domain/kernel/time.ts"
import { exposureOf } from "#domain/risk/scope.ts"
import { must } from "./broken-law.ts"
import { heldCash, isCancelling, openUnits } from "./open-orders.ts"
import type { Recount } from "./recount.ts"
import type { SecondOpinion } from "./second-opinion.ts"

type Event = Recorded<AccountEvent>

/** What a command's events must be for what it asked. */
export const checkAnswer = (events: ReadonlyArray<Event>, command: Command, { orders }: SecondOpinion): void => {
  for (const event of events) {
    if (event.type !== "OrderPlaced") continue
    const { timeInForce, expireAt } = event.data
    const ends =
      timeInForce === "DAY" ? nextMidnight(command.at) : timeInForce === "GTD" ? askedEnd(command) : undefined
    must(expireAt === ends, () => `event ${event.eventNo}: a ${timeInForce} order that ends ${expireAt}, not ${ends}`)
  }
  const { request } = command
  if (request.type === "CancelAll") {
    const due = orders
      .of(request.account)
      .filter((order) => !isCancelling(order) && (request.symbol ?? order.placed.symbol) === order.placed.symbol)
    const asked = events.flatMap((event) => (event.type === "CancelRequested" ? [event.data.orderId] : []))
    must(
      asked.join() === due.map(({ id }) => id).join(),
      () => `cancelling all asked for ${asked.join()}, open are ${due.map(({ id }) => id).join()}`
    )
  }
  if (request.type === "Deposit" || request.type === "Withdraw") {
    const [event] = events
    const same =
      event !== undefined &&
      "amount" in event.data &&
      event.data.amount === request.amount &&
      event.account === request.account
    must(same && events.length === 1, () => "money moved otherwise than was asked")
  }
}
const askedEnd = ({ request }: Command) => (request.type === "SubmitOrder" ? request.expireAt : undefined)

/** Facts cannot be refused: a venue's report is recorded as what it says, or kept for a person; never dropped. */
export const checkReport = (events: ReadonlyArray<Event>, { request }: Command, opinion: SecondOpinion): void => {
  if (request.type !== "VenueReported") return
  const { report } = request
  const [event] = events
  const names =
    event !== undefined && events.length === 1 && "execId" in event.data && event.data.execId === report.execId
  must(names, () => `report ${report.execId} was not recorded as one event`)
  if (report.type !== "Trade") return
  const order = opinion.orders.get(report.orderId)
  const fits =
    order?.account === request.account && report.quantity > 0n && report.quantity <= order.terms.quantity - order.cumQty
  must(event!.type === (fits ? "OrderFilled" : "ReportSuspended"), () => `fill ${report.execId} became ${event!.type}`)
  if (event!.type !== "OrderFilled") return
  const { quantity, price, fee, feeCurrency, liquidity } = event!.data
  const same =
    quantity === report.quantity && price === report.price && fee === report.fee && feeCurrency === report.feeCurrency
  must(same && liquidity === report.liquidity, () => `fill ${report.execId} was not recorded as it was reported`)
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
  for (const account of state.accounts.values()) checkAccount(state, account.id, recount, opinion)
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
  }
  must(
    own.length === account.orders.size,
    () => `${id}: ${account.orders.size} open orders, by its events ${own.length}`
  )
  for (const [currency, { total, reserved }] of account.balances.cash) {
    equal(total, recount.of(id, currency), currency)
    let held = 0n
    for (const order of own) if (order.instrument.settlement === currency) held += heldCash(order)
    equal(reserved, held, "reserved ", currency)
  }
  for (const { symbol, base } of state.instruments.values()) {
    const { total, reserved } = account.balances.holdings.get(symbol) ?? { total: 0n, reserved: 0n }
    equal(total, recount.of(id, base), symbol)
    let held = 0n
    for (const order of own)
      if (order.placed.symbol === symbol && order.placed.side === "sell") held += openUnits(order)
    equal(reserved, held, "reserved ", symbol)
  }
  checkScopes(state, account, opinion)
}

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
