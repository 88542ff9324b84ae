import { connect } from "node:net"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { omsRoutes } from "#services/oms/handlers.ts"
import { fakeOms } from "#tests/services/oms/fake-oms.ts"
import { ask, post, type Said, serve, type Served } from "./served.ts"

const order = { account: "a", symbol: "BTCUSDT", side: "buy", type: "limit", quantity: "0.1", price: "45000" }
const oms = fakeOms()
let served: Served
beforeAll(async () => {
  served = await serve([omsRoutes(oms)])
})
afterAll(() => served.close())

setFlagsFromString("--expose-gc")
/** What sockets have read is garbage soon, and collected when it pleases the engine: what is held is seen after this. */
const collectGarbage = runInNewContext("gc") as () => void

const submit = (body: unknown) => post(served.port, "/orders", body)
const fieldsOf = (said: Said) => said.json.errors.map(({ field }: { field: string }) => field).sort()

describe("every error", () => {
  it("is a problem with all that the contract names", async () => {
    const said = await submit({ ...order, quantity: true, colour: "red" })
    expect(said.headers["content-type"]).toBe("application/problem+json")
    expect(said.status).toBe(400)
    expect(said.json).toEqual({
      type: "urn:trade2026:problem:UndecodableRequest",
      title: "Bad Request",
      status: 400,
      code: "UndecodableRequest",
      detail: expect.stringContaining("colour"),
      errors: expect.arrayContaining([
        { field: "quantity", reason: "must be decimal text or a number" },
        { field: "colour", reason: "is not a field of this request" }
      ]),
      requestId: said.headers["x-request-id"]
    })
  })
  it("reaches nobody behind the routes", async () => {
    const before = oms.asked.length
    await submit("{")
    await submit({ ...order, colour: "red" })
    await submit({ ...order, quantity: "-1" })
    expect(oms.asked.length).toBe(before)
  })
})

describe("400: what cannot be decoded", () => {
  it.each([
    "",
    "{",
    "[",
    "nul",
    '{"account":"a",}',
    '{"quantity":NaN}',
    '{"quantity":Infinity}',
    "\u0000\u0001",
    "[".repeat(500_000)
  ])("malformed JSON %.20j", async (body) => {
    const said = await ask(served.port, "/orders", {
      method: "POST",
      body,
      headers: { "content-type": "application/json" }
    })
    expect([said.status, said.json.code]).toEqual([400, "MalformedJson"])
  })
  it("bytes that are not UTF-8", async () => {
    const said = await ask(served.port, "/orders", { method: "POST", chunks: [Buffer.from([0x22, 0xff, 0xfe, 0x22])] })
    expect([said.status, said.json.code]).toEqual([400, "MalformedJson"])
  })
  it.each(["null", "[]", "1", '"text"', "true"])("a body that is %s", async (body) => {
    const said = await submit(body)
    expect([said.status, fieldsOf(said)]).toEqual([400, ["body"]])
  })
  it.each([
    ["an unknown field", { ...order, colour: "red" }, "colour"],
    ["a field of JavaScript's own", `{"__proto__":{},${JSON.stringify(order).slice(1)}`, "__proto__"],
    ["a missing field", { ...order, symbol: undefined }, "symbol"],
    ["a null", { ...order, price: null }, "price"],
    ["a boolean for a decimal", { ...order, quantity: true }, "quantity"],
    ["an object for a decimal", { ...order, quantity: { value: 1 } }, "quantity"],
    ["a list for a decimal", { ...order, quantity: ["1"] }, "quantity"],
    ["text that is no decimal", { ...order, quantity: "a lot" }, "quantity"],
    ["NaN in text", { ...order, quantity: "NaN" }, "quantity"],
    ["an exponent in text", { ...order, quantity: "1e-3" }, "quantity"],
    ["a number for text", { ...order, account: 7 }, "account"],
    ["an unknown side", { ...order, side: "hold" }, "side"],
    ["an unknown type", { ...order, type: "iceberg" }, "type"],
    ["no time", { ...order, timeInForce: "GTD", expireAt: "tomorrow" }, "expireAt"],
    ["a day that is none", { ...order, timeInForce: "GTD", expireAt: "2026-02-31T00:00:00Z" }, "expireAt"]
  ])("%s", async (_, body, field) => {
    const said = await submit(body)
    expect([said.status, fieldsOf(said)]).toEqual([400, [field]])
  })
  it("a parameter of the query that is unknown, or no number", async () => {
    expect((await ask(served.port, "/orders?colour=red")).json.errors).toEqual([
      { field: "colour", reason: "is not a field of this request" }
    ])
    expect((await ask(served.port, "/orders?limit=many")).json).toMatchObject({
      status: 400,
      errors: [{ field: "limit" }]
    })
    expect((await ask(served.port, "/orders?status=half")).json).toMatchObject({
      status: 400,
      errors: [{ field: "status" }]
    })
    expect((await ask(served.port, "/orders?atLeast=soon")).json).toMatchObject({ errors: [{ field: "atLeast" }] })
  })
  it("is not answered at length", async () => {
    const many = Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => [`f${i}`, 1]))
    const said = await submit(many)
    expect([said.status, said.json.errors.length, said.text.length < 5_000]).toEqual([400, 20, true])
  })
})

