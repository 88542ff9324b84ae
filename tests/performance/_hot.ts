import { Result } from "effect"
import { accountDecider } from "#domain/account/decider.ts"
import { repeatOf } from "#domain/account/answered.ts"
import { questionOf } from "#domain/account/ask-risk.ts"
import { assess } from "#domain/risk/assess.ts"
import { CHECKLIST } from "#domain/risk/checklist.ts"
import { shapeProblem } from "#domain/orders/shape.ts"
import { placedOf } from "#domain/account/decide-orders.ts"
import { timeOfMicros } from "#domain/kernel/time.ts"
import { openingRequests, orderOf, seenAt } from "./risk-bench-orders.ts"
const decider = accountDecider(0)
let state = decider.initial()
let micros = Date.UTC(2026, 0, 1) * 1000, no = 0
const recorded = (fact: any, eventNo: number, at: any, cause: string): any => ({ eventNo, type: fact.type, v: 1, recordedAt: at, effectiveAt: at, actor: "bench", cause, correlation: cause, account: fact.account, data: fact.data })
const cmd = (request: any, at: any): any => ({ id: `c${++no}`, actor: "bench", at, request, seen: seenAt(at) })
const run = (c: any) => { const d = decider.decide(c, state); if (Result.isFailure(d)) throw new Error(JSON.stringify(d)); for (const f of d.success) state = decider.evolve(state, recorded(f, state.eventNo + 1, c.at, c.id)); return d.success }
for (const request of openingRequests()) run(cmd(request, timeOfMicros((micros += 1000))))
for (let i = 0; i < 20000; i++) run(cmd(orderOf(i), timeOfMicros((micros += 1000))))
const cmds = Array.from({ length: 64 }, (_, i) => cmd(orderOf(20000 + i), timeOfMicros((micros += 1000))))
const spin = () => { const t = process.hrtime.bigint(); let x = 0; for (let i = 0; i < 300000; i++) x = (x * 31 + i) | 0; (globalThis as any).x = x; return Number(process.hrtime.bigint() - t) / 300000 }
for (let i = 0; i < 20; i++) spin()
const bench = (name: string, f: (c: any) => unknown) => { const all: number[] = []; for (let r = 0; r < 60; r++) { const s = spin(); const t = process.hrtime.bigint(); for (let i = 0; i < 2000; i++) (globalThis as any).y = f(cmds[i & 63]); const d = Number(process.hrtime.bigint() - t) / 2000; const e = spin(); if (r > 8) all.push(d / Math.min(s, e) * 1.5) } console.log(name.padEnd(30), all.toSorted((a, b) => a - b)[Math.floor(all.length / 3)]!.toFixed(0)) }
bench("decide", (c) => decider.decide(c, state))
bench("repeatOf", (c) => repeatOf(state.answered, state.accounts.get(c.request.account)!.no, c.id, c.request, c.at))
bench("shapeProblem", (c) => shapeProblem(c.request))
bench("placedOf", (c) => placedOf("0-1" as any, c, c.request, state.instruments.get(c.request.symbol)!, undefined))
const oo = (c: any) => ({ side: c.request.side, orderType: c.request.orderType, quantity: c.request.quantity, leaves: c.request.quantity, price: c.request.price, stopPrice: undefined, instructions: c.request })
const q = (c: any) => questionOf(c, state.accounts.get(c.request.account)!, state, state.instruments.get(c.request.symbol)!, oo(c) as any, undefined)
bench("questionOf", q)
const qs = new Map(cmds.map((c) => [c, q(c)]))
bench("map", (c) => qs.get(c))
bench("assess", (c) => assess("0-1" as any, qs.get(c)!))
bench("assess+text", (c) => assess("0-1" as any, qs.get(c)!).checks.text)
for (const { code, check } of CHECKLIST) bench("  " + code, (c) => check(qs.get(c)!))
console.log(assess("0-1" as any, qs.get(cmds[0])!).checks.text.length)
