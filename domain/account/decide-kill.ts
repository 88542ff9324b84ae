import { Result } from "effect"
import type { OpenOrder } from "#domain/orders/open-order.ts"
import { KILLED } from "./answered.ts"
import { clOrdIdOf, type Command, type Kill } from "./commands.ts"
import { cancelsOf } from "./decide-changes.ts"
import { halt, ofAccount } from "./decide-limits.ts"
import type { Decided } from "./refused.ts"
import type { State } from "./state.ts"

/**
 * The kill switch, one command and one commit: the scope trades no more, and its open orders are asked to be cancelled
 * (SEC 15c3-5(c)(1), MiFID II RTS 6 article 12). Of more than a commit takes the rest is asked for again, as long as the
 * halt stands: once somebody has lifted it, nothing more is cancelled in its name.
 */
export const kill = (command: Command, request: Kill, state: State): Decided => {
  const { scope, scopeId, symbol, reason, haltId: before } = request
  const cancels = cancelsOf(command, ordersIn(state, request), symbol, KILLED)
  if (before !== undefined && (!state.halts.has(before) || cancels.length === 0)) return Result.succeed([])
  const halted = before === undefined ? halt({ scope, reason, ...optional(request) }, state) : Result.succeed([])
  if (Result.isFailure(halted)) return halted
  const data = {
    haltId: before ?? `halt-${state.partition}-${state.eventNo + 1}`,
    clOrdId: clOrdIdOf(command),
    scope,
    ...(scopeId !== undefined && scope !== "firm" && { id: scopeId }),
    ...(symbol !== undefined && { symbol }),
    reason
  }
  return Result.succeed([...halted.success, { type: "KillRequested", ...ofAccount(scope, scopeId), data }, ...cancels])
}

const optional = ({ scopeId, symbol }: Kill) => ({
  ...(scopeId !== undefined && { scopeId }),
  ...(symbol !== undefined && { symbol })
})

/** The open orders of a scope, or of one symbol in it. */
export const ordersIn = function* (
  state: State,
  { scope, scopeId, symbol }: Pick<Kill, "scope" | "scopeId" | "symbol">
): Iterable<OpenOrder> {
  for (const account of state.accounts.values()) {
    if (scope === "account" && account.id !== scopeId) continue
    if (scope === "group" && account.group.id !== scopeId) continue
    for (const order of account.orders.values()) if (symbol === undefined || order.symbol === symbol) yield order
  }
}
