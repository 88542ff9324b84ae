import { openSqliteLog } from "#infra/sqlite/event-log.ts"
import { accountDecider } from "#domain/account/decider.ts"
import { ledgerCodec } from "#streams/ledger-codec.ts"
import { checkCommit, bodyOf } from "#streams/chain.ts"
import { eventsOf } from "#streams/commit-events.ts"
import { hash } from "node:crypto"
const log = openSqliteLog({ file: process.argv[2] ?? "/tmp/lab/ledger.sqlite", readOnly: true })
const all: any[] = []
for await (const b of log.read(0, 1)) for (const c of b) all.push({ ...c, body: Buffer.from(c.body) })
await log.close()
const time = (name: string, f: () => number) => { const t = performance.now(); const n = f(); const s = performance.now() - t; console.log(name.padEnd(20), (s * 1000 / n).toFixed(2), "us/event", Math.round(n / s * 1000) + "/s") }
let n = 0
const checked: any[] = []
{ let h = { no: 0, hash: "0".repeat(64) }; for (const c of all) { checked.push(checkCommit(h, c, 0)); h = c } }
for (const c of checked) n += bodyOf(c).events.length
let slow = 0
for (const c of checked) if (ledgerCodec.scan(c.stored.body, c.text, c.eventsAt) === undefined) slow++
console.log("slow commits", slow, "of", checked.length)
for (let r = 0; r < 3; r++) {
  time("sha", () => { for (const c of all) hash("sha256", c.body); return n })
  time("parse", () => { for (const c of all) JSON.parse(c.body.toString("utf8")); return n })
  time("check", () => { let h = { no: 0, hash: "0".repeat(64) }; for (const c of all) { checkCommit(h, c, 0); h = c } return n })
  time("scan", () => { for (const c of checked) eventsOf(ledgerCodec, c); return n })
  time("check+scan+evolve", () => { const d = accountDecider(0); let s = d.initial(); let h = { no: 0, hash: "0".repeat(64) }; for (const c of all) { const k = checkCommit(h, c, 0); h = c; for (const e of eventsOf(ledgerCodec, k)) s = d.evolve(s, e) } return n })
}
