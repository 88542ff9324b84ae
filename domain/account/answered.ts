import type { Recorded } from "#domain/kernel/event.ts"
import type { AccountId, OrderId } from "#domain/kernel/ids.ts"
import { microsOf, microsOfUuid7, plusMicros, type Time } from "#domain/kernel/time.ts"
import type { AccountEvent } from "./events.ts"
import type { Request } from "./commands.ts"
import { contentOfEvent, contentOfRequest } from "./content.ts"

/** What is remembered of an answered command: a digest of what it asked, and the events that answered it. */
export type Answered = {
  readonly content: number
  readonly first: number
  last: number
  readonly at: Time
  /** the order that it placed: remembered as long as that is open */
  readonly order: OrderId | undefined
}

/** Commands by account and id: 24 hours of recorded time or the newest million, whichever is fewer, and those of open orders. */
export type AnsweredCommands = {
  readonly recent: Map<string, Answered>
  /** of orders that are still open, once they would have been forgotten */
  readonly pinned: Map<string, Answered>
  readonly pinnedByOrder: Map<OrderId, string>
  /** UUIDv7 of before this are refused: they may have been answered and forgotten */
  floorMicros: number
  /** the command whose events came last: the next one is mostly its own */
  newest?: { readonly account: AccountId; readonly id: string; readonly answered: Answered }
  readonly most: number
}

const WINDOW_MICROS = 24 * 3600 * 1e6
const AHEAD_MICROS = 60 * 1e6
export const MOST_REMEMBERED = 1_000_000

export const nothingAnswered = (most = MOST_REMEMBERED): AnsweredCommands => ({
  recent: new Map(),
  pinned: new Map(),
  pinnedByOrder: new Map(),
  floorMicros: 0,
  most
})

const keyOf = (account: AccountId, id: string): string => `${account} ${id}`

export type Repeat = "new" | "other-content" | "too-old" | "too-far-ahead" | Answered

/** Whether a command was answered before, may still be new, or can no longer be told. */
export const repeatOf = (
  state: AnsweredCommands,
  account: AccountId,
  id: string,
  request: Request,
  at: Time
): Repeat => {
  const key = keyOf(account, id)
  const found = state.recent.get(key) ?? state.pinned.get(key)
  if (found !== undefined) return found.content === contentOfRequest(request) ? found : "other-content"
  const made = microsOfUuid7(id)
  if (made === undefined) return "new"
  // a UUIDv7 counts milliseconds: one of the floor's own millisecond is not older than it
  if (made + 1000 <= state.floorMicros) return "too-old"
  return made > microsOf(at) + AHEAD_MICROS ? "too-far-ahead" : "new"
}

/** Remembers the events of a command; `isOpen` tells which orders are still open. Called for every recorded event. */
export const remember = (
  state: AnsweredCommands,
  event: Recorded<AccountEvent>,
  isOpen: (order: OrderId) => boolean
): void => {
  if (event.account !== undefined) rememberEvent(state, event, event.account)
  // by event number, so that every replay forgets at the same places
  if (event.eventNo % 256 === 0 || state.recent.size > state.most + 256) forget(state, event.recordedAt, isOpen)
}

const rememberEvent = (state: AnsweredCommands, event: Recorded<AccountEvent>, account: AccountId): void => {
  const { newest } = state
  if (newest !== undefined && newest.id === event.cause && newest.account === account) {
    newest.answered.last = event.eventNo
    return
  }
  const key = keyOf(account, event.cause)
  const found = state.recent.get(key)
  if (found !== undefined) {
    found.last = event.eventNo
    return
  }
  const answered: Answered = {
    content: contentOfEvent(event),
    first: event.eventNo,
    last: event.eventNo,
    at: event.recordedAt,
    order: event.type === "OrderPlaced" ? event.data.orderId : undefined
  }
  state.recent.set(key, answered)
  state.newest = { account, id: event.cause, answered }
}

const forget = (state: AnsweredCommands, now: Time, isOpen: (order: OrderId) => boolean): void => {
  const oldest = plusMicros(now, -WINDOW_MICROS)
  state.floorMicros = Math.max(state.floorMicros, microsOf(oldest))
  for (const [key, answered] of state.recent) {
    if (answered.at >= oldest && state.recent.size <= state.most) break
    state.recent.delete(key)
    state.floorMicros = Math.max(state.floorMicros, microsOf(answered.at))
    if (answered.order !== undefined && isOpen(answered.order)) {
      state.pinned.set(key, answered)
      state.pinnedByOrder.set(answered.order, key)
    }
  }
}

/** A finished order's command is remembered no longer than others. */
export const unpin = (state: AnsweredCommands, order: OrderId): void => {
  const key = state.pinnedByOrder.get(order)
  if (key === undefined) return
  state.pinned.delete(key)
  state.pinnedByOrder.delete(order)
}
