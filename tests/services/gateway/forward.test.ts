import { createServer, type RequestListener, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { afterEach, describe, expect, it } from "vitest"
import { concernOf, type Forwarded, repeatable } from "#services/gateway/forwarded.ts"
import { forwarder } from "#services/gateway/forward.ts"

const asked = (method: string, path: string, body?: string): Forwarded => ({
  method,
  path,
  headers: { "content-type": "application/json" },
  body
})
const named = (request: Forwarded) => repeatable(request, () => "made")

describe("what a request is for", () => {
  it.each([
    [asked("POST", "/orders", '{"account":"A","symbol":"X"}'), { account: "A" }],
    [asked("GET", "/accounts/A%2Eb"), { account: "A.b" }],
    [asked("GET", "/orders?account=A&status=open"), { account: "A" }],
    [asked("GET", "/orders/3-17"), { partition: 3 }],
    [asked("POST", "/accounts", '{"account":"A","owner":"O"}'), { account: "A", group: "O" }],
    [
      asked("POST", "/accounts", '{"account":"A","owner":"O","group":"G","partition":2}'),
      { account: "A", group: "G", partition: 2 }
    ],
    [asked("GET", "/accounts"), {}],
    [asked("POST", "/risk/halts", '{"scope":"group","id":"G","reason":"r"}'), { group: "G" }],
    [asked("PUT", "/risk/limits", '{"scope":"account","id":"A","limits":{},"reason":"r"}'), { account: "A" }],
    [asked("GET", "/risk/limits/group/G"), { group: "G" }],
    [asked("GET", "/risk/limits/account/A%2Eb?atLeast=0:3"), { account: "A.b" }],
    [asked("GET", "/risk/limits/firm/firm?partition=2"), { partition: 2 }],
    [asked("GET", "/risk/limits/symbol/BTCUSDT"), {}],
    [asked("DELETE", "/risk/halts/halt-2-9"), { partition: 2 }],
    [asked("POST", "/orders", "no JSON"), {}]
  ])("%j", (request, concern) => expect(concernOf(request)).toEqual(concern))
})

describe("a request that may be sent again", () => {
  it("keeps the id of its caller, or gets one, and is otherwise the text it was", () => {
    const own = asked("POST", "/orders", '{"clOrdId":"mine","quantity":1}')
    expect(named(own)).toEqual({ request: own, isSafe: true })
    const exact = asked("PATCH", "/orders/0-7", ' {"price":0.10000000000000000001}')
    expect(named(exact).request.body).toBe(' {"clOrdId":"made","price":0.10000000000000000001}')
    expect(named(asked("POST", "/accounts/A/deposits", "{}")).request.body).toBe('{"clOrdId":"made"}')
    expect(named(asked("DELETE", "/orders/0-7")).request.path).toBe("/orders/0-7?clOrdId=made")
    expect(named(asked("DELETE", "/orders/0-7?clOrdId=mine")).request.path).toBe("/orders/0-7?clOrdId=mine")
  })
  it("is none where an id has no place", () => {
    for (const request of [
      asked("POST", "/risk/halts", "{}"),
      asked("POST", "/orders", "[]"),
      asked("PUT", "/x", "{}")
    ])
      expect(named(request)).toEqual({ request, isSafe: false })
    expect(named(asked("GET", "/anything")).isSafe).toBe(true)
  })
})

describe("the front door", () => {
  const servers: Array<Server> = []
  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections()
      server.close()
    }
  })
  const serve = async (listener: RequestListener): Promise<string> => {
    const server = createServer(listener)
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }
  /** An address where nobody listens. */
  const nobody = async () => {
    const url = await serve(() => {})
    await new Promise((resolve) => servers.pop()!.close(resolve))
    return url
  }
  const answering = (status: number, body: object) =>
    serve((_, response) => response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body)))
  /** The writer that the leases name, one after another; the last one for good. */
  const over = (urls: ReadonlyArray<string | undefined>, patienceMs = 5_000) => {
    let looked = 0
    return forwarder({
      partitionOf: async () => 0,
      writerOf: async () => urls[Math.min(looked++, urls.length - 1)],
      newId: () => "made",
      patienceMs,
      tryMs: 100
    })
  }
  const order = asked("POST", "/orders", '{"account":"A"}')

  it("goes on to the new writer when the old one is gone, cut off, stalled, or says that it is not", async () => {
    const gone = await nobody()
    const cut = await serve((request) => request.socket.destroy())
    const stalled = await serve(() => {})
    const notHere = await answering(503, { code: "NotTheWriter" })
    const bodies: Array<string> = []
    const writer = await serve((request, response) => {
      request.on("data", (chunk: Buffer) => bodies.push(chunk.toString()))
      request.on("end", () => response.writeHead(201, { "content-type": "application/json" }).end("{}"))
    })
    const forward = over([undefined, gone, cut, stalled, notHere, writer])
    expect(await forward(order)).toEqual({ status: 201, contentType: "application/json", body: "{}" })
    expect(bodies).toEqual(['{"clOrdId":"made","account":"A"}'])
  })

  it("passes on what a writer says, also that there is no space", async () => {
    const full = await answering(503, { code: "NoSpace" })
    expect(await over([full])(order)).toMatchObject({ status: 503, body: '{"code":"NoSpace"}' })
  })

  it("says at the end whether it may have been recorded", async () => {
    const cut = await serve((request) => request.socket.destroy())
    const gone = await nobody()
    expect(await over([gone], 200)(order)).toMatchObject({ problem: { code: "NotTheWriter" } })
    expect(await over([cut, gone], 200)(order)).toMatchObject({ problem: { code: "OutcomeUnknown" } })
  })

  it("does not send again what could be done twice", async () => {
    let taken = 0
    const cut = await serve((request) => (taken++, request.socket.destroy()))
    const halt = asked("POST", "/risk/halts", '{"scope":"firm"}')
    expect(await over([cut])(halt)).toMatchObject({ problem: { code: "OutcomeUnknown" } })
    expect(taken).toBe(1)
  })
})
