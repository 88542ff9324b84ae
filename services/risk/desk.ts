import type { Request } from "#domain/account/commands.ts"
import { scopesOf, type State } from "#domain/account/state.ts"
import { formatFixed } from "#domain/kernel/money.ts"
import type { Limits } from "#domain/risk/events.ts"
import type { LevelBody, LimitValues } from "#services/contract/limits.ts"
import { haltBody, haltsOf, limitValues } from "#services/desk/bodies.ts"
import type { Send } from "#services/desk/send.ts"
import { created, ok, refused } from "#services/http/answer.ts"
import type { AccountWriter } from "#streams/account-writer.ts"
import type { Risk } from "./contract.ts"

/** The routes of risk over the partition's writer: limits and halts are commands, like everything. */
export const makeRiskDesk = (writer: AccountWriter, send: Send): Risk => {
  const { partition } = writer
  return {
    limits: ({ account: id }) =>
      writer.look((state) => {
        const account = state.accounts.get(id)
        if (account === undefined) return refused(422, "UnknownAccount", `there is no account ${id}`)
        const levels = scopesOf(state, account)
        return ok({
          account: id,
          levels: levels.map((scope) => levelBody(partition, scope.kind, scope.id, scope.limits, scope.limitsNo)),
          effective: strictest(levels.map((scope) => scope.limits)),
          halts: haltsOf(state, account).map((halt) => haltBody(halt, partition)),
          position: `${partition}:${state.eventNo}`
        })
      }),
    setLimits: async ({ scope, id, limits: changes, reason }, meta) => {
      const scopeId = scope === "firm" ? "firm" : id
      const outcome = await send({ type: "SetLimits", scope, scopeId, changes, reason } as Request, undefined, meta)
      if ("problem" in outcome) return outcome
      return writer.look((state) => {
        const of = scopeOf(state, scope, scopeId)
        return ok(levelBody(partition, scope, scopeId, of?.limits ?? {}, of?.limitsNo))
      })
    },
    halts: ({ after, limit = 100 }) =>
      writer.look((state) => {
        const all = [...state.halts.values()].filter((halt) => after === undefined || halt.haltId > after)
        const items = all.slice(0, limit).map((halt) => haltBody(halt, partition))
        return ok({ items, ...(all.length > limit && { next: items.at(-1)!.haltId }) })
      }),
    halt: async ({ scope, id, symbol, reason }, meta) => {
      const optional = { ...(id !== undefined && { scopeId: id }), ...(symbol !== undefined && { symbol }) }
      const outcome = await send({ type: "Halt", scope, reason, ...optional } as Request, undefined, meta)
      if ("problem" in outcome) return outcome
      const [event] = outcome.events
      if (event?.type !== "TradingHalted") throw new Error("a halt left no event")
      return created(haltBody({ ...event.data, at: event.recordedAt, eventNo: event.eventNo }, partition))
    },
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

const scopeOf = (state: State, scope: LevelBody["scope"], id: string) =>
  scope === "firm"
    ? state.firm
    : (scope === "account" ? state.accounts : (state.groups as ReadonlyMap<string, { risk: State["firm"] }>)).get(
        id as never
      )?.risk

const levelBody = (
  partition: number,
  scope: LevelBody["scope"],
  id: string,
  limits: Limits,
  setBy: number | undefined
): LevelBody => ({
  scope,
  id,
  limits: limitValues(limits),
  ...(setBy !== undefined && { position: `${partition}:${setBy}` })
})

/** Of each limit the lowest that any level sets: all levels must hold. */
const strictest = (levels: ReadonlyArray<Limits>): LimitValues => {
  const lowest = <K extends keyof Limits>(name: K): Limits[K] => {
    let least: Limits[K] | undefined = undefined
    for (const limits of levels) {
      const value = limits[name]
      if (value !== undefined && (least === undefined || value < least)) least = value
    }
    return least as Limits[K]
  }
  const collar = lowest("collarPercent")
  const all: Limits = Object.fromEntries(
    (["maxOrderNotional", "maxPosition", "maxOpenOrders", "maxOrdersPerSecond"] as const).flatMap((name) => {
      const value = lowest(name)
      return value === undefined ? [] : [[name, value]]
    })
  )
  return { ...limitValues(all), collarPercent: collar === undefined ? "20" : formatFixed(collar) }
}
