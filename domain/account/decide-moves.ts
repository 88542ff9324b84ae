import { Result } from "effect"
import type { GroupId } from "#domain/kernel/ids.ts"
import { parseFixed } from "#domain/kernel/money.ts"
import type { Command, MoveGroup, ReceiveAnswers, ReceiveGroup, SettleGroup } from "./commands.ts"
import type { AccountEvent } from "./events.ts"
import { ofAccount } from "./decide-limits.ts"
import type { MovedGroup } from "./move-events.ts"
import { escaped, heldOver } from "./held-over.ts"
import { noRoom } from "./no-room.ts"
import { haltsOfGroup, membersOf, packGroup } from "./pack-group.ts"
import { bringIn, haltIdOf } from "./unpack-group.ts"
import { refused, type Decided } from "./refused.ts"
import { initialState, type Group, type State } from "./state.ts"

/** A group is one message of a broker on its way; hundreds of accounts, or thousands of positions. */
const MOST_CHARS = 400_000

/** What a group is as it goes, and the text that its hash is of; undefined where there is no such group. */
export const movedText = (state: State, id: GroupId): string | undefined => {
  const group = state.groups.get(id)
  return group === undefined ? undefined : JSON.stringify(packGroup(state, group, group.moves + 1))
}

/** Takes a group out of this partition for another one; nothing of it may be open or on its way. */
export const moveGroup = ({ hash }: Command, { group: id, toPartition }: MoveGroup, state: State): Decided => {
  const group = state.groups.get(id)
  if (group === undefined) {
    const left = [...state.away.values()].find((away) => away.group === id)
    return left?.partition === toPartition
      ? Result.succeed([])
      : refused("UnknownGroup", `there is no group ${id}`, "group")
  }
  if (toPartition === state.partition) return Result.succeed([]) // it is there
  const problem = movingProblem(state, group)
  if (problem !== undefined) return problem
  const moved = packGroup(state, group, group.moves + 1)
  const besides = heldOver(state)
  if (JSON.stringify([moved, besides]).length > MOST_CHARS)
    return refused("GroupTooLarge", "it has more accounts and positions than one message takes", "group")
  if (hash === undefined) throw new Error("a group moves with its hash")
  const moveId = `${state.partition}-${state.eventNo + 1}`
  const transitNo = (state.transit.sent.get(toPartition) ?? 0) + 1
  return Result.succeed([
    {
      type: "GroupMovedOut",
      data: { moveId, group: id, hash, moved, heldOver: besides, toPartition, transitNo }
    },
    ...haltsOfGroup(state, group).map(({ haltId }): AccountEvent => ({ type: "TradingResumed", data: { haltId } }))
  ])
}

const movingProblem = (state: State, group: Group): Decided | undefined => {
  const members = membersOf(state, group)
  const open = members.flatMap(({ orders }) => [...orders.values()].map(({ orderId }) => orderId))
  if (open.length > 0) {
    const some = open.slice(0, 5).join(", ")
    return refused("OpenOrders", `cancel the open orders of the group first: ${some}${open.length > 5 ? ", …" : ""}`)
  }
  const leaving = [...state.transit.onTheirWay.values()].find(({ from }) => members.some(({ id }) => id === from))
  if (leaving !== undefined)
    return refused("InTransit", `transfer ${leaving.carried.transferId} is on its way: wait for its end`)
  return Object.keys(group.risk.allotted).length > 0
    ? refused("Allotted", "a part of the firm's limits is the group's: return it first")
    : undefined
}

/** A part of what the accounts of a group that is about to come were answered. The first part begins anew. */
export const receiveAnswers = (request: ReceiveAnswers, state: State): Decided => {
  const { moveId, group, fromPartition, transitNo, part, answers } = request
  const turn = turnOf(state, fromPartition, transitNo)
  if (turn !== undefined) return turn
  const have = state.transit.arriving.get(moveId)?.length ?? 0
  if (part === have) return Result.succeed([]) // the answer to it was lost
  if (part !== 1 && part !== have + 1) return refused("OutOfTurn", `part ${have + 1} is next`, "part")
  return Result.succeed([{ type: "AnswersMovedIn", data: { moveId, group, fromPartition, part, answers } }])
}

