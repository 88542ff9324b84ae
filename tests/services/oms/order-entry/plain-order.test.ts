import { fc, test } from "@fast-check/vitest"
import { Result } from "effect"
import { describe, expect, it } from "vitest"
import { NewOrder } from "#services/contract/orders.ts"
import { decoder } from "#services/http/decode.ts"
import { parseJson } from "#services/http/json.ts"
import { decodeNewOrder, plainOrder } from "#services/oms/order-entry/plain-order.ts"
import { submission } from "#services/desk/submission.ts"

const decode = decoder(NewOrder)
const bySchema = (item: unknown) => {
  const { value, inexact } = parseJson(JSON.stringify(item))!
  const decoded = decode(value, inexact)
  if (Result.isFailure(decoded)) return undefined
  const { clOrdId, ...order } = decoded.success
  return { clOrdId, request: submission(order) }
}
const byHand = (item: unknown) => plainOrder(JSON.parse(JSON.stringify(item)) as Record<string, unknown>)

const digits = fc.integer({ min: 0, max: 99_999_999 })
const amounts = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(digits, digits).map(([whole, part]) => `${whole % 10_000_000}.${part}`) },
  { weight: 3, arbitrary: fc.integer({ min: -1, max: 2_000_000 }).map((n) => n / 1000) },
  fc.constantFrom<unknown>("0", "0.0", "00.1", "1.", ".5", "1e3", "-1", "+1", " 1", "", "1.123456789", "1.100000000"),
  fc.constantFrom<unknown>("12345678", "1234567.12345678", "0.00000001", 1e-8, 1e21, 0.1 + 0.2, null, true, [], {}),
  fc.constantFrom<unknown>("99999999.99999999", "999999999999999999", "1000000000000000000", "1_0", "٣", "1.5\n")
)
const texts = fc.constantFrom<unknown>("a", "test_account", "A b", "", "ü", "x".repeat(64), "x".repeat(65), 1, null)
const orders = fc.record(
  {
    account: fc.oneof({ weight: 5, arbitrary: fc.constant<unknown>("test_account") }, texts),
    symbol: fc.oneof({ weight: 5, arbitrary: fc.constant<unknown>("BTCUSDT") }, texts),
    side: fc.constantFrom<unknown>("buy", "sell", "buy", "sell", "BUY", "short", null),
    type: fc.constantFrom<unknown>("limit", "market", "limit", "market", "limit", "stop", "pegged", "x"),
    quantity: amounts,
    price: amounts,
    timeInForce: fc.constantFrom<unknown>("GTC", "IOC", "DAY", "FOK", "GTD", "OPG", "CLS", "gtc", null),
    clOrdId: texts,
    stopPrice: amounts,
    postOnly: fc.constantFrom<unknown>(true, false, "yes"),
    "": fc.constant(1),
    expireAt: fc.constantFrom<unknown>("2030-01-01T00:00:00Z", 1)
  },
  { requiredKeys: ["account", "symbol", "side", "type", "quantity"] }
)
const rarely = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { freq: 6, nil: undefined })
// most have what they need and little else, so that both judges accept about half of them
const mostlyPlain = fc.tuple(orders, rarely(fc.constant(0))).map(([order, all]) => {
  if (all !== undefined) return order
  const { stopPrice: _s, postOnly: _p, "": _e, expireAt: _x, ...plain } = order
  return plain.type === "market" ? { ...plain, price: undefined } : plain
})

describe("the judge of plain orders", () => {
  test.prop([mostlyPlain], { numRuns: 3000 })(
    "accepts nothing that the schema refuses, and means the same",
    (order) => {
      const judged = byHand(order)
      if (judged !== undefined) expect(judged).toEqual(bySchema(order))
      const { value, inexact } = parseJson(JSON.stringify(order))!
      expect(decodeNewOrder(value, inexact)).toEqual(decode(value, inexact))
    }
  )

  const small = fc.tuple(fc.integer({ min: 1, max: 9_999_999 }), fc.integer({ min: 1, max: 99_999 }))
  const plain = fc.record(
    {
      account: fc.stringMatching(/^[A-Za-z0-9_.:-]{1,64}$/u),
      symbol: fc.stringMatching(/^[A-Z0-9][A-Z0-9.-]{0,31}$/u),
      side: fc.constantFrom("buy", "sell"),
      type: fc.constant("limit"),
      quantity: small.map(([whole, part]) => `${whole}.${part}`),
      price: fc.oneof(
        small.map(([whole]) => whole / 100),
        small.map(([whole, part]) => `${whole}.${part}`)
      ),
      timeInForce: fc.constantFrom("GTC", "IOC", "DAY", "FOK"),
      clOrdId: fc.stringMatching(/^[A-Za-z0-9_.:-]{1,64}$/u)
    },
    { requiredKeys: ["account", "symbol", "side", "type", "quantity", "price"] }
  )
  test.prop([plain])("accepts every plain order itself", (order) => {
    expect(byHand(order)).toEqual(bySchema(order))
    expect(byHand(order)).toBeDefined()
  })

  it("leaves to the schema what is unusual", () => {
    const order = { account: "a", symbol: "BTCUSDT", side: "buy", type: "limit", quantity: "1", price: "2" }
    expect(byHand(order)).toBeDefined()
    for (const odd of [{ postOnly: true }, { "": 1 }, { quantity: "12345678" }, { price: "1.0e1" }, { constructor: 1 }])
      expect(byHand({ ...order, ...odd })).toBeUndefined()
    expect(plainOrder(JSON.parse(`{"__proto__":1,${JSON.stringify(order).slice(1)}`) as never)).toBeUndefined()
  })
})
