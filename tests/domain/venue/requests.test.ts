import { describe, expect, it } from "vitest"
import type { AccountId, ClOrdId, OrderId } from "#domain/kernel/ids.ts"
import { defaultInstruments } from "#domain/market/default-instruments.ts"
import { blankOrder, type OpenOrder } from "#domain/orders/open-order.ts"
import { unanswered } from "#domain/venue/requests.ts"
import { at, BTC, price, quantity } from "#tests/domain/market/made.ts"

const stop: OpenOrder = {
  ...blankOrder(),
  orderId: "0-7" as OrderId,
  number: 7,
  account: "demo" as AccountId,
  clOrdId: "mine" as ClOrdId,
  symbol: BTC,
  instrument: defaultInstruments[0]!,
  orderType: "stop",
  placedNo: 7,
  quantity: quantity(1),
  stopPrice: price(100),
  protectionPrice: price(105),
  venueOrderId: "P-0-7",
  acknowledged: true,
  counted: true,
  mdNo: 1,
  reports: 1,
  exposed: quantity(1)
}

const asked = (clOrdId: string, requestNo: number) => ({
  clOrdId: clOrdId as ClOrdId,
  origClOrdId: "mine" as ClOrdId,
  requestNo,
  acknowledged: false
})

describe("a request to the venue", () => {
  it("to move a stop moves its protection with it", () => {
    const pending = [
      { kind: "replace", ...asked("r", 9), terms: { quantity: quantity(2), stopPrice: price(200) } }
    ] as const
    expect(unanswered({ ...stop, pending }, at(0), 0)).toEqual([
      {
        type: "ReplaceOrder",
        at: at(0),
        account: "demo",
        orderId: "0-7",
        clOrdId: "0-9",
        quantity: quantity(2),
        price: price(210),
        stopPrice: price(200)
      }
    ])
  })

  it("that was not answered is asked again in the order in which it was asked", () => {
    const pending = [
      { kind: "cancel", ...asked("c", 9) },
      { kind: "replace", ...asked("r", 11), terms: { quantity: quantity(2) } }
    ] as const
    const requests = unanswered({ ...stop, acknowledged: false, pending }, at(0), 0)
    expect(requests.map(({ type, clOrdId }) => `${type} ${clOrdId}`)).toEqual([
      "NewOrder 0-7",
      "CancelOrder 0-9",
      "ReplaceOrder 0-11"
    ])
  })
})
