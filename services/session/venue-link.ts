import type { State } from "#domain/account/state.ts"
import type { Time } from "#domain/kernel/time.ts"
import type { MarketMessage } from "#domain/market/messages.ts"
import type { PaperVenue } from "#domain/venue/paper-venue.ts"
import type { VenueReport } from "#domain/venue/messages.ts"
import { newOrderRequest, unanswered, venueReaction } from "#domain/venue/requests.ts"
import type { LedgerEvent } from "#projections/projection.ts"
import type { Submission } from "#streams/account-writer.ts"
import { react } from "#streams/react.ts"

export const PAPER = "paper"

/**
 * Ledger and venue meet here and nowhere else: events become requests, reports become commands. Restored from the
 * ledger alone, so starting up and recovering are the same.
 */
export class VenueLink {
  readonly #venue: PaperVenue
  readonly #partition: number
  readonly #react: (event: LedgerEvent) => void
  #state: State | undefined
  #connected = true
  constructor(venue: PaperVenue, partition: number) {
    this.#venue = venue
    this.#partition = partition
    const reaction = venueReaction(partition, (orderId) => this.#state?.orders.get(orderId))
    this.#react = react(reaction, (request) => {
      if (this.#connected) venue.request(request)
    })
  }

  /** Puts every open order back: what the venue had acknowledged as it stood, what it had not answered once more. */
  restore(state: State, now: Time): void {
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
    this.#askAgain(state, now)
  }

  get isConnected(): boolean {
    return this.#connected
  }

  /**
   * Told by whoever has the line to the venue. While it is down no request goes out and no report comes in; when it is up
   * again, whatever was not answered is asked about, as after a restart.
   */
  connected(isConnected: boolean, now: Time): void {
    const isBack = isConnected && !this.#connected
    this.#connected = isConnected
    if (isBack && this.#state !== undefined) this.#askAgain(this.#state, now)
  }

  #askAgain(state: State, now: Time): void {
    for (const order of state.orders.values())
      for (const request of unanswered(order, now, this.#partition)) this.#venue.resend(request)
  }

  /** A durable event, and the state that the writer is in after its commit. */
  committed(event: LedgerEvent, state: State): void {
    this.#state = state
    this.#react(event)
  }

  market(message: MarketMessage): void {
    this.#venue.market(message)
  }

  /** When something comes due at the venue by itself. */
  nextDue(): Time | undefined {
    return this.#connected ? this.#venue.nextDue() : undefined
  }

  /** Reports that are due, as the commands that record them. */
  due(now: Time): ReadonlyArray<Submission> {
    return this.#connected ? this.#venue.due(now).map(reported) : []
  }
}

const reported = (report: VenueReport): Submission => ({
  id: report.execId,
  actor: `venue:${PAPER}`,
  request: { type: "VenueReported", account: report.account, venue: PAPER, report }
})
