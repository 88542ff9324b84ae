import { startNats } from "#tests/support/nats-server.ts"
import { openNatsLog } from "#infra/nats/event-log.ts"
import { openSqliteLog } from "#infra/sqlite/event-log.ts"
import { memoryLog } from "#infra/memory/event-log.ts"
import { sealCommit, EMPTY_CHAIN, type ChainHead } from "#streams/commit.ts"
import { readChecked } from "#streams/chain.ts"
import { mkdtempSync, rmSync } from "node:fs"
const server = await startNats()
const dir = mkdtempSync("/tmp/elb-")
const ev = (i: number) =>
  JSON.stringify({
    eventNo: i,
    type: "OrderFilled",
    v: 1,
    recordedAt: "2026-11-21T07:00:00.123456789Z",
    effectiveAt: "2026-11-21T07:00:00.123456789Z",
    actor: "api",
    cause: "0198-" + i,
    correlation: "0-" + i,
    account: "test_account",
    data: {
      orderId: "0-" + i,
      price: "45000.12",
      quantity: "0.015",
      fee: "0.00001200",
      feeCurrency: "USDT",
      liquidity: "taker",
      execId: "x-" + i,
      leavesQty: "0",
      cumQty: "0.015"
    }
  })
console.log("event bytes", ev(100000).length)
for (const B of [20, 100])
  for (const [name, log] of [
    ["nats", await openNatsLog({ url: server.url, stream: "B" + B })],
    ["sqlite", openSqliteLog({ file: dir + `/l${B}.sqlite` })],
    ["memory", memoryLog()]
  ] as const) {
    const N = 200_000 / B
    let head: ChainHead = EMPTY_CHAIN
    const lat: number[] = []
    let n = 0
    const t0 = performance.now()
    for (let c = 0; c < N; c++) {
      const events = Array.from({ length: B }, () => ev(++n))
      const commit = sealCommit(head, 0, 1, "w", events)
      const t = performance.now()
      await log.append(commit)
      lat.push(performance.now() - t)
      head = commit
    }
    lat.sort((a, b) => a - b)
    console.log(
      name,
      B,
      "append p50",
      lat[N >> 1]!.toFixed(3),
      "p99",
      lat[(N * 0.99) | 0]!.toFixed(3),
      "max",
      lat.at(-1)!.toFixed(1),
      "ev/s",
      ((n / (performance.now() - t0)) * 1000) | 0
    )
    const rates: string[] = []
    for (let r = 0; r < 5; r++) {
      const t = performance.now(),
        cpu = process.cpuUsage()
      let k = 0,
        batches = 0
      for await (const batch of readChecked(log, 0)) {
        batches++
        for (const b of batch) k += b.body.events.length
      }
      {
        const c = process.cpuUsage(cpu)
        rates.push(
          `${(k / (performance.now() - t)) | 0}k(${((k / (c.user + c.system)) * 1000) | 0}k per cpu s)/${batches}`
        )
      }
      if (k !== n) throw new Error("missing")
    }
    const raw: string[] = []
    for (let r = 0; r < 3; r++) {
      const t = performance.now()
      let k = 0
      for await (const batch of log.read(0, 1)) k += batch.length
      raw.push(`${((k * B) / (performance.now() - t)) | 0}k`)
    }
    console.log(name, B, "checked ev/s", rates.join(" "), "raw", raw.join(" "), "rss", process.memoryUsage.rss() >> 20)
    await log.close()
  }
await server.stop()
rmSync(dir, { recursive: true })
