import { fork, type ChildProcess } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { openNatsCommands } from "#infra/nats/command-port.ts"
import { tempDir } from "#tests/support/temp-dir.ts"
import { startNats } from "#tests/support/nats-server.ts"
import { saturate, steady, type NatsLoaded } from "./entry-nats.ts"
import { conditions, percentiles, round, type BenchResult, type Metrics } from "./figures.ts"

export type OrderBenchOptions = {
  readonly log: "sqlite" | "nats"
  readonly sync: "always" | "default"
  readonly inFlight: number
  readonly seconds: number
  /** orders/s of the steady run after the saturated one; 0 leaves it out */
  readonly rate: number
  /** seconds of the steady run: as `seconds` where absent */
  readonly steady?: number
  /** stop the saturated run after so many orders */
  readonly orders?: number
  readonly onServer?: (server: {
    readonly natsUrl: string
    readonly where: string
    readonly eventNo: number
  }) => Promise<void>
}
type Counts = { commits: number; events: number; bytes: number; rssMb: number; eventNo: number }

const ACCOUNTS = 100
const ORDERS = { accounts: ACCOUNTS }

const ask = async (child: ChildProcess): Promise<Counts> => {
  child.send("counts")
  const [counts] = await once(child, "message")
  return counts as Counts
}

/** Orders through a real client over NATS request-reply into a durable ledger, the writer in a process of its own. */
export const benchOrders = async (options: OrderBenchOptions): Promise<BenchResult> => {
  const { log, sync, inFlight, seconds, rate, steady: steadySeconds = seconds } = options
  const folder = mkdtempSync(join(tmpdir(), "trade2026-bench-"))
  const nats = await startNats({ storeDir: join(folder, "nats"), syncAlways: sync === "always" })
  const where = log === "nats" ? "nats" : `sqlite:${join(folder, "ledger.sqlite")}`
  const server = fork(fileURLToPath(new URL("order-server.ts", import.meta.url)), [nats.url, where, String(ACCOUNTS)])
  const port = await openNatsCommands({ url: nats.url, name: "bench-client" })
  try {
    await once(server, "message")
    await saturate(port, ORDERS, inFlight, Math.min(2, seconds / 4), options.orders === undefined ? undefined : 1000) // warm the code up
    await ask(server)
    const full = await saturate(port, ORDERS, inFlight, seconds, options.orders)
    const counts = await ask(server)
    const calm = rate > 0 ? await steady(port, ORDERS, rate, steadySeconds) : undefined
    const last = await ask(server)
    await options.onServer?.({ natsUrl: nats.url, where, eventNo: last.eventNo })
    await stopped(server)
    // a run of so many orders is for who reads them
    const beside = options.orders === undefined ? await besides(options, full.accepted / full.seconds) : {}
    return {
      name: "orders",
      params: { log, sync, inFlight, seconds, rate, steady: steadySeconds, transport: "nats", accounts: ACCOUNTS },
      metrics: {
        ratePerSec: Math.round(full.accepted / full.seconds),
        ...percentiles(full.samples),
        errors: full.errors + (calm?.errors ?? 0),
        seconds: round(full.seconds),
        orders: full.accepted,
        bytesPerOrder: Math.round(counts.bytes / Math.max(1, full.accepted)),
        eventsPerCommit: round(counts.events / Math.max(1, counts.commits)),
        commitsPerSec: Math.round(counts.commits / full.seconds),
        writerRssMb: counts.rssMb,
        ...(calm && steadyMetrics(calm, rate)),
        ...beside,
        ...conditions()
      }
    }
  } finally {
    await port.close()
    await stopped(server)
    await nats.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

const stopped = async (server: ChildProcess): Promise<void> => {
  if (server.connected) server.send("stop")
  if (server.exitCode === null && server.signalCode === null)
    await Promise.race([once(server, "exit"), new Promise((resolve) => setTimeout(resolve, 3000))])
  server.kill("SIGKILL")
}

/**
 * The same clients, as many orders in flight, on servers that decide nothing: a bare loop with the ledger's envelope, chain
 * and log, and one publish for each event with the sequence that is expected, as others do it.
 */
const besides = async ({ log, sync, inFlight, seconds }: OrderBenchOptions, ratePerSec: number): Promise<Metrics> => {
  const bare = await besideOne("bare", log, sync, inFlight, seconds)
  const shown = { bareRatePerSec: Math.round(bare), shareOfBare: round(ratePerSec / bare) }
  if (log !== "nats") return shown
  const alone = await besideOne("alone", log, sync, inFlight, seconds)
  return {
    ...shown,
    publishPerEventRatePerSec: Math.round(alone),
    timesPublishPerEvent: round(ratePerSec / alone),
    kurrentdb: "not measured"
  }
}

const besideOne = async (
  how: "bare" | "alone",
  log: "sqlite" | "nats",
  sync: "always" | "default",
  inFlight: number,
  seconds: number
): Promise<number> => {
  using folder = tempDir("bench-beside")
  const nats = await startNats({ storeDir: join(folder.path, "nats"), syncAlways: sync === "always" })
  const where = log === "nats" ? "nats" : `sqlite:${join(folder.path, "ledger.sqlite")}`
  const server = fork(fileURLToPath(new URL("bare-server.ts", import.meta.url)), [nats.url, how, where])
  const port = await openNatsCommands({ url: nats.url, name: "bench-client" })
  try {
    await once(server, "message")
    await saturate(port, ORDERS, inFlight, Math.min(2, seconds / 4))
    const { accepted, errors, seconds: took } = await saturate(port, ORDERS, inFlight, Math.min(5, seconds))
    if (errors > 0) throw new Error(`${how}: ${errors} orders were not answered`)
    return accepted / took
  } finally {
    await port.close()
    await stopped(server)
    await nats.stop()
  }
}

const steadyMetrics = (load: NatsLoaded & { lateMs: Float64Array }, rate: number): Metrics => {
  const metrics = {
    ...percentiles(load.samples),
    ratePerSec: Math.round(load.accepted / load.seconds),
    sentLateP50Ms: percentiles(load.lateMs)["p50Ms"]!
  }
  return Object.fromEntries(Object.entries(metrics).map(([name, value]) => [`at${rate}_${name}`, value]))
}
