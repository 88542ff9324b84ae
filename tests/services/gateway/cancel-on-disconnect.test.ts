import { afterEach, describe, expect, it } from "vitest"
import type { AccountId } from "#domain/kernel/ids.ts"
import { parseFixed } from "#domain/kernel/money.ts"
import { gatewayRoutes } from "#services/gateway/handlers.ts"
import { openSession } from "#services/gateway/session.ts"
import { serve } from "#tests/services/http/served.ts"
import { paperPlatform } from "#tests/services/risk/paper-platform.ts"
import { fakeFeed } from "./fake-feed.ts"

const until = async (isTrue: () => boolean | Promise<boolean>) => {
  for (let i = 0; i < 300; i++) {
    if (await isTrue()) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error("it never came to that")
}

describe("cancel on disconnect", () => {
  const start = () => {
    const sent: Array<unknown> = []
    const cancelled: Array<string> = []
    const line = { send: (text: string) => void sent.push(JSON.parse(text)), backlog: () => 0, close: () => {} }
    const session = openSession(fakeFeed(), line, {
      knows: async (account) => account !== "nobody",
      cancelAll: async (account) => {
        cancelled.push(account)
        if (account === "broken") throw new Error("the writer is gone")
      }
    })
    const say = async (frame: object) => {
      session.receive(JSON.stringify(frame))
      await Promise.resolve()
      await Promise.resolve()
      await Promise.resolve()
    }
    return { sent, cancelled, session, say }
  }
  const on = (account: string, isOn = true) => ({ op: "cancelOnDisconnect", account, on: isOn })

  it("is asked for by account, may be taken back, and says what it does", async () => {
    const { sent, cancelled, session, say } = start()
    for (const frame of [on("a"), on("b"), on("b", false), on("broken"), on("nobody")]) await say(frame)
    expect(sent).toEqual([
      on("a"),
      on("b"),
      on("b", false),
      on("broken"),
      { error: { code: "UnknownAccount", detail: "there is no account nobody" } }
    ])
    session.end()
    session.end()
    expect(cancelled).toEqual(["a", "broken"])
  })

  it("is heard of a client that leaves at once", async () => {
    const { cancelled, session } = start()
    session.receive(JSON.stringify(on("a")))
    session.end()
    expect(cancelled).toEqual(["a"])
  })

  it("does nothing unasked, and reads no nonsense", async () => {
    const { sent, cancelled, session, say } = start()
    await say({ op: "cancelOnDisconnect", account: "no such", on: true })
    await say({ op: "cancelOnDisconnect", account: "a" })
    expect(sent).toMatchObject([{ error: { code: "BadFrame" } }, { error: { code: "BadFrame" } }])
    session.end()
    expect(cancelled).toEqual([])
  })
})

describe("a socket that closes", () => {
  const closing: Array<() => Promise<void>> = []
  afterEach(async () => {
    for (const close of closing.splice(0)) await close()
  })
  it("takes the account's orders with it, and the ledger says who did it", async () => {
    const { engine, oms, market, run, close } = await paperPlatform()
    const actor = "gateway:cancel-on-disconnect"
    const gateway = gatewayRoutes({
      feed: fakeFeed(),
      overview: async () => ({ account: "demo", symbols: [], services: [] }),
      cancels: {
        knows: (account) => engine.writer.look(({ accounts }) => accounts.has(account)),
        cancelAll: async (account) => void (await oms.cancelAll({ account }, { actor, requestId: "gone" }))
      }
    })
    const served = await serve([gateway.mount])
    closing.push(close, served.close)
    market("100")
    const terms = { symbol: "BTCUSDT", side: "buy", orderType: "limit", timeInForce: "GTC" }
    const amounts = { quantity: parseFixed("0.1"), price: parseFixed("95") }
    for (const account of ["demo", "demo", "test_account"])
      await run({ type: "SubmitOrder", account, ...terms, ...amounts })
    const socket = new WebSocket(`ws://127.0.0.1:${served.port}/ws`)
    await new Promise((resolve) => (socket.onopen = resolve))
    const answered = new Promise((resolve) => (socket.onmessage = resolve))
    socket.send(JSON.stringify({ op: "cancelOnDisconnect", account: "demo", on: true }))
    await answered
    socket.close()
    const left = () => engine.writer.look(({ orders }) => [...orders.values()].map(({ account }) => account))
    await until(async () => (await left()).length === 1)
    expect(await left()).toEqual(["test_account" as AccountId])
  })
})