/** Takes a group that another partition has sent, or refuses it for ever; sent again it is answered the same. */
export const receiveGroup = ({ hash: counted }: Command, request: ReceiveGroup, state: State): Decided => {
  const { moveId, group, fromPartition, transitNo, parts, hash, moved, heldOver: there } = request
  const turn = turnOf(state, fromPartition, transitNo)
  if (turn !== undefined) return turn
  if ((state.transit.arriving.get(moveId)?.length ?? 0) !== parts)
    return refused("OutOfTurn", "what its commands were answered with has not come", "parts")
  const no =
    counted === hash
      ? (escaped(there, state) ?? receivingProblem(moved, state))
      : (["HashDiffers", "it is not what was sent"] as const)
  if (no !== undefined) {
    const [code, detail] = no
    return Result.succeed([{ type: "GroupRefused", data: { moveId, group, fromPartition, transitNo, code, detail } }])
  }
  return Result.succeed([
    { type: "GroupMovedIn", data: { moveId, group, hash, moved, fromPartition, transitNo } },
    ...haltsAgain(moved, state)
  ])
}

/** What is not next from another partition: it was dealt with, or comes too early. */
const turnOf = (state: State, fromPartition: number, transitNo: number): Decided | undefined => {
  if (fromPartition === state.partition) return refused("SamePartition", "it is from here", "fromPartition")
  const taken = state.transit.taken.get(fromPartition) ?? 0
  if (transitNo <= taken) {
    const why = state.transit.refused.get(fromPartition)?.get(transitNo)
    return why === undefined ? Result.succeed([]) : refused("TransferRefused", why)
  }
  return transitNo === taken + 1 ? undefined : refused("OutOfTurn", `number ${taken + 1} of its partition is next`)
}

const receivingProblem = (moved: MovedGroup, state: State): readonly [code: string, detail: string] | undefined => {
  if (state.groups.has(moved.group)) return ["GroupExists", `there is a group ${moved.group} here`]
  for (const { account, holdings } of moved.accounts) {
    if (state.accounts.has(account)) return ["AccountExists", `there is an account ${account} here`]
    for (const { symbol, currency, base, multiplier } of holdings) {
      const known = state.instruments.get(symbol)
      if (known === undefined) return ["UnknownSymbol", `there is no instrument ${symbol}`]
      const own = JSON.stringify([known.settlement, known.base, known.multiplier], text)
      if (own !== JSON.stringify([currency, base, parsed(multiplier)], text))
        return ["OtherTerms", `${symbol} is something else here`]
    }
  }
  const arrived = arrivedAsItLeft(moved, state)
  return arrived === undefined
    ? ["StateDiffers", "it would not be here what it was there"]
    : noRoom(arrived.firm.symbols, state)
}
const text = (_: string, value: unknown) => (typeof value === "bigint" ? String(value) : value)
const parsed = (decimal: string): bigint | undefined => {
  try {
    return parseFixed(decimal)
  } catch {
    return undefined
  }
}

/** Brought into an empty partition, this one, it must be the same text again. */
const arrivedAsItLeft = (moved: MovedGroup, { instruments, recordedAt }: State): State | undefined => {
  const scratch: State = { ...initialState(0), instruments, recordedAt }
  try {
    bringIn(scratch, moved, 1)
    for (const [i, halt] of moved.halts.entries()) {
      const haltId = haltIdOf(scratch, 1, i)
      scratch.halts.set(haltId, { ...halt, haltId, at: recordedAt, eventNo: 2 + i })
    }
    const group = scratch.groups.get(moved.group)
    const text = group && JSON.stringify(packGroup(scratch, group, moved.moves))
    return text === JSON.stringify(moved) ? scratch : undefined
  } catch {
    return undefined // an amount that is none, a limit that nobody knows
  }
}

/** Its halts hold here under ids of this partition. */
const haltsAgain = (moved: MovedGroup, state: State): ReadonlyArray<AccountEvent> =>
  moved.halts.map(({ scope, id, ...halt }, i) => ({
    type: "TradingHalted",
    ...ofAccount(scope, id),
    data: { haltId: haltIdOf(state, state.eventNo + 1, i), scope, id, ...halt }
  }))

/** Ends a move, once: the state tells whether it is still on its way. */
export const settleGroup = ({ moveId, refused: no }: SettleGroup, state: State): Decided => {
  const leaving = state.transit.groups.get(moveId)
  if (leaving === undefined) return Result.succeed([])
  const { group, toPartition, hash, content } = leaving
  if (no === undefined) return Result.succeed([{ type: "GroupArrived", data: { moveId, group, toPartition } }])
  const moved = JSON.parse(content) as MovedGroup
  return Result.succeed([
    { type: "GroupReturned", data: { moveId, group, hash, moved, toPartition, ...no } },
    ...haltsAgain(moved, state)
  ])
}
