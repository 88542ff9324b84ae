import { NodeWS } from "@effect/platform-node"
import { once } from "node:events"
import { connect } from "node:net"
import { afterEach, describe, expect, it } from "vitest"
import type { SessionServerFrame } from "#services/contract/order-entry.ts"
import type { SessionId } from "#services/desk/session-id.ts"
import type { OrderSession } from "#services/oms/order-entry/session.ts"
import { ask } from "#tests/services/http/served.ts"
import { openWire, resting, startEntry } from "./entry.ts"

const closing: Array<() => Promise<void> | void> = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})
const start = async (options: Parameters<typeof startEntry>[0] = {}) => {
  const entry = await startEntry(options)
  closing.push(entry.close)
  const wire = async () => {
    const opened = await openWire(entry.url)
    closing.push(opened.close)
    return opened
  }
  const sessionOf = async (id: string) => (await entry.sessions.resume(id as SessionId)) as OrderSession
  return { ...entry, wire, sessionOf }
}
const settled = async (look: () => number): Promise<number> => {
  for (let before = -1, now = look(); ; before = now, now = look()) {
    if (now === before) return now
    await new Promise((resolve) => setTimeout(resolve, 30))
  }
}
const orders = (no: number, items: ReadonlyArray<unknown>) => JSON.stringify({ op: "orders", no, items })

describe("a client that sends more than its window", () => {
  it("is told, is not read from, and gets every answer in the end", async () => {
    const gate = Promise.withResolvers<void>()
    const { wire, sessionOf, orders: inLedger } = await start({ windowMax: 64, gate: { opened: gate.promise } })
    const { open, say, next, answers } = await wire()
    const { session, window } = await open()
    expect(window).toBe(64)
    for (let no = 1; no <= 1500; no += 10)
      say(
        orders(
          no,
          Array.from({ length: 10 }, () => resting())
        )
      )
    expect(await next("paused")).toEqual({ op: "paused", window: 64, unanswered: 70 })
    const known = await sessionOf(session)
    expect(await settled(() => known.unanswered)).toBe(70)
    gate.resolve()
    const all = await answers(1500)
    expect(new Set(all.map(({ no }) => no)).size).toBe(1500)
    expect(await inLedger()).toHaveLength(all.filter(({ status }) => status === "PendingNew").length)
  })

  it("has a smaller window when there are many clients", async () => {
    const { wire } = await start({ unansweredMax: 300, windowMax: 200 })
    const first = await wire()
    expect(await first.open()).toMatchObject({ window: 200 })
    const second = await wire()
    expect(await second.open()).toMatchObject({ window: 150 })
    first.say(orders(1, [resting()]))
    expect(await first.next("answers")).toMatchObject({ window: 150 })
  })
})

describe("a client that does not read", () => {
  it("is not read from either, and is let go; its session goes on elsewhere", async () => {
    const { url, wire, sessionOf } = await start({ heartbeatMs: 100 })
    const lazy = new NodeWS.WebSocket(url)
    closing.push(() => lazy.terminate())
    await once(lazy, "open")
    const begun = once(lazy, "message")
    lazy.send(JSON.stringify({ op: "open" }))
    const { session } = JSON.parse(String((await begun)[0])) as SessionServerFrame & { op: "session" }
    lazy.pause()
    // what cannot be read is answered at once, and with more than was sent
    const nonsense = Array.from({ length: 4096 }, () => 0)
    for (let frame = 0; frame < 200; frame++) lazy.send(orders(1 + frame * 4096, nonsense))
    const known = await sessionOf(session)
    while (known.isConnected) await new Promise((resolve) => setTimeout(resolve, 20))
    expect(known.high).toBeGreaterThan(0)
    expect(known.high).toBeLessThan(100 * 4096)
    const again = await wire()
    expect(await again.resume(session)).toMatchObject({ last: known.high })
    again.say(orders(known.high, [0, resting()]))
    expect(await again.answers(2)).toMatchObject([{ code: "UndecodableRequest" }, { status: "PendingNew" }])
  })
})

describe("a connection", () => {
  const handshake = (headers: string) =>
    `GET /session HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n` +
    `Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n${headers}\r\n\r\n`

  it("that is half open is found out; one that is only silent stays", async () => {
    const { port, wire } = await start({ heartbeatMs: 30 })
    const silent = await wire()
    await silent.open()
    const dead = connect(port, "127.0.0.1", () => dead.write(handshake("Host: localhost")))
    // it takes what comes and never says a word
    dead.resume().on("error", () => {})
    await once(dead, "close")
    silent.say({ op: "ping" })
    await silent.next("pong")
  })

  it("may send its first frame right behind the handshake", async () => {
    const { port } = await start()
    const eager = connect(port, "127.0.0.1")
    closing.push(() => void eager.destroy())
    const text = Buffer.from('{"op":"open"}')
    const frame = Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), text])
    eager.write(Buffer.concat([Buffer.from(handshake("Host: localhost")), frame]))
    let told = ""
    while (!told.includes('"op":"session"')) told += String((await once(eager, "data"))[0])
  })

  it.each([
    ["of a page of another origin", "Host: localhost\r\nOrigin: http://evil.example", "OriginNotAllowed"],
    ["under a name that was rebound", "Host: evil.example", "HostNotAllowed"]
  ])("%s is turned away", async (_, headers, code) => {
    const { port } = await start()
    const stranger = connect(port, "127.0.0.1", () => stranger.write(handshake(headers)))
    closing.push(() => void stranger.destroy())
    let told = ""
    while (!told.includes(code)) told += String((await once(stranger, "data"))[0])
    expect(told).toMatch(/^HTTP\/1\.1 403 /u)
  })

  it("is told when the service stops", async () => {
    const entry = await startEntry()
    const wire = await openWire(entry.url)
    await wire.open()
    await entry.close()
    expect(await wire.closed()).toMatchObject({ code: 1001 })
  })

  it("must be a WebSocket", async () => {
    const { port } = await start()
    expect(await ask(port, "/session")).toMatchObject({ status: 426, json: { code: "UpgradeRequired" } })
  })
})
