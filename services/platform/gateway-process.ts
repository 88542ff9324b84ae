import { Effect, Layer } from "effect"
import type { AccountId, GroupId } from "#domain/kernel/ids.ts"
import { microsOf } from "#domain/kernel/time.ts"
import { openLedgerPartitions } from "#infra/nats/ledger-partitions.ts"
import { openNatsLeases } from "#infra/nats/lease-store.ts"
import { newCommandId } from "#services/desk/command-id.ts"
import { concernOf, type Forwarded } from "#services/gateway/forwarded.ts"
import { forwardToAll } from "#services/gateway/forward-all.ts"
import { forwardLimits } from "#services/gateway/forward-limits.ts"
import { forwarder } from "#services/gateway/forward.ts"
import { haltsOfAll } from "#services/gateway/halts-of-all.ts"
import { forwardRoute } from "#services/gateway/forward-route.ts"
import { serveApi } from "#services/http/serve.ts"
import { AccountDirectory } from "#streams/account-directory.ts"
import { holderIn } from "#streams/leases.ts"
import { wallClock } from "./clock.ts"
import type { PlatformOptions } from "./options.ts"
import { attempt } from "./platform-failed.ts"
import { PORTS, VERSION } from "./ports.ts"
import { openLog } from "./stores.ts"

const FIRST_PARTITION = 0

/**
 * A front door for the writers' processes: it reads from the ledger which partition an account is in, from the leases who
 * writes that, and passes requests on; its clients know nothing of partitions and writers.
 */
export const gatewayProcess = Effect.fn("gateway")(function* (options: PlatformOptions) {
  const natsUrl = options.natsUrl!
  const clock = wallClock()
  const opened = <T extends { readonly close: () => Promise<void> }>(open: () => Promise<T>) =>
    Effect.acquireRelease(attempt(open), (one) => Effect.promise(() => one.close()))
  const log = yield* opened(async () => (await openLog(options)).log)
  const store = yield* opened(() => openNatsLeases({ url: natsUrl, name: "trade2026-leases" }))
  const ledger = yield* opened(() => openLedgerPartitions(natsUrl))
  const directory = yield* Effect.acquireRelease(
    Effect.sync(() => new AccountDirectory(log)),
    (one) => Effect.promise(() => one.stop())
  )
  const look = async () => {
    const all = await ledger.list()
    for (const partition of all) directory.follow(partition)
    return all
  }
  yield* attempt(look)
  const known = ({ account, group, partition }: ReturnType<typeof concernOf>) =>
    (account === undefined ? undefined : directory.partitionOf(account as AccountId)) ??
    (group === undefined ? undefined : directory.partitionOfGroup(group as GroupId)) ??
    partition
  const partitionOf = async (request: Forwarded): Promise<number> => {
    const concern = concernOf(request)
    const at = known(concern)
    if (at !== undefined || (concern.account ?? concern.group) === undefined) return at ?? FIRST_PARTITION
    // it may have been opened a moment ago
    if (!(await directory.catchUp(await look()))) throw new Error("the ledger has not been read to its end yet")
    return known(concern) ?? FIRST_PARTITION
  }
  const writerOf = async (partition: number) => (await holderIn(store, partition))?.url
  const forward = forwarder({ partitionOf, writerOf, newId: () => newCommandId(microsOf(clock())) })
  const ofAll = forwardLimits({ forward: forwardToAll(forward, look), partitions: look, clock })
  const port = PORTS.gateway + options.portOffset
  yield* Layer.build(
    serveApi({
      name: "gateway",
      version: VERSION,
      port,
      mounts: [forwardRoute(haltsOfAll(ofAll, look))],
      health: async () => {
        const partitions = await ledger.list()
        const holders = await Promise.all(partitions.map((partition) => holderIn(store, partition)))
        return Object.fromEntries(
          partitions.map((partition, i) => {
            const holder = holders[i]
            return [
              `partition-${partition}`,
              holder === undefined
                ? { status: "degraded" as const, detail: "nobody has ever written it here" }
                : { status: "ok" as const, detail: `written by ${holder.holder}` }
            ]
          })
        )
      }
    })
  )
  process.stdout.write(`\nTrade2026 gateway is running.\n\n  Orders         http://127.0.0.1:${port}/api/orders\n\n`)
  return yield* Effect.never
}, Effect.scoped)
