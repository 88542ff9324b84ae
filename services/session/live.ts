import type { State } from "#domain/account/state.ts"
import { microsBetween, type Time } from "#domain/kernel/time.ts"
import type { PriceBoard } from "#domain/market/board.ts"
import type { MarketMessage } from "#domain/market/messages.ts"
import type { LedgerEvent } from "#projections/projection.ts"
import type { AccountWriter, Submission } from "#streams/account-writer.ts"
import type { Marks } from "./marks.ts"
import type { OwnCommands } from "./own-commands.ts"
import { Outbox } from "./outbox.ts"
import type { Trader } from "./trader.ts"
import type { VenueLink } from "./venue-link.ts"

export type LiveSessionOptions = {
  readonly writer: AccountWriter
  readonly board: PriceBoard
  readonly link: VenueLink
  readonly own: OwnCommands
  readonly marks: Marks
  readonly clock: () => Time
  readonly held: () => Iterable<string>
  readonly trader?: Trader
}

/** The paper market at work in real time: messages in, orders to the venue, its reports into the ledger. */
export class LiveSession {
  readonly #options: LiveSessionOptions
  readonly #outbox: Outbox
  #timer: NodeJS.Timeout | undefined
  #messages = 0
  constructor(options: LiveSessionOptions) {
    this.#options = options
    this.#outbox = new Outbox(options.writer)
  }

  get messages(): number {
    return this.#messages
  }
  get outbox(): Pick<Outbox, "trouble" | "waiting"> {
    return this.#outbox
  }

  market(message: MarketMessage): void {
    const { board, link, own, trader, marks, clock, held } = this.#options
    this.#messages++
    board.evolve(message)
    link.market(message)
    this.#outbox.send(own.market(message))
    this.#settle()
    for (const mark of marks.due(clock(), held())) this.#trySubmit(mark)
    for (const submission of trader?.market(message) ?? []) this.#trySubmit(submission)
  }

  /** Called for each durable event, before its callers are answered. */
  committed(event: LedgerEvent, state: State): void {
    const { link, own, trader } = this.#options
    link.committed(event, state)
    this.#outbox.send(own.committed(event, state))
    for (const submission of trader?.event(event) ?? []) this.#trySubmit(submission)
    this.#wakeWhenDue()
  }

  /** What was due when the platform stopped. */
  resume(submissions: ReadonlyArray<Submission>): void {
    this.#outbox.send(submissions)
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#outbox.stop()
  }

  /** Marks and a strategy's orders are of their moment: one that cannot be recorded now is let go. */
  #trySubmit(submission: Parameters<AccountWriter["submit"]>[0]): void {
    this.#options.writer.submit(submission).catch(() => {})
  }

  #settle = (): void => {
    this.#timer = undefined
    const now = this.#options.clock()
    this.#outbox.send(this.#options.link.due(now))
    this.#wakeWhenDue()
  }

  #wakeWhenDue(): void {
    const due = this.#options.link.nextDue()
    if (due === undefined || this.#timer !== undefined) return
    const ms = Math.min(Math.max(0, Math.ceil(microsBetween(this.#options.clock(), due) / 1000)), 60_000)
    this.#timer = setTimeout(this.#settle, ms)
  }
}
