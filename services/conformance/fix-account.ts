import { Result } from "effect"
import type { Command, Request } from "#domain/account/commands.ts"
import { accountDecider } from "#domain/account/decider.ts"
import type { AccountEvent } from "#domain/account/events.ts"
import type { Recorded } from "#domain/kernel/event.ts"
import type { AccountId, ClOrdId, Currency, GroupId, OrderId, OwnerId } from "#domain/kernel/ids.ts"
import type { Cash, Price, Quantity, Rate } from "#domain/kernel/money.ts"
import type { Refusal } from "#domain/kernel/shapes.ts"
import { plusMicros, timeOfText, type Time } from "#domain/kernel/time.ts"
import type { Instrument } from "#domain/market/instrument.ts"
import type { OpenOrder } from "#domain/orders/open-order.ts"
import { venueReaction } from "#domain/venue/requests.ts"
import { amount, PRICE } from "./fix-venue.ts"

export const ACCOUNT = "A" as AccountId
const USD = "USD" as Currency
const START = timeOfText("2026-03-02T10:00:00Z")!
const DAY_MICROS = 24 * 3600 * 1e6

/** A share without fees, of which any whole number can be had: nothing in it is part of a scenario. */
export const SHARE: Instrument = {
  symbol: "XYZ" as Instrument["symbol"],
  version: 1,
  base: "XYZ" as Currency,
  quote: USD,
  settlement: USD,
  tick: amount<Price>(0.01),
  lot: amount<Quantity>(1),
  minNotional: amount<Cash>(0.01),
  multiplier: amount<Rate>(1),
  makerFee: amount<Rate>(0),
  takerFee: amount<Rate>(0)
}

/** The account of a scenario's client, rich enough for every order, and the decider that keeps it. */
export class FixAccount {
  readonly #decider = accountDecider(0)
  readonly #venue = venueReaction(0, (id) => this.find(id))
  #state = this.#decider.initial()
  #now: Time = START
  /** the id under which the venue knows a request */
  readonly venueIds = new Map<string, ClOrdId>()

  constructor() {
    this.run("setup-1", { type: "AdoptInstrument", instrument: SHARE })
    const names = { account: ACCOUNT, owner: "O" as OwnerId, group: "G" as GroupId }
    this.run("setup-2", { type: "OpenAccount", ...names, accountType: "cash", currency: USD })
    this.run("setup-3", { type: "Deposit", account: ACCOUNT, currency: USD, amount: amount<Cash>(1e12) })
  }

  get now(): Time {
    return this.#now
  }

  /** The next moment, on that day of the scenario or later. */
  tick(day: number): void {
    const begin = this.after(day - 1)
    this.#now = begin > this.#now ? begin : plusMicros(this.#now, 1000)
  }

  after(days: number): Time {
    return plusMicros(START, days * DAY_MICROS)
  }

  find(orderId: OrderId): OpenOrder | undefined {
    return this.#state.orders.get(orderId) ?? this.#state.finished.find(orderId)
  }

  run(id: string, request: Request): Result.Result<ReadonlyArray<AccountEvent>, Refusal> {
    const market = { last: amount<Price>(PRICE), ask: amount<Price>(PRICE) }
    const command: Command = { id, actor: "fix", at: this.#now, request, seen: market }
    const decided = this.#decider.decide(command, this.#state)
    if (Result.isFailure(decided)) return decided
    for (const fact of decided.success) this.#evolve(fact, id)
    return decided
  }

  #evolve(fact: AccountEvent, cause: string): void {
    const event = {
      eventNo: this.#state.eventNo + 1,
      recordedAt: this.#now,
      effectiveAt: this.#now,
      cause,
      ...fact
    } as unknown as Recorded<AccountEvent>
    this.#state = this.#decider.evolve(this.#state, event)
    for (const { clOrdId } of this.#venue.react(event)) this.venueIds.set(cause, clOrdId)
  }
}
