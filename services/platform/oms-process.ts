import { Effect, Layer } from "effect"
import { randomUUID } from "node:crypto"
import { readFileSync, writeFileSync } from "node:fs"
import { hostname } from "node:os"
import { join } from "node:path"
import { openNatsCommands } from "#infra/nats/command-port.ts"
import { openLedgerPartitions } from "#infra/nats/ledger-partitions.ts"
import { openNatsLeases } from "#infra/nats/lease-store.ts"
import type { AccountId } from "#domain/kernel/ids.ts"
import type { HealthCheck } from "#services/contract/health.ts"
import { serveApi } from "#services/http/serve.ts"
import { omsRoutes } from "#services/oms/handlers.ts"
import { pnlRoutes } from "#services/pnl/handlers.ts"
import { riskRoutes } from "#services/risk/handlers.ts"
import { AccountDirectory } from "#streams/account-directory.ts"
import type { ChainHead } from "#streams/commit.ts"
import { type Holding, holdPartition } from "#streams/hold-partition.ts"
import { makeLeases } from "#streams/leases.ts"
import { wallClock } from "./clock.ts"
import { clockMarket } from "./clock-market.ts"
import type { PlatformOptions } from "./options.ts"
import { PartitionDesk } from "./partition-desk.ts"
import { attempt, isDamage, ownFolder, withAdvice } from "./platform-failed.ts"
import { PartitionRouter } from "./partition-router.ts"
import { PORTS, VERSION } from "./ports.ts"
import { startProcessProof } from "./process-proof.ts"
import { routedOms } from "./routed-oms.ts"
import { routedPnl, routedRisk } from "./routed-risk.ts"
import { openRows } from "./open-rows.ts"
import { openLog, openRaw } from "./stores.ts"
import { checkEndOf } from "./witnesses.ts"

/** After so long without a sign of life a partition is somebody else's. */
const LEASE_MS = 3_000
const LOOK_EVERY_MS = 50
/** How often a process that takes every partition looks for new ones. */
const NEW_PARTITIONS_MS = 5_000

/**
 * A writer's process: for each of its partitions it waits until nobody else writes it, writes it, and steps down when it
 * has to. It runs until it is interrupted, and then hands over what it writes before it ends.
 */
