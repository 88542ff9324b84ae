import { describe, expect, it } from "vitest"
import type { OrderId, Symbol } from "#domain/kernel/ids.ts"
import type { Quantity } from "#domain/kernel/money.ts"
import type { RestoredOrder } from "#domain/venue/order-entry.ts"
import type { NewOrder } from "#domain/venue/venue-order.ts"
import { at, depth, quantity, quote, trade } from "#tests/domain/market/made.ts"
import { cancel, order, short, step, venueOf } from "./at-venue.ts"

const kept = (request: NewOrder, changes: Partial<RestoredOrder> = {}): RestoredOrder => ({
  request,
  venueOrderId: `P-${request.orderId}`,
  cumQty: 0n as Quantity,
  queueAhead: 0n as Quantity,
  mdNo: 50,
  triggered: false,
  reports: 1,
  ...changes
})
const restored = (...orders: ReadonlyArray<RestoredOrder>) => {
  const venue = venueOf()
  for (const one of orders) venue.restore(one)
  expect(venue.due(at(50_000))).toEqual([])
  return { venue, see: (input: Parameters<typeof step>[1]) => short(step(venue, input)) }
}

describe("an order that a restart puts back", () => {
  it("rests where it stood, with what was filled, and its ids count on", () => {
    const resting = kept(order(1, 0, "buy", 3, { price: 99 }), {
      cumQty: quantity(1),
      queueAhead: quantity(2),
      reports: 4
    })
    const { venue } = restored(resting)
    expect(venue.mdNo()).toBe(50)
    const [report] = step(venue, trade(51, "sell", [99, "2.5"]))
    expect(report).toMatchObject({ type: "Trade", quantity: quantity("0.5"), execId: "P-0-1-51-5" })
    expect(short(step(venue, trade(52, "sell", [98, 1])))).toEqual(["0-1 Trade 1.5@99 maker"])
  })

  it("keeps its turn among our own at a price", () => {
    const { see } = restored(kept(order(1, 0, "buy", 1, { price: 99 })), kept(order(2, 0, "buy", 1, { price: 99 })))
    expect(see(trade(51, "sell", [99, "1.5"]))).toEqual(["0-1 Trade 1@99 maker", "0-2 Trade 0.5@99 maker"])
  })

  it("waits as a stop, or goes on as what it was triggered to", () => {
    const stop = { type: "stop-limit", stop: 98, price: 101 } as const
    const { see } = restored(
      kept(order(1, 0, "sell", 1, stop)),
      kept(order(2, 0, "sell", 1, stop), { triggered: true })
    )
    expect(see(trade(51, "buy", [101, 9]))).toEqual(["0-2 Trade 1@101 maker"])
    expect(see(trade(52, "sell", [98, 9]))).toEqual(["0-1 Triggered behind 0"])
  })

  it("acts when its market is seen, if its last reports were lost", () => {
    const { venue, see } = restored(
      kept(order(1, 0, "buy", 1, { type: "market", price: 110 })),
      kept(order(2, 0, "buy", 3, { price: 105, tif: "FOK" }), { cumQty: quantity(1), reports: 2 }),
      kept(order(3, 0, "buy", 1, { type: "stop", stop: 103, price: 110 }), { triggered: true, reports: 2 }),
      kept(order(4, 0, "buy", 1, { type: "market", price: 110 }))
    )
    expect(see(trade(51, "buy", [101, 1]))).toEqual([]) // nothing is shown yet
    expect(see(cancel(4, 51_500))).toEqual(["0-4 Canceled"])
    expect(
      see(
        depth(
          52,
          [[99, 1]],
          [
            [101, 2],
            [102, 2]
          ]
        )
      )
    ).toEqual(["0-1 Trade 1@101 taker", "0-2 Trade 1@101 taker", "0-2 Trade 1@102 taker", "0-3 Trade 1@102 taker"])
    expect(venue.openOrders()).toEqual([])
  })

  it("that expired in the meantime says so", () => {
    const { venue } = { venue: venueOf() }
    venue.restore(kept(order(1, 0, "buy", 1, { price: 99, tif: "GTD", expireAt: at(40_000) })))
    expect(venue.due(at(50_000))).toMatchObject([{ type: "Expired", at: at(40_000), execId: "P-0-1-50-2" }])
  })

  it("is not put back twice, nor taken as new again", () => {
    const request = order(1, 0, "buy", 1, { price: 99 })
    const { venue, see } = restored(kept(request), kept(request))
    expect(see({ ...request, at: at(51_000) })).toEqual([])
    expect(venue.openOrders().length).toBe(1)
  })

  it("must be of an instrument that is traded", () => {
    const strange = kept({
      ...order(1, 0, "buy", 1, { price: 99 }),
      symbol: "XYZ" as Symbol,
      orderId: "0-1" as OrderId
    })
    expect(() => venueOf().restore(strange)).toThrow(/XYZ, which is not traded here/)
  })
})

describe("a request that is sent again", () => {
  it("is not taken twice", () => {
    const venue = venueOf()
    step(venue, depth(1, [[99, 5]], [[101, 5]]))
    const market = order(1, 1000, "buy", 1, { type: "market", price: 110 })
    expect(short(step(venue, market))).toEqual(["0-1 New behind 0", "0-1 Trade 1@101 taker"])
    expect(step(venue, market)).toEqual([])
  })

  it("after a restart waits for the market of its symbol, and what follows it too", () => {
    const venue = venueOf()
    venue.resend(order(1, 0, "buy", 1, { type: "market", price: 110 }))
    venue.resend(order(2, 0, "buy", 1, { price: 99 }))
    venue.resend(cancel(2, 0))
    venue.resend(cancel(7, 0)) // nothing to wait for
    expect(short(venue.due(at(1000)))).toEqual(["0-7 CancelRejected"])
    expect(short(step(venue, quote(2, [2500, 1], [2501, 1], "ETHUSDT" as Symbol)))).toEqual([])
    expect(short(step(venue, trade(3, "buy", [101, 1])))).toEqual([])
    expect(short(step(venue, cancel(1, 3500)))).toEqual([])
    expect(short(step(venue, quote(4, [99, 1], [101, 5])))).toEqual([
      "0-1 New behind 0",
      "0-1 Trade 1@101 taker",
      "0-2 New behind 1",
      "0-2 Canceled",
      "0-1 CancelRejected"
    ])
    venue.resend(order(5, 4500, "buy", 1, { type: "market", price: 110 }))
    expect(short(venue.due(at(4500)))).toEqual(["0-5 New behind 0", "0-5 Trade 1@101 taker"])
  })
})
