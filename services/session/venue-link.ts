import type { State } from "#domain/account/state.ts"
import type { Time } from "#domain/kernel/time.ts"
import type { MarketMessage } from "#domain/market/messages.ts"
import type { VenueReport } from "#domain/venue/messages.ts"
import type { DistantVenue } from "#domain/venue/distant-venue.ts"
import type { PaperVenue } from "#domain/venue/paper-venue.ts"
import { newOrderRequest, unanswered, venueReaction } from "#domain/venue/requests.ts"
import type { LedgerEvent } from "#projections/projection.ts"
import type { Submission } from "#streams/account-writer.ts"
import { react } from "#streams/react.ts"
import { reported, Routes } from "./routes.ts"

const NOTHING: ReadonlyArray<Submission> = []

/**
 * Ledger and venue meet here and nowhere else: events become requests, reports become commands. Restored from the
 * ledger alone, so starting up and recovering are the same. A venue in this process answers whatever it is sent; of one at
 * a distance each request is recorded before it goes out, see {@link Routes}. What is returned is to be recorded, in order.
 */
export class VenueLink {
  readonly #venue: PaperVenue
  readonly #routes: Routes | undefined
  readonly #partition: number
  readonly #react: (event: LedgerEvent) => void
  #state: State | undefined
  #connected = true
  #due: Array<Submission> = []
  constructor(venue: PaperVenue | DistantVenue, partition: number) {
    this.#venue = venue
    this.#partition = partition
    this.#routes = "has" in venue ? new Routes(venue, partition) : undefined
    const reaction = venueReaction(partition, (orderId) => this.#state?.orders.get(orderId))
    this.#react = react(reaction, (request) => {
      if (!this.#connected) return // asked for when the line is up again
      if (this.#routes === undefined) venue.request(request)
      else this.#due.push(this.#routes.ask(request))
    })
  }

  /** Puts every open order back: what the venue had acknowledged as it stood, what it had not answered once more. */
  restore(state: State, now: Time): ReadonlyArray<Submission> {
    this.#state = state
    for (const order of state.orders.values()) {
      if (order.venueOrderId !== undefined) {
        this.#venue.restore({
          request: newOrderRequest(order, now, this.#partition) as Parameters<PaperVenue["restore"]>[0]["request"],
          venueOrderId: order.venueOrderId,
          cumQty: order.cumQty,
          queueAhead: order.queueAhead,
          mdNo: order.mdNo,
          triggered: order.triggered,
          reports: order.reports
        })
      }
    }
    return this.#askAgain(state, now)
  }

  get isConnected(): boolean {
    return this.#connected
  }

  /**
   * Told by whoever has the line to the venue. While it is down no request goes out and no report comes in; when it is up
   * again, whatever was not answered is asked about, as after a restart.
   */
  connected(isConnected: boolean, now: Time): ReadonlyArray<Submission> {
    if (isConnected === this.#connected) return NOTHING
    this.#connected = isConnected
    this.#routes?.connected(isConnected, now)
    if (this.#state === undefined) return NOTHING
    return isConnected ? this.#askAgain(this.#state, now) : (this.#routes?.unknown(this.#state, now) ?? NOTHING)
  }

  #askAgain(state: State, now: Time): ReadonlyArray<Submission> {
    if (this.#routes !== undefined) return this.#routes.reconcile(state, now)
    for (const order of state.orders.values())
      for (const request of unanswered(order, now, this.#partition)) this.#venue.resend(request)
    return NOTHING
  }

  /** A durable event, and the state that the writer is in after its commit. */
  committed(event: LedgerEvent, state: State): ReadonlyArray<Submission> {
    this.#state = state
    this.#react(event)
    if (this.#routes !== undefined) this.#due.push(...this.#routes.committed(event, state))
    return this.#due.length === 0 ? NOTHING : this.#due.splice(0)
  }

  market(message: MarketMessage): void {
    this.#venue.market(message)
  }

  /** When something comes due at the venue by itself. */
  nextDue(): Time | undefined {
    return this.#connected ? this.#venue.nextDue() : undefined
  }

  /** Reports that are due. */
  reports(now: Time): ReadonlyArray<VenueReport> {
    return this.#connected ? this.#venue.due(now) : []
  }

  /** The same as the commands that record them. */
  due(now: Time): ReadonlyArray<Submission> {
    return this.reports(now).map(reported)
  }
}
