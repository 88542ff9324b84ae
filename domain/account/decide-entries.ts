import { Result } from "effect"
import { ONE, ratioHalfEven, type Cash, type Quantity } from "#domain/kernel/money.ts"
import { holdingOf } from "#domain/ledger/balances.ts"
import type { EntryEvent } from "#domain/ledger/entry-events.ts"
import type { Command } from "./commands.ts"
import { changeSymbol, expire, split } from "./decide-restatements.ts"
import type { Dividend, Entry, Fee, Interest, PostEntry } from "./entries.ts"
import {
  futureProblem,
  mustBePositive,
  nothingHeld,
  paymentProblem,
  unknownSymbol,
  type Written
} from "./entry-checks.ts"
import { refused, type Decided } from "./refused.ts"
import type { Account, State } from "./state.ts"

/** One event for what happens to an account besides orders and payments. */
export const postEntry = (command: Command, request: PostEntry, account: Account, state: State): Decided => {
  const { entry, reference, effectiveAt } = request
  const future = futureProblem(command, effectiveAt)
  if (future !== undefined) return future
  const written = write(entry, account, state)
  if (Result.isResult(written)) return written
  const { type, data } = written
  const noted = { ...data, ...(reference !== undefined && { reference }) }
  const head = { account: account.id, ...(effectiveAt !== undefined && { effectiveAt }) }
  return Result.succeed([{ type, ...head, data: noted } as EntryEvent])
}

const write = (entry: Entry, account: Account, state: State): Written => {
  switch (entry.kind) {
    case "fee":
      return chargeFee(entry, account)
    case "interest":
      return postInterest(entry, account)
    case "dividend":
      return payDividend(entry, account, state)
    case "split":
      return split(entry, account, state)
    case "symbol-change":
      return changeSymbol(entry, account, state)
    case "expiry":
      return expire(entry, account, state)
  }
}

const chargeFee = ({ currency, amount, fee }: Fee, account: Account): Written =>
  mustBePositive("amount", amount) ??
  paymentProblem(account, currency, -amount, "amount") ?? {
    type: "FeeCharged",
    data: { kind: fee, currency, amount }
  }

const postInterest = ({ currency, amount }: Interest, account: Account): Written =>
  amount === 0n
    ? refused("OutOfRange", "amount must not be 0", "amount")
    : (paymentProblem(account, currency, amount, "amount") ?? { type: "InterestPosted", data: { currency, amount } })

const payDividend = (
  { symbol, perUnit, quantity: given, taxWithheld = 0n as Cash }: Dividend,
  account: Account,
  state: State
): Written => {
  const instrument = state.instruments.get(symbol)
  if (instrument === undefined) return unknownSymbol(symbol)
  const odd =
    mustBePositive("perUnit", perUnit) ?? (given === undefined ? undefined : mustBePositive("quantity", given))
  if (odd !== undefined) return odd
  const quantity = (given ?? holdingOf(account.balances, symbol).total) as Quantity
  if (quantity === 0n) return nothingHeld(symbol)
  const gross = ratioHalfEven(quantity, perUnit, ONE) as Cash
  if (gross === 0n) return refused("OutOfRange", "it comes to less than the smallest amount of money", "perUnit")
  if (taxWithheld < 0n || (taxWithheld > 0n && taxWithheld > gross))
    return refused("OutOfRange", "taxWithheld must not be negative or above the dividend", "taxWithheld")
  const currency = instrument.settlement
  const net = (gross - taxWithheld) as Cash
  const basis = given === undefined ? "held" : "given"
  return (
    paymentProblem(account, currency, gross, "perUnit") ??
    paymentProblem(account, currency, net, "perUnit") ?? {
      type: "DividendPaid",
      data: { symbol, perUnit, quantity, basis, currency, gross, taxWithheld, net }
    }
  )
}
