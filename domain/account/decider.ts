import { Result } from "effect"
import type { Decider } from "#domain/kernel/shapes.ts"
import { KILL_SWITCH, repeatOf } from "./answered.ts"
import type { Answered } from "./recent-answers.ts"
import { adoptInstrument, moveMoney, openAccount } from "./decide-accounts.ts"
import { repeated } from "./decide-again.ts"
import { awayProblem, decideAway } from "./decide-away.ts"
import { cancelAll, cancelOrder, replaceOrder } from "./decide-changes.ts"
import { postEntry } from "./decide-entries.ts"
import { submitGroup, workGroup } from "./decide-groups.ts"
import { kill } from "./decide-kill.ts"
import { allotLimit, halt, resume, setLimits } from "./decide-limits.ts"
import { moveGroup, receiveAnswers, receiveGroup, settleGroup } from "./decide-moves.ts"
import { submitOrder } from "./decide-orders.ts"
import { recordRoute, triggerOrder } from "./decide-routes.ts"
import { transfer } from "./decide-transfers.ts"
import { receiveTransfer, settleTransfer } from "./decide-transit.ts"
import { refused, type Decided } from "./refused.ts"
import { venueReported } from "./decide-reports.ts"
import type { Command } from "./commands.ts"
import type { AccountEvent } from "./events.ts"
import { evolve } from "./evolve.ts"
import { watchLosses } from "./losses.ts"
import { watchMargin } from "./margin-call.ts"
import { initialState, type Account, type State } from "./state.ts"

/** Orders, risk and balances of a partition's risk groups as one decider: an order and its decision are one commit. */
export const accountDecider = (partition: number): Decider<Command, State, AccountEvent> => ({
  initial: () => initialState(partition),
  decide,
  evolve
})

const decide = (command: Command, state: State): Decided => {
  const { request } = command
  if (!("account" in request) || request.type === "OpenAccount") return decideWithoutAccount(command, state)
  const account = state.accounts.get(request.account)
  if (account === undefined) return decideAway(command, request.account, state)
  const own = decideOwn(command, account, state)
  if (own !== undefined) return own
  const again = repeated(command, account.no, state)
  if (again !== undefined) return again
  switch (request.type) {
    case "SubmitOrder":
      return submitOrder(command, request, account, state)
    case "SubmitGroup":
      return submitGroup(command, request, account, state)
    case "ReplaceOrder":
      return replaceOrder(command, request, account, state)
    case "CancelOrder":
      return cancelOrder(command, request, account, state)
    case "CancelAll":
      return cancelAll(command, request, account)
    case "Deposit":
    case "Withdraw":
      return moveMoney(command, request, account)
    case "Transfer":
      return transfer(command, request, account, state)
    case "PostEntry":
      return postEntry(command, request, account, state)
    case "RecordRoute":
      return recordRoute(request, account, state.partition)
    case "VenueReported":
      return venueReported(request, account, state)
    default:
      return refused("UnknownCommand", `there is no command ${request.type}`)
  }
}

/** What we send ourselves: the state tells whether it is still due, so that it need not be remembered. */
const decideOwn = (command: Command, account: Account, state: State): Decided | undefined => {
  const { request } = command
  switch (request.type) {
    case "WorkGroup":
      return workGroup(command, request, account, state)
    case "TriggerOrder":
      return triggerOrder(request, account)
    case "WatchMargin":
      return watchMargin(command, account, state)
    case "SettleTransfer":
      return settleTransfer(request, state)
    default:
      return undefined
  }
}

const decideWithoutAccount = (command: Command, state: State): Decided => {
  const { request, at } = command
  const elsewhere = state.away.size === 0 ? undefined : awayProblem(request, state)
  if (elsewhere !== undefined) return elsewhere
  switch (request.type) {
    case "OpenAccount":
      return openAccount(request, state)
    case "SetLimits":
      return setLimits(request, state, at)
    case "AllotLimit":
      return allotLimit(request, state)
    case "Halt":
      return halt(request, state)
    case "Kill":
      return repeated(command, KILL_SWITCH, state) ?? kill(command, request, state)
    case "WatchLosses":
      return watchLosses(request, state, at)
    case "MoveGroup":
      return moveGroup(command, request, state)
    case "ReceiveAnswers":
      return receiveAnswers(request, state)
    case "ReceiveGroup":
      return receiveGroup(command, request, state)
    case "SettleGroup":
      return settleGroup(request, state)
    case "ReceiveTransfer":
      return receiveTransfer(command, request, state)
    case "Resume":
      return resume(request, state)
    case "AdoptInstrument":
      return adoptInstrument(request, state)
    case "RecordMark": {
      const { symbol, price, source, mdNo, markedAt } = request
      if (!state.instruments.has(symbol)) return refused("UnknownSymbol", `there is no instrument ${symbol}`, "symbol")
      return Result.succeed([{ type: "MarkRecorded", data: { symbol, price, source, mdNo, markedAt } }])
    }
    default:
      return refused("UnknownCommand", `a ${request.type} names no account`)
  }
}

/** The events that answered a command the first time, when it is remembered. */
export const answeredBefore = (
  command: Command,
  state: State
): Pick<Answered, "first" | "last" | "partition"> | undefined => {
  const { request } = command
  const of = "account" in request ? request.account : undefined
  const account = of === undefined ? undefined : (state.accounts.get(of) ?? state.away.get(of))
  const owner = request.type === "Kill" ? KILL_SWITCH : account?.no
  if (owner === undefined) return undefined
  const found = repeatOf(state.answered, owner, command.id, request, command.at)
  return typeof found === "string" ? undefined : found
}
