import { Effect, Exit, Layer } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { HealthCheck } from "#services/contract/health.ts"
import { type ServeFailed, serveApi } from "#services/http/serve.ts"
import { omsRoutes } from "#services/oms/handlers.ts"
import { fakeOms } from "#tests/services/oms/fake-oms.ts"
import { ask, post, serve, type Served } from "./served.ts"

let checks: () => Promise<Record<string, HealthCheck>> = async () => ({ ledger: { status: "ok" } })
let served: Served
beforeAll(async () => {
  const gauges = [{ name: "ledger_position", description: "Newest event", read: () => 42 }]
  served = await serve([omsRoutes(fakeOms())], { health: () => checks(), gauges })
})
afterAll(() => served.close())

describe("GET /health", () => {
  it.each([
    ["ok", 200, { ledger: { status: "ok" } }],
    ["degraded", 200, { ledger: { status: "ok" }, feed: { status: "degraded", detail: "no price of SOLUSDT" } }],
    ["down", 503, { ledger: { status: "down", detail: "disk is full" }, feed: { status: "degraded" } }]
  ] as const)("%s", async (status, code, given) => {
    checks = async () => ({ ...given })
    const said = await ask(served.port, "/health")
    expect([said.status, said.json]).toEqual([code, { status, service: "oms", version: "0.0.0-test", checks: given }])
  })
  it("is down when a check breaks or hangs", async () => {
    checks = async () => {
      throw new Error("no disk")
    }
    expect((await ask(served.port, "/health")).json).toMatchObject({
      status: "down",
      checks: { self: { detail: "no disk" } }
    })
    checks = () => new Promise(() => {})
    expect((await ask(served.port, "/health")).json.checks.self.detail).toContain("within 3 s")
  })
})

describe("GET /metrics", () => {
  it("counts requests by route and status, and their time, in Prometheus' text", async () => {
    await post(served.port, "/orders", { account: "a", symbol: "X", side: "buy", type: "market", quantity: 1 })
    await ask(served.port, "/orders/0-1")
    await ask(served.port, "/orders/0-2")
    await ask(served.port, "/nowhere/17")
    const said = await ask(served.port, "/metrics")
    expect(said.headers["content-type"]).toContain("text/plain; version=0.0.4")
    expect(said.text).toContain('http_requests_total{service="oms",method="POST",route="/orders",status="201"} 1\n')
    expect(said.text).toContain('http_requests_total{service="oms",method="GET",route="/orders/:id",status="404"} 1\n')
    expect(said.text).toContain('http_requests_total{service="oms",method="GET",route="none",status="404"} 1\n')
    expect(said.text).toMatch(
      /http_request_duration_seconds_bucket\{service="oms",method="POST",route="\/orders",le="\+Inf"\} 1\n/u
    )
    expect(said.text).toContain('ledger_position{service="oms"} 42\n')
    for (const line of said.text.trimEnd().split("\n"))
      expect(line).toMatch(/^(?:# (?:HELP|TYPE) \S+ .+|[a-z_]+(?:\{[^}]*\})? (?:[-\d.e+]+|\+Inf))$/u)
  })
})

describe("documents", () => {
  it("/openapi.json describes every route with named bodies", async () => {
    const { json } = await ask(served.port, "/openapi.json")
    expect(
      Object.entries(json.paths)
        .flatMap(([path, methods]) => Object.keys(methods as object).map((m) => `${m} ${path}`))
        .sort()
    ).toEqual([
      "delete /orders/{id}",
      "get /accounts",
      "get /accounts/{account}",
      "get /health",
      "get /metrics",
      "get /orders",
      "get /orders/{id}",
      "patch /orders/{id}",
      "post /accounts",
      "post /accounts/{account}/deposits",
      "post /accounts/{account}/entries",
      "post /accounts/{account}/transfers",
      "post /accounts/{account}/withdrawals",
      "post /orders",
      "post /orders/cancel-all",
      "post /orders/groups"
    ])
    const names = Object.keys(json.components.schemas)
    expect(names).toEqual(expect.arrayContaining(["NewOrder", "Order", "Account", "Problem", "Decimal", "DecimalText"]))
    expect(names.filter((name) => /_\d+$/u.test(name))).toEqual([])
    // a class of Unicode properties is known to few languages' regular expressions: a client's validator would break
    expect(JSON.stringify(json)).not.toContain(String.raw`\p{`)
    expect(json.paths["/orders"].post.responses).toHaveProperty(["422", "content", "application/problem+json"])
    expect(json.components.schemas.NewOrder.additionalProperties).toBe(false)
  })
  it("/docs is a page that asks for nothing from elsewhere", async () => {
    const said = await ask(served.port, "/docs")
    expect(said.headers["content-type"]).toContain("text/html")
    expect(said.text).not.toMatch(/<(?:script|link|img)[^>]+(?:src|href)="http/u)
  })
})

describe("starting", () => {
  const start = (options: { port: number; host?: string }) =>
    Effect.runPromise(
      Effect.exit(
        Effect.scoped(
          Layer.build(serveApi({ name: "oms", version: "0", mounts: [], health: async () => ({}), ...options }))
        )
      )
    )
  const failureOf = (exit: Exit.Exit<unknown, ServeFailed>) =>
    Exit.isFailure(exit) ? exit.cause.reasons.map((reason) => (reason._tag === "Fail" ? reason.error : reason)) : []

  it("on a port in use says which, whose, and what to do", async () => {
    const [failure] = failureOf(await start({ port: served.port }))
    expect(failure).toMatchObject({ _tag: "ServeFailed", reason: "PortInUse", service: "oms", port: served.port })
    expect((failure as ServeFailed).message).toMatch(
      new RegExp(`^Port ${served.port} of oms is in use.*TRADE2026_PORT_OFFSET`, "u")
    )
    expect((await ask(served.port, "/openapi.json")).status).toBe(200)
  })
  it.each(["0.0.0.0", "::", "192.168.1.1", "example.com"])(
    "on %s is refused, since nobody is asked who he is",
    async (host) => {
      const [failure] = failureOf(await start({ port: 0, host }))
      expect(failure).toMatchObject({ reason: "NotLoopback" })
      expect((failure as ServeFailed).message).toContain("authentication is not configured")
    }
  )
  it("frees its port when it stops, and counts anew", async () => {
    const first = await serve([])
    await ask(first.port, "/health")
    await first.close()
    const second = await serve([], { port: first.port })
    expect((await ask(second.port, "/metrics")).text).not.toContain("http_requests_total")
    await second.close()
  })
})