describe("422: what was decoded and cannot be", () => {
  it.each([
    ["a negative quantity", { ...order, quantity: -1 }, "quantity"],
    ["no quantity", { ...order, quantity: "0" }, "quantity"],
    ["a negative price in text", { ...order, price: "-45000" }, "price"],
    ["nine decimals", { ...order, quantity: "0.123456789" }, "quantity"],
    ["nine decimals in a number", { ...order, quantity: 0.123456789 }, "quantity"],
    ["19 digits before the point", { ...order, price: "1000000000000000000" }, "price"],
    ["a huge number", `${JSON.stringify(order).slice(0, -1)},"stopPrice":1e400}`, "stopPrice"],
    [
      "digits that a double would lose",
      `{"account":"a","symbol":"X","side":"buy","type":"market","quantity":123456789.123456789012}`,
      "quantity"
    ],
    ["a tiny number", `{"account":"a","symbol":"X","side":"buy","type":"market","quantity":1e-400}`, "quantity"],
    ["five million digits", { ...order, price: "9".repeat(500_000) }, "price"],
    ["a limit order without price", { ...order, price: undefined }, "price"],
    ["a market order with one", { ...order, type: "market" }, "price"],
    ["a stop order without stopPrice", { ...order, type: "stop", price: undefined }, "stopPrice"],
    ["a limit order with stopPrice", { ...order, stopPrice: "1" }, "stopPrice"],
    ["GTD without expireAt", { ...order, timeInForce: "GTD" }, "expireAt"],
    ["expireAt without GTD", { ...order, expireAt: "2026-12-01T00:00:00Z" }, "expireAt"],
    ["an account id that cannot be", { ...order, account: "no such" }, "account"],
    ["a symbol that cannot be", { ...order, symbol: "btc/usdt" }, "symbol"],
    ["a clOrdId of 65 letters", { ...order, clOrdId: "x".repeat(65) }, "clOrdId"]
  ])("%s", async (_, body, field) => {
    const said = await submit(body)
    expect([said.status, said.json.code]).toEqual([422, "ImpossibleValue"])
    expect(fieldsOf(said)).toContain(field)
  })
  it("says to send text when a number has too many digits", async () => {
    const said = await submit(
      '{"account":"a","symbol":"X","side":"buy","type":"market","quantity":123456789.123456789012}'
    )
    expect(said.json.errors[0].reason).toContain("send it as text")
  })
  it("a wrong type counts before an impossible value", async () => {
    const said = await submit({ ...order, quantity: -1, side: 4 })
    expect([said.status, fieldsOf(said)]).toEqual([400, ["quantity", "side"]])
  })
  it("is said by who decides, too", async () => {
    expect((await submit({ ...order, account: "nobody" })).json).toMatchObject({ status: 422, code: "UnknownAccount" })
  })
})