export const omsProcess = Effect.fn("oms")(function* (options: PlatformOptions) {
  const { data, portOffset, seed } = options
  const natsUrl = options.natsUrl!
  const clock = wallClock()
  yield* ownFolder(data)
  const name = processName(data)
  const opened = <T extends { readonly close: () => Promise<void> }>(open: () => Promise<T>) =>
    Effect.acquireRelease(attempt(open), (one) => Effect.promise(() => one.close()))
  const open = yield* Effect.acquireRelease(
    attempt(() => openLog(options)),
    (one) => Effect.promise(() => one.log.close())
  )
  const { log } = open
  const raw = yield* opened(() => openRaw(options, clock()))
  const store = yield* opened(() => openNatsLeases({ url: natsUrl, name: "trade2026-leases" }))
  const commands = yield* opened(() => openNatsCommands({ url: natsUrl, name: "trade2026-commands" }))
  const rows = options.clickhouseUrl === undefined ? undefined : yield* opened(async () => openRows(options))
  const market = yield* Effect.acquireRelease(
    attempt(() => clockMarket(seed, clock)),
    (one) => Effect.promise(() => one.stop())
  )
  const ledger = yield* opened(() => openLedgerPartitions(natsUrl))
  const directory = yield* Effect.acquireRelease(
    Effect.sync(() => new AccountDirectory(log)),
    (one) => Effect.promise(() => one.stop())
  )
  // released after the hand-over, as the snapshots are: the last segments are sealed while the next writer serves
  const proof = yield* Effect.acquireRelease(
    attempt(async () => startProcessProof({ data, natsUrl, settings: options.proof, clock })),
    (started) => Effect.promise(() => started.close())
  )
  const desks = new Map<number, PartitionDesk>()
  const holdings = new Map<number, Holding>()
  const statuses = () => [...holdings].map(([partition, holding]) => [partition, holding.status()] as const)
  const written = () => statuses().filter(([, { serves }]) => serves).length
  const url = `http://127.0.0.1:${PORTS.oms + portOffset}`
  const leases = makeLeases({ store, name, ttlMs: LEASE_MS, url })
  const damaged = Promise.withResolvers<never>()
  const whereIs = (account: AccountId) => router.whereIs(account)
  const begin = (partition: number): void => {
    if (desks.has(partition)) return
    const snapshots = { data, natsUrl, settings: options.snapshots }
    const stores = { log, raw, rows: rows?.rows, snapshots, proof }
    const checkEnd = (of: number, seen: ChainHead | undefined) => checkEndOf({ ...options, open, partition: of, seen })
    const desk = new PartitionDesk({
      partition,
      ...stores,
      checkEnd,
      directory,
      commands,
      whereIs,
      market,
      clock,
      seed
    })
    const holding = holdPartition({
      leases,
      partition,
      wait: () => desk.wait(),
      isFinal: isDamage,
      // who writes less looks more often: partitions spread over the processes
      lookEveryMs: () => LOOK_EVERY_MS * (1 + written())
    })
    holding.failed.catch(damaged.reject)
    desks.set(partition, desk)
    holdings.set(partition, holding)
  }
  /** Every partition there is, each of them followed from now on: to be written, or to know its accounts. */
  const look = async (): Promise<ReadonlyArray<number>> => {
    const all = [...new Set([...(await ledger.list()), ...(options.partitions ?? [])])]
    for (const partition of all) {
      if (options.partitions === undefined || options.partitions.includes(partition)) begin(partition)
      else directory.follow(partition)
    }
    return all
  }
  // released after the hand-over: the next writer does not wait for the last snapshots of this one
  yield* Effect.addFinalizer(() =>
    Effect.promise(() => Promise.all([...desks.values()].map(({ snapshots }) => snapshots.close())))
  )
  const router = new PartitionRouter({ desks, directory, partitions: look })
  yield* Layer.build(
    serveApi({
      name: "oms",
      version: VERSION,
      port: PORTS.oms + portOffset,
      mounts: [omsRoutes(routedOms(router)), riskRoutes(routedRisk(router)), pnlRoutes(routedPnl(router))],
      health: async () => ({
        ...Object.fromEntries(statuses().map(([partition, status]) => [`partition-${partition}`, healthOf(status)])),
        ...Object.fromEntries(
          [...desks].map(([partition, desk]) => [`snapshots-${partition}`, desk.snapshots.health()])
        ),
        ...Object.fromEntries([...desks].flatMap(([partition, desk]) => transfersOf(partition, desk.waiting()))),
        ...proof.health(),
        ...(rows && { store: rows.health() })
      }),
      gauges: [
        {
          name: "partitions_written",
          description: "Partitions that this process writes",
          read: written
        }
      ]
    })
  )
  // acquired last, so handed over first: the address still answers while the next writer begins
  yield* Effect.acquireRelease(
    attempt(async () => {
      await look()
      return setInterval(() => void look().catch(() => undefined), NEW_PARTITIONS_MS)
    }),
    (looking) =>
      Effect.promise(() => {
        clearInterval(looking)
        return Promise.all([...holdings.values()].map((holding) => holding.stop()))
      })
  )
  process.stdout.write(welcome(name, url, [...desks.keys()]))
  yield* attempt(() => damaged.promise.catch(withAdvice))
}, Effect.scoped)

/** A process is known by its data folder, which nobody else has while it runs: after a restart it is the same one. */
const processName = (data: string): string => {
  const file = join(data, "process-name")
  try {
    return readFileSync(file, "utf8").trim()
  } catch {
    const name = `${hostname()}-${randomUUID().slice(0, 8)}`
    writeFileSync(file, `${name}\n`)
    return name
  }
}

const healthOf = ({ serves, detail }: ReturnType<Holding["status"]>): HealthCheck => ({
  status: serves || detail.startsWith("written by") ? "ok" : "degraded",
  detail
})

/** Nothing is lost while it waits; somebody should see that the other partition is written. */
const transfersOf = (
  partition: number,
  waiting: ReadonlyMap<number, string> = new Map()
): ReadonlyArray<readonly [string, HealthCheck]> => {
  if (waiting.size === 0) return []
  const detail = [...waiting].map(([to, why]) => `those to partition ${to} wait: ${why}`).join("; ")
  return [[`transfers-${partition}`, { status: "degraded", detail }]]
}

const welcome = (name: string, url: string, partitions: ReadonlyArray<number>): string => `
Trade2026 oms is running (${name}), for ${partitions.length === 1 ? "partition" : "partitions"} ${partitions.join(", ")}.

  Orders         ${url}/docs
  Who writes     ${url}/health
  Ctrl+C hands over what it writes and stops.

`
