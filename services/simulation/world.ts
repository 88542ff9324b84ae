import { createHash } from "node:crypto"
import { Result } from "effect"
import type { Command } from "#domain/account/commands.ts"
import { accountDecider } from "#domain/account/decider.ts"
import { ACCOUNT_EVENTS, type AccountEvent } from "#domain/account/events.ts"
import type { State } from "#domain/account/state.ts"
import type { Recorded } from "#domain/kernel/event.ts"
import type { AccountId } from "#domain/kernel/ids.ts"
import { ONE } from "#domain/kernel/money.ts"
import { ledgerCodec } from "#streams/ledger-codec.ts"
import { BrokenLaw, must } from "./broken-law.ts"
import { checkAccount, checkAnswer, checkHistory } from "./command-laws.ts"
import { checkGroup } from "./group-laws.ts"
import { checkEvents, checkState } from "./laws.ts"
import { checkMonitor } from "./monitor-laws.ts"
import { Recount } from "./recount.ts"
import { checkReport } from "./report-laws.ts"
import { same } from "./same.ts"
import { SecondOpinion } from "./second-opinion.ts"

export type AccountDecider = ReturnType<typeof accountDecider>
export const realDecider = (): AccountDecider => accountDecider(0)
type Decision = ReturnType<AccountDecider["decide"]>
type Event = Recorded<AccountEvent>

/** What came of the commands so far. */
export type Tally = {
  events: number
  facts: number
  repeats: number
  readonly refusals: Record<string, number>
  readonly eventTypes: Record<string, number>
}

const VERSION = new Map(ACCOUNT_EVENTS.map(({ type, v }) => [type, v]))
const NOTHING: ReadonlyArray<Event> = []
const HASHED_AT_ONCE = 1 << 16

/**
 * A partition of its own, whose decider is watched: every command's answer at once, all of the state whenever `audit`
 * is called. Its copy is what a restart would have: it is told the stored bytes only, and never asked for a decision.
 */
export class World {
  readonly tally: Tally = { events: 0, facts: 0, repeats: 0, refusals: {}, eventTypes: {} }
  readonly #decider: AccountDecider
  readonly #recount = new Recount()
  readonly #opinion = new SecondOpinion(this.#recount)
  readonly #reported = new Set<string>()
  readonly #hash = createHash("sha256")
  #unhashed = ""
  #last = NOTHING
  #state: State
  #copy: State
  constructor(decider: AccountDecider) {
    this.#decider = decider
    this.#state = decider.initial()
    this.#copy = decider.initial()
  }

  get state(): State {
    return this.#state
  }
  /** What the command taken last led to, whether it kept the laws or not. */
  get last(): ReadonlyArray<Event> {
    return this.#last
  }
  /** Over every event's bytes: equal for equal seeds, on any machine. */
  digest(): string {
    return this.#hash.copy().update(this.#unhashed).digest("hex")
  }

