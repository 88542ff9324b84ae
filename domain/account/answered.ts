import { wideDigestOf } from "#domain/kernel/chance.ts"
import type { Recorded } from "#domain/kernel/event.ts"
import type { OrderId } from "#domain/kernel/ids.ts"
import { microsOf, microsOfUuid7, plusMicros, type Time } from "#domain/kernel/time.ts"
import { orderNumber, type OpenOrders } from "#domain/orders/open-orders.ts"
import type { AccountEvent } from "./events.ts"
import type { Request } from "./commands.ts"
import { contentOfEvent, contentOfRequest } from "./content.ts"
import { RecentAnswers, type AnswerKey, type Answered, type Oldest } from "./recent-answers.ts"

/**
 * Commands by account and id, and a venue's reports by order, ExecID and day: 24 hours of recorded time or the newest
 * million, whichever is fewer, and those of open orders.
 */
export type AnsweredCommands = {
  readonly recent: RecentAnswers
  /** of orders that are still open, once they would have been forgotten */
  readonly pinned: Map<string, Oldest>
  readonly pinnedByOrder: Map<number, Array<string>>
  /** of callers whose clocks are ahead, once they would have been forgotten: until the floor has passed their ids */
  readonly ahead: Map<string, Oldest>
  /** what accounts that have moved here were answered elsewhere */
  readonly carried: Map<string, CarriedAnswer>
  /** UUIDv7 of before this are refused: they may have been answered and forgotten */
  floorMicros: number
  /** the command whose events came last, and the last of these: the next one is mostly its own */
  newest?: { readonly owner: number; readonly id: string; last: number }
  readonly most: number
}

export type CarriedAnswer = Required<Answered> & { readonly made: number }

const WINDOW_MICROS = 24 * 3600 * 1e6
const AHEAD_MICROS = 60 * 1e6
export const MOST_REMEMBERED = 1_000_000

export const nothingAnswered = (most = MOST_REMEMBERED): AnsweredCommands => ({
  recent: new RecentAnswers(),
  pinned: new Map(),
  pinnedByOrder: new Map(),
  ahead: new Map(),
  carried: new Map(),
  floorMicros: 0,
  most
})

/** Whose commands those of the kill switch are, which may be of many accounts. */
export const KILL_SWITCH = -1
/** Why an order was cancelled that the kill switch took: another command may have the same id. */
export const KILLED = "kill switch"
const isOfKill = ({ data }: Recorded<AccountEvent>): boolean => "reason" in data && data.reason === KILLED

const commandKey = (owner: number, id: string): AnswerKey => {
  const { high, low } = wideDigestOf(id)
  return { owner, high, low }
}
/** What a venue says is never taken for a caller's repeat, nor refused because of one: it has owners of its own. */
const reportKey = (orderId: OrderId, execId: string, at: Time): AnswerKey => {
  const number = orderNumber(orderId)
  const { high, low } = wideDigestOf(execId, at.slice(0, 10), Number.isNaN(number) ? orderId : "")
  return { owner: Number.isNaN(number) ? REPORTS : REPORTS - 1 - number, high, low }
}
const REPORTS = -2

export type Repeat = "new" | "other-content" | "too-old" | "too-far-ahead" | Answered

/** Whether a command of `owner` (an account's number) was answered before, may still be new, or can no longer be told. */
export const repeatOf = (state: AnsweredCommands, owner: number, id: string, request: Request, at: Time): Repeat => {
  const isReport = request.type === "VenueReported"
  const key = isReport
    ? reportKey(request.report.orderId, request.report.execId, request.report.at)
    : commandKey(owner, id)
  const found = state.recent.find(key) ?? kept(state.pinned, key) ?? kept(state.ahead, key) ?? kept(state.carried, key)
  if (found !== undefined) {
    return found.content === contentOfRequest(request, found.at) ? found : "other-content"
  }
  const made = isReport ? undefined : microsOfUuid7(id)
  if (made === undefined) return "new"
  const now = microsOf(at)
  // whatever was forgotten was recorded by the floor and made before that: a UUIDv7 cuts its own time down. What is older
  // than the window is refused whether or not anything was forgotten: the answer does not hang on the ledger's length
  if (made <= Math.max(state.floorMicros, now - WINDOW_MICROS)) return "too-old"
  return made > now + AHEAD_MICROS ? "too-far-ahead" : "new"
}

/** Both are empty nearly always. */
const kept = (map: ReadonlyMap<string, Answered>, key: AnswerKey): Answered | undefined =>
  map.size === 0 ? undefined : map.get(textOf(key))
