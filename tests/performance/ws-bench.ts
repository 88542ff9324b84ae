import { fork, type ChildProcess } from "node:child_process"
import { once } from "node:events"
import { mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { freePort } from "#tests/support/free-port.ts"
import { startNats } from "#tests/support/nats-server.ts"
import type { Load, Loaded } from "./entry-load.ts"
import { conditions, round, type BenchResult, type Metrics } from "./figures.ts"

export type EntryBenchOptions<Transport = "ws" | "http"> = {
  readonly transport: Transport
  readonly log: "sqlite" | "nats"
  readonly sync: "always" | "default"
  readonly inFlight: number
  readonly batch: number
  readonly seconds: number
  readonly rate: number
  /** seconds of the steady part */
  readonly steady: number
}
type Counts = {
  readonly commits: number
  readonly events: number
  readonly bytes: number
  readonly rssMb: number
  readonly cpu: NodeJS.CpuUsage
}
const ACCOUNTS = 100

const SERVER = new URL("entry-server.ts", import.meta.url)
export const CLIENT = new URL("entry-client.ts", import.meta.url)
export const started = async (program: URL, args: ReadonlyArray<string> = []): Promise<ChildProcess> => {
  const child = fork(fileURLToPath(program), args)
  const ended = once(child, "exit").then(() => Promise.reject(new Error(`${program.pathname} did not start`)))
  await Promise.race([once(child, "message"), ended])
  ended.catch(() => {})
  return child
}
export const asked = async <T>(child: ChildProcess, message: object | string): Promise<T> => {
  child.send(message)
  const [answer] = (await once(child, "message")) as [T & { readonly failed?: string }]
  if (answer.failed !== undefined) throw new Error(answer.failed)
  return answer
}
const stopped = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode === null && child.connected) {
    child.send("stop")
    await Promise.race([once(child, "exit"), new Promise((resolve) => setTimeout(resolve, 3000))])
  }
  child.kill("SIGKILL")
}

/**
 * Orders through a client process over loopback into the routes of oms, in another process, on a durable ledger. Of
 * sessions also the bare loop: the same client, frames and library, and a server that answers without deciding.
 */
export const benchEntry = async (options: EntryBenchOptions): Promise<BenchResult> => {
  const { transport, log, sync, inFlight, batch, seconds, rate, steady } = options
  const folder = mkdtempSync(join(tmpdir(), "trade2026-bench-"))
  const nats =
    log === "nats" ? await startNats({ storeDir: join(folder, "nats"), syncAlways: sync === "always" }) : undefined
  const where = nats === undefined ? `sqlite:${join(folder, "ledger.sqlite")}` : `nats:${nats.url}`
  const port = await freePort()
  const server = await started(SERVER, [String(port), String(ACCOUNTS), where])
  const client = await started(CLIENT)
  const full: Load = { transport, port, accounts: ACCOUNTS, inFlight, batch, seconds, rate: 0 }
  try {
    await asked(client, { ...full, seconds: Math.min(3, seconds / 3) }) // warm the code up
    const { cpu } = await asked<Counts>(server, "counts")
    const loaded = await asked<Loaded>(client, full)
    const counts = await asked<Counts>(server, "counts")
    const calm = rate > 0 ? await asked<Loaded>(client, { ...full, rate, seconds: steady }) : undefined
    await stopped(server)
    await nats?.stop()
    const bares = transport === "ws" ? await bareMetrics(options, client, full, folder, loaded) : {}
    const ratePerSec = Math.round(loaded.accepted / loaded.seconds)
    const used = counts.cpu.user + counts.cpu.system - cpu.user - cpu.system
    return {
      name: "orders",
      params: {
        transport,
        log,
        sync,
        inFlight,
        ...(transport === "ws" && { batch }),
        seconds,
        rate,
        accounts: ACCOUNTS
      },
      metrics: {
        ratePerSec,
        ...loaded.metrics,
        errors: loaded.errors + (calm?.errors ?? 0),
        seconds: round(loaded.seconds),
        orders: loaded.accepted,
        bytesPerOrder: Math.round(counts.bytes / Math.max(1, loaded.accepted)),
        eventsPerCommit: round(counts.events / Math.max(1, counts.commits)),
        commitsPerSec: Math.round(counts.commits / loaded.seconds),
        serverCpuMicrosPerOrder: round(used / Math.max(1, loaded.accepted)),
        writerRssMb: counts.rssMb,
        ...bares,
        ...(calm && steadyMetrics(calm, rate)),
        ...conditions()
      }
    }
  } finally {
    client.kill("SIGKILL")
    await stopped(server)
    await nats?.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * The same load on servers that decide nothing: a bare socket loop (`bare`), sessions over a writer that accepts all at
 * once (`undecided`: what the sessions cost), and the same with a chain of commits in a log as durable (`durable`).
 */
const bareMetrics = async (
  { log, sync }: EntryBenchOptions,
  client: ChildProcess,
  load: Load,
  folder: string,
  decided: Loaded
): Promise<Metrics> => {
  const nats =
    log === "nats" ? await startNats({ storeDir: join(folder, "bare"), syncAlways: sync === "always" }) : undefined
  try {
    const bare = await withoutDeciding("bare", client, load)
    const undecided = await withoutDeciding("undecided", client, load)
    const where = nats === undefined ? `sqlite:${join(folder, "bare", "ledger.sqlite")}` : `nats:${nats.url}`
    if (nats === undefined) mkdirSync(join(folder, "bare"))
    const durable = await withoutDeciding(`durable:${where}`, client, load)
    const ratePerSec = decided.accepted / decided.seconds
    return {
      bareRatePerSec: bare.ratePerSec,
      bareCpuMicrosPerOrder: bare.cpuMicros,
      shareOfBare: round(ratePerSec / bare.ratePerSec),
      undecidedRatePerSec: undecided.ratePerSec,
      undecidedCpuMicrosPerOrder: undecided.cpuMicros,
      durableBareRatePerSec: durable.ratePerSec,
      durableBareCpuMicrosPerOrder: durable.cpuMicros,
      shareOfDurableBare: round(ratePerSec / durable.ratePerSec)
    }
  } finally {
    await nats?.stop()
  }
}

const withoutDeciding = async (how: string, client: ChildProcess, load: Load) => {
  const port = await freePort()
  const server = await started(SERVER, [String(port), "0", how])
  try {
    await asked(client, { ...load, port, seconds: 1 })
    const { cpu } = await asked<Counts>(server, "counts")
    const { accepted, seconds } = await asked<Loaded>(client, { ...load, port, seconds: Math.min(4, load.seconds) })
    const { cpu: after } = await asked<Counts>(server, "counts")
    const micros = after.user + after.system - cpu.user - cpu.system
    return { ratePerSec: Math.round(accepted / seconds), cpuMicros: round(micros / Math.max(1, accepted)) }
  } finally {
    await stopped(server)
  }
}

export const steadyMetrics = (load: Loaded, rate: number): Metrics =>
  Object.fromEntries(
    Object.entries({ ...load.metrics, ratePerSec: Math.round(load.accepted / load.seconds) }).map(([name, value]) => [
      `at${rate}_${name}`,
      value
    ])
  )
