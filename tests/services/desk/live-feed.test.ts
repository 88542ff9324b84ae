import { afterEach, describe, expect, it } from "vitest"
import type { Channel, LiveMessage } from "#services/contract/live.ts"
import { paperPlatform, type PaperPlatform } from "#tests/services/risk/paper-platform.ts"
import { parseFixed } from "#domain/kernel/money.ts"

let one: PaperPlatform
afterEach(() => one?.close())

const TERMS = { type: "SubmitOrder", account: "demo", symbol: "BTCUSDT", side: "buy", orderType: "limit" }
const submit = async (price: string, timeInForce = "IOC") => {
  const amounts = { quantity: parseFixed("1"), price: parseFixed(price) }
  const [placed] = await one.run({ ...TERMS, ...amounts, timeInForce })
  return (placed!.data as { orderId: string }).orderId
}
const executions = { kind: "executions", id: "demo", name: "executions:demo" } satisfies Channel
const heard = async (from?: string) => {
  const messages: Array<LiveMessage> = []
  const stop = await one.engine.hub.subscribe(executions, from, (message) => messages.push(message))
  if (typeof stop === "function") stop()
  return { messages, stop }
}

describe("the live feed", () => {
  it("begins with the newest executions, however many orders ended without one since", async () => {
    one = await paperPlatform()
    one.market("100")
    const filled = await submit("101")
    await expect.poll(() => (one.market("100"), one.engine.orders.get(filled as never)?.row.status)).toBe("Filled")
    // denied at once: above the collar
    for (let i = 0; i < 60; i++) await submit("900")
    const { messages } = await heard()
    expect(messages).toMatchObject([{ channel: "executions:demo", data: [{ orderId: filled, quantity: "1" }] }])
  })

  it("does not go on from a position that the ledger has not reached", async () => {
    one = await paperPlatform()
    const { eventNo } = one.engine.writer.head()
    expect((await heard(`0:${eventNo}`)).stop).toBeTypeOf("function")
    expect((await heard(`0:${eventNo + 1}`)).stop).toMatchObject({
      problem: { status: 422, code: "PositionNotReached" }
    })
  })

  it("says that there is no such account or symbol where it would be silent for ever", async () => {
    one = await paperPlatform()
    const of = (kind: Channel["kind"], id: string) =>
      one.engine.hub.subscribe({ kind, id, name: `${kind}:${id}` }, undefined, () => {})
    expect(await of("pnl", "nobody")).toMatchObject({ problem: { status: 422, code: "UnknownAccount" } })
    expect(await of("quotes", "NOPE")).toMatchObject({ problem: { status: 422, code: "UnknownSymbol" } })
    // no price yet: it comes
    expect(await of("quotes", "BTCUSDT")).toBeTypeOf("function")
  })
})
