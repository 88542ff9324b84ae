import { tightest, tightestCount, type RiskCheck } from "#domain/risk/outcome.ts"
import type { RiskQuestion } from "#domain/risk/question.ts"
import { rateUsed } from "#domain/risk/rate.ts"
import { openNotionalOf, openOrdersOf } from "#domain/risk/scope.ts"

export const maxOpenOrders: RiskCheck = (question) => {
  return tightestCount(question, "maxOpenOrders", question.counted.open ? 0 : 1, openBefore)
}
const openBefore = ({ scopes }: RiskQuestion, level: number): number => openOrdersOf(scopes[level]!)

/** A change that makes an order no dearer passes, as does what has no price: the collar denies that. */
export const maxOpenNotional: RiskCheck = (question) => {
  return tightest(question, "maxOpenNotional", question.notional ?? 0n, notionalBefore, sum, isNoDearer)
}
const notionalBefore = ({ counted, scopes }: RiskQuestion, level: number): bigint =>
  openNotionalOf(scopes[level]!) - counted.notional
const sum = (_: RiskQuestion, used: bigint, requested: bigint): bigint => used + requested
const isNoDearer = ({ notional, counted }: RiskQuestion): boolean =>
  notional === undefined || notional <= counted.notional

/** Orders and replaces that were accepted in the last second, by the time of their commands. */
export const orderRate: RiskCheck = (question) => {
  return tightestCount(question, "maxOrdersPerSecond", 1, spent)
}
const spent = ({ nowMicros, scopes }: RiskQuestion, level: number): number =>
  rateUsed(scopes[level]!.orderRate, nowMicros)
