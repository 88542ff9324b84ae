import { afterEach, describe, expect, it } from "vitest"
import { parseFixed } from "#domain/kernel/money.ts"
import { memoryLog } from "#infra/memory/event-log.ts"
import { post } from "#tests/services/http/served.ts"
import { paperPlatform, type PaperPlatform } from "#tests/services/risk/paper-platform.ts"

const opened: Array<PaperPlatform> = []
const platform = async (options: Parameters<typeof paperPlatform>[0] = {}) => {
  const found = await paperPlatform(options)
  opened.push(found)
  found.market("100")
  return found
}
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close()
})
const order = (price = "95") => ({
  type: "SubmitOrder",
  account: "demo",
  symbol: "BTCUSDT",
  side: "buy",
  orderType: "limit",
  timeInForce: "GTC",
  quantity: parseFixed("0.1"),
  price: parseFixed(price)
})
const halts = ({ engine }: PaperPlatform) =>
  engine.writer.look((state) => [...state.halts.values()].map(({ scope, reason, actor }) => ({ scope, reason, actor })))
const statuses = ({ engine }: PaperPlatform) => [...engine.orders.open()].map(({ row }) => row.status)
const HALTED = [{ scope: "firm", reason: "venue disconnected: paper", actor: "system:venue-link" }]

describe("a venue that is disconnected", () => {
  it("is sent nothing new; when it is back it is asked about what is open, and trading goes on", async () => {
    const one = await platform()
    const { engine, run, served } = one
    await run(order())
    await expect.poll(() => statuses(one)).toEqual(["New"])
    // decided just before the halt: it waits
    const unsent = engine.writer.submit({ id: "unsent", actor: "test", request: order() as never })
    engine.session.venueConnected(false)
    expect(await unsent).toMatchObject({ kind: "facts", events: [{}, { data: { decision: "approved" } }] })
    await expect.poll(() => halts(one)).toEqual(HALTED)
    engine.session.venueConnected(false)
    expect((await run(order())).at(-1)?.data).toMatchObject({ decision: "denied" })
    const [first] = [...engine.orders.open()]
    await run({ type: "CancelOrder", account: "demo", orderId: first!.row.orderId })
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(statuses(one)).toEqual(["PendingCancel", "PendingNew"])
    engine.session.venueConnected(true)
    await expect.poll(() => halts(one)).toEqual([])
    await expect.poll(() => statuses(one)).toEqual(["New"])
    const killed = await post(served.port, "/risk/kill", { scope: "account", id: "demo", reason: "drill" })
    expect(killed.json).toMatchObject({ requested: 1, confirmed: 1 })
  })

  it("keeps its halt over a restart no longer than the next platform is without it", async () => {
    const log = memoryLog()
    const first = await platform({ log })
    first.engine.session.venueConnected(false)
    await expect.poll(() => halts(first)).toEqual(HALTED)
    await opened.pop()!.close()
    const second = await platform({ log })
    await expect.poll(() => halts(second)).toEqual([])
  })

  it("that is back before its halt was recorded is not halted", async () => {
    const one = await platform()
    one.engine.session.venueConnected(false)
    one.engine.session.venueConnected(true)
    await one.run(order())
    await expect.poll(() => halts(one)).toEqual([])
  })
})
