import { setTimeout as sleep } from "node:timers/promises"
import type { MoveBody, MoveGroup } from "#services/contract/limits.ts"
import type { Send } from "#services/desk/send.ts"
import { type Answer, type Meta, ok } from "#services/http/answer.ts"
import type { AccountWriter } from "#streams/account-writer.ts"
import { eventsBetween } from "#streams/events-between.ts"
import { ledgerCodec } from "#streams/ledger-codec.ts"
import type { EventLog } from "#streams/ports/event-log.ts"

const WAIT_MS = 5_000
const LOOK_EVERY_MS = 20

/** Sends a group to another partition, and waits for a while until that has answered. */
export const groupMover =
  (writer: AccountWriter, send: Send, log: EventLog) =>
  async ({ group, toPartition }: MoveGroup, meta: Meta): Promise<Answer<MoveBody>> => {
    const { partition } = writer
    const outcome = await send({ type: "MoveGroup", group, toPartition }, undefined, meta)
    if ("problem" in outcome) return outcome
    const told = (status: MoveBody["status"], eventNo: number, more: Partial<MoveBody> = {}) =>
      ok({ group, toPartition, status, ...more, position: `${partition}:${eventNo}` })
    const [out] = outcome.events
    const onItsWay = () =>
      writer.look(({ transit, eventNo }) => ({
        eventNo,
        move: [...transit.groups].find(([moveId, left]) =>
          out?.type === "GroupMovedOut" ? moveId === out.data.moveId : left.group === group
        )
      }))
    const end = performance.now() + WAIT_MS
    let now = await onItsWay()
    const more = out?.type === "GroupMovedOut" ? { moveId: out.data.moveId, hash: out.data.hash } : {}
    while (now.move !== undefined) {
      if (performance.now() > end) return told("moving", now.eventNo, more)
      await sleep(LOOK_EVERY_MS)
      now = await onItsWay()
    }
    if (out === undefined) return told("arrived", now.eventNo) // it has been there already
    const since = await eventsBetween(log, ledgerCodec, partition, out.eventNo, now.eventNo)
    for (const event of since) {
      if (event.type !== "GroupReturned" || event.data.group !== group) continue
      const { code, detail } = event.data
      return told("returned", event.eventNo, { ...more, code, detail })
    }
    return told("arrived", now.eventNo, more)
  }
