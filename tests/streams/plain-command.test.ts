// The hand-made judge of plain orders accepts nothing that the schema would not accept, and means the same.
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { decodeCommand } from "#streams/command-codec.ts"
import { plainCommand } from "#streams/plain-command.ts"

type Raw = Record<string, unknown>
const GOOD = {
  id: "01a22002-ed67-7888-beb7-4adfe7d6411e",
  actor: "client:1",
  request: {
    type: "SubmitOrder",
    account: "A",
    symbol: "BTCUSDT",
    side: "buy",
    orderType: "limit",
    timeInForce: "GTC",
    quantity: "0.5",
    price: "44000.25"
  }
}
/** With a trace the schema is asked, which the other judge leaves everything to. */
const byTheSchema = (json: Raw): unknown => {
  const decoded = decodeCommand(Buffer.from(JSON.stringify({ ...json, trace: "t" }))) as Raw
  const { trace: _, ...rest } = decoded
  return rest
}
const odd = fc.oneof(
  fc.constantFrom<unknown>(
    "",
    "0",
    "-1",
    "1.0",
    "01",
    "1e5",
    "0.123456789",
    "12345678",
    "9999999.99999999",
    1,
    null,
    true,
    {}
  ),
  fc.constantFrom<unknown>(
    "sell",
    "market",
    "stop",
    "FOK",
    "DAY",
    "GTD",
    "OPG",
    "btc",
    "A".repeat(65),
    "a b",
    'x"',
    "é",
    "CancelOrder"
  )
)
const change = fc.record({
  of: fc.constantFrom("command", "request"),
  field: fc.constantFrom(
    "id",
    "actor",
    "type",
    "account",
    "symbol",
    "side",
    "orderType",
    "timeInForce",
    "quantity",
    "price",
    "stopPrice",
    "more"
  ),
  value: fc.option(odd, { nil: undefined })
})

describe("the judge of plain orders", () => {
  it("takes the order that nearly everybody sends", () => {
    expect(plainCommand(GOOD)).toEqual(byTheSchema(GOOD))
    const { price: _, ...market } = GOOD.request
    const sent = { ...GOOD, request: { ...market, orderType: "market", timeInForce: "IOC" } }
    expect(plainCommand(sent)).toEqual(byTheSchema(sent))
  })

  it("never takes what the schema refuses, and never otherwise", () => {
    let taken = 0
    fc.assert(
      fc.property(fc.array(change, { maxLength: 2 }), (changes) => {
        const json = structuredClone(GOOD) as Raw
        for (const { of, field, value } of changes) {
          const target = of === "command" ? json : (json["request"] as Raw)
          if (value === undefined) delete target[field]
          else target[field] = value
        }
        const plain = plainCommand(json)
        if (plain === undefined) return
        taken++
        expect(plain).toEqual(byTheSchema(json))
      }),
      { numRuns: 2000 }
    )
    expect(taken).toBeGreaterThan(100)
    for (const nothing of [null, 7, "x", [], { id: "x" }, { ...GOOD, request: null }])
      expect(plainCommand(nothing)).toBeUndefined()
  })
})
