import { chanceOf } from "#domain/kernel/chance.ts"
import type { OrderId, Symbol } from "#domain/kernel/ids.ts"
import { EPOCH, laterOf, plusMicros, type Time } from "#domain/kernel/time.ts"
import type { Instrument } from "#domain/market/instrument.ts"
import type { MarketMessage } from "#domain/market/messages.ts"
import { Agenda } from "./agenda.ts"
import { createDesk, type Desk } from "./desk.ts"
import { HeldRequests } from "./held-requests.ts"
import type { VenueReport, VenueRequest } from "./messages.ts"
import { acknowledge, cancelOnRequest, expire, putBack, restoredOrder, type RestoredOrder } from "./order-entry.ts"
import { orderProblem } from "./order-problems.ts"
import { OrderTimes, type Timed } from "./order-times.ts"
import { replace } from "./replace.ts"
import { ReportWriter } from "./report-writer.ts"
import { settle } from "./rest.ts"
import { venueOrder, type NewOrder, type VenueOrder } from "./venue-order.ts"
import { release } from "./work.ts"

export type PaperVenueOptions = {
  readonly seed: number
  /** undefined for what is not traded here */
  readonly instruments: (symbol: Symbol) => Instrument | undefined
  /** how long a request travels at least, in microseconds */
  readonly latencyMicros?: number
  /** how much longer at most, by chance */
  readonly jitterMicros?: number
  /** how long a report travels back, always */
  readonly reportLatencyMicros?: number
}

export type PaperVenue = {
  /** Takes a request that is on its way from its `at` on. A new order that was sent before is not taken again. */
  readonly request: (request: VenueRequest) => void
  /** Shows the venue the next market-data message, after all that is due until then. */
  readonly market: (message: MarketMessage) => void
  /** Lets everything happen that is due, and gives the reports that have arrived, in order. Times never go back. */
  readonly due: (now: Time) => ReadonlyArray<VenueReport>
  /** When `due` has something to do next. */
  readonly nextDue: () => Time | undefined
  /** Puts an acknowledged order back after a restart, without a report. */
  readonly restore: (order: RestoredOrder) => void
  /**
   * Asks again after a restart what was not answered. A new order, and what follows it, waits until its symbol has
   * market data: it was accepted against a market, and must not be rejected because this one has not begun yet.
   */
  readonly resend: (request: VenueRequest) => void
  readonly openOrders: () => ReadonlyArray<Readonly<VenueOrder>>
  /** Number of the market-data message at which it stands. */
  readonly mdNo: () => number
}

/** What the venue has to do at a time. */
type Task = { readonly request: VenueRequest } | Timed

/** What expires at a time, or acts at it, has done so when something arrives at that time. */
const EXPIRES = 0
const ACTS = 1
const ARRIVES = 2

/** New orders that are remembered after they are finished, so that a repeated request does not trade twice. */
const REMEMBERED_MAX = 100_000

/**
 * A venue on paper: it fills orders against market data, deterministically. Chance (latency) is keyed by seed, order and
 * market-data number. Our orders do not meet each other, and leave no trace in the market but what the venue remembers.
 */
