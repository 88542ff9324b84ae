import type { Held } from "#domain/risk/book.ts"
import { tightest, tightestCount, type RiskCheck } from "#domain/risk/outcome.ts"
import type { RiskQuestion } from "#domain/risk/question.ts"
import { rateUsed } from "#domain/risk/rate.ts"
import { openNotionalOf, openOrdersOf } from "#domain/risk/scope.ts"

export const maxOpenOrders: RiskCheck = (question) => {
  const { own, ofSymbol, counted } = question
  return tightestCount(question, own.maxOpenOrders, ofSymbol.maxOpenOrders, counted.open ? 0 : 1, openBefore)
}
const openBefore = (_: RiskQuestion, { scope }: Held): number => openOrdersOf(scope)

/** A change that makes an order no dearer passes, as does what has no price: the collar denies that. */
export const maxOpenNotional: RiskCheck = (question) => {
  const { own, ofSymbol, notional } = question
  return tightest(
    question,
    own.maxOpenNotional,
    ofSymbol.maxOpenNotional,
    notional ?? 0n,
    notionalBefore,
    sum,
    isNoDearer
  )
}
const notionalBefore = ({ counted }: RiskQuestion, { scope }: Held): bigint => openNotionalOf(scope) - counted.notional
const sum = (_: RiskQuestion, used: bigint, requested: bigint): bigint => used + requested
const isNoDearer = ({ notional, counted }: RiskQuestion): boolean =>
  notional === undefined || notional <= counted.notional

/** Orders and replaces that were accepted in the last second, by the time of their commands. */
export const orderRate: RiskCheck = (question) => {
  const { own, ofSymbol } = question
  return tightestCount(question, own.maxOrdersPerSecond, ofSymbol.maxOrdersPerSecond, 1, spent)
}
const spent = ({ nowMicros }: RiskQuestion, { scope }: Held): number => rateUsed(scope.orderRate, nowMicros)
