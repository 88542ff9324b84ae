import { Result, Schema } from "effect"
import { describe, expect, it } from "vitest"
import * as ids from "#domain/kernel/ids.ts"

const takes = (schema: Schema.Codec<unknown, string>, text: unknown) =>
  Result.isSuccess(Schema.decodeUnknownResult(schema)(text))

describe("opaque ids", () => {
  const all = [ids.AccountId, ids.OwnerId, ids.GroupId, ids.OrderId, ids.ClOrdId, ids.ExecId]

  it.each(["a", "test_account", "0-1042", "venue:paper", "A.b-C_d:9", "x".repeat(64)])("may be %s", (text) => {
    expect(all.map((schema) => takes(schema, text))).toEqual(all.map(() => true))
  })

  it.each<[unknown, string]>([
    ["", "empty"],
    ["x".repeat(65), "65 characters"],
    ["a b", "a space, which separates account and id in memory"],
    ["a|b", "a bar"],
    ["a/b", "a slash"],
    ["a\n", "a newline after it"],
    ["\u0000", "a control character"],
    ["zażółć", "letters of a name"],
    ["а", "a Cyrillic letter"],
    ["${x}", "braces"],
    [7, "a number"],
    [null, "null"]
  ])("may not be %j: %s", (text) => {
    expect(all.map((schema) => takes(schema, text))).toEqual(all.map(() => false))
  })
})

describe("symbols and currencies", () => {
  it.each([
    ["BTCUSDT", true],
    ["BRK.B", true],
    ["BTC-PERP", true],
    ["1INCHUSDT", true],
    ["A".repeat(32), true],
    ["A".repeat(33), false],
    ["btcusdt", false],
    [".BTC", false],
    ["-BTC", false],
    ["BTC/USDT", false],
    ["BTC USDT", false],
    ["BTCUSDT\n", false],
    ["", false]
  ])("a symbol %j: %s", (text, fine) => {
    expect(takes(ids.Symbol, text)).toBe(fine)
  })

  it.each([
    ["USD", true],
    ["USDT", true],
    ["1000SATS", true],
    ["AB", true],
    ["ABCDEFGHIJ", true],
    ["A", false],
    ["ABCDEFGHIJK", false],
    ["usd", false],
    ["US-D", false],
    ["USD\n", false],
    ["", false]
  ])("a currency %j: %s", (text, fine) => {
    expect(takes(ids.Currency, text)).toBe(fine)
  })
})
