import { hash } from "node:crypto"
import { accountDecider } from "#domain/account/decider.ts"
import { openNatsLog } from "#infra/nats/event-log.ts"
import { openSqliteLog } from "#infra/sqlite/event-log.ts"
import { readChecked } from "#streams/chain.ts"
import { eventsOf } from "#streams/commit-events.ts"
import { ledgerCodec } from "#streams/ledger-codec.ts"
import { tempDir } from "#tests/support/temp-dir.ts"
import { archiveReplay } from "./archive-replay.ts"
import { benchOrders } from "./order-bench.ts"
import { conditions, round, type BenchResult, type Metrics } from "./figures.ts"

export type ReplayBenchOptions = {
  readonly log: "sqlite" | "nats"
  readonly from: "log" | "archive"
  readonly events: number
  readonly runs: number
  /** of those who wrote it: 256 fill commits, 1 leaves each order alone in one, as it is at 1,000 orders/s */
  readonly inFlight: number
}

/** Reads, checks, decodes and folds into account state what `bench orders` wrote before: the ledger, or an archive of it. */
export const benchReplay = async (options: ReplayBenchOptions): Promise<BenchResult> => {
  const { log, from, events, runs, inFlight } = options
  const params = { log, from, events, runs, inFlight }
  if (from === "archive") return { name: "replay", params, metrics: await ofArchive(options) }
  let bare = 0
  const results: Array<{ rate: number; seconds: number; events: number; commits: number; bytes: number }> = []
  const orders = await benchOrders({
    log,
    sync: "default", // how it was synced does not show in what is read
    inFlight,
    seconds: WRITE_SECONDS,
    rate: 0,
    orders: Math.ceil(events / 2),
    onServer: async ({ natsUrl, where }) => {
      for (let run = 0; run < runs; run++) results.push(await replayOnce(natsUrl, where))
      bare = await bareRate(natsUrl, where)
    }
  })
  const sorted = results.toSorted((a, b) => a.rate - b.rate)
  const median = sorted[Math.floor(sorted.length / 2)]!
  const metrics: Metrics = {
    ratePerSec: Math.round(median.rate),
    ratePerSecMin: Math.round(sorted[0]!.rate),
    ratePerSecMax: Math.round(sorted.at(-1)!.rate),
    seconds: round(median.seconds),
    events: median.events,
    commits: median.commits,
    eventsPerCommit: round(median.events / median.commits),
    bytesPerEvent: Math.round(median.bytes / median.events),
    errors: 0,
    bareRatePerSec: Math.round(bare),
    shareOfBare: round(median.rate / bare),
    wroteOrdersPerSec: orders.metrics["ratePerSec"] ?? 0,
    ...conditions()
  }
  return { name: "replay", params, metrics }
}
const WRITE_SECONDS = 1_800

const ofArchive = async ({ log, events, runs, inFlight }: ReplayBenchOptions): Promise<Metrics> => {
  using folder = tempDir("bench-archive")
  let metrics: Metrics = {}
  const load = { inFlight, seconds: WRITE_SECONDS, rate: 0, orders: Math.ceil(events / 2) }
  const orders = await benchOrders({
    log,
    sync: "default",
    ...load,
    onServer: async ({ natsUrl, where }) => {
      const ledger = await opened(natsUrl, where)
      metrics = await archiveReplay(ledger, folder.path, runs)
      await ledger.close()
    }
  })
  return { ...metrics, wroteOrdersPerSec: orders.metrics["ratePerSec"] ?? 0, ...conditions() }
}

const opened = async (natsUrl: string, where: string) =>
  where === "nats"
    ? await openNatsLog({ url: natsUrl, readOnly: true })
    : openSqliteLog({ file: where.slice("sqlite:".length), readOnly: true })

/** What no reader of these bytes can do without: sha256 and JSON.parse, of bodies that are in memory already. */
const bareRate = async (natsUrl: string, where: string): Promise<number> => {
  const log = await opened(natsUrl, where)
  const bodies: Array<Buffer> = []
  for await (const batch of log.read(0, 1)) for (const { body } of batch) bodies.push(Buffer.from(body))
  await log.close()
  let events = 0
  const started = performance.now()
  for (const body of bodies) {
    hash("sha256", body)
    events += (JSON.parse(body.toString("utf8")) as { events: ReadonlyArray<unknown> }).events.length
  }
  return events / ((performance.now() - started) / 1000)
}

const replayOnce = async (natsUrl: string, where: string) => {
  const log = await opened(natsUrl, where)
  const decider = accountDecider(0)
  let state = decider.initial()
  let commits = 0
  let bytes = 0
  const started = performance.now()
  for await (const batch of readChecked(log, 0)) {
    for (const commit of batch) {
      commits++
      bytes += commit.stored.body.length
      for (const event of eventsOf(ledgerCodec, commit)) state = decider.evolve(state, event)
    }
  }
  const seconds = (performance.now() - started) / 1000
  await log.close()
  return { rate: state.eventNo / seconds, seconds, events: state.eventNo, commits, bytes }
}
