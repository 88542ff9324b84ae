import { openSqliteLog } from "#infra/sqlite/event-log.ts"
import { accountDecider } from "#domain/account/decider.ts"
import { ledgerCodec } from "#streams/ledger-codec.ts"
import { checkCommit } from "#streams/chain.ts"
import { eventsOf } from "#streams/commit-events.ts"
const log = openSqliteLog({ file: "/tmp/lab/ledger.sqlite", readOnly: true })
const all: any[] = []
for await (const b of log.read(0, 1)) for (const c of b) all.push({ ...c, body: Buffer.from(c.body) })
await log.close()
const spin = () => { const t = process.hrtime.bigint(); let x = 0; for (let i = 0; i < 3000000; i++) x = (x * 31 + i) | 0; (globalThis as any).x = x; return Number(process.hrtime.bigint() - t) / 3000000 }
spin(); spin()
for (let r = 0; r < 5; r++) { const s0 = spin(); const t = performance.now(); let n = 0; const d = accountDecider(0); let s = d.initial(); let h = { no: 0, hash: "0".repeat(64) }; for (const c of all) { const k = checkCommit(h, c, 0); h = c; for (const e of eventsOf(ledgerCodec, k)) { s = d.evolve(s, e); n++ } } const us = (performance.now() - t) * 1000 / n; const s1 = spin(); console.log(us.toFixed(2), "us/event; at spin 1.5:", (us / ((s0 + s1) / 2) * 1.5).toFixed(2), "rss", Math.round(process.memoryUsage().rss / 1e6)) }
