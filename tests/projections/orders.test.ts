import { describe, expect, it } from "vitest"
import { formatFixed, parseFixed } from "#domain/kernel/money.ts"
import { Checks } from "#domain/risk/check-text.ts"
import { leavesQty } from "#domain/orders/open-order.ts"
import { ordStatus } from "#domain/orders/status.ts"
import { isFinished, orders, type OrderRow } from "#projections/orders/orders.ts"
import { NEVER, type LedgerEvent } from "#projections/projection.ts"
import { freshRows } from "#streams/fresh-rows.ts"
import { asFold, eventsOf, storyLog } from "./story.ts"

type Told = readonly [type: string, data?: Record<string, unknown>]
const f = parseFixed
const placed = (more: Record<string, unknown> = {}): Told => [
  "OrderPlaced",
  {
    clOrdId: "c1",
    symbol: "AAAUSD",
    side: "buy",
    orderType: "limit",
    timeInForce: "GTC",
    quantity: f("10"),
    price: f("100"),
    ...more
  }
]
const approved: Told = ["OrderRiskDecided", { decision: "approved", checks: Checks.written("HALTED ok") }]
const denied = (cause = "c1"): Told => [
  "OrderRiskDecided",
  { cause, decision: "denied", checks: Checks.written("HALTED ok;LOT_SIZE no 1 - 10.5;BUYING_POWER no 5 0 1000") }
]
const acknowledged: Told = ["OrderAcknowledged"]
let filledQty = 0n
const fill = (quantity: string, price: string, of = "10"): Told => {
  filledQty += f(quantity)
  return [
    "OrderFilled",
    { quantity: f(quantity), price: f(price), fee: f("0.5"), cumQty: filledQty, leavesQty: f(of) - filledQty }
  ]
}
const cancelAsked: Told = ["CancelRequested", { clOrdId: "c2" }]
const replaceAsked: Told = ["ReplaceRequested", { clOrdId: "c3" }]
const replaced = (quantity: string, more: Record<string, unknown> = {}): Told => [
  "OrderReplaced",
  { quantity: f(quantity), ...more }
]
const because = (type: string, reason: string): Told => [type, { reason }]

const fold = (told: ReadonlyArray<Told>): OrderRow =>
  told.reduce(
    (row, [type, data = {}], i) =>
      orders.fold(
        row,
        {
          eventNo: i + 1,
          type,
          account: "A",
          cause: data["cause"],
          recordedAt: `2026-01-01T00:00:0${i}.000000000Z`,
          data: { orderId: "0-1", ...data }
        } as unknown as LedgerEvent,
        { no: 1, id: "x", hash: "y" }
      ),
    orders.empty(["0-1"])
  )

