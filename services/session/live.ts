import type { State } from "#domain/account/state.ts"
import { microsBetween, type Time } from "#domain/kernel/time.ts"
import type { PriceBoard } from "#domain/market/board.ts"
import type { MarketMessage } from "#domain/market/messages.ts"
import type { LedgerEvent } from "#projections/projection.ts"
import type { AccountWriter, Submission } from "#streams/account-writer.ts"
import { encodeReports } from "#streams/report-codec.ts"
import { ConditionHalts } from "./condition-halts.ts"
import type { Marks } from "./marks.ts"
import type { OwnCommands } from "./own-commands.ts"
import { Outbox } from "./outbox.ts"
import type { ReportIntake } from "./report-intake.ts"
import { LOOK_EVERY_MS, StaleMarket } from "./stale-market.ts"
import type { Trader } from "./trader.ts"
import { PAPER } from "./routes.ts"
import type { VenueLink } from "./venue-link.ts"

export type LiveSessionOptions = {
  readonly writer: AccountWriter
  readonly board: PriceBoard
  readonly link: VenueLink
  readonly intake: ReportIntake
  readonly own: OwnCommands
  readonly marks: Marks
  readonly clock: () => Time
  readonly held: () => Iterable<string>
  readonly trader?: Trader
  /** what {@link LiveSession.watchedTo} begins with */
  readonly watchedTo: number
  /** 30 where absent */
  readonly staleAfterSeconds?: number
}

/** The paper market at work in real time: messages in, orders to the venue, its reports into the ledger. */
export class LiveSession {
  readonly #options: LiveSessionOptions
  readonly #outbox: Outbox
  readonly #stale: StaleMarket
  readonly #venueHalts = new ConditionHalts("system:venue-link")
  readonly #looking: NodeJS.Timeout
  #timer: NodeJS.Timeout | undefined
  #messages = 0
  #watchedTo: number
  constructor(options: LiveSessionOptions) {
    this.#options = options
    this.#watchedTo = options.watchedTo
    this.#outbox = new Outbox(options.writer)
    this.#stale = new StaleMarket(options.staleAfterSeconds)
    this.#looking = setInterval(() => this.#outbox.send(this.#stale.look(options.clock())), LOOK_EVERY_MS).unref()
  }

  get messages(): number {
    return this.#messages
  }
  get outbox(): Pick<Outbox, "trouble" | "waiting"> {
    return this.#outbox
  }

  /** The market-data number up to which all that followed from the market is in the ledger. */
  get watchedTo(): number {
    if (this.#outbox.waiting === 0) this.#watchedTo = Math.max(this.#watchedTo, this.#options.board.mdNo)
    return this.#watchedTo
  }

  /** Symbols whose market data has stopped. */
  get stale(): ReadonlyArray<string> {
    return this.#stale.symbols
  }

  /** New orders are halted while the line to the venue is down; when it is up again, open ones are asked about first. */
  venueConnected(isConnected: boolean): void {
    const { link, clock } = this.#options
    this.#outbox.send(link.connected(isConnected, clock()))
    this.#outbox.send(
      isConnected
        ? this.#venueHalts.end("everything")
        : this.#venueHalts.begin("everything", `venue disconnected: ${PAPER}`)
    )
    this.#wakeWhenDue()
  }

  market(message: MarketMessage): void {
    const { board, link, own, trader, marks, clock, held } = this.#options
    this.#messages++
    board.evolve(message)
    link.market(message)
    const now = clock()
    this.#outbox.send(this.#stale.market(message.symbol, now))
    this.#outbox.send(own.market(message))
    this.#settle()
    for (const mark of marks.due(now, held())) this.#trySubmit(mark)
    for (const submission of trader?.market(message) ?? []) this.#trySubmit(submission)
  }

  /** Called for each durable event, before its callers are answered. */
  committed(event: LedgerEvent, state: State): void {
    const { link, own, trader } = this.#options
    this.#outbox.send(link.committed(event, state))
    this.#outbox.send(own.committed(event, state))
    this.#outbox.send(this.#stale.committed(event))
    this.#outbox.send(this.#venueHalts.committed(event))
    for (const submission of trader?.event(event) ?? []) this.#trySubmit(submission)
    this.#wakeWhenDue()
  }

  /** What was due when the platform stopped; halts of that run end with their reasons. */
  resume(submissions: ReadonlyArray<Submission>, state: State): void {
    this.#outbox.send(submissions)
    this.#stale.restore(state)
    this.#venueHalts.restore(state)
    if (this.#options.link.isConnected) this.#outbox.send(this.#venueHalts.end("everything"))
  }

  stop(): void {
    clearTimeout(this.#timer)
    clearInterval(this.#looking)
    this.#outbox.stop()
  }

  /** Marks and a strategy's orders are of their moment: one that cannot be recorded now is let go. */
  #trySubmit(submission: Parameters<AccountWriter["submit"]>[0]): void {
    this.#options.writer.submit(submission).catch(() => {})
  }

  #settle = (): void => {
    this.#timer = undefined
    const now = this.#options.clock()
    const reports = this.#options.link.reports(now)
    if (reports.length > 0) this.#options.intake.receive(encodeReports(reports))
    this.#wakeWhenDue()
  }

  #wakeWhenDue(): void {
    const due = this.#options.link.nextDue()
    if (due === undefined || this.#timer !== undefined) return
    const ms = Math.min(Math.max(0, Math.ceil(microsBetween(this.#options.clock(), due) / 1000)), 60_000)
    this.#timer = setTimeout(this.#settle, ms)
  }
}
