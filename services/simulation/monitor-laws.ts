import type { Command, Kill, WatchLosses } from "#domain/account/commands.ts"
import type { AccountEvent } from "#domain/account/events.ts"
import type { Recorded } from "#domain/kernel/event.ts"
import type { Time } from "#domain/kernel/time.ts"
import { must } from "./broken-law.ts"
import { isCancelling, isHeld, type Followed } from "./followed.ts"
import { initialRateOf, maintenanceRateOf, upFrom } from "./margin-case.ts"
import type { SecondOpinion } from "./second-opinion.ts"
import type { LossCode } from "./worths.ts"

type Event = Recorded<AccountEvent>
const LOSSES = [
  ["DAILY_LOSS", "maxDailyLoss"],
  ["TRAILING_LOSS", "maxTrailingLoss"],
  ["DRAWDOWN", "maxDrawdown"]
] as const

/** Asked by a monitor, exactly what is due is done; also when that is nothing. */
export const checkMonitor = (events: ReadonlyArray<Event>, command: Command, opinion: SecondOpinion): void => {
  const { request } = command
  if (request.type === "WatchLosses") return checkLosses(events, request, command.at, opinion)
  if (request.type === "WatchMargin") return checkMargin(events, request.account, opinion)
  if (request.type === "Kill" && events.length > 0) return checkKill(events, request, opinion)
  if (request.type === "AllotLimit") for (const event of events) checkAllotment(event, opinion)
}

const checkLosses = (
  events: ReadonlyArray<Event>,
  { scope, scopeId }: WatchLosses,
  at: Time,
  opinion: SecondOpinion
): void => {
  const of = `${scope} ${scopeId}`
  const limits = opinion.limitsOf(of)
  const halted = new Set<LossCode>()
  for (const event of events) {
    const code = event.type === "TradingHalted" ? opinion.lossOf(event.data.reason) : undefined
    must(code !== undefined, () => `event ${event.eventNo}: ${event.type} is no answer to a loss`)
    halted.add(code!)
    const { mode, scope: kind, id = "firm" } = (event as Event & { type: "TradingHalted" }).data
    must(mode === "reduce-only" && `${kind} ${id}` === of, () => `event ${event.eventNo}: it halts another way`)
  }
  for (const [code, name] of LOSSES) {
    const most = limits[name]
    const isOver = most !== undefined && opinion.worths.lost(of, code, at) >= most
    must(isOver || !halted.has(code), () => `${of} was halted for ${code}, which is below its limit`)
    must(!isOver || halted.has(code) || opinion.wasHalted(of, code), () => `${of} was not halted for ${code}`)
  }
}

const isClosing = ({ placed }: Followed): boolean =>
  placed.orderType === "market" && placed.timeInForce === "IOC" && placed.reduceOnly === true

const checkMargin = (events: ReadonlyArray<Event>, account: string, opinion: SecondOpinion): void => {
  const scope = `account ${account}`
  const equity = opinion.worths.equity(scope)
  const initial = upFrom(opinion.worths.margin(scope, initialRateOf))
  const maintenance = upFrom(opinion.worths.margin(scope, maintenanceRateOf))
  const [event] = events
  const isCalled = opinion.isCalled(account)
  const isDue = isCalled ? equity >= initial : equity < maintenance
  if (!opinion.margined.has(account) || (!isCalled && !isDue))
    return must(events.length === 0, () => `${account}: ${event?.type} is not due`)
  if (isDue) {
    const type = isCalled ? "MarginRestored" : "MarginCalled"
    must(events.length === 1 && event?.type === type, () => `${account}: ${type} is due, not ${event?.type}`)
    const { data } = event as Event & { type: "MarginCalled" }
    const isTold = data.equity === equity && data.requirement === (isCalled ? initial : maintenance)
    return must(
      isTold && (isCalled || data.deficit === maintenance - equity),
      () => `${account}: ${type} tells other numbers`
    )
  }
  const open = opinion.orders.of(account)
  const due = open.filter((order) => !isClosing(order) && !isCancelling(order))
  if (due.length > 0) return checkCancels(events, due, account)
  if (open.length > 0 || initial === 0n) return must(events.length === 0, () => `${account}: ${event?.type} is not due`)
  for (const placed of events) {
    if (placed.type !== "OrderPlaced") continue
    const { symbol, side, quantity, reduceOnly, orderType, timeInForce } = placed.data
    const held = opinion.unitsOf(account, symbol)
    const closes = side === (held > 0n ? "sell" : "buy") && quantity <= (held > 0n ? held : -held)
    must(
      closes && reduceOnly === true && orderType === "market" && timeInForce === "IOC",
      () => `event ${placed.eventNo}: a liquidation that closes nothing`
    )
  }
}

const checkKill = (
  events: ReadonlyArray<Event>,
  { scope, scopeId = "", symbol }: Kill,
  opinion: SecondOpinion
): void => {
  const [halt, kill, ...cancels] = events
  must(
    halt?.type === "TradingHalted" && kill?.type === "KillRequested" && halt.data.haltId === kill.data.haltId,
    () => `a kill led to ${halt?.type} and ${kill?.type}`
  )
  const due = opinion
    .membersOf(scope, scopeId)
    .flatMap((account) => opinion.orders.of(account))
    .filter((order) => !isCancelling(order) && (symbol ?? order.placed.symbol) === order.placed.symbol)
  checkCancels(cancels, due, `kill of ${scope} ${scopeId}`)
}

export const checkCancels = (events: ReadonlyArray<Event>, due: ReadonlyArray<Followed>, what: string): void => {
  const asked = events.map((event) => `${event.type} ${"orderId" in event.data ? event.data.orderId : ""}`)
  const wanted = due.map((order) => `${isHeld(order) ? "HeldOrderCanceled" : "CancelRequested"} ${order.id}`)
  must(
    asked.toSorted().join() === wanted.toSorted().join(),
    () => `${what} led to ${asked.join()}, due is ${wanted.join()}`
  )
}

/** The parts that the firm has handed out are never above its limit, and what is used does not come back. */
const checkAllotment = (event: Event, opinion: SecondOpinion): void => {
  if (event.type !== "LimitAllotted" && event.type !== "LimitReturned") return
  const { group, limit, amount } = event.data
  const sign = event.type === "LimitAllotted" ? 1n : -1n
  const firms = opinion.limitsOf("firm firm")[limit] ?? 0n
  const [all, its] = [opinion.allotted(limit), opinion.allotted(limit, group)]
  must(
    amount > 0n && all + sign * amount <= firms,
    () => `event ${event.eventNo}: more ${limit} is allotted than there is`
  )
  const used = limit === "maxGrossNotional" ? opinion.worths.margin(`group ${group}`, () => 1n) : 0n
  must(
    sign > 0n || (its - amount >= 0n && its - amount >= used),
    () => `event ${event.eventNo}: ${limit} that is used was returned`
  )
}
