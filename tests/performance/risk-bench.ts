import { Result } from "effect"
import { accountDecider } from "#domain/account/decider.ts"
import type { Request } from "#domain/account/commands.ts"
import type { AccountEvent } from "#domain/account/events.ts"
import type { Recorded } from "#domain/kernel/event.ts"
import type { AccountId, Currency, ExecId, GroupId, OrderId, OwnerId, Symbol } from "#domain/kernel/ids.ts"
import { parseFixed, type Cash, type Price, type Quantity, type Rate } from "#domain/kernel/money.ts"
import { timeOfMicros, type Time } from "#domain/kernel/time.ts"
import { defaultInstruments } from "#domain/market/default-instruments.ts"
import { conditions, round, type BenchResult } from "./figures.ts"

const ACCOUNTS = 1000
const OPEN = 10_000

/** One order decided with all checks and evolved, in process; the oldest is cancelled so that as many stay open. */
export const benchRisk = (orders: number): BenchResult => {
  const decider = accountDecider(0)
  let state = decider.initial()
  let micros = Date.now() * 1000
  let no = 0
  const run = (request: Request, at: Time) => {
    const command = { id: `c${++no}`, actor: "bench", at, request, seen: SEEN(at) }
    const decided = decider.decide(command, state)
    if (Result.isFailure(decided)) throw new Error(decided.failure.detail)
    for (const fact of decided.success) state = decider.evolve(state, recorded(fact, state.eventNo + 1, at, command.id))
    return decided.success
  }
  const now = () => timeOfMicros((micros += 1000))
  for (const instrument of defaultInstruments) run({ type: "AdoptInstrument", instrument }, now())
  for (let i = 0; i < ACCOUNTS; i++) openAccount(i, (request) => run(request, now()))
  const open: Array<{ account: AccountId; orderId: OrderId }> = []
  const samples = new Float64Array(orders)
  let gcMs = 0
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) gcMs += entry.duration
  })
  observer.observe({ entryTypes: ["gc"] })
  const started = performance.now()
  for (let i = -OPEN; i < orders; i++) {
    const account = `a${Math.abs(i) % ACCOUNTS}` as AccountId
    const request = orderOf(account, Math.abs(i))
    const at = now()
    const before = process.hrtime.bigint()
    const facts = run(request, at)
    if (i >= 0) samples[i] = Number(process.hrtime.bigint() - before) / 1000
    open.push({ account, orderId: (facts[0] as AccountEvent & { type: "OrderPlaced" }).data.orderId })
    if (open.length > OPEN) cancel(open.shift()!, now(), run)
  }
  const seconds = (performance.now() - started) / 1000
  observer.disconnect()
  samples.sort()
  const at = (p: number) => round(samples[Math.floor(orders * p)] ?? 0)
  return {
    name: "risk",
    params: { orders, accounts: ACCOUNTS, symbols: defaultInstruments.length, openOrders: OPEN, checks: 11 },
    metrics: {
      p50Us: at(0.5),
      p99Us: at(0.99),
      p999Us: at(0.999),
      p50Ms: round(at(0.5) / 1000),
      p99Ms: round(at(0.99) / 1000),
      p999Ms: round(at(0.999) / 1000),
      maxUs: round(samples.at(-1) ?? 0),
      ratePerSec: Math.round(orders / seconds),
      gcMs: round(gcMs),
      errors: 0,
      seconds: round(seconds),
      ...conditions()
    }
  }
}

const PRICE = parseFixed("45000") as Price
const SEEN = (at: Time) => ({ last: PRICE, lastNo: 1, lastAt: at, ask: PRICE, askNo: 2, askAt: at })
const SYMBOLS = defaultInstruments.map(({ symbol }) => symbol)

const openAccount = (i: number, run: (request: Request) => unknown): void => {
  const account = `a${i}` as AccountId
  const group = `g${i % 100}` as GroupId
  const currency = "USDT" as Currency
  run({ type: "OpenAccount", account, owner: group as string as OwnerId, group, accountType: "cash", currency })
  run({ type: "Deposit", account, currency, amount: parseFixed("1000000000") as Cash })
  const changes = {
    maxOrderNotional: parseFixed("1000000") as Cash,
    maxPosition: parseFixed("100000") as Quantity,
    maxOpenOrders: 100_000,
    maxOrdersPerSecond: 100_000,
    collarPercent: parseFixed("15") as Rate
  }
  run({ type: "SetLimits", scope: "account", scopeId: account, changes, reason: "bench" })
  if (i < 100) run({ type: "SetLimits", scope: "group", scopeId: `g${i}`, changes, reason: "bench" })
  if (i === 0)
    run({
      type: "SetLimits",
      scope: "firm",
      scopeId: "firm",
      changes: { ...changes, maxPosition: null },
      reason: "bench"
    })
}

const orderOf = (account: AccountId, n: number): Request => ({
  type: "SubmitOrder",
  account,
  symbol: SYMBOLS[n % SYMBOLS.length] as Symbol,
  side: "buy",
  orderType: "limit",
  timeInForce: "GTC",
  quantity: parseFixed(`0.0${1 + (n % 9)}`) as Quantity,
  price: parseFixed(`${44_000 + (n % 900)}.5`) as Price
})

let reports = 0
const cancel = (
  { account, orderId }: { account: AccountId; orderId: OrderId },
  at: Time,
  run: (request: Request, at: Time) => unknown
) => {
  const execId = `x${++reports}` as ExecId
  const report = { type: "Canceled", at, account, orderId, execId, mdNo: 1, reason: "bench" } as const
  run({ type: "VenueReported", account, venue: "paper", report }, at)
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
