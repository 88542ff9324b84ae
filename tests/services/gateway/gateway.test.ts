import { createHash } from "node:crypto"
import { request } from "node:http"
import { connect } from "node:net"
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest"
import type { ClientFrame, OverviewBody, ServerFrame } from "#services/gateway/contract.ts"
import { gatewayRoutes } from "#services/gateway/handlers.ts"
import { omsRoutes } from "#services/oms/handlers.ts"
import { ask, post, serve, type Served } from "#tests/services/http/served.ts"
import { fakeOms } from "#tests/services/oms/fake-oms.ts"
import { fakeFeed } from "./fake-feed.ts"

const feed = fakeFeed()
const overview: OverviewBody = {
  account: "demo",
  symbols: ["BTCUSDT"],
  services: [{ service: "oms", url: "http://127.0.0.1:8099", status: "ok", version: "0", checks: {} }]
}
let served: Served
beforeAll(async () => {
  const { gauges, mount } = gatewayRoutes({ feed, overview: async () => overview })
  served = await serve([mount, omsRoutes(fakeOms(), "/api")], { name: "gateway", gauges })
})
afterAll(() => served.close())

const until = async (holds: () => boolean) => {
  for (const start = Date.now(); !holds() && Date.now() - start < 5000;)
    await new Promise((resolve) => setTimeout(resolve, 5))
  expect(holds()).toBe(true)
}
const open: Array<WebSocket> = []
afterEach(async () => {
  for (const socket of open.splice(0)) socket.close()
  await until(() => feed.open().length === 0)
})
const client = async () => {
  const socket = new WebSocket(`ws://127.0.0.1:${served.port}/ws`)
  const frames: Array<ServerFrame> = []
  socket.onmessage = ({ data }) => void frames.push(JSON.parse(String(data)) as ServerFrame)
  await new Promise((resolve, reject) => {
    socket.onopen = resolve
    socket.onerror = reject
  })
  open.push(socket)
  return {
    socket,
    frames,
    send: (frame: ClientFrame | string) => socket.send(typeof frame === "string" ? frame : JSON.stringify(frame))
  }
}

