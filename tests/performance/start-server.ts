import { openNatsLog } from "#infra/nats/event-log.ts"
import { openSqliteLog } from "#infra/sqlite/event-log.ts"
import { wallClock } from "#services/platform/clock.ts"
import { openEngine } from "#services/platform/engine.ts"
import { newestPartition } from "#services/platform/newest-partition.ts"

// A start as oms and the whole platform do it: `start-server.ts NATS_URL|sqlite:FILE SNAPSHOTS|-`. Tells how long it took.
const [where, folder] = process.argv.slice(2) as [string, string]
const started = performance.now()
const log = where.startsWith("sqlite:")
  ? openSqliteLog({ file: where.slice("sqlite:".length) })
  : await openNatsLog({ url: where, acceptUnsynced: true })
const begun = folder === "-" ? undefined : await newestPartition({ folder }, log, 0)
const restored = performance.now()
const engine = await openEngine({
  log,
  clock: wallClock(),
  seed: 1,
  demo: false,
  ...(begun !== undefined && { followed: begun })
})
const ready = performance.now()
const cpu = process.cpuUsage()
process.send!({
  /** since the process began */
  seconds: ready / 1000,
  loadedSeconds: started / 1000,
  restoredSeconds: (restored - started) / 1000,
  openedSeconds: (ready - restored) / 1000,
  cpuSeconds: (cpu.user + cpu.system) / 1e6,
  open: [...engine.orders.open()].length,
  fromEvent: begun?.from.eventNo ?? 0,
  rssMb: Math.round(process.memoryUsage().rss / 2 ** 20)
})
process.exit(0)
