import { afterEach, expect, it } from "vitest"
import { receivedAt } from "#domain/account/received.ts"
import type { Request } from "#domain/account/commands.ts"
import type { ClOrdId } from "#domain/kernel/ids.ts"
import { parseFixed } from "#domain/kernel/money.ts"
import type { Time } from "#domain/kernel/time.ts"
import { memoryLog } from "#infra/memory/event-log.ts"
import { eventsBetween } from "#streams/events-between.ts"
import { ledgerCodec } from "#streams/ledger-codec.ts"
import type { NewGroup, NewOrder } from "#services/contract/orders.ts"
import { META, paperPlatform, type PaperPlatform } from "#tests/services/risk/paper-platform.ts"

let one: PaperPlatform
afterEach(() => one?.close())

const terms = { symbol: "BTCUSDT", side: "buy", type: "limit", quantity: parseFixed("1"), price: parseFixed("99") }

it("an order over HTTP tells when it reached us, before it was decided; a repeat is still a repeat", async () => {
  const log = memoryLog()
  one = await paperPlatform({ log })
  one.market("100")
  const input = { account: "demo", ...terms, clOrdId: "r1" as ClOrdId } as unknown as NewOrder
  const first = await one.oms.submit(input, META)
  expect(first).toMatchObject({ status: 201 })
  await new Promise((resolve) => setTimeout(resolve, 2))
  const again = await one.oms.submit(input, META)
  expect(again).toMatchObject({ status: 200, body: { orderId: (first as { body: { orderId: string } }).body.orderId } })
  const group = { account: "demo", kind: "OCO", orders: [terms, terms], clOrdId: "g1" } as unknown as NewGroup
  expect(await one.oms.submitGroup(group, META)).toMatchObject({ status: 201 })
  expect(await one.oms.submitGroup(group, META)).toMatchObject({ status: 200 })

  const placed = (await eventsBetween(log, ledgerCodec, 0, 1, one.engine.writer.head().eventNo)).filter(
    (event) => event.type === "OrderPlaced"
  )
  expect(placed).toHaveLength(3)
  for (const { data, recordedAt } of placed) expect(data.receivedAt! <= recordedAt).toBe(true)
})

it("who stood before us has told when it was received; what is no order has no such time", () => {
  const at = "2026-01-02T03:04:05.000000000Z" as Time
  const before = "2026-01-02T03:04:04.000000000Z" as Time
  const order = { type: "SubmitOrder", account: "A" } as unknown as Request
  expect(receivedAt(order, at)).toMatchObject({ receivedAt: at })
  expect(receivedAt({ ...order, receivedAt: before } as Request, at)).toMatchObject({ receivedAt: before })
  expect(receivedAt({ type: "CancelOrder", account: "A" } as unknown as Request, at)).not.toHaveProperty("receivedAt")
})
