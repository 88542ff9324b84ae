import type { State } from "#domain/account/state.ts"
import type { ClOrdId, ExecId, OrderId } from "#domain/kernel/ids.ts"
import type { Time } from "#domain/kernel/time.ts"
import { pendingCancel, type OpenOrder } from "#domain/orders/open-order.ts"
import type { DistantVenue } from "#domain/venue/distant-venue.ts"
import type { VenueReport, VenueRequest } from "#domain/venue/messages.ts"
import { unanswered } from "#domain/venue/requests.ts"
import type { LedgerEvent } from "#projections/projection.ts"
import type { Submission } from "#streams/account-writer.ts"

export const PAPER = "paper"
const ACTOR = "system:venue-link"

/** A venue's report as the command that records it. */
export const reported = (report: VenueReport): Submission => ({
  id: report.execId,
  actor: `venue:${PAPER}`,
  request: { type: "VenueReported", account: report.account, venue: PAPER, report }
})

/**
 * Requests to a venue that may lose them. Each is recorded (RouteSent) before it goes out, so that whoever starts again
 * knows what may have been sent. When the line breaks, what was not answered is unknown (RouteUnknown); when it is up again
 * the venue is asked what it has got and said: its reports resolve what they are about, and what never arrived is sent again
 * under the same ClOrdID. An order that is to trade at once (IOC, FOK) or was taken back is not sent late: it is rejected.
 */
export class Routes {
  readonly #venue: DistantVenue
  readonly #partition: number
  /** what went out, until its order is over */
  readonly #sent = new Map<OrderId, Set<ClOrdId>>()
  /** asked to be recorded, and not recorded yet */
  readonly #onTheWay = new Set<ClOrdId>()
  /** to be sent as after a restart: the venue may not have its market yet */
  readonly #again = new Set<ClOrdId>()
  #up = true
  constructor(venue: DistantVenue, partition: number) {
    this.#venue = venue
    this.#partition = partition
  }

  connected(isConnected: boolean, now: Time): void {
    this.#up = isConnected
    this.#venue.connected(isConnected, now)
  }

  ask({ account, orderId, clOrdId }: VenueRequest, name = ""): Submission {
    this.#onTheWay.add(clOrdId)
    const request = { type: "RecordRoute", account, orderId, clOrdId, venue: PAPER } as const
    return { id: `route:${clOrdId}${name}`, actor: ACTOR, request }
  }

  /** A request that is recorded goes out; what was recorded too late for the line is unknown at once. */
  committed(event: LedgerEvent, state: State): ReadonlyArray<Submission> {
    if (!("orderId" in event.data)) return []
    const { orderId } = event.data
    const order = state.orders.get(orderId)
    if (order === undefined) this.#sent.delete(orderId)
    if (event.type !== "RouteSent") return []
    const { clOrdId } = event.data
    this.#onTheWay.delete(clOrdId)
    const isAgain = this.#again.delete(clOrdId)
    const request = order && unanswered(order, event.recordedAt, this.#partition).find((one) => one.clOrdId === clOrdId)
    if (order === undefined || request === undefined) return []
    const sent = this.#sent.get(orderId)
    if (sent === undefined) this.#sent.set(orderId, new Set([clOrdId]))
    else sent.add(clOrdId)
    if (!this.#up) return [this.#lost(order, clOrdId, state)]
    if (isAgain) this.#venue.resend(request)
    else this.#venue.request(request)
    return []
  }

  /** The line is down: what went out and was not answered. */
  unknown(state: State, now: Time): ReadonlyArray<Submission> {
    return [...state.orders.values()].flatMap((order) =>
      unanswered(order, now, this.#partition)
        .filter(({ clOrdId }) => this.#sent.get(order.orderId)?.has(clOrdId) === true)
        .map(({ clOrdId }) => this.#lost(order, clOrdId, state))
    )
  }

  /** The line is up (again): what the venue has said meanwhile, and what it has not got. Also after a restart. */
  reconcile(state: State, now: Time): ReadonlyArray<Submission> {
    const lost: Array<Submission> = []
    const heard: Array<Submission> = []
    const due: Array<Submission> = []
    for (const order of state.orders.values()) {
      heard.push(...this.#venue.reportsOf(order.orderId, reportsBy(order)).map(reported))
      const open = unanswered(order, now, this.#partition)
      const isSent = this.#sent.has(order.orderId)
      if (order.route === "sent" && !isSent)
        lost.push(...open.map(({ clOrdId }) => this.#lost(order, clOrdId, state, "no answer before the restart")))
      const missing = open.filter(({ clOrdId }) => !this.#venue.has(clOrdId) && !this.#onTheWay.has(clOrdId))
      if (missing[0]?.type === "NewOrder" && isTooLate(order)) due.push(tooLate(order, missing[0], now))
      else {
        for (const request of missing) {
          this.#again.add(request.clOrdId)
          due.push(this.ask(request, `:${state.eventNo}`))
        }
      }
    }
    return [...lost, ...heard, ...due]
  }

  #lost(order: OpenOrder, clOrdId: ClOrdId, state: State, unknown = "the line broke before an answer"): Submission {
    const { account, orderId } = order
    const request = { type: "RecordRoute", account, orderId, clOrdId, venue: PAPER, unknown } as const
    return { id: `route:${clOrdId}:unknown:${state.eventNo}`, actor: ACTOR, request }
  }
}

/** How many of the venue's reports of an order were recorded: a trigger of our own is none of them. */
const reportsBy = ({ reports, triggered, instructions }: OpenOrder): number =>
  triggered && instructions.triggerBy === "local" ? reports - 1 : reports

/** What is to trade at once is of its moment, and what its owner has taken back is not wanted any more. */
const isTooLate = (order: OpenOrder): boolean =>
  order.timeInForce === "IOC" || order.timeInForce === "FOK" || pendingCancel(order) !== undefined

const tooLate = (order: OpenOrder, { clOrdId }: VenueRequest, at: Time): Submission => {
  const { account, orderId, mdNo, timeInForce } = order
  const why = pendingCancel(order) === undefined ? `${timeInForce}, too late now` : "a cancel was asked for meanwhile"
  const reason = `the venue has never got it, and it is not sent again: ${why}`
  const head = { at, account, orderId, execId: `L-${clOrdId}` as ExecId, clOrdId, mdNo }
  return { ...reported({ type: "Rejected", ...head, reason }), actor: ACTOR }
}
