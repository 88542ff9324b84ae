import type { AccountId, OrderId } from "#domain/kernel/ids.ts"
import type { Recorded } from "#domain/kernel/event.ts"
import type { Reaction } from "#domain/kernel/shapes.ts"
import type { OpenOrder } from "#domain/orders/open-order.ts"
import type { Scope } from "#domain/risk/scope.ts"
import type { CommandHead, WatchLosses, WatchMargin } from "./commands.ts"
import { scopeOf } from "./evolve-limits.ts"
import type { AccountEvent } from "./events.ts"
import { MONITOR, newBreaches } from "./losses.ts"
import { isClosing, LIQUIDATION, marginStep } from "./margin-call.ts"
import type { Account, State } from "./state.ts"

/** A command of ours with its id. */
export type MonitorCommand = CommandHead & { readonly request: WatchLosses | WatchMargin }

/** After any of these an account may have lost something, or have less than it must keep. */
const MOVES = new Set<AccountEvent["type"]>([
  "OrderFilled",
  "ExecutionBusted",
  "ExecutionCorrected",
  "Deposited",
  "Withdrawn",
  "TransferredOut",
  "TransferredIn",
  "TransferReturned",
  "FeeCharged",
  "InterestPosted",
  "DividendPaid",
  "SplitApplied",
  "SymbolChanged",
  "PositionExpired",
  "MarginCalled"
])
/** Other margin rates, a liquidation that a halt has held up, and what was due of a group when it moved. */
const FOR_ALL = new Set<AccountEvent["type"]>(["InstrumentAdopted", "TradingResumed", "GroupMovedIn", "GroupReturned"])
/** After any of these a liquidation may go on, unless the order was one of its own that found nobody: that waits for a mark. */
const ENDS = new Set<AccountEvent["type"]>(["OrderCanceled", "HeldOrderCanceled", "OrderExpired", "OrderRejected"])

/** What has happened asks whether somebody has lost too much or has too little: only where the state says so. */
export const monitorReaction = (
  partition: number,
  look: () => State | undefined,
  find: (orderId: OrderId) => OpenOrder | undefined
): Reaction<AccountEvent, MonitorCommand> => ({
  name: "monitors",
  react: (event) => {
    const state = look()
    return state === undefined ? [] : due(state, concerned(state, event, find), `${partition}-${event.eventNo}`)
  }
})

/** Asked again for everybody after a restart: what had been due may not have been done. */
export const monitorsAfterRestart = (state: State): ReadonlyArray<MonitorCommand> =>
  due(state, everyScope(state), `restart-${state.partition}-${state.eventNo}`)

const due = (state: State, scopes: Iterable<Scope>, name: string): ReadonlyArray<MonitorCommand> => {
  const commands: Array<MonitorCommand> = []
  for (const scope of scopes) {
    if (scope.kind !== "symbol" && newBreaches(state, scope, state.recordedAt).length > 0) {
      const request = { type: "WatchLosses", scope: scope.kind, scopeId: scope.id } as const
      commands.push({ id: `monitor:${name}`, actor: MONITOR, request })
    }
    const account = accountOf(state, scope)
    if (account?.margin === undefined || marginStep(account) === undefined) continue
    const request = { type: "WatchMargin", account: account.id } as const
    commands.push({ id: `liquidation:${name}`, actor: LIQUIDATION, request })
  }
  return commands
}

const accountOf = (state: State, { kind, id }: Scope): Account | undefined =>
  kind === "account" ? state.accounts.get(id as AccountId) : undefined

/** Whose worth or limits an event has changed. */
const concerned = (
  state: State,
  { type, data, account: id }: Recorded<AccountEvent>,
  find: (orderId: OrderId) => OpenOrder | undefined
): Iterable<Scope> => {
  if (type === "MarkRecorded") return state.marks.get(data.symbol)?.holders ?? NOBODY
  if (type === "LimitsSet") {
    const scope = scopeOf(state, data.scope, data.id)
    return scope === undefined ? NOBODY : [scope]
  }
  if (FOR_ALL.has(type)) return everyScope(state)
  const account = id === undefined ? undefined : state.accounts.get(id)
  if (account === undefined) return NOBODY
  if (MOVES.has(type)) return account.scopes
  if (account.margin?.calledNo === undefined || !ENDS.has(type) || !("orderId" in data)) return NOBODY
  const order = find(data.orderId)
  return order === undefined || (isClosing(order) && order.cumQty === 0n) ? NOBODY : [account.risk]
}
const NOBODY: ReadonlyArray<Scope> = []

const everyScope = function* (state: State): Iterable<Scope> {
  yield state.firm
  for (const { risk } of state.groups.values()) yield risk
  for (const { risk } of state.accounts.values()) yield risk
}
