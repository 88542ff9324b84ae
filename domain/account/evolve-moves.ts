import type { Recorded } from "#domain/kernel/event.ts"
import { bringAnswers } from "./carried-answers.ts"
import type { MoveEvent } from "./move-events.ts"
import type { State } from "./state.ts"
import { refuse, take } from "./transit.ts"
import { bringIn, takeOut } from "./unpack-group.ts"

/** Groups go and come, whole. */
export const evolveMove = (state: State, { type, data, eventNo }: Recorded<MoveEvent>): void => {
  const { transit } = state
  switch (type) {
    case "GroupMovedOut": {
      const { moveId, group, toPartition, transitNo, hash, moved, heldOver } = data
      const texts = { content: JSON.stringify(moved), heldOver: JSON.stringify(heldOver) }
      transit.groups.set(moveId, { group, toPartition, transitNo, hash, ...texts })
      transit.sent.set(toPartition, transitNo)
      return takeOut(state, state.groups.get(group)!, toPartition)
    }
    case "GroupMovedIn": {
      take(transit, data.fromPartition, data.transitNo)
      bringIn(state, data.moved, eventNo)
      bringAnswers(state, transit.arriving.get(data.moveId) ?? [])
      return void transit.arriving.delete(data.moveId)
    }
    case "AnswersMovedIn": {
      const known = data.part === 1 ? [] : (transit.arriving.get(data.moveId) ?? [])
      return void transit.arriving.set(data.moveId, [...known, data.answers])
    }
    case "GroupRefused":
      transit.arriving.delete(data.moveId)
      return refuse(transit, data.fromPartition, data.transitNo, data.code)
    case "GroupArrived":
      return void transit.groups.delete(data.moveId)
    case "GroupReturned":
      transit.groups.delete(data.moveId)
      return bringIn(state, data.moved, eventNo)
  }
}
