import { Result } from "effect"
import { formatFixed } from "#domain/kernel/money.ts"
import { cashOf } from "#domain/ledger/balances.ts"
import { positive } from "#domain/orders/shape.ts"
import { limitFields, type Limits } from "#domain/risk/events.ts"
import type { AdoptInstrument, Command, Halt, Movement, OpenAccount, Resume, SetLimits } from "./commands.ts"
import { refused, type Decided } from "./decide-orders.ts"
import type { Account, State } from "./state.ts"

export const openAccount = (request: OpenAccount, state: State): Decided => {
  const { account, owner, group, accountType, currency } = request
  const existing = state.accounts.get(account)
  if (existing !== undefined) {
    const same = existing.owner === owner && existing.group.id === group && existing.currency === currency
    return same ? Result.succeed([]) : refused("AccountExists", `account ${account} exists with other terms`, "account")
  }
  const known = state.groups.get(group)
  if (known !== undefined && known.owner !== owner) {
    return refused("GroupOfAnother", `group ${group} belongs to another owner`, "group")
  }
  return Result.succeed([{ type: "AccountOpened", account, data: { account, owner, group, accountType, currency } }])
}

export const moveMoney = (command: Command, request: Movement, account: Account): Decided => {
  const { currency, amount, reference, effectiveAt } = request
  const problem = positive("amount", amount)
  if (problem !== undefined) return Result.fail(problem)
  if (effectiveAt !== undefined && effectiveAt > command.at) {
    return refused("EffectiveAtFuture", "effectiveAt must not be in the future", "effectiveAt")
  }
  const data = { currency, amount, ...(reference !== undefined && { reference }) }
  const head = { account: account.id, ...(effectiveAt !== undefined && { effectiveAt }) }
  if (request.type === "Deposit") return Result.succeed([{ type: "Deposited", ...head, data }])
  const { total, reserved } = cashOf(account.balances, currency)
  if (amount > total - reserved) {
    return refused("InsufficientFunds", `${formatFixed(total - reserved)} ${currency} is available`, "amount")
  }
  return Result.succeed([{ type: "Withdrawn", ...head, data }])
}

const LIMIT_NAMES = Object.keys(limitFields) as ReadonlyArray<keyof Limits>

export const setLimits = (request: SetLimits, state: State): Decided => {
  const { scope, scopeId: id, changes, reason } = request
  const current = limitsOf(state, request)
  if (current === undefined)
    return refused(scope === "account" ? "UnknownAccount" : "UnknownGroup", `there is no ${scope} ${id}`, "id")
  const limits: Record<string, bigint | number> = {}
  for (const name of LIMIT_NAMES) {
    const value = changes[name] === undefined ? current[name] : changes[name]
    if (value === undefined || value === null) continue
    if (value < (name === "maxPosition" || name === "maxOpenOrders" ? 0 : 1e-8))
      return refused("OutOfRange", `${name} must be above 0`, name)
    limits[name] = value
  }
  const same = LIMIT_NAMES.every((name) => limits[name] === current[name])
  if (same) return Result.succeed([])
  return Result.succeed([
    { type: "LimitsSet", ...ofAccount(scope, id), data: { scope, id, ...(limits as Limits), reason } }
  ])
}

const limitsOf = (state: State, { scope, scopeId }: SetLimits): Limits | undefined => {
  if (scope === "firm") return state.firm.limits
  const scopes = scope === "account" ? state.accounts : state.groups
  return (scopes as ReadonlyMap<string, { risk: { limits: Limits } }>).get(scopeId)?.risk.limits
}

export const halt = (request: Halt, state: State): Decided => {
  const { scope, scopeId: id, symbol, reason } = request
  if (scope !== "firm" && id === undefined) return refused("MissingField", `a halt of one ${scope} needs its id`, "id")
  if (scope === "account" && !(state.accounts as ReadonlyMap<string, Account>).has(id!))
    return refused("UnknownAccount", `there is no account ${id}`, "id")
  if (scope === "group" && !(state.groups as ReadonlyMap<string, unknown>).has(id!))
    return refused("UnknownGroup", `there is no group ${id}`, "id")
  if (symbol !== undefined && !state.instruments.has(symbol))
    return refused("UnknownSymbol", `there is no instrument ${symbol}`, "symbol")
  const haltId = `halt-${state.partition}-${state.eventNo + 1}`
  const data = {
    haltId,
    scope,
    ...(id !== undefined && scope !== "firm" && { id }),
    ...(symbol !== undefined && { symbol }),
    reason
  }
  return Result.succeed([{ type: "TradingHalted", ...ofAccount(scope, id), data }])
}

export const resume = (request: Resume, state: State): Decided =>
  state.halts.has(request.haltId)
    ? Result.succeed([{ type: "TradingResumed", data: { haltId: request.haltId } }])
    : refused("UnknownHalt", `there is no halt ${request.haltId}`, "haltId")

/** A change of one account's limits belongs to that account's story. */
const ofAccount = (scope: string, id: string | undefined) =>
  scope === "account" && id !== undefined ? { account: id as Account["id"] } : {}

export const adoptInstrument = ({ instrument }: AdoptInstrument, state: State): Decided => {
  const known = state.instruments.get(instrument.symbol)
  if (known !== undefined && known.version >= instrument.version) return Result.succeed([])
  return Result.succeed([{ type: "InstrumentAdopted", data: instrument }])
}
