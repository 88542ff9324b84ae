import type { Request } from "#domain/account/commands.ts"
import { scopeOf } from "#domain/account/evolve-limits.ts"
import { scopesOf } from "#domain/account/state.ts"
import { formatFixed } from "#domain/kernel/money.ts"
import { laterOf, microsOf } from "#domain/kernel/time.ts"
import type { Symbol } from "#domain/kernel/ids.ts"
import { dayOf } from "#domain/risk/equity.ts"
import { plannedAt } from "#domain/risk/lower-first.ts"
import { usedBy } from "#domain/risk/used.ts"
import { haltBody, haltsOf, limitValues } from "#services/desk/bodies.ts"
import { compareHalts } from "#services/desk/halt-order.ts"
import { changesOf } from "#services/desk/limit-changes.ts"
import type { Send } from "#services/desk/send.ts"
import { created, ok, refused } from "#services/http/answer.ts"
import type { AccountWriter } from "#streams/account-writer.ts"
import type { EventLog } from "#streams/ports/event-log.ts"
import type { Risk } from "./contract.ts"
import { killSwitch } from "./kill-switch.ts"
import { effectiveLimits, levelBody } from "./levels.ts"
import { groupMover } from "./move-group.ts"
import { whatIf, type Market } from "./what-if.ts"

/** The routes of risk over the partition's writer: limits and halts are commands, like everything. */
export const makeRiskDesk = (
  writer: AccountWriter,
  send: Send,
  /** `log`: of one of several partitions, whose groups can move */
  market: Market & { readonly log?: EventLog }
): Risk => {
  const { partition } = writer
  const check = whatIf(partition, market)
  const move = market.log && groupMover(writer, send, market.log)
  const kill = killSwitch(writer, send, market.clock)
  return {
    limits: ({ account: id }) =>
      writer.look((state) => {
        const account = state.accounts.get(id)
        if (account === undefined) return refused(422, "UnknownAccount", `there is no account ${id}`)
        return ok({
          account: id,
          levels: scopesOf(state, account).map((scope) => levelBody(partition, scope.kind, scope.id, scope)),
          effective: effectiveLimits(account),
          halts: haltsOf(state, account).map((halt) => haltBody(halt, partition)),
          position: `${partition}:${state.eventNo}`
        })
      }),
    level: async ({ scope, id, partition: asked = partition }) => {
      if (asked !== partition) return otherPartition(partition)
      const scopeId = scope === "firm" ? "firm" : id
      return writer.look((state) => {
        const found = scopeOf(state, scope, scopeId)
        if (found === undefined && !(scope === "symbol" && state.instruments.has(id as Symbol)))
          return refused(404, `Unknown${UNKNOWN[scope]}`, `there is no ${scope} ${id}`)
        const at = laterOf(market.clock(), state.recordedAt)
        const level = levelBody(partition, scope, scopeId, found && { ...found, ...plannedAt(found, at) })
        if (scope === "account" || scope === "group") return ok(level)
        const used = usedBy(state.firm, dayOf(microsOf(at)), scope === "symbol" ? (id as Symbol) : undefined)
        return ok({ ...level, used: limitValues(used) })
      })
    },
    setLimits: async ({ scope, id, limits, partition: asked = partition, parts, ...why }, meta) => {
      if (asked !== partition) return otherPartition(partition)
      if (parts !== undefined)
        return refused(422, "OnePartition", "parts are what the gateway divides among several partitions", {
          errors: [{ field: "parts", reason: `this is partition ${partition} alone` }]
        })
      const scopeId = scope === "firm" ? "firm" : id
      const changes = changesOf(limits)
      const outcome = await send({ type: "SetLimits", scope, scopeId, changes, ...why } as Request, undefined, meta)
      if ("problem" in outcome) return outcome
      return writer.look((state) => ok(levelBody(partition, scope, scopeId, scopeOf(state, scope, scopeId))))
    },
    allot: async ({ group, limit, amount, return: back = false, reason }, meta) => {
      const moved = back ? -amount : amount
      const outcome = await send(
        { type: "AllotLimit", group, limit, amount: moved, reason } as Request,
        undefined,
        meta
      )
      if ("problem" in outcome) return outcome
      return writer.look((state) =>
        ok({
          group,
          limit,
          allotted: formatFixed(state.groups.get(group)?.risk.allotted[limit]?.amount ?? 0n),
          allottedToAll: formatFixed(state.firm.allotted[limit]?.amount ?? 0n),
          firmLimit: formatFixed(state.firm.limits[limit] ?? 0n),
          position: `${partition}:${state.eventNo}`
        })
      )
    },
    move: async (input, meta) =>
      move?.(input, meta) ??
      refused(
        422,
        "OnePartition",
        "a whole platform writes one partition: groups move between processes of --only oms"
      ),
    check: (input) => writer.look((state) => check(state, input)),
    halts: async ({ after, limit = 100, partition: asked = partition }) => {
      if (asked !== partition) return otherPartition(partition)
      return writer.look((state) => {
        const all = [...state.halts.values()]
          .filter(({ haltId }) => after === undefined || compareHalts(haltId, after) > 0)
          .toSorted((a, b) => compareHalts(a.haltId, b.haltId))
        const items = all.slice(0, limit).map((halt) => haltBody(halt, partition))
        return ok({ items, ...(all.length > limit && { next: items.at(-1)!.haltId }) })
      })
    },
    halt: async ({ scope, id, symbol, reason, mode, partition: asked = partition }, meta) => {
      if (asked !== partition) return otherPartition(partition)
      const optional = {
        ...(id !== undefined && { scopeId: id }),
        ...(symbol !== undefined && { symbol }),
        ...(mode !== undefined && { mode })
      }
      const outcome = await send({ type: "Halt", scope, reason, ...optional } as Request, undefined, meta)
      if ("problem" in outcome) return outcome
      const [event] = outcome.events
      if (event?.type !== "TradingHalted") throw new Error("a halt left no event")
      return created(haltBody({ ...event.data, at: event.recordedAt, eventNo: event.eventNo }, partition))
    },
    kill: async (input, meta) =>
      (input.partition ?? partition) === partition ? kill(input, meta) : otherPartition(partition),
    resume: async (haltId, meta) => {
      const halt = await writer.look((state) => state.halts.get(haltId))
      if (halt === undefined) return refused(404, "UnknownHalt", `there is no halt ${haltId}`)
      const outcome = await send({ type: "Resume", haltId }, undefined, meta)
      if ("problem" in outcome) return outcome
      const event = outcome.events[0]!
      return ok({
        ...haltBody(halt, partition),
        resumedAt: event.recordedAt,
        position: `${partition}:${event.eventNo}`
      })
    }
  }
}

const UNKNOWN = { account: "Account", group: "Group", firm: "Firm", symbol: "Symbol" } as const

const otherPartition = (partition: number) =>
  refused(422, "OtherPartition", `this is partition ${partition}`, {
    errors: [{ field: "partition", reason: `accounts here are in partition ${partition}` }]
  })