describe("/ws", () => {
  it("subscribes, delivers to everyone who listens, and pongs", async () => {
    const [a, b] = [await client(), await client()]
    a.send({ op: "subscribe", channels: ["orders:a", "quotes:BTCUSDT"] })
    b.send({ op: "subscribe", channels: ["orders:a"], from: "0:1" })
    await until(() => feed.open().length === 3)
    feed.say("orders:a", { orderId: "0-1" }, "0:2")
    a.send({ op: "ping" })
    await until(() => a.frames.length === 4 && b.frames.length === 1)
    expect(a.frames).toEqual([
      { channel: "orders:a", position: "0:1", data: [] },
      { channel: "quotes:BTCUSDT", position: "0:1", data: [] },
      { channel: "orders:a", position: "0:2", data: { orderId: "0-1" } },
      { op: "pong" }
    ])
    expect(b.frames).toEqual([{ channel: "orders:a", position: "0:2", data: { orderId: "0-1" } }])
    expect((await ask(served.port, "/metrics")).text).toContain('websocket_clients{service="gateway"} 2\n')
  })
  it("answers bad frames, in text or not, and goes on", async () => {
    const { frames, send, socket } = await client()
    send("{")
    socket.send(new Uint8Array([1, 2, 3]))
    send({ op: "ping" })
    await until(() => frames.length === 3)
    expect(frames).toEqual([
      { error: { code: "MalformedJson", detail: expect.any(String) } },
      { error: { code: "MalformedJson", detail: expect.any(String) } },
      { op: "pong" }
    ])
  })
  it("ends the line of a client whose frame is over 64 kB, and of that one only", async () => {
    const [a, b] = [await client(), await client()]
    const closed = new Promise<CloseEvent>((resolve) => (a.socket.onclose = resolve))
    a.send("x".repeat(100_000))
    expect((await closed).code).toBe(1009)
    b.send({ op: "ping" })
    await until(() => b.frames.length === 1)
  })
  it("forgets a client that is gone", async () => {
    const { send, socket } = await client()
    send({ op: "subscribe", channels: ["orders:a"] })
    await until(() => feed.open().length === 1)
    socket.close()
    await until(() => feed.open().length === 0)
  })
  it("lets go of a client that never reads", async () => {
    const socket = connect(served.port, "127.0.0.1")
    const key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13"
    socket.write(`GET /ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${key}\r\n\r\n`)
    await new Promise((resolve) => socket.once("data", resolve))
    socket.pause()
    const frame = Buffer.from('{"op":"subscribe","channels":["orders:a"],"from":"0:0"}')
    // a client's frame is masked; a mask of zeros leaves it readable here
    socket.write(Buffer.concat([Buffer.from([0x81, 0x80 | frame.length, 0, 0, 0, 0]), frame]))
    await until(() => feed.open().length === 1)
    const big = "x".repeat(100_000)
    for (let i = 0; i < 400 && feed.open().length > 0; i++) {
      feed.say("orders:a", { i, big })
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(feed.open()).toEqual([])
    const gone = new Promise((resolve) => socket.once("close", resolve))
    socket.on("error", () => {}).resume()
    await gone
  })
  it.each(["https://example.com", "null"])("is closed to pages of %s", async (origin) => {
    const status = await new Promise((resolve) => {
      const headers = {
        connection: "Upgrade",
        upgrade: "websocket",
        origin,
        "sec-websocket-version": "13",
        "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ=="
      }
      const asked = request({ host: "127.0.0.1", port: served.port, path: "/ws", headers, agent: false })
      asked.on("upgrade", () => resolve("upgraded"))
      asked.on("response", (answer) => {
        answer.resume()
        resolve(answer.statusCode)
      })
      asked.end()
    })
    expect(status).toBe(403)
  })
  it("does not keep its server from stopping", async () => {
    const other = await serve([gatewayRoutes({ feed, overview: async () => overview }).mount], { name: "gateway" })
    const socket = new WebSocket(`ws://127.0.0.1:${other.port}/ws`)
    await new Promise((resolve) => (socket.onopen = resolve))
    socket.send('{"op":"subscribe","channels":["orders:a"]}')
    await until(() => feed.open().length === 1)
    const closed = new Promise((resolve) => (socket.onclose = resolve))
    const began = performance.now()
    await Promise.all([other.close(), closed])
    expect(performance.now() - began).toBeLessThan(10_000)
    expect(feed.open()).toEqual([])
  })
  it("is not counted as a request that took as long as the connection", async () => {
    expect((await ask(served.port, "/metrics")).text).not.toContain('route="/ws"')
  })
  it("speaks WebSocket only", async () => {
    expect((await ask(served.port, "/ws")).json).toMatchObject({ status: 426, code: "UpgradeRequired" })
  })
})

describe("the page", () => {
  it("asks for nothing from elsewhere and may run only its own script and style", async () => {
    const { headers, text } = await ask(served.port, "/")
    const policy = String(headers["content-security-policy"])
    const hash = (tag: string) =>
      createHash("sha256")
        .update(new RegExp(`<${tag}>([\\s\\S]*)</${tag}>`, "u").exec(text)![1]!)
        .digest("base64")
    expect(headers["content-type"]).toContain("text/html")
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain(`script-src 'sha256-${hash("script")}'`)
    expect(policy).toContain(`style-src 'sha256-${hash("style")}'`)
    expect(policy).not.toContain("unsafe")
    expect(text).not.toMatch(/(?:src|href)="(?!data:)|https?:\/\/|innerHTML/u)
  })
  it("finds account, symbols and services under /api/overview", async () => {
    expect((await ask(served.port, "/api/overview")).json).toEqual(overview)
  })
})

describe("/api", () => {
  it("has the routes of oms", async () => {
    const placed = await post(served.port, "/api/orders", {
      account: "a",
      symbol: "X",
      side: "buy",
      type: "market",
      quantity: 1
    })
    expect(placed.status).toBe(201)
    expect((await ask(served.port, `/api/orders/${placed.json.orderId}`)).json).toEqual(placed.json)
    expect((await ask(served.port, "/orders")).status).toBe(404)
    expect((await ask(served.port, "/api/orders", { method: "PUT" })).headers["allow"]).toBe("POST, GET")
    expect((await ask(served.port, "/openapi.json")).json.paths).toHaveProperty("/api/orders")
  })
})
