import { setTimeout as sleep } from "node:timers/promises"
import type { Kill } from "#domain/account/commands.ts"
import { ordersIn } from "#domain/account/decide-kill.ts"
import type { State } from "#domain/account/state.ts"
import { microsOf, type Time } from "#domain/kernel/time.ts"
import type { OpenOrder } from "#domain/orders/open-order.ts"
import type { KillBody, KillSwitch } from "#services/contract/limits.ts"
import { newCommandId } from "#services/desk/command-id.ts"
import { inParts } from "#services/desk/in-parts.ts"
import type { Send } from "#services/desk/send.ts"
import { ok, type Answer, type Meta } from "#services/http/answer.ts"
import type { AccountWriter } from "#streams/account-writer.ts"

const CONFIRMED_MS = 5000
const LOOK_EVERY_MS = 20

/**
 * Halts a scope, has all its open orders cancelled, and answers once the venue has confirmed all or the time is over. Sent
 * again with its clOrdId it halts nothing twice, and tells what has become of it.
 */
export const killSwitch =
  (writer: AccountWriter, send: Send, clock: () => Time, confirmedMs = CONFIRMED_MS) =>
  async ({ scope, id, symbol, reason, clOrdId }: KillSwitch, meta: Meta): Promise<Answer<KillBody>> => {
    const request: Kill = {
      type: "Kill",
      scope,
      ...(id !== undefined && { scopeId: id }),
      ...(symbol !== undefined && { symbol }),
      reason
    }
    const commandId = clOrdId ?? newCommandId(microsOf(clock()))
    const killed = await inParts(commandId, (partId, first) =>
      send(first === undefined ? request : { ...request, haltId: haltIdIn(first.events) }, partId, meta)
    )
    if ("problem" in killed) return killed
    const asked = new Set<string>(killed.requested)
    const until = performance.now() + confirmedMs
    for (;;) {
      const { open, position } = await writer.look((state: State) => ({
        open: [...ordersIn(state, request)].filter(
          ({ orderId, pending }) => asked.has(orderId) || isBeingCanceled(pending)
        ),
        position: `${writer.partition}:${state.eventNo}`
      }))
      // what somebody else had asked to be cancelled before is waited for as well
      for (const { orderId } of open) asked.add(orderId)
      if (open.length > 0 && performance.now() < until) {
        await sleep(LOOK_EVERY_MS)
        continue
      }
      const remaining = open.map(({ orderId }) => orderId)
      const confirmed = asked.size - remaining.length
      return ok({ haltId: haltIdIn(killed.first.events), requested: asked.size, confirmed, remaining, position })
    }
  }

const isBeingCanceled = (pending: OpenOrder["pending"]): boolean => pending.some(({ kind }) => kind === "cancel")

const haltIdIn = (events: ReadonlyArray<{ readonly type: string; readonly data: object }>): string => {
  const event = events.find(({ type }) => type === "KillRequested")
  if (event === undefined || !("haltId" in event.data)) throw new Error("a kill left no event")
  return String(event.data.haltId)
}
