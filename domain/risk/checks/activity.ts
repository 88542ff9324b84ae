import { AMOUNT } from "#domain/risk/book.ts"
import { isLimited, tightest, tightestCount, type RiskCheck } from "#domain/risk/outcome.ts"
import { rateUsed } from "#domain/risk/rate.ts"

export const maxOpenOrders: RiskCheck = (question) => {
  const { scopes, exposures, counted } = question
  const used = [scopes[0]!.openOrders, scopes[1]!.openOrders, scopes[2]!.openOrders, exposures[2]!.orders] as const
  return tightestCount(question, AMOUNT.maxOpenOrders, used, counted.open ? 0 : 1)
}

/** A change that makes an order no dearer passes, as does what has no price: the collar denies that. */
export const maxOpenNotional: RiskCheck = (question) => {
  if (!isLimited(question.book, AMOUNT.maxOpenNotional)) return undefined
  const { scopes, exposures, counted, notional } = question
  const used = [
    scopes[0]!.openNotional - counted.notional,
    scopes[1]!.openNotional - counted.notional,
    scopes[2]!.openNotional - counted.notional,
    exposures[2]!.notional - counted.notional
  ] as const
  const isNoDearer = () => notional === undefined || notional <= counted.notional
  return tightest(question, AMOUNT.maxOpenNotional, used, notional ?? 0n, isNoDearer)
}

/** Orders and replaces that were accepted in the last second, by the time of their commands. */
export const orderRate: RiskCheck = (question) => {
  if (!isLimited(question.book, AMOUNT.maxOrdersPerSecond)) return undefined
  const { scopes, nowMicros } = question
  const spent = (level: number) => {
    const scope = scopes[level]
    return scope === undefined ? 0 : rateUsed(scope.orderRate, nowMicros)
  }
  return tightestCount(question, AMOUNT.maxOrdersPerSecond, [spent(0), spent(1), spent(2), spent(3)], 1)
}
