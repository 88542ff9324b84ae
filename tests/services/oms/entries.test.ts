import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { Request } from "#domain/account/commands.ts"
import { parseFixed } from "#domain/kernel/money.ts"
import { memoryLog } from "#infra/memory/event-log.ts"
import { sender } from "#services/desk/send.ts"
import { entryRoutes } from "#services/oms/entries-desk.ts"
import { omsRoutes } from "#services/oms/handlers.ts"
import { openAccountWriter } from "#streams/account-writer.ts"
import { instrument, market, MORNING } from "#tests/domain/account/story.ts"
import { post, serve, type Served } from "#tests/services/http/served.ts"
import { fakeOms } from "./fake-oms.ts"

const META = { actor: "test", requestId: "r" }
const AT = "2026-03-02T10:00:00.000000000Z"

/** The routes over a real writer: account A with 1,000 USDT and 1.5 BTC that cost 150, and B with nothing. */
const begun = async () => {
  const clock = () => MORNING
  const log = memoryLog()
  const seen = () => market("100", "100")
  const writer = await openAccountWriter({ log, partition: 0, clock, writerId: "w", seen })
  const send = sender(writer, log, clock)
  const run = async (request: object) => {
    const outcome = await send(request as Request, undefined, META)
    if ("problem" in outcome) throw new Error(outcome.problem.detail)
    return outcome.events
  }
  for (const symbol of ["BTCUSDT", "XBTUSDT"]) {
    await run({ type: "AdoptInstrument", instrument: instrument(symbol, { lot: parseFixed("0.5") as never }) })
  }
  const terms = { owner: "o", group: "G", accountType: "cash", currency: "USDT" }
  for (const account of ["A", "B"]) await run({ type: "OpenAccount", account, ...terms })
  await run({ type: "Deposit", account: "A", currency: "USDT", amount: parseFixed("1150") })
  const order = { account: "A", symbol: "BTCUSDT", side: "buy", orderType: "limit", timeInForce: "GTC" }
  const amounts = { quantity: parseFixed("1.5"), price: parseFixed("100") }
  const [placed] = await run({ type: "SubmitOrder", ...order, ...amounts })
  const { orderId } = placed!.data as { orderId: string }
  const fill = { liquidity: "taker", fee: 0n, feeCurrency: "USDT", queueAhead: 0n, mdNo: 1, at: MORNING }
  const report = { type: "Trade", account: "A", orderId, execId: "X", ...amounts, ...fill }
  await run({ type: "VenueReported", account: "A", venue: "paper", report })
  return { writer, send, run }
}

let story: Awaited<ReturnType<typeof begun>>
let served: Served
beforeAll(async () => {
  story = await begun()
  served = await serve([omsRoutes({ ...fakeOms(), ...entryRoutes(story.writer, story.send) })])
})
afterAll(async () => {
  await served.close()
  await story.writer.stop()
})
const entry = (body: object, account = "A") => post(served.port, `/accounts/${account}/entries`, body)
const transfer = (body: object, account = "A") => post(served.port, `/accounts/${account}/transfers`, body)

describe("POST /accounts/A/transfers", () => {
  it("moves money and says what is left; a repeat is answered as the first time", async () => {
    const body = { to: "B", currency: "USDT", amount: "100.5", clOrdId: "t1", reference: "rent" }
    const said = await transfer(body)
    expect(said.status).toBe(201)
    expect(said.json).toEqual({
      transferId: "0-9",
      account: "A",
      to: "B",
      currency: "USDT",
      amount: "100.5",
      clOrdId: "t1",
      reference: "rent",
      effectiveAt: AT,
      recordedAt: AT,
      balance: { currency: "USDT", total: "899.5", reserved: "0", available: "899.5" },
      positions: [],
      position: "0:9"
    })
    expect(await transfer(body)).toMatchObject({ status: 200, json: said.json })
    expect(await transfer({ ...body, to: "A" })).toMatchObject({ status: 409, json: { code: "ClOrdIdReused" } })
  })

  it("moves units with what they cost", async () => {
    const said = await transfer({ to: "B", symbol: "BTCUSDT", quantity: 0.5, effectiveAt: "2026-03-01T01:00:00+01:00" })
    expect(said.json).toMatchObject({ symbol: "BTCUSDT", quantity: "0.5", cost: "50", currency: "USDT" })
    expect(said.json.effectiveAt).toBe("2026-03-01T00:00:00.000000000Z")
    const held = { symbol: "BTCUSDT", quantity: "1", reserved: "0", available: "1" }
    expect(said.json.positions).toEqual([held])
    await story.run({
      type: "Transfer",
      account: "B",
      to: "A",
      moved: { symbol: "BTCUSDT", quantity: parseFixed("0.5") }
    })
  })

  it.each([
    [404, "UnknownAccount", "account", { to: "B", currency: "USDT", amount: 1 }, "Z"],
    [422, "UnknownAccount", "to", { to: "Z", currency: "USDT", amount: 1 }, "A"],
    [422, "InsufficientFunds", "amount", { to: "B", currency: "USDT", amount: 1e9 }, "A"],
    [422, "InsufficientHoldings", "quantity", { to: "B", symbol: "BTCUSDT", quantity: 9 }, "A"],
    [422, "NothingHeld", "symbol", { to: "A", symbol: "XBTUSDT", quantity: 9 }, "B"],
    [422, "ImpossibleValue", "amount", { to: "B", currency: "USDT" }, "A"],
    [422, "ImpossibleValue", "quantity", { to: "B", currency: "USDT", amount: 1, symbol: "BTCUSDT" }, "A"],
    [422, "ImpossibleValue", "amount", { to: "B", currency: "USDT", amount: -1 }, "A"],
    [400, "UndecodableRequest", "to", { currency: "USDT", amount: 1 }, "A"]
  ])("answers %i %s of %s", async (status, code, field, body, account) => {
    const said = await transfer(body, account)
    expect(said).toMatchObject({ status, json: { code, errors: [{ field }] } })
  })
})

