import { GCProfiler } from "node:v8"
import { Result } from "effect"
import { accountDecider } from "#domain/account/decider.ts"
import type { Command, Request } from "#domain/account/commands.ts"
import type { AccountEvent } from "#domain/account/events.ts"
import type { Recorded } from "#domain/kernel/event.ts"
import type { AccountId, ExecId, OrderId } from "#domain/kernel/ids.ts"
import { timeOfMicros, type Time } from "#domain/kernel/time.ts"
import { CHECKLIST } from "#domain/risk/checklist.ts"
import { conditions, Histogram, round, type BenchResult } from "./figures.ts"
import { ACCOUNTS, instruments, openingRequests, orderOf, seenAt } from "./risk-bench-orders.ts"

const OPEN = 10_000

/**
 * One order decided with every check on at every level, and evolved, in process. As many stay open: of each that comes,
 * the oldest is cancelled, every tenth is filled. What is finished leaves the state, so memory must stay where it is.
 */
export const benchRisk = (orders: number): BenchResult => {
  const decider = accountDecider(0)
  let state = decider.initial()
  let micros = Date.UTC(2026, 0, 1) * 1000
  let no = 0
  const commandOf = (request: Request, at: Time) => ({ id: `c${++no}`, actor: "bench", at, request, seen: seenAt(at) })
  const take = (command: Command) => {
    const { at } = command
    const decided = decider.decide(command, state)
    if (Result.isFailure(decided)) throw new Error(decided.failure.detail)
    for (const fact of decided.success) state = decider.evolve(state, recorded(fact, state.eventNo + 1, at, command.id))
    return decided.success
  }
  const run = (request: Request, at: Time) => take(commandOf(request, at))
  const now = () => timeOfMicros((micros += 1000))
  for (const request of openingRequests()) run(request, now())
  const open: Array<Open> = []
  const histogram = new Histogram()
  const memory: Array<number> = []
  let denied = 0
  let first = 0
  const gc = new GCProfiler()
  gc.start()
  const started = performance.now()
  for (let i = -OPEN; i < orders; i++) {
    const request = orderOf(i + OPEN)
    const command = commandOf(request, now())
    const before = process.hrtime.bigint()
    const facts = take(command)
    if (i >= 0) histogram.add(Number(process.hrtime.bigint() - before))
    const [placed, decided] = facts as [Of<"OrderPlaced">, Of<"OrderRiskDecided">]
    if (decided.data.decision === "approved") open.push({ request, orderId: placed.data.orderId })
    else denied++
    if (open.length - first > OPEN) finish(open[first++]!, now(), run)
    if (first > OPEN) {
      open.splice(0, first)
      first = 0
    }
    if (i >= 0 && i % Math.ceil(orders / 10) === 0) memory.push(process.memoryUsage().rss)
  }
  const seconds = (performance.now() - started) / 1000
  const gcMicros = gc.stop().statistics.reduce((sum, { cost }) => sum + cost, 0)
  const [p50, p99, p999] = [0.5, 0.99, 0.999].map((p) => histogram.percentile(p) / 1000)
  const rssMb = memory.map((bytes) => Math.round(bytes / 1e6))
  return {
    name: "risk",
    params: { orders, accounts: ACCOUNTS, symbols: instruments.length, openOrders: OPEN, checks: CHECKLIST.length },
    metrics: {
      p50Us: round(p50!),
      p99Us: round(p99!),
      p999Us: round(p999!),
      p50Ms: round(p50! / 1000),
      p99Ms: round(p99! / 1000),
      p999Ms: round(p999! / 1000),
      maxUs: round(histogram.max / 1000),
      ratePerSec: Math.round(orders / seconds),
      gcMs: round(gcMicros / 1000),
      gcShare: round(gcMicros / 1e6 / seconds),
      rssStartMb: rssMb[0] ?? 0,
      rssEndMb: Math.round(process.memoryUsage().rss / 1e6),
      rssMb: rssMb.join(" "),
      openOrders: state.orders.size,
      errors: denied,
      seconds: round(seconds),
      ...conditions()
    }
  }
}

type Of<T extends AccountEvent["type"]> = Extract<AccountEvent, { type: T }>
type Open = { readonly request: ReturnType<typeof orderOf>; readonly orderId: OrderId }

let reports = 0
const finish = ({ request, orderId }: Open, at: Time, run: (request: Request, at: Time) => unknown) => {
  const execId = `x${++reports}` as ExecId
  const head = { at, account: request.account as AccountId, orderId, execId, mdNo: 1 }
  const { price, quantity } = request
  // shifted with each round of the accounts: the fills of always the same ones would use up their money
  const report =
    (reports + Math.floor(reports / ACCOUNTS)) % 10 === 0
      ? ({ type: "Trade", ...head, price: price!, quantity, liquidity: "maker", ...FREE } as const)
      : ({ type: "Canceled", ...head, reason: "bench" } as const)
  run({ type: "VenueReported", account: request.account, venue: "paper", report }, at)
}
const FREE = { fee: 0n, feeCurrency: "USDT", queueAhead: 0n } as never as {
  readonly fee: never
  readonly feeCurrency: never
  readonly queueAhead: never
}

const recorded = (fact: AccountEvent, eventNo: number, at: Time, cause: string): Recorded<AccountEvent> =>
  ({
    eventNo,
    type: fact.type,
    v: 1,
    recordedAt: at,
    effectiveAt: at,
    actor: "bench",
    cause,
    correlation: cause,
    account: fact.account,
    data: fact.data
  }) as Recorded<AccountEvent>
