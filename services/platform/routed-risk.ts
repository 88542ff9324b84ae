import type { AccountId, GroupId } from "#domain/kernel/ids.ts"
import type { Scope } from "#services/contract/limits.ts"
import { type Answer, refused } from "#services/http/answer.ts"
import type { Pnl } from "#services/pnl/contract.ts"
import type { Risk } from "#services/risk/contract.ts"
import type { PartitionRouter } from "./partition-router.ts"

const OF_ALL =
  "each partition keeps the limits and halts of the firm and of symbols for itself: ask the gateway, which asks all of them, or name the partition"

/** The routes of risk over the partitions that this process writes. */
export const routedRisk = (router: PartitionRouter): Risk => {
  type Named = { readonly scope: Scope; readonly id?: string; readonly partition?: number }
  const onNamed = <T>(
    { scope, id, partition }: Named,
    ask: (risk: Risk) => Promise<Answer<T>>,
    isRead = false
  ): Promise<Answer<T>> => {
    if (partition !== undefined) return router.on(partition, isRead, ({ risk }) => ask(risk))
    if (scope === "account" && id !== undefined)
      return router.onAccount(id as AccountId, isRead, ({ risk }) => ask(risk))
    if (scope === "group" && id !== undefined) return router.onGroup(id as GroupId, isRead, ({ risk }) => ask(risk))
    return router.onOnly(isRead, "scope", OF_ALL, ({ risk }) => ask(risk))
  }
  return {
    limits: (query, meta) => router.onAccount(query.account, true, ({ risk }) => risk.limits(query, meta)),
    check: (input, meta) => router.onAccount(input.account, true, ({ risk }) => risk.check(input, meta)),
    level: (query, meta) => onNamed(query, (risk) => risk.level(query, meta), true),
    setLimits: (input, meta) => onNamed(input, (risk) => risk.setLimits(input, meta)),
    halt: (input, meta) => onNamed(input, (risk) => risk.halt(input, meta)),
    kill: (input, meta) => onNamed(input, (risk) => risk.kill(input, meta)),
    allot: (input, meta) => router.onGroup(input.group, false, ({ risk }) => risk.allot(input, meta)),
    move: async (input, meta) => {
      const { group, toPartition } = input
      if (!(await router.partitions()).includes(toPartition))
        return refused(
          422,
          "UnknownPartition",
          `nobody has ever written partition ${toPartition}: start a process for it`,
          {
            errors: [{ field: "toPartition", reason: "there is no such partition" }]
          }
        )
      return router.onGroup(group, false, ({ risk }) => risk.move(input, meta))
    },
    halts: (query, meta) =>
      query.partition === undefined
        ? router.onOnly(true, "partition", OF_ALL, ({ risk }) => risk.halts(query, meta))
        : router.on(query.partition, true, ({ risk }) => risk.halts(query, meta)),
    resume: (haltId, meta) => router.onId(haltId, false, ({ risk }) => risk.resume(haltId, meta))
  }
}

/** The route of pnl over the partitions that this process writes. */
export const routedPnl = (router: PartitionRouter): Pnl => ({
  realtime: (query, meta) => router.onAccount(query.account as AccountId, true, ({ pnl }) => pnl.realtime(query, meta))
})
