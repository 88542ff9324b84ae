import { Result } from "effect"
import type { AccountId } from "#domain/kernel/ids.ts"
import type { Price } from "#domain/kernel/money.ts"
import { unitsOf, type Carried } from "#domain/ledger/entry-events.ts"
import { valueOf } from "#domain/risk/equity.ts"
import type { Command } from "./commands.ts"
import { moneyProblem, unitsProblem } from "./decide-transfers.ts"
import type { ReceiveTransfer, SettleTransfer } from "./entries.ts"
import { mustBePositive, unknownSymbol } from "./entry-checks.ts"
import { noRoom } from "./no-room.ts"
import { refused, type Decided } from "./refused.ts"
import type { State } from "./state.ts"

/**
 * Takes what another partition has sent, or refuses it for ever: whichever it was, sent again it is answered the same.
 * What comes out of turn is not dealt with: its sender waits for an answer before he sends the next.
 */
export const receiveTransfer = ({ at }: Command, request: ReceiveTransfer, state: State): Decided => {
  const { to, from, fromPartition, transitNo, effectiveAt, carried, mark } = request
  if (fromPartition === state.partition)
    return refused("SamePartition", "a transfer within the partition is no transit", "fromPartition")
  const taken = state.transit.taken.get(fromPartition) ?? 0
  if (transitNo <= taken) {
    const why = state.transit.refused.get(fromPartition)?.get(transitNo)
    return why === undefined ? Result.succeed([]) : refused("TransferRefused", why)
  }
  if (transitNo !== taken + 1)
    return refused("OutOfTurn", `transfer ${taken + 1} of its partition is next`, "transitNo")
  const problem = receivingProblem(to, carried, mark, state)
  if (problem !== undefined && Result.isFailure(problem)) {
    const { code, detail } = problem.failure
    const { transferId } = carried
    const data = { transferId, from, fromPartition, transitNo, to, code, detail }
    return Result.succeed([{ type: "TransferRefused", data }])
  }
  // the other partition's clock may be ahead of this one
  const when = effectiveAt < at ? { effectiveAt } : {}
  return Result.succeed([
    {
      type: "TransferredIn",
      account: to,
      ...when,
      data: { from, ...carried, fromPartition, transitNo, ...(mark !== undefined && { mark }) }
    }
  ])
}

const receivingProblem = (
  to: AccountId,
  carried: Carried,
  mark: Price | undefined,
  state: State
): Decided | undefined => {
  const account = state.accounts.get(to)
  if (account === undefined) return refused("UnknownAccount", `there is no account ${to}`, "to")
  const units = unitsOf(carried)
  if (units === undefined) {
    const { amount = 0n, currency } = carried
    return mustBePositive("amount", amount) ?? moneyProblem(account, currency, amount)
  }
  const { symbol, base, multiplier, quantity, cost } = units
  const known = state.instruments.get(symbol)
  if (known === undefined) return unknownSymbol(symbol)
  if (known.base !== base || known.multiplier !== multiplier || known.settlement !== carried.currency)
    return refused("OtherTerms", `${symbol} is something else there`, "symbol")
  const price = state.marks.get(symbol)?.price ?? mark
  if (price === undefined) return refused("UnknownSymbol", `nobody has ever said what ${symbol} is worth`, "mark")
  const problem = mustBePositive("quantity", quantity) ?? unitsProblem(account, symbol, quantity, cost)
  if (problem !== undefined) return problem
  const arriving = { position: quantity, value: valueOf(quantity, price, multiplier) }
  const full = noRoom(new Map([[symbol, arriving]]), state)
  return full && refused(...full, "quantity")
}

/** Ends what is in transit, once: the state tells whether it is still on its way. */
export const settleTransfer = ({ transferId, refused: no }: SettleTransfer, state: State): Decided => {
  const leaving = state.transit.onTheirWay.get(transferId)
  if (leaving === undefined) return Result.succeed([])
  const { from, to, toPartition, carried } = leaving
  return Result.succeed([
    no === undefined
      ? { type: "TransferArrived", account: from, data: { transferId, to, toPartition } }
      : { type: "TransferReturned", account: from, data: { to, toPartition, ...no, ...carried } }
  ])
}
