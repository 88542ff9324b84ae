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
  /** the order that it placed or filled: remembered as long as that is open */
  readonly order: OrderId | undefined
}

/**
 * Commands by account and id, and a venue's reports by order, ExecID and day: 24 hours of recorded time or the newest
 * million, whichever is fewer, and those of open orders.
 */
export type AnsweredCommands = {
  readonly recent: Map<string, Answered>
  /** of orders that are still open, once they would have been forgotten */
  readonly pinned: Map<string, Answered>
  readonly pinnedByOrder: Map<OrderId, Array<string>>
  /** of callers whose clocks are ahead, once they would have been forgotten: until the floor has passed their ids */
  readonly ahead: Map<string, Answered & { readonly madeMicros: number }>
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
  ahead: new Map(),
  floorMicros: 0,
  most
})

const commandKey = (account: AccountId, id: string): string => `${account} ${id}`
/** No caller's id has a slash: what a venue says is never taken for a caller's repeat, nor refused because of one. */
const reportKey = (order: OrderId, execId: string, at: Time): string => `${order}/${execId}/${at.slice(0, 10)}`

const keyOfRequest = (account: AccountId, id: string, request: Request): string =>
  request.type === "VenueReported"
    ? reportKey(request.report.orderId, request.report.execId, request.report.at)
    : commandKey(account, id)

/** Whose commands those of the kill switch are, which may be of many accounts. */
export const KILL_SWITCH = "kill/switch" as AccountId

export type Repeat = "new" | "other-content" | "too-old" | "too-far-ahead" | Answered

/** Whether a command was answered before, may still be new, or can no longer be told. */
export const repeatOf = (
  state: AnsweredCommands,
  account: AccountId,
  id: string,
  request: Request,
  at: Time
): Repeat => {
  const key = keyOfRequest(account, id, request)
  const found = state.recent.get(key) ?? kept(state.pinned, key) ?? kept(state.ahead, key)
  if (found !== undefined) {
    return found.content === contentOfRequest(request, found.at) ? found : "other-content"
  }
  const made = request.type === "VenueReported" ? undefined : microsOfUuid7(id)
  if (made === undefined) return "new"
  // whatever was forgotten was recorded by the floor and made before that: a UUIDv7 cuts its own time down
  if (made <= state.floorMicros) return "too-old"
  return made > microsOf(at) + AHEAD_MICROS ? "too-far-ahead" : "new"
}

/** Both are empty nearly always: a look into an empty map still hashes the key. */
const kept = (map: ReadonlyMap<string, Answered>, key: string): Answered | undefined =>
  map.size === 0 ? undefined : map.get(key)

/** Remembers the events of a command; `isOpen` tells which orders are still open. Called for every recorded event. */
export const remember = (
  state: AnsweredCommands,
  event: Recorded<AccountEvent>,
  isOpen: (order: OrderId) => boolean
): void => {
  if ("execId" in event.data) {
    const { orderId, execId } = event.data
    const key = reportKey(orderId, execId, event.effectiveAt)
    state.recent.set(key, answeredBy(event, event.type === "OrderFilled" ? orderId : undefined))
  } else if (event.type === "KillRequested") {
    rememberCommand(state, event, KILL_SWITCH)
  } else if (event.account !== undefined && event.type !== "LimitsSet" && event.type !== "TradingHalted") {
    // limits and halts are compared by state: their ids say nothing, and another command may have the same
    rememberCommand(state, event, event.account)
  }
  // by event number, so that every replay forgets at the same places
  if (event.eventNo % 256 === 0 || state.recent.size > state.most + 256) forget(state, event.recordedAt, isOpen)
}

const rememberCommand = (state: AnsweredCommands, event: Recorded<AccountEvent>, account: AccountId): void => {
  const { newest } = state
  const isNext = newest?.answered.last === event.eventNo - 1
  // what a transfer brings to the other account answers the one that asked: there the same id may be another command's
  const isOther = event.type === "TransferredIn"
  const isOf = (id: AccountId) => id === account || isOther || id === KILL_SWITCH
  if (isNext && newest.id === event.cause && isOf(newest.account)) {
    newest.answered.last = event.eventNo
    return
  }
  if (isOther) return
  const answered = answeredBy(event, event.type === "OrderPlaced" ? event.data.orderId : undefined)
  state.recent.set(commandKey(account, event.cause), answered)
  state.newest = { account, id: event.cause, answered }
}

const answeredBy = (event: Recorded<AccountEvent>, order: OrderId | undefined): Answered => ({
  content: contentOfEvent(event),
  first: event.eventNo,
  last: event.eventNo,
  at: event.recordedAt,
  order
})

const forget = (state: AnsweredCommands, now: Time, isOpen: (order: OrderId) => boolean): void => {
  const oldest = plusMicros(now, -WINDOW_MICROS)
  state.floorMicros = Math.max(state.floorMicros, microsOf(oldest))
  for (const [key, answered] of state.recent) {
    if (answered.at >= oldest && state.recent.size <= state.most) break
    state.recent.delete(key)
    state.floorMicros = Math.max(state.floorMicros, microsOf(answered.at))
    if (answered.order !== undefined && isOpen(answered.order)) pin(state, answered.order, key, answered)
    const madeMicros = microsOfUuid7(key.slice(key.indexOf(" ") + 1))
    if (madeMicros !== undefined) state.ahead.set(key, { ...answered, madeMicros })
  }
  for (const [key, { madeMicros }] of state.ahead) if (madeMicros <= state.floorMicros) state.ahead.delete(key)
}

const pin = (state: AnsweredCommands, order: OrderId, key: string, answered: Answered): void => {
  state.pinned.set(key, answered)
  const keys = state.pinnedByOrder.get(order)
  if (keys === undefined) state.pinnedByOrder.set(order, [key])
  else keys.push(key)
}

/** A finished order's commands are remembered no longer than others. */
export const unpin = (state: AnsweredCommands, order: OrderId): void => {
  for (const key of state.pinnedByOrder.get(order) ?? []) state.pinned.delete(key)
  state.pinnedByOrder.delete(order)
}
