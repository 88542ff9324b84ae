import { Result } from "effect"
import type { Decider } from "#domain/kernel/shapes.ts"
import { repeatOf, type Answered } from "./answered.ts"
import { adoptInstrument, halt, moveMoney, openAccount, resume, setLimits } from "./decide-accounts.ts"
import { cancelAll, cancelOrder, refused, replaceOrder, submitOrder, type Decided } from "./decide-orders.ts"
import { venueReported } from "./decide-reports.ts"
import type { Command } from "./commands.ts"
import type { AccountEvent } from "./events.ts"
import { evolve } from "./evolve.ts"
import { initialState, type State } from "./state.ts"

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
  if (account === undefined) return refused("UnknownAccount", `there is no account ${request.account}`, "account")
  const repeat = repeatOf(state.answered, request.account, command.id, request, command.at)
  if (repeat === "other-content") return refused("ClOrdIdReused", "clOrdId was used for another command", "clOrdId")
  if (repeat === "too-old")
    return refused("CommandTooOld", "clOrdId is older than what is remembered: it may have been answered", "clOrdId")
  if (repeat === "too-far-ahead") return refused("CommandTooNew", "clOrdId's time is over 60 s ahead", "clOrdId")
  if (repeat !== "new") return Result.succeed([])
  switch (request.type) {
    case "SubmitOrder":
      return submitOrder(command, request, account, state)
    case "ReplaceOrder":
      return replaceOrder(command, request, account, state)
    case "CancelOrder":
      return cancelOrder(command, request, account)
    case "CancelAll":
      return cancelAll(command, request, account)
    case "Deposit":
    case "Withdraw":
      return moveMoney(command, request, account)
    case "VenueReported":
      return venueReported(request, account)
  }
}

const decideWithoutAccount = ({ request }: Command, state: State): Decided => {
  switch (request.type) {
    case "OpenAccount":
      return openAccount(request, state)
    case "SetLimits":
      return setLimits(request, state)
    case "Halt":
      return halt(request, state)
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
export const answeredBefore = (command: Command, state: State): Pick<Answered, "first" | "last"> | undefined => {
  const { request } = command
  if (!("account" in request)) return undefined
  const found = repeatOf(state.answered, request.account, command.id, request, command.at)
  return typeof found === "string" ? undefined : found
}
