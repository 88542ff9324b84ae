import { connect } from "node:net"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { omsRoutes } from "#services/oms/handlers.ts"
import { fakeOms } from "#tests/services/oms/fake-oms.ts"
import { ask, post, serve, type Served } from "./served.ts"

const order = { account: "a", symbol: "BTCUSDT", side: "buy", type: "market", quantity: "0.1" }
const oms = fakeOms()
let served: Served
beforeAll(async () => {
  served = await serve([omsRoutes(oms)])
})
afterAll(() => served.close())

describe("pages of strangers", () => {
  it.each(["localhost", "LOCALHOST:8099", "127.0.0.1", "127.0.0.1:1", "[::1]:8099"])(
    "Host %s is this machine",
    async (host) => expect((await ask(served.port, "/health", { headers: { host } })).status).toBe(200)
  )
  it.each([
    "example.com",
    "localhost.example.com",
    "127.0.0.1.example.com",
    "127.0.0.1@example.com",
    "10.0.0.1",
    "localhost:port",
    "[::2]"
  ])("Host %j is turned away", async (host) => {
    const said = await ask(served.port, "/health", { headers: { host } })
    expect([said.status, said.json.code]).toEqual([403, "HostNotAllowed"])
  })
  it("an empty Host is turned away", async () => {
    expect(await raw("GET /health HTTP/1.1\r\nHost: \r\nConnection: close\r\n\r\n")).toContain("403 Forbidden")
  })
  it("an absolute target counts, whatever Host says", async () => {
    const said = await raw("GET http://example.com/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    expect(said).toContain("403 Forbidden")
  })
  it.each(["http://localhost:3000", "http://127.0.0.1:8080", "https://[::1]:8080"])("Origin %s may", async (origin) =>
    expect((await post(served.port, "/orders", order, { origin })).status).toBe(201)
  )
  it.each(["https://example.com", "null", "http://localhost.example.com", "file://", "http://localhost:3000/path"])(
    "Origin %s may not, and nothing is asked",
    async (origin) => {
      const before = oms.asked.length
      const said = await post(served.port, "/orders", order, { origin })
      expect([said.status, said.json.code, oms.asked.length]).toEqual([403, "OriginNotAllowed", before])
    }
  )
})

describe("who asks", () => {
  it("a sane request id is kept, another is replaced", async () => {
    expect((await ask(served.port, "/health", { headers: { "x-request-id": "abc-1" } })).headers["x-request-id"]).toBe(
      "abc-1"
    )
    const replaced = (await ask(served.port, "/health", { headers: { "x-request-id": "a b<c>" } })).headers[
      "x-request-id"
    ]
    expect(replaced).toMatch(/^[0-9a-f-]{36}$/u)
  })
  it("request id, trace and actor go with the command", async () => {
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    await post(served.port, "/orders", order, { traceparent, "x-request-id": "r-1" })
    expect(oms.asked.at(-1)?.meta).toEqual({ requestId: "r-1", trace: traceparent, actor: "api" })
    await post(served.port, "/orders", order, { traceparent: "nonsense", "x-request-id": "r-2" })
    expect(oms.asked.at(-1)?.meta).toEqual({ requestId: "r-2", actor: "api" })
  })
})

describe("what is no HTTP", () => {
  it.each([
    "GARBAGE\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: localhost\r\nX: \u0001\r\n\r\n",
    `GET /${"a".repeat(100_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`
  ])("%.30j is answered and the server goes on", async (bytes) => {
    expect(await raw(bytes)).toMatch(/^HTTP\/1\.1 4\d\d /u)
    expect((await ask(served.port, "/health")).status).toBe(200)
  })
})

const raw = (bytes: string): Promise<string> =>
  new Promise((resolve) => {
    let said = ""
    const socket = connect(served.port, "127.0.0.1", () => socket.write(bytes))
    socket.on("data", (part) => (said += part.toString("latin1")))
    socket.on("error", () => resolve(said))
    socket.on("close", () => resolve(said))
  })
