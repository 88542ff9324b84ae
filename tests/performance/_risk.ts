import { Result } from "effect"
import { accountDecider } from "#domain/account/decider.ts"
import { timeOfMicros } from "#domain/kernel/time.ts"
import { instruments, openingRequests, orderOf, seenAt } from "./risk-bench-orders.ts"
const decider = accountDecider(0)
let state = decider.initial()
let micros = Date.UTC(2026, 0, 1) * 1000, no = 0
const recorded = (fact: any, eventNo: number, at: any, cause: string): any => ({ eventNo, type: fact.type, v: 1, recordedAt: at, effectiveAt: at, actor: "bench", cause, correlation: cause, account: fact.account, data: fact.data })
const cmd = (request: any, at: any): any => ({ id: `c${++no}`, actor: "bench", at, request, seen: seenAt(at) })
const run = (c: any) => { const d = decider.decide(c, state); if (Result.isFailure(d)) throw new Error(JSON.stringify(d)); for (const f of d.success) state = decider.evolve(state, recorded(f, state.eventNo + 1, c.at, c.id)); return d.success }
for (const request of openingRequests()) run(cmd(request, timeOfMicros((micros += 1000))))
void instruments
const ACC = Number(process.argv[2] ?? 1000)
const open: any[] = []
const N = 2000
let tD = 0n, tE = 0n, tF = 0n, tS = 0n
const cols: number[][] = [[], [], [], []]
const spin = () => { const t = process.hrtime.bigint(); let x = 0; for (let i = 0; i < 300000; i++) x = (x * 31 + i) | 0; (globalThis as any).x = x; return Number(process.hrtime.bigint() - t) / 300000 }
for (let i = 0; i < 20; i++) spin()
const N2 = 2000
for (let r = 0; r < 120; r++) {
  const s0 = spin()
  tD = tE = tF = tS = 0n
  for (let i = 0; i < N; i++) {
    const n = r * N + i
    const req: any = orderOf(n % ACC + 1000 * Math.floor(n / 1000))
    const at = timeOfMicros((micros += 1000))
    const a = process.hrtime.bigint()
    const c = cmd(req, at)
    const b = process.hrtime.bigint()
    const d: any = decider.decide(c, state)
    const e = process.hrtime.bigint()
    for (const f of d.success) state = decider.evolve(state, recorded(f, state.eventNo + 1, at, c.id))
    const g = process.hrtime.bigint()
    tS += b - a; tD += e - b; tE += g - e
    if (d.success[1].data.decision === "approved") open.push([req, d.success[0].data.orderId])
    if (open.length > 10000) { const [rq, orderId] = open.shift()!; const h = process.hrtime.bigint(); run(cmd({ type: "VenueReported", account: rq.account, venue: "paper", report: { type: "Canceled", at, account: rq.account, orderId, execId: "x" + n, mdNo: 1, reason: "bench" } }, at)); tF += process.hrtime.bigint() - h }
  }
  const s1 = spin(); void N2
  for (const [k, t] of [tS, tD, tE, tF].entries()) cols[k]!.push(Number(t) / N / 1000 / Math.min(s0, s1) * 1.5)
}
console.log("best of 12 (us): seen", ...cols.map((c) => c.slice(40).toSorted((x, y) => x - y)[26]!.toFixed(2)), "= seen, decide, evolve(2), cancel report")
