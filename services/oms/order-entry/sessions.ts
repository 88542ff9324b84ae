import type { AccountEvent } from "#domain/account/events.ts"
import type { State } from "#domain/account/state.ts"
import type { Recorded } from "#domain/kernel/event.ts"
import { microsOf, type Time } from "#domain/kernel/time.ts"
import type { AccountWriter } from "#streams/account-writer.ts"
import { eventsBetween } from "#streams/events-between.ts"
import { ledgerCodec } from "#streams/ledger-codec.ts"
import type { EventLog } from "#streams/ports/event-log.ts"
import type { SubmitMany } from "#streams/submit-many.ts"
import { SESSION_CODES } from "#services/contract/order-entry.ts"
import { turnEnd } from "#services/desk/turn-end.ts"
import { answerText, refusedText } from "./answers.ts"
import { mayBeForgotten, recall, type Recalled } from "./remembered.ts"
import { newSessionId, openedMicros, type SessionId } from "#services/desk/session-id.ts"
import type { SessionMarks } from "#services/desk/session-marks.ts"
import { OrderSession, type SessionPorts } from "./session.ts"

export type SessionsOptions = {
  readonly writer: Pick<AccountWriter, "partition" | "look">
  readonly submitMany: SubmitMany
  readonly log: Pick<EventLog, "read" | "head">
  readonly clock: () => Time
  /** what the ledger has of sessions of before, and what is kept of those that are dropped */
  readonly marks: SessionMarks
}
/** A session that cannot be gone on with, and why. */
export type NoSession = { readonly code: "UnknownSession" | "SessionTooOld"; readonly detail: string }
export type OrderSessions = {
  readonly partition: number
  readonly open: () => OrderSession
  readonly resume: (id: SessionId) => Promise<OrderSession | NoSession>
  /** Its client has gone: it is kept for a while, and then only its high-water mark. */
  readonly leave: (session: OrderSession) => void
}

/** Sessions without a connection whose answers are kept in memory; of others only the high-water mark is. */
const IDLE_MAX = 200
/** Repeats further apart than this are read one by one. */
const SPAN_MAX = 4096

/** All sessions of a partition's writer. */
export const orderSessions = ({ writer, submitMany, log, clock, marks }: SessionsOptions): OrderSessions => {
  const { partition } = writer
  const known = new Map<SessionId, OrderSession>()
  const idle = new Set<OrderSession>()
  const startedMicros = microsOf(clock())

  const atTurnEnd = turnEnd()
  /** behind everything that was handed over before, so that what is under way is seen */
  const look = <T>(question: (state: State) => T): Promise<T> =>
    new Promise((resolve, reject) => atTurnEnd(() => void writer.look(question).then(resolve, reject)))

  const eventsOf = (first: number, last: number) => eventsBetween(log, ledgerCodec, partition, first, last)
  const ports: SessionPorts = {
    partition,
    submitMany: (requests, onAnswers) => atTurnEnd(() => submitMany(requests, onAnswers)),
    eventsOf,
    recall: async (session, asked, answer) => {
      const open = new Set(asked.map(({ no }) => no))
      const settle = (no: number, text: string) => {
        open.delete(no)
        answer(no, text)
      }
      try {
        const recalled = await look((state) => asked.map(({ submission }) => recall(state, session, submission)))
        const found: Array<Found> = []
        for (const [i, { no }] of asked.entries()) {
          const one = recalled[i]!
          if (typeof one === "string") settle(no, unfoundText(no, one))
          else found.push({ no, ...one })
        }
        await answerFound(found, eventsOf, (no, events) => settle(no, answerText(no, events, partition)))
      } catch {
        for (const no of open) answer(no, undefined)
      }
    }
  }

  const add = (id: SessionId, high: number) => {
    const session = new OrderSession(id, high, ports)
    known.set(id, session)
    return session
  }

  return {
    partition,
    open: () => add(newSessionId(microsOf(clock())), 0),
    resume: async (id) => {
      const before = known.get(id)
      if (before !== undefined) {
        idle.delete(before)
        return before
      }
      const high = marks.get(id)
      if (high !== undefined) return add(id, high)
      if (openedMicros(id) >= startedMicros) return UNKNOWN
      const isForgotten = await look((state) => mayBeForgotten(state, id))
      // another connection may have asked for it meanwhile
      const now = known.get(id)
      if (now !== undefined) {
        idle.delete(now)
        return now
      }
      if (isForgotten) return TOO_OLD
      return add(id, 0)
    },
    leave: (session) => {
      idle.add(session)
      for (const oldest of idle) {
        if (idle.size <= IDLE_MAX) break
        if (oldest.unanswered > 0) continue // its numbers are not all known yet
        idle.delete(oldest)
        known.delete(oldest.id)
        marks.set(oldest.id, oldest.high)
      }
    }
  }
}

const TOO_OLD: NoSession = {
  code: "SessionTooOld",
  detail: "what this session did may have been forgotten: look at the orders, and open another one"
}
const UNKNOWN: NoSession = { code: "UnknownSession", detail: "no such session was opened here: open another one" }

const unfoundText = (no: number, why: Exclude<Recalled, object>): string => {
  switch (why) {
    case "not-recorded": {
      const detail = "this number was taken before and recorded nothing: send it under a new one if it is still wanted"
      return refusedText(no, { code: SESSION_CODES.notRecorded, detail })
    }
    case "other-content": {
      const detail = "this number was sent before with other content"
      return refusedText(no, { code: "ClOrdIdReused", detail })
    }
    case "too-old": {
      const detail = "what this number did may have been forgotten: look at the orders"
      return refusedText(no, { code: SESSION_CODES.tooOld, detail })
    }
  }
}

type Found = { readonly no: number; readonly first: number; readonly last: number }
type Events = ReadonlyArray<Recorded<AccountEvent>>

/** Numbers that lie near each other in the ledger are read together. */
const answerFound = async (
  found: ReadonlyArray<Found>,
  eventsOf: (first: number, last: number) => Promise<Events>,
  answer: (no: number, events: Events) => void
): Promise<void> => {
  const rising = found.toSorted((a, b) => a.first - b.first)
  while (rising.length > 0) {
    const from = rising[0]!.first
    const near = rising.splice(0, rising.findLastIndex(({ first }) => first - from <= SPAN_MAX) + 1)
    const events = await eventsOf(from, Math.max(...near.map(({ last }) => last)))
    for (const { no, first, last } of near) {
      const own = events.slice(first - from, last - from + 1) // event numbers have no gaps
      answer(no, own)
    }
  }
}