describe("413: a body over 1 MB", () => {
  const size = 10 * 1024 * 1024
  const tenMegabytes = Array.from({ length: 160 }, () => Buffer.alloc(size / 160, 0x20))
  const headers = { "content-type": "application/json" }
  it.each([
    ["with its length", { ...headers, "content-length": String(size) }],
    ["in chunks", headers],
    ["announced with Expect", { ...headers, "content-length": String(size), expect: "100-continue" }]
  ])("10 MB %s", async (_, headers) => {
    const said = await ask(served.port, "/orders", {
      method: "POST",
      chunks: "expect" in headers ? [] : tenMegabytes,
      headers
    })
    expect([said.status, said.json.code]).toEqual([413, "BodyTooLarge"])
    expect((await ask(served.port, "/health")).status).toBe(200)
  })
  it("to no route is let in and thrown away", async () => {
    expect((await ask(served.port, "/nowhere", { method: "POST", chunks: tenMegabytes, headers })).status).toBe(404)
  })
  it("1 MB to the byte is read, one more is not", async () => {
    const padded = (length: number) => JSON.stringify(order).padEnd(length, " ")
    expect((await submit(padded(1_048_576))).status).toBe(201)
    expect((await submit(padded(1_048_577))).status).toBe(413)
  })
  it("is never kept: eight at once leave no trace in memory", async () => {
    const most = 40 * 1024 * 1024
    const before = process.memoryUsage().arrayBuffers
    const held = () => process.memoryUsage().arrayBuffers - before
    const seen: Array<number> = []
    const looking = setInterval(() => {
      if (held() > most) collectGarbage() // what nobody holds is not kept
      seen.push(held())
    }, 5)
    const asked = Array.from({ length: 8 }, () =>
      ask(served.port, "/orders", { method: "POST", chunks: tenMegabytes, headers })
    )
    try {
      for (const said of await Promise.all(asked)) expect(said.status).toBe(413)
    } finally {
      clearInterval(looking)
    }
    expect(seen.length).toBeGreaterThan(0)
    expect(Math.max(...seen)).toBeLessThan(most)
  })
  it("a client that leaves in the middle disturbs nobody", async () => {
    const socket = connect(served.port, "127.0.0.1")
    socket.write(
      "POST /orders HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"
    )
    await new Promise((resolve) => setTimeout(resolve, 50))
    socket.destroy()
    expect((await submit(order)).status).toBe(201)
  })
})

describe("415, 404, 405", () => {
  it.each([
    "text/plain",
    "application/x-www-form-urlencoded",
    "application/json; charset=latin1",
    "multipart/form-data; boundary=x"
  ])("415 for %s", async (type) =>
    expect((await post(served.port, "/orders", order, { "content-type": type })).json).toMatchObject({
      status: 415,
      code: "NotJson"
    })
  )
  it.each(["application/json; charset=utf-8", "application/json;charset=UTF-8", "application/vnd.api+json"])(
    "%s is JSON",
    async (type) => expect((await post(served.port, "/orders", order, { "content-type": type })).status).toBe(201)
  )
  it.each([
    "/nowhere",
    "/orders/1/2",
    "/ORDERS",
    "/orders/%zz",
    "/orders/%00",
    `/orders/${"x".repeat(3000)}`,
    "/../etc/passwd"
  ])("404 for %.30s", async (path) => {
    const said = await ask(served.port, path)
    expect([said.status, said.json.status]).toEqual([404, 404])
  })
  it("404 for an order that is not there", async () => {
    expect((await ask(served.port, "/orders/0-99")).json).toMatchObject({ code: "UnknownOrder" })
  })
  it("405 names what is allowed", async () => {
    const said = await ask(served.port, "/orders/0-1", { method: "PUT" })
    expect([said.status, said.headers["allow"]]).toEqual([405, "GET, PATCH, DELETE"])
  })
})

describe("409, 503, 500 come through", () => {
  it("409 when a clOrdId comes with other content, 200 with the same", async () => {
    expect((await submit({ ...order, clOrdId: "mine" })).status).toBe(201)
    expect((await submit({ ...order, clOrdId: "mine", quantity: 0.1 })).status).toBe(200)
    expect((await submit({ ...order, clOrdId: "mine", quantity: "0.2" })).status).toBe(409)
  })
  it("503 says when to come again", async () => {
    const said = await submit({ ...order, account: "standby" })
    expect([said.status, said.headers["retry-after"]]).toEqual([503, "2"])
  })
  it("500 keeps its innards to itself", async () => {
    const said = await submit({ ...order, account: "broken" })
    expect([said.status, said.json.code]).toEqual([500, "InternalError"])
    expect(said.text).not.toContain("secret")
    expect(said.text).not.toContain(".ts")
  })
})
