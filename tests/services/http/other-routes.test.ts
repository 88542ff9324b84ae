import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { parseFixed } from "#domain/kernel/money.ts"
import type { HaltBody } from "#services/contract/limits.ts"
import { ok, created, refused } from "#services/http/answer.ts"
import { venueRoutes } from "#services/live-gateway/handlers.ts"
import { pnlRoutes } from "#services/pnl/handlers.ts"
import { riskRoutes } from "#services/risk/handlers.ts"
import { ask, post, serve, type Served } from "./served.ts"

const at = "2026-01-02T03:04:05.000000000Z"
const halt: HaltBody = { haltId: "h1", scope: "firm", reason: "drill", at, position: "0:9" }
const asked: Array<unknown> = []
let served: Served
beforeAll(async () => {
  const risk = riskRoutes({
    limits: async ({ account }) =>
      ok({ account, levels: [], effective: { maxPosition: "5" }, halts: [], position: "0:3" }),
    level: async (query) => {
      asked.push(query)
      return ok({ scope: query.scope, id: query.id, limits: { maxPosition: "5" } })
    },
    setLimits: async (input) => {
      asked.push(input)
      return ok({ scope: input.scope, id: input.id, limits: {} })
    },
    allot: async (input) => {
      asked.push(input)
      const sums = { allotted: "5", allottedToAll: "7", firmLimit: "10", position: "0:9" }
      return ok({ group: input.group, limit: input.limit, ...sums })
    },
    move: async ({ group, toPartition }) => ok({ group, toPartition, status: "arrived", hash: "ab", position: "0:9" }),
    check: async (input) => {
      asked.push(input)
      return ok({ decision: "denied", checks: [], price: "100", priceSource: "last", priceAge: 0.5, position: "0:9" })
    },
    halts: async () => ok({ items: [halt] }),
    halt: async (input) => {
      asked.push(input)
      return created(halt)
    },
    kill: async (input) => {
      asked.push(input)
      return ok({ haltId: "h1", requested: 2, confirmed: 1, remaining: ["0-7" as never], position: "0:9" })
    },
    resume: async (id) =>
      id === "h1" ? ok({ ...halt, resumedAt: at }) : refused(404, "UnknownHalt", `There is no halt ${id}`)
  })
  const pnl = pnlRoutes({
    realtime: async ({ account, atLeast }) => {
      if (atLeast === "0:99") return refused(503, "NotReached", "The view stands at 0:3", { retryAfterSeconds: 1 })
      const zero = "0"
      const sums = { cash: "10", equity: "10", realized: zero, unrealized: zero, fees: zero }
      return ok({ account, currency: "USDT", at, position: "0:3", ...sums, positions: [] })
    }
  })
  const venue = venueRoutes({
    status: async () =>
      ok({ venue: "paper", status: "trading", mdNo: 7, openOrders: 0, symbols: [{ symbol: "BTCUSDT", at }] }),
    orders: async () => ok({ items: [] }),
    suspense: async () => ok({ items: [] }),
    resolve: async (id, input) => {
      asked.push(input)
      return id === "1.0" ? ok({ id, resolution: "dismissed" }) : refused(404, "UnknownReport", `no report ${id}`)
    }
  })
  served = await serve([risk, pnl, venue])
})
afterAll(() => served.close())
const put = (body: unknown) => ask(served.port, "/risk/limits", { method: "PUT", body })

describe("risk", () => {
  const change = { scope: "account", id: "a", reason: "drill" }
  it("answers an account's limits", async () => {
    expect((await ask(served.port, "/risk/limits?account=a")).json.effective).toEqual({ maxPosition: "5" })
    expect((await ask(served.port, "/risk/limits")).json).toMatchObject({
      status: 400,
      errors: [{ field: "account", reason: "is missing" }]
    })
  })
  it("answers what one level has itself, of one partition where that is asked", async () => {
    const path = "/risk/limits/symbol/BTCUSDT?partition="
    const limits = { maxPosition: "5" }
    expect((await ask(served.port, `${path}2`)).json).toEqual({ scope: "symbol", id: "BTCUSDT", limits })
    expect(asked.at(-1)).toEqual({ scope: "symbol", id: "BTCUSDT", partition: 2 })
    expect((await ask(served.port, `${path}two`)).json).toMatchObject({ status: 400, errors: [{ field: "partition" }] })
    expect((await ask(served.port, "/risk/limits/desk/a")).status).toBe(404)
  })
  it("sets, clears and leaves limits", async () => {
    const limits = { maxOrderNotional: "1000.5", maxPosition: null, maxOpenOrders: 10, collarPercent: 12.5 }
    expect((await put({ ...change, limits })).status).toBe(200)
    expect(asked.at(-1)).toEqual({
      ...change,
      limits: { ...limits, maxOrderNotional: parseFixed("1000.5"), collarPercent: parseFixed("12.5") }
    })
  })
  it.each([
    [422, { maxOrderNotional: -1 }, "limits.maxOrderNotional"],
    [422, { maxPosition: "0.123456789" }, "limits.maxPosition"],
    [400, { maxPosition: true }, "limits.maxPosition"],
    [422, { maxOpenOrders: 1.5 }, "limits.maxOpenOrders"],
    [400, { maxOpenOrders: "ten" }, "limits.maxOpenOrders"],
    [400, { maxLoss: 1 }, "limits.maxLoss"]
  ])("answers %d to %j", async (status, limits, field) => {
    const said = await put({ ...change, limits })
    expect([said.status, said.json.errors[0].field]).toEqual([status, field])
  })
  it("halts and resumes", async () => {
    expect((await post(served.port, "/risk/halts", { scope: "firm", reason: "drill", symbol: "BTCUSDT" })).status).toBe(
      201
    )
    expect((await post(served.port, "/risk/halts", { scope: "group", reason: "drill" })).json).toMatchObject({
      status: 422,
      errors: [{ field: "id" }]
    })
    expect((await post(served.port, "/risk/halts", { scope: "firm", reason: "" })).status).toBe(422)
    expect((await ask(served.port, "/risk/halts")).json.items).toEqual([halt])
    expect((await ask(served.port, "/risk/halts/h1", { method: "DELETE" })).json.resumedAt).toBe(at)
    expect((await ask(served.port, "/risk/halts/h2", { method: "DELETE" })).json.code).toBe("UnknownHalt")
  })
})

describe("pnl and the venue", () => {
  it("answers an account's profit and loss, or says that it is not there yet", async () => {
    expect((await ask(served.port, "/pnl/realtime?account=demo&atLeast=0:3")).json).toMatchObject({
      account: "demo",
      equity: "10"
    })
    const late = await ask(served.port, "/pnl/realtime?account=demo&atLeast=0:99")
    expect([late.status, late.json.code, late.headers["retry-after"]]).toEqual([503, "NotReached", "1"])
  })
  it("shows how the venue is", async () => {
    expect((await ask(served.port, "/venue/status")).json).toMatchObject({ venue: "paper", mdNo: 7 })
    expect((await ask(served.port, "/venue/orders?limit=3")).json).toEqual({ items: [] })
  })
})