export const createPaperVenue = (options: PaperVenueOptions): PaperVenue => {
  const { seed, latencyMicros = 500, jitterMicros = 200, reportLatencyMicros = 500 } = options
  const agenda = new Agenda<Task>()
  const writer = new ReportWriter(reportLatencyMicros)
  const desks = new Map<Symbol, Desk>()
  const orders = new Map<OrderId, VenueOrder>()
  const taken = new Set<OrderId>()
  const lastArrivals = new Map<OrderId, Time>()
  const times = {
    expire: new OrderTimes(agenda, "expire", EXPIRES),
    release: new OrderTimes(agenda, "release", ACTS)
  }
  const held = new HeldRequests()
  let clock = EPOCH
  let mdNo = 0
  let arrivals = 0

  const deskOf = (symbol: Symbol): Desk => {
    const known = desks.get(symbol)
    if (known !== undefined) return known
    const report: Desk["report"] = (order, body, clOrdId) => writer.write(clock, mdNo, order, body, clOrdId)
    const desk = createDesk(symbol, report, finished)
    desks.set(symbol, desk)
    return desk
  }

  const finished = (order: VenueOrder): void => {
    orders.delete(order.orderId)
    times.expire.remove(order.expireAt, order)
    times.release.remove(order.heldUntil, order)
  }

  const keep = (order: VenueOrder): void => {
    order.arrivalNo = ++arrivals
    orders.set(order.orderId, order)
    remember(order.orderId)
    times.expire.add(order.expireAt, order)
    times.release.add(order.heldUntil, order)
  }

  /** Orders that were finished before their time leave nothing to wait for. */
  const dropEmptyTimes = (): void => {
    for (let first = agenda.first; first !== undefined; first = agenda.first) {
      if ("request" in first.item || first.item.orders.size > 0) return
      agenda.takeDue(first.time)
      times[first.item.what].drop(first.time)
    }
  }

  const remember = (orderId: OrderId): void => {
    taken.add(orderId)
    if (taken.size > REMEMBERED_MAX) for (const oldest of taken) return void taken.delete(oldest)
  }

  const arrive = (request: VenueRequest, time: Time): void => {
    if (lastArrivals.get(request.orderId) === time) lastArrivals.delete(request.orderId)
    if (request.type === "NewOrder") return arriveNew(request)
    const order = orders.get(request.orderId)
    if (order === undefined) return refuse(request)
    const desk = deskOf(order.symbol)
    if (request.type === "CancelOrder") cancelOnRequest(desk, order, request)
    else replace(desk, order, request)
  }

  const arriveNew = (request: NewOrder): void => {
    const { orderId, account, clOrdId, symbol } = request
    if (taken.has(orderId) || orders.has(orderId)) return
    const venueOrderId = venueOrderIdOf(orderId)
    const instrument = options.instruments(symbol)
    const order = instrument && venueOrder(request, instrument, venueOrderId)
    const reason = order === undefined ? "the symbol is not traded here" : orderProblem(order, deskOf(symbol), clock)
    if (order === undefined || reason !== undefined) {
      remember(orderId)
      const rejected = { type: "Rejected", reason: reason ?? "" } as const
      return writer.write(clock, mdNo, { account, orderId, venueOrderId, reports: 0 }, rejected, clOrdId)
    }
    keep(order)
    acknowledge(deskOf(symbol), order)
  }

  const refuse = ({ type, account, orderId, clOrdId }: Exclude<VenueRequest, NewOrder>): void => {
    const reason = taken.has(orderId)
      ? "the order is not open any more"
      : "the order is not known, or not open any more"
    const body = { type: type === "CancelOrder" ? "CancelRejected" : "ReplaceRejected", reason } as const
    writer.writeRemark(clock, mdNo, { account, orderId, venueOrderId: venueOrderIdOf(orderId) }, body, clOrdId)
  }

  const send = (request: VenueRequest): void => {
    const { orderId } = request
    const travels = latencyMicros + (jitterMicros > 0 ? chanceOf(seed, orderId, mdNo) % (jitterMicros + 1) : 0)
    // requests for one order keep their order, and nothing arrives before what has happened
    const earliest = laterOf(clock, lastArrivals.get(orderId) ?? EPOCH)
    const time = laterOf(plusMicros(request.at, travels), earliest)
    lastArrivals.set(orderId, time)
    agenda.add(time, ARRIVES, { request })
  }

  const advance = (now: Time): void => {
    for (let next = agenda.takeDue(now); next !== undefined; next = agenda.takeDue(now)) {
      clock = laterOf(clock, next.time)
      if ("request" in next.item) arrive(next.item.request, next.time)
      else {
        const { what, orders: due } = next.item
        times[what].drop(next.time)
        for (const order of due) (what === "expire" ? expire : release)(deskOf(order.symbol), order)
      }
    }
  }

  return {
    request: (request) => {
      if (held.isHeld(request.orderId)) held.hold(held.symbolFor(request)!, request)
      else send(request)
    },
    resend: (request) => {
      const symbol = held.symbolFor(request)
      if (symbol === undefined || desks.get(symbol)?.shown.isKnown === true) send(request)
      else held.hold(symbol, request)
    },
    market: (message) => {
      advance(message.at)
      clock = laterOf(clock, message.at)
      mdNo = message.no
      const desk = deskOf(message.symbol)
      desk.shown.apply(message)
      settle(desk, message)
      if (!desk.shown.isKnown) return
      for (const request of held.release(message.symbol)) send({ ...request, at: laterOf(request.at, message.at) })
    },
    due: (now) => {
      advance(now)
      return writer.takeDue(now)
    },
    nextDue: () => {
      dropEmptyTimes()
      const [task, report] = [agenda.first?.time, writer.nextTime]
      return task === undefined || (report !== undefined && report < task) ? report : task
    },
    restore: (restored) => {
      const { orderId, symbol } = restored.request
      const instrument = options.instruments(symbol)
      if (instrument === undefined)
        throw new Error(`the open order ${orderId} names ${symbol}, which is not traded here`)
      if (taken.has(orderId)) return
      const order = restoredOrder(restored, instrument)
      mdNo = Math.max(mdNo, restored.mdNo)
      keep(order)
      putBack(deskOf(symbol), order)
    },
    openOrders: () => [...orders.values()],
    mdNo: () => mdNo
  }
}

const venueOrderIdOf = (orderId: OrderId): string => `P-${orderId}`