  /** Decides a command and folds what it led to; throws a {@link BrokenLaw}. Looks closer when every step is audited. */
  take(command: Command, isClose: boolean): void {
    const state = this.#state
    this.#last = NOTHING
    const decision = this.#decider.decide(command, state)
    if (isClose) must(same(state, this.#copy), () => "a decision wrote into the state")
    const events = Result.isFailure(decision) ? NOTHING : recordedAll(decision.success, command, state.eventNo)
    this.#last = events
    if (this.#isNewReport(command)) checkReport(events, command, this.#opinion)
    if (Result.isFailure(decision)) {
      const { code } = decision.failure
      this.tally.refusals[code] = (this.tally.refusals[code] ?? 0) + 1
    } else if (events.length === 0) {
      checkGroup(events, command, this.#opinion)
      checkMonitor(events, command, this.#opinion)
      this.tally.repeats++
    } else this.#record(events, decision.success, command)
  }

  #record(events: ReadonlyArray<Event>, facts: ReadonlyArray<AccountEvent>, command: Command): void {
    sameDecision(this.#decider.decide(command, this.#state), facts)
    checkEvents(events)
    checkAnswer(events, command, this.#opinion)
    checkMonitor(events, command, this.#opinion)
    const texts = events.map((event) => ledgerCodec.encode(event))
    const stored = reread(events, texts)
    for (const [i, event] of events.entries()) this.#fold(event, texts[i]!, stored[i]!, command)
    if (this.#isRemembered(command, events)) repeatChangesNothing(this.#decider.decide(command, this.#state))
    if ("account" in command.request) checkAccount(this.#state, command.request.account, this.#recount, this.#opinion)
    if ("to" in command.request) this.#checkReceiver(command.request)
    this.tally.facts++
    this.tally.events = this.#state.eventNo
  }

  /** He may be somewhere else. */
  #checkReceiver({ to }: { readonly to: AccountId }): void {
    if (this.#state.accounts.has(to)) checkAccount(this.#state, to, this.#recount, this.#opinion)
  }

  #fold(event: Event, text: string, stored: Event, command: Command): void {
    this.#opinion.see(event, command)
    this.#unhashed += text
    if (this.#unhashed.length > HASHED_AT_ONCE) {
      this.#hash.update(this.#unhashed)
      this.#unhashed = ""
    }
    this.#recount.book(event)
    this.#opinion.booked(event)
    this.#state = this.#decider.evolve(this.#state, event)
    this.#copy = this.#decider.evolve(this.#copy, stored)
    this.tally.eventTypes[event.type] = (this.tally.eventTypes[event.type] ?? 0) + 1
  }

  /** All of the state: counted again, as the events tell it, and as a replay of the bytes has it. */
  audit(): void {
    checkState(this.#state, this.#recount)
    checkHistory(this.#state, this.#recount, this.#opinion)
    must(same(this.#state, this.#copy), () => "a replay of all events gives another state")
    const [kept, again] = [this.#state, this.#copy].map(({ answered }) => answered.recent.digest())
    must(kept === again, () => "a replay of all events remembers other commands")
  }

  /**
   * Commands with an account of their own are remembered by id, or the state tells that they were done. But a request is
   * sent as often as it is sent, what was denied in a group is still due, and children of an OTO go one after the other.
   */
  #isRemembered({ request }: Command, events: ReadonlyArray<Event>): boolean {
    if (request.type === "Kill") return true
    if (!("account" in request) || request.type === "RecordRoute" || request.type === "WatchMargin") return false
    if (request.type !== "WorkGroup") return true
    if (this.#opinion.orders.group(request.groupId)?.kind === "OTO") return false
    return !events.some((event) => event.type === "OrderRiskDecided" && event.data.decision === "denied")
  }

  /** A report of an account that there is, about an order of ours, which was not recorded before. */
  #isNewReport({ request }: Command): boolean {
    if (request.type !== "VenueReported" || !this.#state.accounts.has(request.account)) return false
    const { orderId, execId, at } = request.report
    const key = `${orderId} ${execId} ${at.slice(0, 10)}`
    if (this.#reported.has(key)) return false
    this.#reported.add(key)
    return true
  }
}

const recordedAll = (facts: ReadonlyArray<AccountEvent>, command: Command, last: number): ReadonlyArray<Event> =>
  facts.map((fact, i) => recorded(fact, command, last + 1 + i))
const recorded = (fact: AccountEvent, command: Command, eventNo: number): Event =>
  ({
    eventNo,
    type: fact.type,
    v: VERSION.get(fact.type)!,
    recordedAt: command.at,
    effectiveAt: fact.effectiveAt ?? command.at,
    actor: command.actor,
    cause: command.id,
    correlation: command.id,
    ...(fact.account !== undefined && { account: fact.account }),
    data: fact.data
  }) as Event

/**
 * Events from their bytes alone, scanned as a replay of the ledger does. They must be what was written: then their bytes
 * would be the same again, too.
 */
const reread = (events: ReadonlyArray<Event>, texts: ReadonlyArray<string>): ReadonlyArray<Event> => {
  const text = `[${texts.join(",")}]}` // as the end of a commit's body
  const stored = ledgerCodec.scan(Buffer.from(text), text, 1) ?? texts.map((one) => ledgerCodec.decode(JSON.parse(one)))
  for (const [i, event] of events.entries())
    must(same(stored[i], event), () => `event ${event.eventNo} is another once it was written and read`)
  for (const [i, event] of events.entries())
    if (event.eventNo % LOOKED_AT === 0 || isOdd(event)) judge(event, texts[i]!)
  return stored
}

/** By the schemas, which no reader but a careful one asks: they take six times as long as parsing and decoding. */
const LOOKED_AT = 512
const isOdd = ({ type, cause, data }: Event): boolean =>
  cause.length > 60 ||
  (type === "OrderPlaced" && [data.quantity, data.price, data.stopPrice].some((n) => n !== undefined && n > LARGE))
const LARGE = 10n ** 15n * ONE
const judge = ({ eventNo, type }: Event, text: string): void => {
  try {
    ledgerCodec.decodeStrictly(JSON.parse(text))
  } catch (error) {
    must(false, () => `event ${eventNo} (${type}) is none that a careful reader takes: ${(error as Error).message}`)
  }
}

const sameDecision = (again: Decision, facts: ReadonlyArray<AccountEvent>) => {
  if (Result.isFailure(again) || !same(again.success, facts))
    throw new BrokenLaw("the same command and state decided differently")
}

const repeatChangesNothing = (again: Decision) => {
  if (Result.isFailure(again) || again.success.length > 0)
    throw new BrokenLaw("a repeated command was not answered as a repeat")
}
