import { Result } from "effect"
import { absOf, fits, ONE, ratioHalfEven, type Cash, type Quantity } from "#domain/kernel/money.ts"
import { averageCost } from "#domain/ledger/average-cost.ts"
import { holdingOf } from "#domain/ledger/balances.ts"
import type { Instrument } from "#domain/market/instrument.ts"
import { notionalOf } from "#domain/orders/terms.ts"
import type { Expiry, Split, SymbolChange } from "./entries.ts"
import { heldWhole, paymentProblem, positionProblem, unknownSymbol, type Written } from "./entry-checks.ts"
import { refused, type Decided } from "./refused.ts"
import type { Account, State } from "./state.ts"

/** Whole positions that become something else: other units, another symbol, or money. */

const MOST_RATIO = 1_000_000_000

export const split = (asked: Split, account: Account, state: State): Written => {
  const { symbol, numerator, denominator, fractions, price } = asked
  const odd = ratioProblem(numerator, "numerator") ?? ratioProblem(denominator, "denominator") ?? priceProblem(asked)
  if (odd !== undefined) return odd
  if (numerator === denominator) return refused("OutOfRange", "a split changes the number of units", "numerator")
  const held = heldWhole(account, state, symbol)
  if (Result.isResult(held)) return held
  const { instrument, quantity: quantityBefore, cost } = held
  const parts = partsOf(asked, quantityBefore, cost, instrument)
  if (parts === undefined)
    return refused(
      "FractionLeft",
      `${numerator} for ${denominator} leaves a part of a lot of ${symbol}: keep it, or name a price for it in cash`,
      "fractions"
    )
  const { quantityAfter, cashInLieu, costPaidOut } = parts
  const { base, multiplier, settlement: currency } = instrument
  const terms = { ...(fractions !== undefined && { fractions }), ...(price !== undefined && { price }) }
  return (
    positionProblem(quantityAfter, cost, "numerator") ??
    paymentProblem(account, currency, cashInLieu, "price") ?? {
      type: "SplitApplied",
      data: {
        symbol,
        base,
        multiplier,
        numerator,
        denominator,
        quantityBefore: quantityBefore as Quantity,
        quantityAfter,
        ...terms,
        currency,
        cashInLieu,
        costPaidOut
      }
    }
  )
}

/** What is held after a split and what is paid for the rest; undefined where nobody said what becomes of that. */
const partsOf = (
  { numerator, denominator, fractions, price }: Split,
  before: bigint,
  cost: bigint,
  { lot, multiplier }: Instrument
): { quantityAfter: Quantity; cashInLieu: Cash; costPaidOut: Cash } | undefined => {
  const exact = before * BigInt(numerator) // of which `denominator` are one
  const parts = BigInt(denominator)
  const stored = exact / parts
  const whole = { quantityAfter: stored as Quantity, cashInLieu: 0n as Cash, costPaidOut: 0n as Cash }
  const isStorable = stored * parts === exact
  if (isStorable && (fractions === "keep" || stored % lot === 0n)) return whole
  if (fractions !== "cash" || price === undefined) return undefined
  const kept = stored - (stored % lot)
  const rest = exact - kept * parts
  return {
    quantityAfter: kept as Quantity,
    cashInLieu: ratioHalfEven(rest * multiplier, price, parts * ONE * ONE) as Cash,
    costPaidOut: ratioHalfEven(cost, absOf(rest), absOf(exact)) as Cash
  }
}

const ratioProblem = (value: number, field: string): Decided | undefined =>
  Number.isInteger(value) && value >= 1 && value <= MOST_RATIO
    ? undefined
    : refused("OutOfRange", `${field} must be a whole number from 1 to ${MOST_RATIO}`, field)
const priceProblem = ({ fractions, price }: Split): Decided | undefined => {
  if (price === undefined) return undefined
  if (fractions !== "cash") return refused("UnexpectedField", "a price is for fractions that are paid in cash", "price")
  return price > 0n && fits(price) ? undefined : refused("OutOfRange", "price must be above 0 and below 10^18", "price")
}

export const changeSymbol = ({ symbol, newSymbol }: SymbolChange, account: Account, state: State): Written => {
  if (symbol === newSymbol) return refused("OutOfRange", "newSymbol must be another symbol", "newSymbol")
  const next = state.instruments.get(newSymbol)
  if (next === undefined) return unknownSymbol(newSymbol, "newSymbol")
  const held = heldWhole(account, state, symbol)
  if (Result.isResult(held)) return held
  const { instrument, quantity, cost } = held
  const { base, multiplier, settlement: currency } = instrument
  if (next.settlement !== currency || next.multiplier !== multiplier)
    return refused("OtherTerms", `${newSymbol} has another multiplier or settlement currency`, "newSymbol")
  const { total, cost: theirs } = holdingOf(account.balances, newSymbol)
  const after = averageCost({ quantity: total, cost: theirs, realized: 0n }, quantity, cost)
  return (
    positionProblem(after.quantity, after.cost, "newSymbol") ?? {
      type: "SymbolChanged",
      data: {
        symbol,
        newSymbol,
        base,
        newBase: next.base,
        multiplier,
        quantity: quantity as Quantity,
        currency,
        cost: cost as Cash
      }
    }
  )
}

export const expire = ({ symbol, price }: Expiry, account: Account, state: State): Written => {
  if (price < 0n || !fits(price)) return refused("OutOfRange", "price must not be negative", "price")
  const held = heldWhole(account, state, symbol)
  if (Result.isResult(held)) return held
  const { instrument } = held
  const { base, multiplier, settlement: currency } = instrument
  const quantity = held.quantity as Quantity
  const cash = notionalOf(instrument, price, quantity)
  return (
    paymentProblem(account, currency, cash, "price") ?? {
      type: "PositionExpired",
      data: { symbol, base, multiplier, quantity, price, currency, cash }
    }
  )
}