export const textOf = ({ owner, high, low }: AnswerKey): string => `${owner} ${high} ${low}`

/** What a venue's report has, and nothing else; to ask whether a name is there takes longer. */
type Reported = { readonly execId: string; readonly orderId: OrderId }

/** Remembers the events of a command of `owner`, an account's number. Called for every recorded event. */
export const remember = (
  state: AnsweredCommands,
  event: Recorded<AccountEvent>,
  owner: number | undefined,
  open: OpenOrders
): void => {
  const { execId, orderId } = event.data as Partial<Reported>
  if (execId !== undefined && orderId !== undefined) {
    const order = event.type === "OrderFilled" ? orderNumber(orderId) : Number.NaN
    putNew(state, reportKey(orderId, execId, event.effectiveAt), event, order, Number.NaN)
  } else if (event.type === "KillRequested") {
    rememberCommand(state, event, KILL_SWITCH)
  } else if (owner !== undefined && event.type !== "LimitsSet" && event.type !== "TradingHalted") {
    // limits and halts are compared by state: their ids say nothing, and another command may have the same
    rememberCommand(state, event, owner)
  }
  // by event number, so that every replay forgets at the same places
  if (event.eventNo % 256 === 0 || state.recent.size > state.most + 256) forget(state, event.recordedAt, open)
}

const rememberCommand = (state: AnsweredCommands, event: Recorded<AccountEvent>, owner: number): void => {
  const { newest } = state
  // how a transit ends is told by the state
  if (isOfTransit(event)) return
  // what a transfer brings to the other account answers the one that asked: there the same id may be another command's
  const isOther = event.type === "TransferredIn"
  const isOf =
    newest !== undefined && (newest.owner === owner || isOther || (newest.owner === KILL_SWITCH && isOfKill(event)))
  if (isOf && newest.last === event.eventNo - 1 && newest.id === event.cause) {
    newest.last = event.eventNo
    state.recent.extend(event.eventNo)
    return
  }
  if (isOther) return
  const order = event.type === "OrderPlaced" ? orderNumber(event.data.orderId) : Number.NaN
  putNew(state, commandKey(owner, event.cause), event, order, microsOfUuid7(event.cause) ?? Number.NaN)
  state.newest = { owner, id: event.cause, last: event.eventNo }
}

const isOfTransit = ({ type, data }: Recorded<AccountEvent>): boolean =>
  type === "TransferArrived" ||
  type === "TransferReturned" ||
  (type === "TransferredIn" && data.fromPartition !== undefined)

const putNew = (
  state: AnsweredCommands,
  key: AnswerKey,
  event: Recorded<AccountEvent>,
  order: number,
  made: number
): void =>
  state.recent.put(key, { content: contentOfEvent(event), eventNo: event.eventNo, at: event.recordedAt, order, made })

const forget = (state: AnsweredCommands, now: Time, open: OpenOrders): void => {
  const { recent, most } = state
  const oldest = plusMicros(now, -WINDOW_MICROS)
  state.floorMicros = Math.max(state.floorMicros, microsOf(oldest))
  while (recent.size > most || recent.hasBefore(oldest)) {
    const gone = recent.drop()
    if (gone === undefined) continue
    state.floorMicros = Math.max(state.floorMicros, microsOf(gone.at))
    if (open.at(gone.order) !== undefined) pin(state, gone)
    if (gone.made > state.floorMicros) state.ahead.set(textOf(gone), gone)
  }
  if (state.carried.size > 0) forgetCarried(state, oldest)
  for (const [key, { made }] of state.ahead) if (made <= state.floorMicros) state.ahead.delete(key)
}

/** Those that nobody asks for any more; they came in the order of their times, mostly. */
const forgetCarried = ({ carried, floorMicros }: AnsweredCommands, oldest: Time): void => {
  for (const [key, { at, made }] of carried) {
    if (at >= oldest) return
    if (!(made > floorMicros)) carried.delete(key)
  }
}

const pin = (state: AnsweredCommands, answer: Oldest): void => {
  const key = textOf(answer)
  state.pinned.set(key, answer)
  const keys = state.pinnedByOrder.get(answer.order)
  if (keys === undefined) state.pinnedByOrder.set(answer.order, [key])
  else keys.push(key)
}

/** A finished order's commands are remembered no longer than others. */
export const unpin = (state: AnsweredCommands, order: number): void => {
  if (state.pinnedByOrder.size === 0) return
  for (const key of state.pinnedByOrder.get(order) ?? []) state.pinned.delete(key)
  state.pinnedByOrder.delete(order)
}
