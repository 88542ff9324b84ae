import type { Request } from "#domain/account/commands.ts"
import type { AccountEvent } from "#domain/account/events.ts"
import type { Recorded } from "#domain/kernel/event.ts"
import { microsOf, type Time } from "#domain/kernel/time.ts"
import type { Answer, Meta } from "#services/http/answer.ts"
import type { AccountWriter } from "#streams/account-writer.ts"
import { eventsBetween } from "#streams/events-between.ts"
import { ledgerCodec } from "#streams/ledger-codec.ts"
import type { EventLog } from "#streams/ports/event-log.ts"
import { newCommandId } from "./command-id.ts"
import { problemOf, unavailable } from "./refusals.ts"
import { turnEnd } from "./turn-end.ts"

/** The events that answered a command, now or (a repeat) the first time. */
export type Outcome = {
  readonly events: ReadonlyArray<Recorded<AccountEvent>>
  readonly repeat: boolean
  /** where these events are: an account that has moved here was answered elsewhere before */
  readonly partition: number
}
export type Problem = Exclude<Answer<never>, { status: number }>
export type Send = (request: Request, clOrdId: string | undefined, meta: Meta) => Promise<Outcome | Problem>

/** Sends requests of people and programs to the writer; without an id of the caller's they get one, and no protection. */
export const sender = (writer: AccountWriter, log: EventLog, clock: () => Time): Send => {
  const atTurnEnd = turnEnd()
  const submit: AccountWriter["submit"] = (submission) =>
    new Promise((resolve, reject) => atTurnEnd(() => void writer.submit(submission).then(resolve, reject)))
  return async (request, clOrdId, meta) => {
    const id = clOrdId ?? newCommandId(microsOf(clock()))
    try {
      const head = { id, actor: meta.actor, ...(meta.trace !== undefined && { trace: meta.trace }) }
      const answer = await submit({ ...head, request })
      if (answer.kind === "refused") return problemOf(answer.refusal)
      if (answer.kind === "nothing") return { events: [], repeat: true, partition: writer.partition }
      if (answer.kind === "facts") return { events: answer.events, repeat: false, partition: writer.partition }
      const { first, last, partition = writer.partition } = answer
      return { events: await eventsBetween(log, ledgerCodec, partition, first, last), repeat: true, partition }
    } catch (error) {
      return unavailable(error)
    }
  }
}
