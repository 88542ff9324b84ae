// A platform that begins with a snapshot is the one that would have read everything.
import { afterEach, describe, expect, it } from "vitest"
import type { OrderId } from "#domain/kernel/ids.ts"
import { parseFixed } from "#domain/kernel/money.ts"
import type { EventLog } from "#streams/ports/event-log.ts"
import { memoryLog } from "#infra/memory/event-log.ts"
import { memorySnapshots } from "#infra/memory/snapshot-store.ts"
import { pnlBody } from "#services/pnl/desk.ts"
import { partitionOf } from "#services/snapshots/partition-snapshot.ts"
import { takeSnapshot } from "#services/snapshots/take-snapshot.ts"
import { newestSound } from "#streams/snapshots/newest-sound.ts"
import type { Snapshot } from "#streams/snapshots/snapshot.ts"
import { MORNING } from "#tests/domain/account/story.ts"
import { BTC, paperPlatform, type PaperPlatform } from "#tests/services/risk/paper-platform.ts"

let open: PaperPlatform | undefined
afterEach(() => open?.close())

const account = "test_account"
const order = (side: string, quantity: string, price?: string) => ({
  type: "SubmitOrder",
  account,
  symbol: BTC,
  side,
  orderType: price === undefined ? "market" : "limit",
  timeInForce: price === undefined ? "IOC" : "GTC",
  quantity: parseFixed(quantity),
  ...(price !== undefined && { price: parseFixed(price) })
})
const orderIdOf = (event: { readonly data: object } | undefined): OrderId =>
  (event!.data as { readonly orderId: OrderId }).orderId
const statuses = ({ engine }: PaperPlatform) =>
  [...engine.orders.open(), ...engine.orders.finished()]
    .map(({ row }) => `${row.orderId} ${row.status} ${row.cumQty}`)
    .toSorted()
/** In the end, however busy the machine is. */
const seen = <T>(what: () => T) => expect.poll(what, { timeout: 20_000 })
const shown = async ({ engine }: PaperPlatform) => ({
  orders: [...engine.orders.open(), ...engine.orders.finished()].toSorted((a, b) => a.eventNo - b.eventNo),
  pnl: { ...pnlBody(engine.pnl, account, 0, MORNING), position: "" },
  mdNo: engine.mdNo,
  cash: await engine.writer.look(({ accounts }) => [...accounts.get(account as never)!.balances.cash])
})

/** All that is needed to begin from a snapshot, as it is taken now. */
const snapshots = (log: EventLog) => {
  const store = memorySnapshots()
  const options = { keep: 2, now: () => "2026-03-02T10:00:00.000Z", onSkipped: () => expect.unreachable() }
  const place = { store, log, partition: 0 }
  const restore = (snapshot: Snapshot) => partitionOf(snapshot)
  return {
    store,
    take: () => takeSnapshot(place, options),
    newest: async () => (await newestSound({ ...place, restore, onSkipped: options.onSkipped }))!
  }
}

describe("a platform that begins with a snapshot", () => {
  it("shows what one shows that has read everything, and its orders go on", async () => {
    const log = memoryLog()
    const { take, newest } = snapshots(log)
    const first = (open = await paperPlatform({ log }))
    first.market("100")
    await first.run(order("buy", "3"), "bought")
    await seen(() => statuses(first).filter((one) => one.includes(" Filled ")).length).toBe(1) // what is sold is held
    const [resting] = await first.run(order("buy", "2", "90"), "resting")
    const [worked] = await first.run(order("sell", "1", "105"), "worked")
    const orderId = orderIdOf(resting)
    await seen(() => statuses(first).filter((one) => / (Filled|New) /u.test(one)).length).toBe(3)
    await take()
    await first.run(order("buy", "1", "80"), "after the snapshot")
    await first.run({
      type: "RecordMark",
      symbol: BTC,
      price: parseFixed("101"),
      source: "mid",
      mdNo: 2,
      markedAt: MORNING
    })
    await seen(() => statuses(first).filter((one) => one.includes(" New ")).length).toBe(3)
    await first.close()

    const replayed = (open = await paperPlatform({ log }))
    const whole = await shown(replayed)
    await replayed.close()
    const followed = await newest()
    expect(followed.folded.head.no).toBeLessThan(first.engine.writer.head().no)
    const second = (open = await paperPlatform({ log, followed }))
    expect(await shown(second)).toEqual(whole)
    expect(whole.orders.filter(({ row }) => row.status === "New")).toHaveLength(3)
    expect(whole.pnl).toMatchObject({ account })

    // what was asked before is answered as it was, and not done again
    const head = second.engine.writer.head().eventNo
    const repeated = await second.run(order("buy", "2", "90"), "resting")
    expect(repeated[0]).toMatchObject({ eventNo: resting!.eventNo })
    expect(second.engine.writer.head().eventNo).toBe(head)
    // an order that rested through it is the venue's again: it fills there, and is cancelled there
    second.market("106")
    await seen(() => second.engine.orders.get(orderIdOf(worked))?.row.status).toBe("Filled")
    await second.run({ type: "CancelOrder", account, orderId })
    await seen(() => second.engine.orders.get(orderId)?.row.status).toBe("Canceled")
  }, 30_000)

  it("goes on from a snapshot of its own, and keeps so many of them", async () => {
    const log = memoryLog()
    const { store, take, newest } = snapshots(log)
    const first = (open = await paperPlatform({ log }))
    first.market("100")
    for (let n = 0; n < 4; n++) {
      await first.run(order("buy", "1", String(60 + n)), `n${n}`)
      await take()
    }
    const again = await take() // what the venue has said meanwhile, or nothing
    await first.close()
    const kept = await store.list(0)
    expect(kept).toHaveLength(2)
    expect(kept.at(-1)!.no).toBe(again!.no)
    const { folded } = await newest()
    expect(folded.state.eventNo).toBe(again!.eventNo)
  })
})
