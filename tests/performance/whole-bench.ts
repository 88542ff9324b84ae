import { checkCommit } from "#streams/chain.ts"
import { eventsOf } from "#streams/commit-events.ts"
import { ledgerCodec } from "#streams/ledger-codec.ts"
import { startClickHouseEngine } from "#tests/support/clickhouse-engine.ts"
import { startNats } from "#tests/support/nats-server.ts"
import { startPlatform, type Platform } from "#tests/support/platform.ts"
import { tempDir } from "#tests/support/temp-dir.ts"
import { asked, CLIENT, started, steadyMetrics, type EntryBenchOptions } from "./ws-bench.ts"
import type { Load, Loaded } from "./entry-load.ts"
import { openBenchLog } from "./entry-writer.ts"
import { conditions, round, type BenchResult } from "./figures.ts"

const OMS = 8099
const ACCOUNTS = 100
const OPEN_ORDERS = 10_000

/**
 * The same orders into a whole platform: its own simulated market and paper venue answer them (every second one takes at
 * once and is over, the others are acknowledged and rest beside 10,000 that are open before), and the projections into
 * the embedded store, the archiver, anchors, snapshots and live views run beside the writer. `lag` is how far the views are behind
 * when the load ends.
 */
export const benchWhole = async (options: EntryBenchOptions<Load["transport"]>): Promise<BenchResult> => {
  const { transport, log, sync, inFlight, batch, seconds, rate, steady } = options
  using folder = tempDir("bench-whole")
  const nats =
    log === "nats" ? await startNats({ storeDir: `${folder.path}/nats`, syncAlways: sync === "always" }) : undefined
  const where = nats === undefined ? `sqlite:${folder.path}/data/ledger.sqlite` : `nats:${nats.url}`
  const clickHouse = nats === undefined ? undefined : await startClickHouseEngine(`${folder.path}/clickhouse`)
  const platform = await startPlatform({
    data: `${folder.path}/data`,
    args: ["--no-demo", ...(nats === undefined ? [] : ["--profile", "servers"])],
    ...(nats !== undefined && { env: { NATS_URL: nats.url, CLICKHOUSE_URL: clickHouse!.url } })
  })
  const client = await started(CLIENT)
  const port = Number(new URL(platform.url(OMS, "/")).port)
  const load: Load = {
    transport,
    port,
    ...(nats !== undefined && { natsUrl: nats.url }),
    accounts: ACCOUNTS,
    inFlight,
    batch,
    seconds,
    rate: 0,
    isCrossing: true
  }
  try {
    await openAccounts(platform)
    for (let open = 0; open < OPEN_ORDERS;) open += (await asked<Loaded>(client, { ...load, seconds: 1 })).accepted / 2
    const before = await metricsOf(platform)
    const loaded = await asked<Loaded>(client, load)
    const after = await metricsOf(platform)
    const calm = rate > 0 ? await asked<Loaded>(client, { ...load, rate, seconds: steady }) : undefined
    await platform.stop()
    const written = await writtenBetween(where, before.eventNo, after.eventNo)
    return {
      name: "orders",
      params: { transport, log, sync, with: "all", inFlight, batch, seconds, rate, accounts: ACCOUNTS },
      metrics: {
        ratePerSec: Math.round(loaded.accepted / loaded.seconds),
        ...loaded.metrics,
        errors: loaded.errors + (calm?.errors ?? 0),
        seconds: round(loaded.seconds),
        orders: loaded.accepted,
        eventsPerOrder: round(written.events / Math.max(1, loaded.accepted)),
        bytesPerOrder: Math.round(written.bytes / Math.max(1, loaded.accepted)),
        eventsPerCommit: round(written.events / Math.max(1, written.commits)),
        lagEvents: after.eventNo - after.viewNo,
        serverCpuMicrosPerOrder: round(((after.cpu - before.cpu) * 1e6) / Math.max(1, loaded.accepted)),
        serverRssMb: Math.round(after.rss / 2 ** 20),
        ...(calm && steadyMetrics(calm, rate)),
        ...conditions()
      }
    }
  } finally {
    client.kill("SIGKILL")
    await platform.stop()
    await clickHouse?.stop()
    await nats?.stop()
  }
}

const openAccounts = async (platform: Platform): Promise<void> => {
  const post = async (path: string, body: object) => {
    const headers = { "content-type": "application/json" }
    const { status } = await fetch(platform.url(OMS, path), { method: "POST", headers, body: JSON.stringify(body) })
    if (status !== 201) throw new Error(`POST ${path} was answered ${status}`)
  }
  for (let i = 0; i < ACCOUNTS; i++) {
    const account = `bench${i}`
    await post("/accounts", { account, owner: account, type: "cash", currency: "USDT" })
    await post(`/accounts/${account}/deposits`, { currency: "USDT", amount: "100000000000" })
  }
}

const metricsOf = async (platform: Platform) => {
  const text = await (await fetch(platform.url(OMS, "/metrics"))).text()
  const read = (name: string) => Number(new RegExp(`^(?:\\w+_)?${name}(?:\\{[^}]*\\})? (\\S+)$`, "mu").exec(text)?.[1])
  return {
    eventNo: read("ledger_event_no"),
    viewNo: read("view_event_no"),
    cpu: read("process_cpu_seconds"),
    rss: read("process_resident_memory_bytes")
  }
}

/** What the ledger holds of these events: all that orders led to, not only what their senders were answered. */
const writtenBetween = async (where: string, after: number, to: number) => {
  const log = await openBenchLog(where)
  const written = { commits: 0, events: 0, bytes: 0 }
  try {
    for await (const batch of log.read(0, 1)) {
      for (const stored of batch) {
        const events = eventsOf(ledgerCodec, checkCommit({ no: stored.no - 1, hash: stored.prev }, stored, 0))
        const first = events[0]?.eventNo ?? 0
        if (first <= after || first > to) continue
        written.commits++
        written.events += events.length
        written.bytes += stored.body.length
      }
    }
  } finally {
    await log.close()
  }
  return written
}
