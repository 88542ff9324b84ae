import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { parseFixed } from "#domain/kernel/money.ts"
import { omsRoutes } from "#services/oms/handlers.ts"
import { ask, post, serve, type Served } from "#tests/services/http/served.ts"
import { fakeOms } from "./fake-oms.ts"

const oms = fakeOms()
let served: Served
beforeAll(async () => {
  served = await serve([omsRoutes(oms)])
})
afterAll(() => served.close())

const order = { account: "test_account", symbol: "BTCUSDT", side: "buy", type: "limit", quantity: 0.1, price: 45000.0 }
const asked = () => {
  const { input, what } = oms.asked.at(-1)!
  return { what, input }
}

describe("POST /orders", () => {
  it("takes the order of the README, numbers and all", async () => {
    const said = await ask(served.port, "/orders", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: '{"account":"test_account","symbol":"BTCUSDT","side":"buy","type":"limit","quantity":0.1,"price":45000.0}'
    })
    expect(said.status).toBe(201)
    expect(said.headers["content-type"]).toBe("application/json")
    expect(said.json).toMatchObject({ quantity: "0.1", price: "45000", status: "PendingNew", timeInForce: "GTC" })
    expect(asked()).toEqual({ what: "submit", input: { ...order, quantity: 10_000_000n, price: 4_500_000_000_000n } })
  })
  it.each([
    ["text", "0.00000001", "0.00000001"],
    ["a number with an exponent", 1e-8, "0.00000001"],
    ["zeros at the end", "1.500000000000", "1.5"],
    ["the largest", "999999999999999999.99999999", "999999999999999999.99999999"],
    ["15 digits", 123456789.123456, "123456789.123456"]
  ])("reads %s exactly", async (_, quantity, text) => {
    const said = await post(served.port, "/orders", { ...order, quantity })
    expect([said.status, said.json.quantity]).toEqual([201, text])
    expect(asked().input).toMatchObject({ quantity: parseFixed(text) })
  })
  it("makes of any RFC 3339 time the one in UTC", async () => {
    const said = await post(served.port, "/orders", {
      ...order,
      timeInForce: "GTD",
      expireAt: "2026-12-01T01:00:00.5+02:00"
    })
    expect(said.json.expireAt).toBe("2026-11-30T23:00:00.500000000Z")
  })
  it.each([
    { type: "market", price: undefined },
    { type: "stop", price: undefined, stopPrice: 46000 },
    { type: "stop-limit", stopPrice: "46000" },
    { timeInForce: "FOK", clOrdId: "0190f3e5-7a1b-7c3e-9e5a-1234567890ab" }
  ])("takes %j", async (more) => expect((await post(served.port, "/orders", { ...order, ...more })).status).toBe(201))
})

describe("the other routes of oms", () => {
  it("orders are listed and found, with what was asked for passed on", async () => {
    expect(
      (await ask(served.port, "/orders?account=a&status=open&symbol=BTCUSDT&after=abc&limit=5&atLeast=0:7,1:9")).status
    ).toBe(200)
    expect(asked()).toEqual({
      what: "orders",
      input: { account: "a", status: "open", symbol: "BTCUSDT", after: "abc", limit: 5, atLeast: "0:7,1:9" }
    })
    expect((await ask(served.port, "/orders/0-1?atLeast=0:1042")).json.orderId).toBe("0-1")
  })
  it("an order is replaced and cancelled", async () => {
    expect(
      (await ask(served.port, "/orders/0-1", { method: "PATCH", body: { price: "44000.5", clOrdId: "r1" } })).status
    ).toBe(200)
    expect(asked()).toEqual({ what: "replace", input: { price: parseFixed("44000.5"), clOrdId: "r1" } })
    const nothing = await ask(served.port, "/orders/0-1", { method: "PATCH", body: { clOrdId: "r2" } })
    expect([nothing.status, nothing.json.errors[0].field]).toEqual([422, "quantity"])
    expect((await ask(served.port, "/orders/0-1?clOrdId=c1", { method: "DELETE" })).status).toBe(200)
    expect(asked()).toEqual({ what: "cancel", input: { clOrdId: "c1" } })
    expect((await ask(served.port, "/orders/0-99", { method: "DELETE" })).status).toBe(404)
  })
  it("cancel-all is no order id", async () => {
    expect(
      (await post(served.port, "/orders/cancel-all", { account: "a", symbol: "BTCUSDT" })).json.requested
    ).toContain("0-1")
    expect(asked()).toEqual({ what: "cancelAll", input: { account: "a", symbol: "BTCUSDT" } })
  })
  it("accounts are opened, listed and found", async () => {
    const said = await post(served.port, "/accounts", { account: "b", owner: "o", type: "cash", currency: "USDT" })
    expect([said.status, said.json.group]).toEqual([201, "o"])
    expect((await ask(served.port, "/accounts?limit=1")).json.items).toHaveLength(1)
    expect((await ask(served.port, "/accounts/a")).json.balances[0].available).toBe("1000000")
    expect((await ask(served.port, "/accounts/none")).json).toMatchObject({ status: 404, code: "UnknownAccount" })
    expect((await ask(served.port, "/accounts/no%20such")).json).toMatchObject({ status: 404, code: "NotFound" })
    expect(
      (await post(served.port, "/accounts", { account: "b", owner: "o", type: "savings", currency: "USDT" })).status
    ).toBe(400)
  })
  it("money goes in and out", async () => {
    const body = {
      currency: "USDT",
      amount: "100.25",
      reference: "first",
      effectiveAt: "2026-01-01T00:00:00Z",
      clOrdId: "d1"
    }
    expect((await post(served.port, "/accounts/a/deposits", body)).status).toBe(201)
    expect(asked()).toEqual({
      what: "deposit",
      input: { ...body, account: "a", amount: parseFixed("100.25"), effectiveAt: "2026-01-01T00:00:00.000000000Z" }
    })
    expect((await post(served.port, "/accounts/a/withdrawals", { currency: "USDT", amount: 1 })).json.kind).toBe(
      "withdrawal"
    )
    expect((await post(served.port, "/accounts/a/withdrawals", { currency: "USDT", amount: 0 })).status).toBe(422)
  })
})
