import { Result } from "effect"
import { sessionProblem } from "#domain/market/session.ts"
import type { Currency } from "#domain/kernel/ids.ts"
import { formatFixed, minOf, ONE } from "#domain/kernel/money.ts"
import { cashOf } from "#domain/ledger/balances.ts"
import { positive } from "#domain/orders/shape.ts"
import { newMargin, requiredOf } from "#domain/risk/margin.ts"
import type { AdoptInstrument, Command, Movement, OpenAccount } from "./commands.ts"
import { refused, type Decided } from "./refused.ts"
import type { Account, State } from "./state.ts"

export const openAccount = (request: OpenAccount, state: State): Decided => {
  const { account, owner, group, accountType, currency, initialMargin, maintenanceMargin } = request
  const rates = {
    ...(initialMargin !== undefined && { initialMargin }),
    ...(maintenanceMargin !== undefined && { maintenanceMargin })
  }
  const problem = accountType === "cash" ? cashProblem(rates) : marginProblem(rates)
  if (problem !== undefined) return problem
  const existing = state.accounts.get(account)
  if (existing !== undefined) {
    const same =
      existing.owner === owner &&
      existing.group.id === group &&
      existing.currency === currency &&
      existing.type === accountType
    return same ? Result.succeed([]) : refused("AccountExists", `account ${account} exists with other terms`, "account")
  }
  const known = state.groups.get(group)
  if (known !== undefined && known.owner !== owner) {
    return refused("GroupOfAnother", `group ${group} belongs to another owner`, "group")
  }
  return Result.succeed([
    { type: "AccountOpened", account, data: { account, owner, group, accountType, currency, ...rates } }
  ])
}

type Rates = Pick<OpenAccount, "initialMargin" | "maintenanceMargin">
const cashProblem = (rates: Rates): Decided | undefined =>
  Object.keys(rates).length === 0
    ? undefined
    : refused("UnexpectedField", "a cash account has no margin rates", Object.keys(rates)[0]!)
/** An account that had to keep more than it needs to begin could never be in order. */
const marginProblem = (rates: Rates): Decided | undefined => {
  const { initialRate, maintenanceRate } = newMargin(rates)
  if (maintenanceRate <= 0n) return refused("OutOfRange", "maintenanceMargin must be above 0", "maintenanceMargin")
  if (initialRate > 10n * ONE) return refused("OutOfRange", "initialMargin must not be above 10", "initialMargin")
  return maintenanceRate > initialRate
    ? refused("OutOfRange", "maintenanceMargin must not be above initialMargin", "maintenanceMargin")
    : undefined
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
  const available = availableOf(account, currency)
  if (amount > available) {
    return refused("InsufficientFunds", `${formatFixed(available)} ${currency} is available`, "amount")
  }
  return Result.succeed([{ type: "Withdrawn", ...head, data }])
}

/** Money that may leave the account: of a margin account what is above its initial margin, and no loan. */
export const availableOf = (account: Account, currency: Currency): bigint => {
  const { total, reserved } = cashOf(account.balances, currency)
  if (account.margin === undefined || currency !== account.currency) return total - reserved
  const { initial, opening } = account.margin
  const excess = total + account.risk.worth.net - requiredOf(initial + opening)
  const free = minOf(total, excess)
  return free > 0n ? free : 0n
}

export const adoptInstrument = ({ instrument }: AdoptInstrument, state: State): Decided => {
  const known = state.instruments.get(instrument.symbol)
  if (known !== undefined && known.version >= instrument.version) return Result.succeed([])
  const problem = instrument.session === undefined ? undefined : sessionProblem(instrument.session)
  if (problem !== undefined) return refused("InvalidSession", problem, "session")
  return Result.succeed([{ type: "InstrumentAdopted", data: instrument }])
}
