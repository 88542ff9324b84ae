import { afterEach, describe, expect, it } from "vitest"
import { parseFixed } from "#domain/kernel/money.ts"
import { memoryLog } from "#infra/memory/event-log.ts"
import { sender } from "#services/desk/send.ts"
import { killSwitch } from "#services/risk/kill-switch.ts"
import { openAccountWriter } from "#streams/account-writer.ts"
import { instrument, market, MORNING } from "#tests/domain/account/story.ts"
import { ask, post } from "#tests/services/http/served.ts"
import { META, paperPlatform, type PaperPlatform } from "./paper-platform.ts"

let open: PaperPlatform | undefined
afterEach(async () => {
  await open?.close()
  open = undefined
})
const begun = async () => {
  open = await paperPlatform()
  open.market("100")
  return open
}
const order = (account: string, price = "95") => ({
  type: "SubmitOrder",
  account,
  symbol: "BTCUSDT",
  side: "buy",
  orderType: "limit",
  timeInForce: "GTC",
  quantity: parseFixed("0.1"),
  price: parseFixed(price)
})
const drill = { scope: "firm", reason: "drill" }

describe("POST /risk/kill", () => {
  it("halts, cancels everything, and answers when the venue has confirmed", async () => {
    const { run, served, engine } = await begun()
    for (const account of ["demo", "test_account", "demo"]) await run(order(account))
    const { status, json } = await post(served.port, "/risk/kill", { ...drill, clOrdId: "k1" })
    expect(status).toBe(200)
    expect(json).toMatchObject({ requested: 3, confirmed: 3, remaining: [] })
    expect(json.position).toBe(`0:${engine.writer.head().eventNo}`)
    expect((await ask(served.port, "/risk/halts")).json.items).toMatchObject([{ haltId: json.haltId, reason: "drill" }])
    const [, decided] = await run(order("demo"))
    expect(decided?.data).toMatchObject({ decision: "denied" })
    // the same again halts nothing twice
    const again = await post(served.port, "/risk/kill", { ...drill, clOrdId: "k1" })
    expect(again.json).toMatchObject({ haltId: json.haltId, requested: 3, confirmed: 3, remaining: [] })
    expect((await ask(served.port, "/risk/halts")).json.items).toHaveLength(1)
    const other = await post(served.port, "/risk/kill", { ...drill, reason: "another", clOrdId: "k1" })
    expect([other.status, other.json.code]).toEqual([409, "ClOrdIdReused"])
  })

  it("asks again until none is left of more than one commit takes", async () => {
    const { run, served, oms, engine } = await begun()
    await Promise.all(Array.from({ length: 2100 }, () => run(order("demo"))))
    const { json } = await post(served.port, "/risk/kill", { ...drill, scope: "account", id: "demo", clOrdId: "k2" })
    expect(json).toMatchObject({ requested: 2100, confirmed: 2100, remaining: [] })
    const again = await post(served.port, "/risk/kill", { ...drill, scope: "account", id: "demo", clOrdId: "k2" })
    expect(again.json).toMatchObject({ haltId: json.haltId, requested: 2100, confirmed: 2100 })
    expect(await engine.writer.look(({ orders }) => orders.size)).toBe(0)
    // and so does a cancel-all, whose repeat answers the same
    await Promise.all(Array.from({ length: 1001 }, () => run(order("test_account"))))
    const all = { account: "test_account", clOrdId: "c".repeat(64) } as never
    const first = await oms.cancelAll(all, META)
    expect("body" in first && first.body.requested.length).toBe(1001)
    expect(await oms.cancelAll(all, META)).toEqual(first)
  }, 30_000)

  it("tells what it could not know, and what is wrong", async () => {
    const { served } = await begun()
    const status = async (body: object) => (await post(served.port, "/risk/kill", body)).status
    expect(await status({ scope: "account", reason: "drill" })).toBe(422)
    expect(await status({ scope: "symbol", id: "BTCUSDT", reason: "drill" })).toBe(400)
    expect(await status({ scope: "account", id: "nobody", reason: "drill" })).toBe(422)
    expect(await status({ scope: "firm" })).toBe(400)
    expect((await post(served.port, "/risk/kill", drill)).json).toMatchObject({ requested: 0, remaining: [] })
  })

  it("answers after a while with what no venue has confirmed", async () => {
    const clock = () => MORNING
    const log = memoryLog()
    const writer = await openAccountWriter({
      log,
      partition: 0,
      clock,
      writerId: "w",
      seen: () => market("100", "100")
    })
    const send = sender(writer, log, clock)
    const accountOf = { account: "A", owner: "o", group: "G", accountType: "cash", currency: "USDT" }
    await send({ type: "AdoptInstrument", instrument: instrument() }, undefined, META)
    await send({ type: "OpenAccount", ...accountOf } as never, undefined, META)
    await send(
      { type: "Deposit", account: "A", currency: "USDT", amount: parseFixed("1000") } as never,
      undefined,
      META
    )
    await send(order("A") as never, undefined, META)
    const placed = await send(order("A") as never, undefined, META)
    const ids = await writer.look(({ orders }) => [...orders.keys()])
    expect("events" in placed && ids).toHaveLength(2)
    await send({ type: "CancelOrder", account: "A", orderId: ids[0]! } as never, undefined, META)
    const answer = await killSwitch(writer, send, clock, 60)({ scope: "firm", reason: "drill" }, META)
    // one was being cancelled already: it is waited for as well
    expect(answer).toMatchObject({ status: 200, body: { requested: 2, confirmed: 0 } })
    expect("body" in answer && new Set(answer.body.remaining)).toEqual(new Set(ids))
    await writer.stop()
  })
})