describe("POST /accounts/A/entries", () => {
  it("charges a fee and posts interest, of now or of before", async () => {
    const fee = await entry({ kind: "fee", currency: "USDT", amount: "0.5", fee: "custody", clOrdId: "f1" })
    expect(fee).toMatchObject({ status: 201, json: { kind: "fee", fee: "custody", amount: "0.5", cash: "-0.5" } })
    expect(fee.json.balance.total).toBe("899")
    const body = { kind: "interest", currency: "USDT", amount: -1.25, effectiveAt: "2026-02-28T00:00:00Z" }
    const interest = await entry({ ...body, clOrdId: "i1" })
    expect(interest.json).toMatchObject({
      kind: "interest",
      cash: "-1.25",
      effectiveAt: "2026-02-28T00:00:00.000000000Z"
    })
    expect((await entry({ ...body, clOrdId: "i1" })).status).toBe(200)
  })

  it("pays a dividend", async () => {
    const said = await entry({ kind: "dividend", symbol: "BTCUSDT", perUnit: "2", taxWithheld: "0.5" })
    const amounts = { perUnit: "2", quantity: "1.5", gross: "3", taxWithheld: "0.5", cash: "2.5" }
    expect(said.json).toMatchObject({ kind: "dividend", symbol: "BTCUSDT", ...amounts })
  })

  it("splits, changes the symbol of and ends a position", async () => {
    const split = { kind: "split", symbol: "BTCUSDT", numerator: 1, denominator: 2 }
    expect(await entry(split)).toMatchObject({ status: 422, json: { code: "FractionLeft" } })
    const done = await entry({ ...split, fractions: "cash", price: 200 })
    expect(done.json).toMatchObject({ quantity: "1.5", quantityAfter: "0.5", cash: "50", cost: "50" })
    const order = { account: "A", symbol: "BTCUSDT", side: "sell", orderType: "limit", timeInForce: "GTC" }
    const [placed] = await story.run({
      type: "SubmitOrder",
      ...order,
      quantity: parseFixed("0.5"),
      price: parseFixed("110")
    })
    const { orderId } = placed!.data as { orderId: string }
    const change = { kind: "symbol-change", symbol: "BTCUSDT", newSymbol: "XBTUSDT" }
    const open = await entry(change)
    expect(open).toMatchObject({ status: 409, json: { code: "OpenOrders" } })
    expect(open.json.detail).toContain(orderId)
    const report = { type: "Canceled", account: "A", orderId, execId: "Y", reason: "test", mdNo: 1, at: MORNING }
    await story.run({ type: "VenueReported", account: "A", venue: "paper", report })
    const changed = await entry(change)
    expect(changed.json).toMatchObject({ newSymbol: "XBTUSDT", quantity: "0.5", cost: "100", cash: "0" })
    expect(changed.json.positions.map((one: { quantity: string }) => one.quantity)).toEqual(["0", "0.5"])
    const ended = await entry({ kind: "expiry", symbol: "XBTUSDT", price: 0 })
    expect(ended.json).toMatchObject({ kind: "expiry", price: "0", quantity: "0.5", cash: "0" })
    expect(await entry({ kind: "expiry", symbol: "XBTUSDT", price: 0 })).toMatchObject({
      status: 422,
      json: { code: "NothingHeld" }
    })
  })

  it.each([
    [404, "account", { kind: "interest", currency: "USDT", amount: 1 }, "Z"],
    [422, "amount", { kind: "interest", currency: "USDT", amount: 0 }, "A"],
    [422, "amount", { kind: "fee", currency: "USDT", amount: -1, fee: "x" }, "A"],
    [422, "fee", { kind: "fee", currency: "USDT", amount: 1 }, "A"],
    [422, "symbol", { kind: "fee", currency: "USDT", amount: 1, fee: "x", symbol: "BTCUSDT" }, "A"],
    [422, "numerator", { kind: "split", symbol: "BTCUSDT", numerator: 0, denominator: 1 }, "A"],
    [422, "price", { kind: "expiry", symbol: "BTCUSDT", price: -1 }, "A"],
    [422, "newSymbol", { kind: "symbol-change", symbol: "BTCUSDT", newSymbol: "NONE" }, "A"],
    [400, "kind", { kind: "gift", currency: "USDT", amount: 1 }, "A"],
    [400, "note", { kind: "interest", currency: "USDT", amount: 1, note: "x" }, "A"]
  ])("answers %i for %s of %j", async (status, field, body, account) => {
    expect(await entry(body, account)).toMatchObject({ status, json: { errors: [{ field }] } })
  })
})
