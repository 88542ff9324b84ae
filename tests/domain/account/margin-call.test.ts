import { describe, expect, it } from "vitest"
import { fc, it as property } from "@fast-check/vitest"
import type { AccountEvent } from "#domain/account/events.ts"
import { marginStep } from "#domain/account/margin-call.ts"
import type { Recorded } from "#domain/kernel/event.ts"
import { formatFixed, type Quantity } from "#domain/kernel/money.ts"
import { amount, instrument, type Story } from "./story.ts"
import { trade, watched, withMargin, type Watched } from "./watched.ts"

type Events = ReadonlyArray<Recorded<AccountEvent>>
const told = (events: Events) => events.map(({ type }) => type)
const dataOf = (events: Events, type: AccountEvent["type"]) => {
  const event = events.find((one) => one.type === type)
  return Object.fromEntries(
    Object.entries(event?.data ?? {}).map(([name, value]) => [
      name,
      typeof value === "bigint" ? formatFixed(value) : value
    ])
  )
}
/** 19 units bought at 100 with 1,000 of own money: called below 66.31... */
const holding = (): Watched => {
  const found = withMargin()
  found.follow(trade(found, "buy", "19"))
  return found
}
const placed = (events: Events) => {
  const event = events.find(({ type }) => type === "OrderPlaced")
  if (event?.type !== "OrderPlaced") throw new Error(`no order in ${told(events).join(", ")}`)
  return { ...event.data, quantity: formatFixed(event.data.quantity), actor: event.actor }
}
const cancelled = (story: Story, id: string) => story.report(id, { type: "Canceled" })

describe("a margin account below what it must keep", () => {
  it("is called with the numbers, once", () => {
    const { mark } = holding()
    expect(mark("67")).toEqual([])
    const events = mark("62")
    expect(told(events)[0]).toBe("MarginCalled")
    expect(dataOf(events, "MarginCalled")).toEqual({ equity: "278", requirement: "294.5", deficit: "16.5" })
    expect(events[0]).toMatchObject({ account: "M", actor: "system:liquidation" })
    expect(told(mark("62"))).not.toContain("MarginCalled")
  })

  it("has its open orders cancelled first, and only when these are confirmed is something closed", () => {
    const { story, mark, follow } = holding()
    const buy = story.place({ account: "M", price: "60", quantity: "0.5" })
    const sell = story.place({ account: "M", side: "sell", price: "110", quantity: "2" })
    expect(told(mark("62"))).toEqual(["MarginCalled", "CancelRequested", "CancelRequested"])
    expect([mark("61.5"), follow(cancelled(story, buy))]).toEqual([[], []])
    expect(told(follow(cancelled(story, sell)))).toEqual(["OrderPlaced", "OrderRiskDecided"])
  })

  it("closes only as much as brings it back to its initial margin, with a market order that only reduces", () => {
    const { story, mark, follow } = holding()
    const order = placed(mark("62"))
    // 589 of initial margin for 278 of equity: 10.1 units less leave 275.9 for 277.69 after fees
    expect(order).toMatchObject({
      side: "sell",
      orderType: "market",
      timeInForce: "IOC",
      reduceOnly: true,
      quantity: "10.1",
      actor: "system:liquidation"
    })
    expect([mark("61"), mark("62")]).toEqual([[], []]) // it is on its way
    const events = follow(story.fill(order.orderId, "10.1", "62"))
    expect(told(events)).toEqual(["MarginRestored"])
    expect(dataOf(events, "MarginRestored")).toEqual({ equity: "277.6869", requirement: "275.9" })
    expect(story.state.halts.size).toBe(0)
    expect(mark("62")).toEqual([])
  })

  it("goes on when the price was worse or only a part was filled, and waits when nobody was there", () => {
    const { story, mark, follow } = holding()
    const first = placed(mark("62")).orderId
    expect(follow(story.fill(first, "4", "61"))).toEqual([])
    const second = placed(follow(cancelled(story, first)))
    expect(second.side).toBe("sell")
    expect(follow(cancelled(story, second.orderId))).toEqual([]) // nothing was filled: not again before the next mark
    expect(placed(mark("61")).orderId).not.toBe(second.orderId)
  })

  it("takes the largest position first, and buys back what was sold short", () => {
    const found = withMargin()
    const { story, follow, mark } = found
    story.send({ type: "AdoptInstrument", instrument: instrument("ETHUSDT") })
    follow(trade(found, "buy", "6"))
    follow(trade(found, "sell", "13", "100", "M", "ETHUSDT"))
    mark("98")
    const order = placed(mark("145", "ETHUSDT" as never))
    expect(order).toMatchObject({ symbol: "ETHUSDT", side: "buy", reduceOnly: true })
    expect(Number(order.quantity)).toBeLessThan(13)
  })

  it("is restored when money comes, or the price comes back", () => {
    const paid = holding()
    paid.story.place({ account: "M", price: "60", quantity: "0.5" })
    paid.mark("62")
    expect(paid.follow(paid.story.deposit("100", "M"))).toEqual([]) // above maintenance, below initial
    expect(told(paid.follow(paid.story.deposit("300", "M")))).toEqual(["MarginRestored"])
    const lucky = holding()
    lucky.story.place({ account: "M", price: "60", quantity: "0.5" })
    lucky.mark("62")
    expect(told(lucky.mark("99"))).toEqual(["MarginRestored"])
    expect(told(lucky.mark("62"))).toContain("MarginCalled")
  })

  it("waits while a halt lets nothing pass, and is not stopped by one that lets it close", () => {
    const { story, mark, follow } = holding()
    const halt = (mode: "all" | "reduce-only") => story.send({ type: "Halt", scope: "firm", reason: "test", mode })
    halt("reduce-only")
    halt("all")
    expect(told(mark("62"))).toEqual(["MarginCalled"])
    expect(mark("62")).toEqual([])
    const lifted = story.send({ type: "Resume", haltId: [...story.state.halts.keys()][1]! })
    expect(placed(follow(lifted)).side).toBe("sell")
  })

  it("leaves what risk denied, with the reasons, once for each time that it is tried", () => {
    const { story, mark } = holding()
    story.limits("account", "M", { maxOrderNotional: amount("1") } as never)
    expect(told(mark("62"))).toEqual(["MarginCalled", "OrderPlaced", "OrderRiskDecided"])
    const again = mark("61.5")
    expect(told(again)).toEqual(["OrderPlaced", "OrderRiskDecided"])
    expect(String(dataOf(again, "OrderRiskDecided")["checks"])).toMatch(/MAX_ORDER_NOTIONAL no/)
    story.limits("account", "M", { maxOrderNotional: null } as never)
    expect(dataOf(mark("61"), "OrderRiskDecided")["decision"]).toBe("approved")
  })

  it("stays called with nothing left to close", () => {
    const { story, mark, follow } = holding()
    const order = placed(mark("40"))
    expect(order.quantity).toBe("19")
    expect(follow(story.fill(order.orderId, "19", "40"))).toEqual([])
    expect([mark("40"), story.account("M").margin!.calledNo !== undefined]).toEqual([[], true])
    expect(told(follow(story.deposit("1000", "M")))).toEqual(["MarginRestored"])
  })
})

