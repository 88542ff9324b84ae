import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { BACKLOG_BYTES_MAX, LAZY_BACKLOG_BYTES, openSession, TOO_SLOW } from "#services/gateway/session.ts"
import { fakeFeed } from "./fake-feed.ts"

const start = () => {
  const feed = fakeFeed()
  const sent: Array<unknown> = []
  const line = { backlog: 0, closed: undefined as number | undefined }
  const session = openSession(feed, {
    send: (text) => void sent.push(JSON.parse(text)),
    backlog: () => line.backlog,
    close: (code) => (line.closed = code)
  })
  const subscribe = async (channels: ReadonlyArray<string>, from?: string) => {
    session.receive(JSON.stringify({ op: "subscribe", channels, ...(from === undefined ? undefined : { from }) }))
    await vi.advanceTimersByTimeAsync(0)
  }
  return { feed, sent, line, session, subscribe }
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe("a session", () => {
  it("gives a snapshot first, then what happens", async () => {
    const { feed, sent, subscribe } = start()
    await subscribe(["orders:a"])
    feed.say("orders:a", { orderId: "0-1" }, "0:2")
    expect(sent).toEqual([
      { channel: "orders:a", position: "0:1", data: [] },
      { channel: "orders:a", position: "0:2", data: { orderId: "0-1" } }
    ])
  })
  it("goes on from a position without a snapshot", async () => {
    const { feed, sent, subscribe } = start()
    await subscribe(["orders:a"], "0:17")
    expect(feed.asked).toEqual([{ channel: "orders:a", from: "0:17" }])
    expect(sent).toEqual([])
  })
  it("answers what it cannot read and stays", async () => {
    const { sent, session } = start()
    const bad = [
      ["", "MalformedJson"],
      ["{", "MalformedJson"],
      ["[]", "BadFrame"],
      ['{"op":"fly"}', "BadFrame"],
      ['{"op":"ping","extra":1}', "BadFrame"],
      ['{"op":"subscribe"}', "BadFrame"],
      ['{"op":"subscribe","channels":[]}', "BadFrame"],
      ['{"op":"subscribe","channels":["orders:a"],"from":"soon"}', "BadFrame"],
      ['{"op":"subscribe","channels":["weather:a"]}', "UnknownChannel"],
      ['{"op":"subscribe","channels":["orders:no such"]}', "UnknownChannel"],
      ['{"op":"subscribe","channels":["orders"]}', "UnknownChannel"],
      ['{"op":"subscribe","channels":["quotes:btcusdt"]}', "UnknownChannel"]
    ] as const
    for (const [text] of bad) session.receive(text)
    expect(sent.map((frame) => (frame as { error: { code: string } }).error.code)).toEqual(bad.map(([, code]) => code))
    session.receive('{"op":"ping"}')
    expect(sent.at(-1)).toEqual({ op: "pong" })
  })
  it("says which field of a frame is wrong, and what is allowed", () => {
    const { sent, session } = start()
    const op = "op: must be one of subscribe, unsubscribe, ping, cancelOnDisconnect"
    const from = "from: must be partition:eventNo, of several partitions with commas between"
    const bad = [
      ['{"op":"fly"}', op],
      ["{}", op],
      ['{"op":5}', op],
      ["[]", "A frame is one JSON object in text"],
      ["null", "A frame is one JSON object in text"],
      ['{"op":"subscribe","channels":["orders:a"],"from":"soon"}', from]
    ] as const
    for (const [text] of bad) session.receive(text)
    expect(sent).toEqual(bad.map(([, detail]) => ({ error: { code: "BadFrame", detail } })))
  })
  it("passes on why a channel is not there, or broken", async () => {
    const { feed, sent, subscribe } = start()
    await subscribe(["pnl:nobody", "pnl:broken"])
    expect(sent).toEqual([
      { error: { code: "UnknownAccount", detail: "There is no account nobody", channel: "pnl:nobody" } },
      { error: { code: "FeedBroken", detail: "This channel cannot be served now", channel: "pnl:broken" } }
    ])
    expect(feed.open()).toEqual([])
  })
  it("listens once to a channel that is asked for twice, and to none after it ended", async () => {
    const { feed, sent, session, subscribe } = start()
    await subscribe(["orders:a"])
    await subscribe(["orders:a", "quotes:BTCUSDT"])
    expect(feed.open()).toEqual(["orders:a", "quotes:BTCUSDT"])
    session.receive('{"op":"unsubscribe","channels":["orders:a"]}')
    expect(feed.open()).toEqual(["quotes:BTCUSDT"])
    session.end()
    const before = sent.length
    feed.say("quotes:BTCUSDT", {})
    expect([feed.open(), sent.length]).toEqual([[], before])
  })
  it("that ends while a feed opens leaves nobody listening", async () => {
    const { feed, session } = start()
    session.receive('{"op":"subscribe","channels":["orders:a"]}')
    session.end()
    await vi.advanceTimersByTimeAsync(0)
    expect(feed.open()).toEqual([])
  })
  it("has at most 200 channels", async () => {
    const { feed, sent, subscribe } = start()
    for (let i = 0; i < 3; i++)
      await subscribe(
        Array.from({ length: 100 }, (_, n) => `orders:a${i}-${n}`),
        "0:0"
      )
    expect([feed.open().length, sent.length]).toEqual([200, 100])
  })
})

describe("a client that reads slowly", () => {
  it("gets the newest quote only, once it has caught up", async () => {
    const { feed, line, sent, subscribe } = start()
    await subscribe(["quotes:BTCUSDT"], "0:0")
    line.backlog = LAZY_BACKLOG_BYTES + 1
    for (let mdNo = 0; mdNo < 1000; mdNo++) feed.say("quotes:BTCUSDT", { mdNo })
    expect(sent).toEqual([])
    line.backlog = 0
    await vi.advanceTimersByTimeAsync(200)
    expect(sent).toEqual([{ channel: "quotes:BTCUSDT", data: { mdNo: 999 } }])
  })
  it("still gets every order", async () => {
    const { feed, line, sent, subscribe } = start()
    await subscribe(["orders:a"], "0:0")
    line.backlog = LAZY_BACKLOG_BYTES + 1
    for (let i = 0; i < 10; i++) feed.say("orders:a", { i })
    expect(sent.length).toBe(10)
  })
  it("is let go when it is too far behind, and costs nothing more", async () => {
    const { feed, line, sent, subscribe } = start()
    await subscribe(["orders:a"], "0:0")
    line.backlog = BACKLOG_BYTES_MAX + 1
    feed.say("orders:a", {})
    expect([line.closed, sent, feed.open()]).toEqual([TOO_SLOW, [], []])
    feed.say("orders:a", {})
    expect(vi.getTimerCount()).toBe(0)
  })
})
