import { openSqliteLog } from "#infra/sqlite/event-log.ts"
import { accountDecider } from "#domain/account/decider.ts"
import { ledgerCodec } from "#streams/ledger-codec.ts"
import { checkCommit } from "#streams/chain.ts"
import { hash } from "node:crypto"
const log = openSqliteLog({ file: process.argv[2] ?? "/tmp/lab/ledger.sqlite", readOnly: true })
const all: any[] = []
for await (const b of log.read(0, 1)) for (const c of b) all.push({ ...c, body: Buffer.from(c.body) })
await log.close()
const time = (name: string, f: () => number) => { const t = performance.now(); const n = f(); const s = performance.now() - t; console.log(name.padEnd(20), (s * 1000 / n).toFixed(2), "us/event", Math.round(n / s * 1000) + "/s") }
for (let r = 0; r < 3; r++) {
  let n = 0
  for (const c of all) n += JSON.parse(c.body.toString()).events.length
  time("sha", () => { for (const c of all) hash("sha256", c.body); return n })
  time("toString", () => { for (const c of all) c.body.toString("latin1"); return n })
  time("parse", () => { for (const c of all) JSON.parse(c.body.toString("utf8")); return n })
  time("check", () => { let h = { no: 0, hash: "0".repeat(64) }; for (const c of all) { checkCommit(h, c, 0); h = c } return n })
  time("parse+decode", () => { for (const c of all) for (const e of JSON.parse(c.body.toString("utf8")).events) ledgerCodec.decode(e); return n })
  time("parse+decode+evolve", () => { const d = accountDecider(0); let s = d.initial(); for (const c of all) for (const e of JSON.parse(c.body.toString("utf8")).events) s = d.evolve(s, ledgerCodec.decode(e)); return n })
}
