// A writer, a link and a venue at the end of a line, one thing at a time: what happens is counted, so that the line can
// break, or the platform die, between any two things.
import { memoryLog } from "#infra/memory/event-log.ts"
import type { AccountId, OrderId, Symbol } from "#domain/kernel/ids.ts"
import { parseFixed, type Price, type Quantity } from "#domain/kernel/money.ts"
import { timeOfMicros, type Time } from "#domain/kernel/time.ts"
import { defaultInstruments } from "#domain/market/default-instruments.ts"
import { PriceBoard } from "#domain/market/board.ts"
import { distantVenue } from "#domain/venue/distant-venue.ts"
import { createPaperVenue } from "#domain/venue/paper-venue.ts"
import { firstCommands, firstDeposit } from "#services/session/first-accounts.ts"
import { marketSeen } from "#services/session/market-seen.ts"
import { VenueLink } from "#services/session/venue-link.ts"
import type { LedgerEvent } from "#projections/projection.ts"
import { openAccountWriter, type AccountWriter, type Submission } from "#streams/account-writer.ts"

export const DEMO = "demo" as AccountId
const SYMBOL = "BTCUSDT" as Symbol
const START = 1_700_000_000_000_000

/** What happens besides the line: a market message, or a request of somebody (undefined: nothing to ask any more). */
export type Move =
  | { readonly market: string }
  | { readonly id: string; readonly ask: (placed: ReadonlyArray<OrderId>) => object }
/** `before` the thing of this number happens. */
export type Fault = { readonly before: number; readonly does: "break" | "mend" | "restart" }

export class Distance {
  readonly log = memoryLog()
  readonly venue = distantVenue(
    createPaperVenue({
      seed: 1,
      latencyMicros: 0,
      jitterMicros: 0,
      reportLatencyMicros: 0,
      instruments: (symbol) => defaultInstruments.find((instrument) => instrument.symbol === symbol)
    }),
    1000
  )
  readonly events: Array<LedgerEvent> = []
  writer!: AccountWriter
  link!: VenueLink
  #board = new PriceBoard()
  #queue: Array<Submission> = []
  #micros = START
  #no = 0
  things = 0

  get now(): Time {
    return timeOfMicros(this.#micros)
  }
  async open(): Promise<void> {
    this.#queue = []
    this.events.length = 0
    this.writer = await openAccountWriter({
      log: this.log,
      partition: 0,
      clock: () => this.now,
      writerId: `w${this.#micros}`,
      seen: marketSeen(this.#board),
      onReplayed: (_, events) => void this.events.push(...events),
      onCommitted: ({ events }, state) => {
        this.events.push(...events)
        for (const event of events) this.#queue.push(...(this.link?.committed(event, state) ?? []))
      }
    })
    const link = new VenueLink(this.venue, 0)
    const asked = await this.writer.look((state) => link.restore(state, this.now))
    this.link = link
    this.#queue.push(...asked)
  }
  async begin(): Promise<void> {
    await this.open()
    for (const command of firstCommands([SYMBOL], [DEMO])) await this.writer.submit(command)
    await this.writer.submit(firstDeposit(DEMO))
  }

  /** Plays moves with what follows from each, and the faults between; then mends the line and lets everything settle. */
  async play(moves: ReadonlyArray<Move>, faults: ReadonlyArray<Fault>): Promise<void> {
    const next = async () => {
      for (const { before, does } of faults) if (before === this.things) await this.#fault(does)
      this.things++
      this.#micros += 400
    }
    const settle = async (most: number) => {
      for (let idle = 0, done = 0; idle < 8 && done < most; done++) {
        await next()
        this.#queue.push(...this.link.due(this.now))
        const submission = this.#queue.shift()
        if (submission === undefined) idle++
        else {
          idle = 0
          await this.writer.submit(submission)
        }
      }
    }
    for (const move of moves) {
      await next()
      if ("market" in move) this.#market(move.market)
      else {
        const request = move.ask(this.placed)
        await this.writer.submit({ id: move.id, actor: "test", request } as Submission)
      }
      await settle(4) // not everything that follows: the next comes in between
    }
    if (!this.link.isConnected) await this.#fault("mend")
    await settle(500)
  }
  get placed(): ReadonlyArray<OrderId> {
    return this.events.flatMap((event) => (event.type === "OrderPlaced" ? [event.data.orderId] : []))
  }

  async #fault(does: Fault["does"]): Promise<void> {
    if (does !== "restart") {
      this.#queue.push(...this.link.connected(does === "mend", this.now))
      return
    }
    await this.writer.stop()
    this.venue.connected(false, this.now) // whatever was on its way to or from the process is gone with it
    this.venue.connected(true, this.now)
    await this.open()
  }
  #market(text: string): void {
    const price = parseFixed(text) as Price
    const size = parseFixed("100") as Quantity
    const head = () => ({ no: ++this.#no, at: this.now, symbol: SYMBOL })
    const quote = { kind: "quote", ...head(), bid: price, bidSize: size, ask: price, askSize: size } as const
    const quantity = parseFixed("0.4") as Quantity
    const trade = { kind: "trade", ...head(), price, quantity, aggressor: "sell", tradeId: `T${this.#no}` } as const
    for (const message of [quote, trade]) {
      this.#board.evolve(message)
      this.link.market(message)
    }
  }
}