describe("a restart in the middle of a liquidation", () => {
  it("goes on at every step, and does none twice", () => {
    const again = ({ story }: Watched) => watched(story.restarted())
    const first = holding()
    const open = first.story.place({ account: "M", price: "60", quantity: "0.5" })
    // the platform ended right after the mark: nothing that followed was recorded
    first.story.send({
      type: "RecordMark",
      symbol: "BTCUSDT" as never,
      price: amount("62"),
      source: "mid",
      mdNo: 1,
      markedAt: first.story.now
    })
    const second = again(first)
    expect(told(second.start())).toEqual(["MarginCalled", "CancelRequested"])
    const third = again(second)
    expect(third.start()).toEqual([])
    cancelled(third.story, open)
    const fourth = again(third)
    const order = placed(fourth.start())
    const fifth = again(fourth)
    expect(fifth.start()).toEqual([])
    fifth.story.fill(order.orderId, order.quantity, "62")
    const sixth = again(fifth)
    expect(told(sixth.start())).toEqual(["MarginRestored"])
    expect(again(sixth).start()).toEqual([])
    expect(sixth.story.restarted().state).toEqual(sixth.story.state)
  })
})

describe("the margin monitor", () => {
  property.prop(
    [fc.array(fc.integer({ min: 30, max: 160 }), { minLength: 1, maxLength: 25 }), fc.boolean(), fc.nat({ max: 18 })],
    { numRuns: 150 }
  )(
    "calls only who has too little, and leaves nobody below initial margin whom it could help",
    (prices, short, size) => {
      const found = withMargin()
      found.follow(trade(found, short ? "sell" : "buy", String(size + 1)))
      const { story } = found
      const account = () => story.account("M")
      for (const price of prices) {
        const wasCalled = account().margin!.calledNo !== undefined
        let events = found.mark(String(price))
        const { margin, risk, balances } = account()
        const equity = (balances.cash.get("USDT" as never)?.total ?? 0n) + risk.worth.net
        if (!wasCalled && equity * 100_000_000n >= margin!.maintenance) expect(events).toEqual([])
        // the venue fills what it gets, at the mark
        for (let steps = 0; events.some(({ type }) => type === "OrderPlaced"); steps++) {
          expect(steps).toBeLessThan(5)
          const { orderId, quantity } = placed(events)
          expect(amount<Quantity>(quantity) % amount<Quantity>("0.1")).toBe(0n)
          const before = risk.symbols.get("BTCUSDT" as never)!.position
          events = found.follow(story.fill(orderId, quantity, String(price)))
          const after = risk.symbols.get("BTCUSDT" as never)?.position ?? 0n
          // it comes nearer to zero and never passes it
          expect(before > 0n ? after >= 0n && after < before : after <= 0n && after > before).toBe(true)
        }
        const isFlat = (risk.symbols.get("BTCUSDT" as never)?.position ?? 0n) === 0n
        if (!isFlat) expect(margin!.calledNo).toBeUndefined()
        expect(marginStep(account())).toBeUndefined()
      }
    }
  )
})
