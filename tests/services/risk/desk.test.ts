import { describe, expect, it } from "vitest"
import type { Request } from "#domain/account/commands.ts"
import { parseFixed, type Cash } from "#domain/kernel/money.ts"
import { memoryLog } from "#infra/memory/event-log.ts"
import { orderBody } from "#services/desk/bodies.ts"
import { viewOf } from "#services/desk/live-orders.ts"
import { sender } from "#services/desk/send.ts"
import type { NewOrder } from "#services/contract/orders.ts"
import { makeRiskDesk } from "#services/risk/desk.ts"
import { openAccountWriter } from "#streams/account-writer.ts"
import { instrument, market, MORNING } from "#tests/domain/account/story.ts"

const META = { actor: "test", requestId: "r" }
const begun = async () => {
  const clock = () => MORNING
  const seen = () => market("100", "100")
  const log = memoryLog()
  const writer = await openAccountWriter({ log, partition: 0, clock, writerId: "w", seen })
  const send = sender(writer, log, clock)
  const desk = makeRiskDesk(writer, send, { seen, clock })
  const run = async (request: object) => {
    const outcome = await send(request as Request, undefined, META)
    if ("problem" in outcome) throw new Error(outcome.problem.detail)
    return outcome.events
  }
  await run({ type: "AdoptInstrument", instrument: instrument() })
  await run({ type: "OpenAccount", account: "A", owner: "o", group: "G", accountType: "cash", currency: "USDT" })
  await run({ type: "Deposit", account: "A", currency: "USDT", amount: parseFixed("10000") as Cash })
  return { desk, run, writer }
}
const order = (more: object): NewOrder =>
  ({ account: "A", symbol: "BTCUSDT", side: "buy", type: "limit", quantity: parseFixed("1"), ...more }) as NewOrder
const bodyOf = async <T>(answer: Promise<{ readonly body: T } | { readonly problem: unknown }>): Promise<T> => {
  const found = await answer
  if ("problem" in found) throw new Error(JSON.stringify(found.problem))
  return found.body
}

describe("POST /risk/check", () => {
  it.each([
    { price: "100" },
    { price: "130" },
    { price: "100", quantity: "101" },
    { price: "100.25", quantity: "0.01" }
  ])("answers exactly what the order gets, and records nothing: %o", async (wanted) => {
    const { desk, run, writer } = await begun()
    const limits = { maxOrderNotional: parseFixed("5000") as Cash, maxOrdersPerSecond: 5 }
    await desk.setLimits({ scope: "group", id: "G", limits, reason: "test" }, META)
    const amounts = Object.fromEntries(Object.entries(wanted).map(([name, text]) => [name, parseFixed(text)]))
    const before = writer.head().eventNo
    const answer = await bodyOf(desk.check(order(amounts), META))
    expect(writer.head().eventNo).toBe(before)
    const { type, ...terms } = order(amounts)
    const events = await run({ type: "SubmitOrder", orderType: type, timeInForce: "GTC", ...terms })
    const { risk } = orderBody(viewOf(events)!, 0)
    expect({ decision: answer.decision, checks: answer.checks }).toEqual(risk)
    expect(answer).toMatchObject({ price: "100", priceSource: "last", priceAge: 0.00025, position: `0:${before}` })
  })

  it("refuses what the order would be refused for", async () => {
    const { desk } = await begun()
    expect(await desk.check(order({ account: "Z", price: 1n }), META)).toMatchObject({
      problem: { code: "UnknownAccount" }
    })
    expect(await desk.check(order({}), META)).toMatchObject({ problem: { code: "MissingField" } })
  })

  it("says whose limit it was and which event set it", async () => {
    const { desk } = await begun()
    const limits = { maxOrderNotional: parseFixed("50") as Cash }
    const { position } = await bodyOf(desk.setLimits({ scope: "symbol", id: "BTCUSDT", limits, reason: "test" }, META))
    const { checks } = await bodyOf(desk.check(order({ price: parseFixed("100") }), META))
    expect(checks.filter(({ passed }) => !passed)).toEqual([
      {
        code: "MAX_ORDER_NOTIONAL",
        passed: false,
        limit: "50",
        used: null,
        requested: "100",
        scope: "symbol",
        setBy: position,
        price: "100",
        priceSource: "last",
        priceAge: 0.00025
      }
    ])
  })
})

describe("limits over HTTP", () => {
  it.each([
    ["account", "Z", "UnknownAccount"],
    ["group", "Z", "UnknownGroup"],
    ["symbol", "ETHUSDT", "UnknownSymbol"]
  ] as const)("of a level that is not there are not found: %s", async (scope, id, code) => {
    const { desk } = await begun()
    expect(await desk.level({ scope, id } as never, META)).toMatchObject({ problem: { status: 404, code } })
  })

  it("are told as they are, as they will be, and as the strictest of all levels", async () => {
    const { desk } = await begun()
    const why = { proposedBy: "desk", approvedBy: "risk", reason: "test" }
    const set = (scope: "account" | "firm", id: string, limits: object, more = {}) =>
      bodyOf(desk.setLimits({ scope, id, limits, ...why, ...more } as never, META))
    await set("firm", "firm", { restricted: ["ETHUSDT", "BTCUSDT", "ETHUSDT"], selfTrade: "cancel-newest" })
    await set("firm", "firm", { maxOpenOrders: 9 })
    await set("account", "A", { maxOpenOrders: 10, shortAllowed: false })
    await set("account", "A", { maxOpenOrders: 3 }, { effectiveFrom: "2026-03-02T12:00:00.000000000Z" })
    const { levels, effective } = await bodyOf(desk.limits({ account: "A" as never }, META))
    expect(levels[0]).toMatchObject({
      limits: { maxOpenOrders: 10, shortAllowed: false },
      waiting: [{ effectiveFrom: "2026-03-02T12:00:00.000000000Z", limits: { maxOpenOrders: 3 } }]
    })
    expect(effective).toEqual({
      collarPercent: "20",
      maxOpenOrders: 9,
      restricted: ["ETHUSDT", "BTCUSDT"],
      selfTrade: "cancel-newest",
      shortAllowed: false
    })
    expect((await set("firm", "firm", { restricted: [] })).limits).not.toHaveProperty("restricted")
  })

  it("hands out parts of the firm's", async () => {
    const { desk } = await begun()
    const limits = { maxOpenNotional: parseFixed("100") as Cash }
    await desk.setLimits({ scope: "firm", id: "firm", limits, reason: "test" }, META)
    const part = {
      group: "G" as never,
      limit: "maxOpenNotional",
      amount: parseFixed("60") as Cash,
      reason: "test"
    } as const
    const allotted = { allotted: "60", allottedToAll: "60", firmLimit: "100" }
    expect(await bodyOf(desk.allot(part, META))).toMatchObject(allotted)
    expect(await desk.allot(part, META)).toMatchObject({ problem: { code: "OverAllotted", status: 409 } })
    expect(await bodyOf(desk.allot({ ...part, return: true }, META))).toMatchObject({
      allotted: "0",
      allottedToAll: "0"
    })
  })
})
