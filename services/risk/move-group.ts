import { setTimeout as sleep } from "node:timers/promises"
import type { AccountEvent } from "#domain/account/events.ts"
import type { GroupOnItsWay } from "#domain/account/transit.ts"
import type { Recorded } from "#domain/kernel/event.ts"
import type { MoveBody, MoveGroup } from "#services/contract/limits.ts"
import type { Send } from "#services/desk/send.ts"
import { type Answer, type Meta, ok } from "#services/http/answer.ts"
import type { AccountWriter } from "#streams/account-writer.ts"
import { eventsBetween } from "#streams/events-between.ts"
import { ledgerCodec } from "#streams/ledger-codec.ts"
import type { EventLog } from "#streams/ports/event-log.ts"

const WAIT_MS = 5_000
const LOOK_EVERY_MS = 20

/**
 * Sends a group to another partition, and waits for a while until that has answered. Asked again it says how the move that
 * is on its way ends, and of a group that is there already that it is.
 */
export const groupMover =
  (writer: AccountWriter, send: Send, log: EventLog) =>
  async ({ group, toPartition }: MoveGroup, meta: Meta): Promise<Answer<MoveBody>> => {
    const { partition } = writer
    const outcome = await send({ type: "MoveGroup", group, toPartition }, undefined, meta)
    if ("problem" in outcome) return outcome
    const told = (status: MoveBody["status"], eventNo: number, more: Partial<MoveBody> = {}) =>
      ok({ group, toPartition, status, ...more, position: `${partition}:${eventNo}` })
    const [out] = outcome.events
    const look = () =>
      writer.look(({ transit, groups, eventNo }) => ({
        eventNo,
        isThere: groups.has(group) === (toPartition === partition),
        leaving: [...transit.groups].find(([, left]) => left.group === group)
      }))
    let now = await look()
    const begun = begunBy(out, now)
    if (begun === undefined) return told(now.isThere ? "arrived" : "returned", now.eventNo)
    const { moveId, hash, eventNo } = begun
    const end = performance.now() + WAIT_MS
    while (now.leaving?.[0] === moveId) {
      if (performance.now() > end) return told("moving", now.eventNo, { moveId, hash })
      await sleep(LOOK_EVERY_MS)
      now = await look()
    }
    for (const event of await eventsBetween(log, ledgerCodec, partition, eventNo, now.eventNo)) {
      if (event.type !== "GroupReturned" || event.data.moveId !== moveId) continue
      const { code, detail } = event.data
      return told("returned", event.eventNo, { moveId, hash, code, detail })
    }
    return told("arrived", now.eventNo, { moveId, hash })
  }

type Begun = { readonly moveId: string; readonly hash: string; readonly eventNo: number }
type Looked = {
  readonly eventNo: number
  readonly leaving: readonly [moveId: string, left: GroupOnItsWay] | undefined
}

/** The move that was just recorded, or one of before that has not ended; `eventNo`: how it ends comes after that. */
const begunBy = (out: Recorded<AccountEvent> | undefined, { eventNo, leaving }: Looked): Begun | undefined => {
  if (out?.type === "GroupMovedOut") return { moveId: out.data.moveId, hash: out.data.hash, eventNo: out.eventNo }
  return leaving && { moveId: leaving[0], hash: leaving[1].hash, eventNo }
}
