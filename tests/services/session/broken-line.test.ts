import { describe, expect, it } from "vitest"
import type { OrderId } from "#domain/kernel/ids.ts"
import { parseFixed } from "#domain/kernel/money.ts"
import { DEMO, Distance, type Fault, type Move } from "./at-a-distance.ts"

const order = (id: string, of: object): Move => ({
  id,
  ask: () => ({
    type: "SubmitOrder",
    account: DEMO,
    symbol: "BTCUSDT",
    side: "buy",
    orderType: "limit",
    timeInForce: "GTC",
    quantity: parseFixed("1"),
    ...of
  })
})
const about = (id: string, n: number, of: object): Move => ({
  id,
  ask: (placed) => ({ account: DEMO, orderId: placed[n] ?? ("0-1" as OrderId), ...of })
})
const cancel = (id: string, n: number) => about(id, n, { type: "CancelOrder" })

const STORY: ReadonlyArray<Move> = [
  { market: "100" },
  order("o1", { price: parseFixed("99") }),
  order("o2", { price: parseFixed("98") }),
  order("o3", { orderType: "market", timeInForce: "IOC", quantity: parseFixed("0.3") }),
  about("r1", 0, { type: "ReplaceOrder", quantity: parseFixed("1.5") }),
  { market: "98.9" },
  cancel("c2", 1),
  order("o4", { price: parseFixed("97") }),
  cancel("c4", 3),
  { market: "98.5" },
  { market: "99.5" }
]

/** Whatever broke and when: at the end the ledger and the venue tell the same, each fill once, and nothing is unknown. */
const agrees = async (one: Distance, told: string) => {
  const open = await one.writer.look((state) =>
    [...state.orders.values()].map((of) => ({ ...of, terms: [of.orderId, of.quantity, of.price, of.cumQty].join() }))
  )
  const atVenue = one.venue.openOrders().map((of) => [of.orderId, of.quantity, of.price, of.cumQty].join())
  expect(open.map(({ terms }) => terms).toSorted(), told).toEqual(atVenue.toSorted())
  for (const { route, pending, acknowledged } of open)
    expect({ route, pending, acknowledged }, told).toEqual({ route: undefined, pending: [], acknowledged: true })
  const said = one.placed.flatMap((id) => one.venue.reportsOf(id, 0)).filter(({ type }) => type === "Trade")
  const recorded = one.events
    .filter(({ type }) => type === "OrderFilled")
    .map(({ data }) => (data as { execId: string }).execId)
  expect(recorded.toSorted(), told).toEqual(said.map(({ execId }) => execId).toSorted())
  expect(
    one.events.filter(({ type }) => type === "ReportSuspended"),
    told
  ).toEqual([])
}
const played = async (...faults: ReadonlyArray<Fault>): Promise<Distance> => {
  const one = new Distance()
  await one.begin()
  await one.play(STORY, faults)
  return one
}
const types = ({ events }: Distance, type: string) => events.filter((event) => event.type === type)

describe("a venue at a distance", () => {
  it("is sent nothing that was not recorded before, and answers everything", async () => {
    const one = await played()
    await agrees(one, "no fault")
    expect(types(one, "RouteUnknown")).toEqual([])
    // a request each: four orders, a replace, two cancels
    expect(types(one, "RouteSent")).toHaveLength(7)
    expect(types(one, "OrderFilled").length).toBeGreaterThan(1)
  })

  it("tells the same as the ledger in the end, wherever the line breaks and for however long", async () => {
    const { things } = await played()
    let unknown = 0
    const rejected = new Set<string>()
    for (let at = 1; at < things; at++) {
      for (const length of [1, 4, 15]) {
        const one = await played({ before: at, does: "break" }, { before: at + length, does: "mend" })
        await agrees(one, `broken before ${at} for ${length}`)
        unknown += types(one, "RouteUnknown").length
        for (const { data } of types(one, "OrderRejected")) rejected.add((data as { reason: string }).reason)
      }
    }
    expect(unknown).toBeGreaterThan(50)
    const never = "the venue has never got it, and it is not sent again"
    expect([...rejected].toSorted()).toEqual([
      `${never}: IOC, too late now`,
      `${never}: a cancel was asked for meanwhile`
    ])
  })

  it("tells the same wherever the platform dies, and where the line broke before", async () => {
    const { things } = await played()
    let unknown = 0
    for (let at = 1; at < things; at++) {
      const one = await played({ before: at, does: "restart" })
      await agrees(one, `restarted before ${at}`)
      const two = await played({ before: at, does: "break" }, { before: at + 3, does: "restart" })
      await agrees(two, `broken before ${at}, restarted three later`)
      unknown += types(one, "RouteUnknown").length
    }
    expect(unknown).toBeGreaterThan(5)
  })
})
