import { startNats } from "#tests/support/nats-server.ts"
import { findProgram } from "#tests/support/programs.ts"
import { startNatsCluster } from "./nats-cluster.ts"
import { openNatsLog } from "#infra/nats/event-log.ts"
import { jetstreamManager } from "@nats-io/jetstream"
import { connect } from "@nats-io/transport-node"
import { setTimeout as sleep } from "node:timers/promises"
import { chainOf, readAll } from "#tests/contracts/commits.ts"
const run = async (url: string, rounds: number, disturb: () => Promise<void>) => {
  const log = await openNatsLog({ url })
  if (url.includes(",")) { const nc = await connect({ servers: url.split(",") }); const jsm = await jetstreamManager(nc); await jsm.streams.update("LEDGER", { num_replicas: 3 }); while (!(await jsm.streams.info("LEDGER")).cluster!.replicas!.every((r) => r.current)) await sleep(100); await nc.close() }
  let on = true, longest = 0
  const hashes: string[] = []
  const work = (async () => { let head: any; while (on) { const [c] = chainOf([hashes.length % 40], head ? { head } : {}); const t = performance.now(); await log.append(c!); longest = Math.max(longest, performance.now() - t); hashes.push(c!.hash); head = c } })()
  for (let i = 0; i < rounds; i++) { await sleep(200 + Math.random() * 300); await disturb() }
  await sleep(500); on = false; await work
  const all = await readAll(log)
  console.log(url, "rounds", rounds, "acked", hashes.length, "read", all.length, "equal", all.every((c, i) => c.hash === hashes[i]), "longest append ms", longest | 0)
  await log.close()
}
const s = await startNats()
await run(s.url, 20, async () => { await s.kill("SIGKILL"); await sleep(50); await s.restart() })
await s.stop()
const c = await startNatsCluster(findProgram("nats-server")!)
let n = 0
await run(c.url, 1, async () => { const nc = await connect({ servers: c.url.split(",") }); const l = (await (await jetstreamManager(nc)).streams.info("LEDGER")).cluster!.leader!; await nc.close(); console.log("kill", l); await c.end(l, "SIGKILL"); await sleep(12000) })
await c.stop()
