import { createHash } from "node:crypto"
import { Result } from "effect"
import type { Command } from "#domain/account/commands.ts"
import { accountDecider } from "#domain/account/decider.ts"
import { ACCOUNT_EVENTS, type AccountEvent } from "#domain/account/events.ts"
import type { State } from "#domain/account/state.ts"
import type { Recorded } from "#domain/kernel/event.ts"
import { ledgerCodec } from "#streams/ledger-codec.ts"
import { BrokenLaw } from "./broken-law.ts"
import { Generator } from "./generate.ts"
import { checkEvents, checkState } from "./laws.ts"
import { checkAccount, checkAnswer, checkHistory, checkReport } from "./command-laws.ts"
import { Recount } from "./recount.ts"
import { SecondOpinion } from "./second-opinion.ts"

export type SimulationOptions = {
  readonly seed: number
  readonly steps: number
  /** between two looks at the whole state; events are looked at always */
  readonly auditEvery?: number
  readonly onProgress?: (step: number) => void
  /** one with a fault planted, to see whether the laws notice */
  readonly decider?: AccountDecider
}
type AccountDecider = ReturnType<typeof accountDecider>
export type SimulationResult = {
  readonly seed: number
  readonly steps: number
  readonly events: number
  readonly facts: number
  readonly repeats: number
  readonly refusals: Readonly<Record<string, number>>
  readonly eventTypes: Readonly<Record<string, number>>
  /** over every event's bytes: equal for equal seeds, on any machine */
  readonly digest: string
  readonly broken?: { readonly law: string; readonly step: number; readonly command: string }
}

const VERSION = new Map(ACCOUNT_EVENTS.map(({ type, v }) => [type, v]))

/**
 * Generated commands and venue reports against the decider, with its laws looked at all the way. Stops at the first
 * that breaks. A repeat of every recorded command, a second decision, and a replay from the bytes must change nothing.
 */
export const simulate = ({
  seed,
  steps,
  auditEvery = 200,
  onProgress,
  decider = accountDecider(0)
}: SimulationOptions): SimulationResult => {
  let state = decider.initial()
  const generator = new Generator(seed)
  const recount = new Recount()
  const opinion = new SecondOpinion(recount)
  const reported = new Set<string>()
  const hash = createHash("sha256")
  const bytes: Array<string> = []
  const refusals: Record<string, number> = {}
  const eventTypes: Record<string, number> = {}
  let facts = 0
  let repeats = 0
  const result = (step: number) => ({
    seed,
    steps: step,
    events: state.eventNo,
    facts,
    repeats,
    refusals,
    eventTypes,
    digest: hash.copy().digest("hex")
  })
  for (let step = 1; step <= steps; step++) {
    const command = generator.next(state)
    const isAudit = step % auditEvery === 0 || step === steps
    try {
      const before = isAudit ? snapshot(state) : undefined
      const decision = decider.decide(command, state)
      if (before !== undefined && before !== snapshot(state)) throw new BrokenLaw("a decision wrote into the state")
      if (isNewReport(command, state, reported)) checkReport(factsOf(decision, command, state), command, opinion)
      if (Result.isFailure(decision)) {
        refusals[decision.failure.code] = (refusals[decision.failure.code] ?? 0) + 1
      } else if (decision.success.length === 0) repeats++
      else {
        facts++
        sameDecision(decider.decide(command, state), decision.success)
        const events = factsOf(decision, command, state)
        checkEvents(events)
        checkAnswer(events, command, opinion)
        for (const event of events) {
          opinion.see(event, command)
          const text = ledgerCodec.encode(event)
          hash.update(text)
          bytes.push(text)
          recount.book(event)
          state = decider.evolve(state, event)
          eventTypes[event.type] = (eventTypes[event.type] ?? 0) + 1
        }
        repeatChangesNothing(decider.decide(command, state), command)
        if ("account" in command.request) checkAccount(state, command.request.account, recount, opinion)
      }
      if (isAudit) {
        checkState(state, recount)
        checkHistory(state, recount, opinion)
      }
      if (step % (auditEvery * 50) === 0 || step === steps) replayAgrees(decider, bytes, state)
    } catch (error) {
      return { ...result(step), broken: { law: lawOf(error), step, command: show(command) } }
    }
    if (step % 1000 === 0) onProgress?.(step)
  }
  return result(steps)
}

const show = (value: unknown): string => JSON.stringify(value, (_, v) => (typeof v === "bigint" ? v.toString() : v))
const lawOf = (error: unknown): string =>
  error instanceof BrokenLaw ? error.message : String((error as Error).stack ?? error)

const recorded = (fact: AccountEvent, command: Command, eventNo: number): Recorded<AccountEvent> =>
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
  }) as Recorded<AccountEvent>

const factsOf = (decision: ReturnType<AccountDecider["decide"]>, command: Command, state: State) =>
  Result.isFailure(decision) ? [] : decision.success.map((fact, i) => recorded(fact, command, state.eventNo + 1 + i))

/** A report of an account that there is, about an order of ours, which was not recorded before. */
const isNewReport = ({ request }: Command, state: State, reported: Set<string>): boolean => {
  if (request.type !== "VenueReported" || !state.accounts.has(request.account)) return false
  const { orderId, execId, at } = request.report
  const key = `${orderId} ${execId} ${at.slice(0, 10)}`
  if (reported.has(key)) return false
  reported.add(key)
  return true
}

const sameDecision = (
  again: ReturnType<ReturnType<typeof accountDecider>["decide"]>,
  facts: ReadonlyArray<AccountEvent>
) => {
  if (Result.isFailure(again) || show(again.success) !== show(facts))
    throw new BrokenLaw("the same command and state decided differently")
}

/** Only commands with an account of their own are remembered by id. */
const repeatChangesNothing = (again: ReturnType<ReturnType<typeof accountDecider>["decide"]>, { request }: Command) => {
  if (!("account" in request)) return
  if (Result.isFailure(again) || again.success.length > 0)
    throw new BrokenLaw("a repeated command was not answered as a repeat")
}

/** The state from the bytes alone, as a restart has it. Bytes must come back the same from what was decoded. */
const replayAgrees = (decider: AccountDecider, bytes: ReadonlyArray<string>, state: State) => {
  let again = decider.initial()
  for (const text of bytes) {
    const event = ledgerCodec.decode(JSON.parse(text))
    if (ledgerCodec.encode(event) !== text)
      throw new BrokenLaw(`event ${event.eventNo} is encoded differently once decoded`)
    again = decider.evolve(again, event)
  }
  if (snapshot(again) !== snapshot(state)) throw new BrokenLaw("a replay of all events gives another state")
}

/** All of a state as text, maps in their order. */
const snapshot = (state: State): string =>
  JSON.stringify(state, (_, value) => {
    if (typeof value === "bigint") return value.toString()
    return value instanceof Map ? [...value] : value
  })