describe("an order's row", () => {
  const table: ReadonlyArray<readonly [string, () => ReadonlyArray<Told>, string]> = [
    // status cumQty leavesQty avgPx
    ["placed and approved", () => [placed(), approved], "PendingNew 0 10 0"],
    ["acknowledged", () => [placed(), approved, acknowledged], "New 0 10 0"],
    ["denied by risk", () => [placed(), denied()], "Rejected 0 0 0"],
    ["rejected by the venue", () => [placed(), approved, because("OrderRejected", "closed")], "Rejected 0 0 0"],
    ["filled in part", () => [placed(), approved, acknowledged, fill("4", "99")], "PartiallyFilled 4 6 99"],
    [
      "filled before it was acknowledged",
      () => [placed(), approved, fill("4", "99"), acknowledged],
      "PartiallyFilled 4 6 99"
    ],
    [
      "filled in two prices",
      () => [placed(), approved, acknowledged, fill("4", "99"), fill("6", "100")],
      "Filled 10 0 99.6"
    ],
    [
      "an average that does not end",
      () => [placed(), approved, fill("1", "100"), fill("2", "99.99")],
      "PartiallyFilled 3 7 99.99333333"
    ],
    ["cancel asked", () => [placed(), approved, acknowledged, fill("4", "99"), cancelAsked], "PendingCancel 4 6 99"],
    ["filled while cancel is pending", () => [placed(), approved, cancelAsked, fill("10", "99")], "Filled 10 0 99"],
    ["cancelled", () => [placed(), approved, cancelAsked, because("OrderCanceled", "asked")], "Canceled 0 0 0"],
    [
      "cancelled after a part",
      () => [placed(), approved, fill("4", "99"), cancelAsked, because("OrderCanceled", "asked")],
      "Canceled 4 0 99"
    ],
    [
      "cancel refused",
      () => [placed(), approved, acknowledged, cancelAsked, because("CancelRejected", "late")],
      "New 0 10 0"
    ],
    [
      "cancel refused of a finished one",
      () => [placed(), approved, fill("10", "99"), because("CancelRejected", "late")],
      "Filled 10 0 99"
    ],
    [
      "expired",
      () => [placed(), approved, acknowledged, fill("4", "99"), because("OrderExpired", "day")],
      "Expired 4 0 99"
    ],
    ["replace asked", () => [placed(), approved, acknowledged, replaceAsked], "PendingReplace 0 10 0"],
    [
      "cancel takes precedence over replace",
      () => [placed(), approved, acknowledged, replaceAsked, cancelAsked],
      "PendingCancel 0 10 0"
    ],
    [
      "replaced by more",
      () => [placed(), approved, acknowledged, fill("4", "99"), replaceAsked, replaced("20")],
      "PartiallyFilled 4 16 99"
    ],
    [
      "replaced down to what is filled",
      () => [placed(), approved, fill("4", "99"), replaceAsked, replaced("4")],
      "Filled 4 0 99"
    ],
    ["replace refused by risk", () => [placed(), approved, acknowledged, replaceAsked, denied("c3")], "New 0 10 0"],
    [
      "replace refused by the venue",
      () => [placed(), approved, acknowledged, replaceAsked, because("ReplaceRejected", "no")],
      "New 0 10 0"
    ],
    [
      "a report in suspense changes nothing",
      () => [placed(), approved, acknowledged, because("ReportSuspended", "odd")],
      "New 0 10 0"
    ]
  ]
  it.each(table)("%s", (_, told, expected) => {
    filledQty = 0n
    const { status, cumQty, leavesQty: leaves, avgPx } = fold(told())
    expect(`${status} ${formatFixed(cumQty)} ${formatFixed(leaves)} ${formatFixed(avgPx)}`).toBe(expected)
  })

  it("takes the replace's terms and id once the venue confirms them", () => {
    const row = fold([
      placed({ stopPrice: f("90"), orderType: "stop-limit" }),
      approved,
      replaceAsked,
      replaced("8", { price: f("101"), stopPrice: f("91") })
    ])
    expect([row.clOrdId, row.quantity, row.price, row.stopPrice]).toEqual(["c3", f("8"), f("101"), f("91")])
  })

  it("shows what an iceberg displays now", () => {
    const iceberg = [placed({ displayQuantity: f("2") }), approved, acknowledged]
    const asked = (displayQuantity: string): Told => [
      "ReplaceRequested",
      { clOrdId: "c3", displayQuantity: f(displayQuantity) }
    ]
    const displayed = (told: ReadonlyArray<Told>) => JSON.parse(fold([...iceberg, ...told]).instructions) as unknown
    expect(displayed([asked("3")])).toEqual({ displayQuantity: "2" })
    expect(displayed([asked("3"), replaced("10")])).toEqual({ displayQuantity: "3" })
    expect(displayed([asked("3"), denied("c3")])).toEqual({ displayQuantity: "2" })
    expect(displayed([asked("3"), because("ReplaceRejected", "no")])).toEqual({ displayQuantity: "2" })
    expect(displayed([["HeldOrderReplaced", { clOrdId: "c3", displayQuantity: f("4") }]])).toEqual({
      displayQuantity: "4"
    })
  })

  it("keeps the decision that allowed it when a change is denied", () => {
    const decision = (told: ReadonlyArray<Told>) => (JSON.parse(fold(told).risk) as { decision: string }).decision
    expect(decision([placed(), approved, acknowledged, replaceAsked, denied("c3")])).toBe("approved")
    expect(decision([placed(), denied()])).toBe("denied")
  })

  it("says which checks refused it", () => {
    expect(fold([placed(), denied()]).reason).toBe("refused by LOT_SIZE, BUYING_POWER")
  })

  it.each<[string, () => ReadonlyArray<Told>, string]>([
    ["a change that risk denied", () => [replaceAsked, denied("c3")], "refused by LOT_SIZE, BUYING_POWER"],
    ["until another is asked for", () => [replaceAsked, denied("c3"), ["ReplaceRequested", { clOrdId: "c4" }]], ""],
    [
      "a cancel that came too late, until it fills",
      () => [cancelAsked, because("CancelRejected", "late"), fill("10", "99")],
      ""
    ],
    ["what the venue changed, until it fills", () => [because("OrderRestated", "moved"), fill("10", "99")], ""],
    ["a halt that lasts", () => [because("OrderSuspended", "halt"), fill("1", "99")], "halt"],
    ["a halt, until it stands again", () => [because("OrderSuspended", "halt"), acknowledged], ""],
    ["an end, whatever follows", () => [because("OrderCanceled", "asked"), fill("4", "99")], "asked"]
  ])("tells the reason of what stands: %s", (_, told, reason) => {
    filledQty = 0n
    expect(fold([placed(), approved, acknowledged, ...told()]).reason).toBe(reason)
  })

  it("has no price, stop or end where the order has none", () => {
    const { price, stopPrice, expireAt } = fold([placed({ price: undefined, orderType: "market", timeInForce: "IOC" })])
    expect([price, stopPrice, expireAt]).toEqual([0n, 0n, NEVER])
  })
})

describe("orders", () => {
  it.each([31, 32, 33, 34])("agree with the decider's open orders (seed %i)", async (seed) => {
    const { log, state } = await storyLog({ seed, steps: 1_500, together: 4 })
    const fresh = freshRows([asFold(orders)])
    for (const { event, place } of await eventsOf(log)) fresh.fold(0, event, place)
    const rows = fresh.rows("orders").map(({ row }) => row as OrderRow)
    const open = rows.filter((row) => !isFinished(row))
    expect(open.map(({ orderId }) => orderId).toSorted()).toEqual([...state.orders.keys()].map(String).toSorted())
    for (const row of open) {
      const order = [...state.orders.values()].find(({ orderId }) => orderId === row.orderId)!
      expect([row.quantity, row.cumQty, row.leavesQty]).toEqual([order.quantity, order.cumQty, leavesQty(order)])
      expect(row.price).toBe(order.price ?? 0n)
      expect(row.status).toBe(ordStatus(order, "asked"))
    }
    expect(rows.length).toBeGreaterThan(open.length)
  })
})
